//! Passes over the rows of a row-major matrix: add a bias to each, sum them, find the largest value.

use crate::Scalar;

/// Adds `bias` to every row of `values`: `values[i, j] += bias[j]`.
///
/// `values` is `(rows, bias.len())`, row-major.
///
/// ```
/// let mut values = [1.0_f32, 2.0, 3.0, 4.0];
/// cornu_tensor::kernels::add_to_rows(&mut values, &[10.0, 20.0]);
/// assert_eq!(values, [11.0, 22.0, 13.0, 24.0]);
/// ```
pub fn add_to_rows<T: Scalar>(values: &mut [T], bias: &[T]) {
    if bias.is_empty() {
        return;
    }
    for row in values.chunks_exact_mut(bias.len()) {
        for (value, &b) in row.iter_mut().zip(bias) {
            *value += b;
        }
    }
}

/// Adds every row of `values` to `sum`, scaled: `sum[j] = beta · sum[j] + Σᵢ values[i, j]`.
///
/// With `beta` 0 what `sum` held is not read.
///
/// ```
/// let mut sum = [f32::NAN, f32::NAN];
/// cornu_tensor::kernels::sum_rows(&mut sum, 0.0, &[1.0, 2.0, 3.0, 4.0]);
/// assert_eq!(sum, [4.0, 6.0]);
/// ```
pub fn sum_rows<T: Scalar>(sum: &mut [T], beta: T, values: &[T]) {
    if sum.is_empty() {
        return;
    }
    if beta.is_zero() {
        sum.fill(T::zero());
    } else if !beta.is_one() {
        sum.iter_mut().for_each(|s| *s *= beta);
    }
    for row in values.chunks_exact(sum.len()) {
        for (s, &value) in sum.iter_mut().zip(row) {
            *s += value;
        }
    }
}

/// The position of the largest value, the first of them if there are several; 0 for no value.
///
/// As NumPy's `argmax`, a NaN counts as larger than any number.
///
/// ```
/// assert_eq!(cornu_tensor::kernels::argmax(&[1.0_f32, 3.0, 3.0]), 1);
/// ```
#[must_use]
pub fn argmax<T: Scalar>(values: &[T]) -> usize {
    let mut best = 0;
    for (i, value) in values.iter().enumerate() {
        let is_nan = value.partial_cmp(value).is_none();
        if is_nan {
            return i;
        }
        if *value > values[best] {
            best = i;
        }
    }
    best
}
