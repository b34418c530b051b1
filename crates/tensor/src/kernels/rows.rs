//! Passes over the rows of a row-major matrix: add a bias to each, sum them, find the largest value.

use super::{Routine, dispatch};
use crate::Scalar;

/// Rows narrower than this are worked on several at a time, so that they fill the processor's vectors.
const WIDE: usize = 64;

/// How many rows of this width are worked on as one.
fn group(width: usize) -> usize {
    (WIDE / width).max(1)
}

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
    if values.len() < 2 * WIDE {
        // A width that the compiler knows needs no inner loop.
        return match bias.len() {
            1 => add_to_few::<T, 1>(values, bias),
            2 => add_to_few::<T, 2>(values, bias),
            3 => add_to_few::<T, 3>(values, bias),
            4 => add_to_few::<T, 4>(values, bias),
            8 => add_to_few::<T, 8>(values, bias),
            _ => AddToRows { values, bias }.run(),
        };
    }
    let group = group(bias.len());
    if group == 1 {
        return dispatch(AddToRows { values, bias });
    }
    // The bias as often as rows are taken together.
    let mut pattern = [T::zero(); WIDE];
    let pattern = &mut pattern[..group * bias.len()];
    for row in pattern.chunks_exact_mut(bias.len()) {
        row.copy_from_slice(bias);
    }
    dispatch(AddToRows { values, bias: pattern });
}

/// [`add_to_rows`] for rows of `N` values.
fn add_to_few<T: Scalar, const N: usize>(values: &mut [T], bias: &[T]) {
    let Some(bias) = bias.first_chunk::<N>() else { return };
    for row in values.as_chunks_mut::<N>().0 {
        for (value, &b) in row.iter_mut().zip(bias) {
            *value += b;
        }
    }
}

/// As many rows as there are, and what is left of one.
struct AddToRows<'a, T> {
    values: &'a mut [T],
    bias: &'a [T],
}

impl<T: Scalar> Routine for AddToRows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for row in self.values.chunks_mut(self.bias.len()) {
            for (value, &b) in row.iter_mut().zip(self.bias) {
                *value += b;
            }
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
    let width = sum.len();
    if values.len() < 2 * WIDE {
        return match width {
            1 => sum_few::<T, 1>(sum, values),
            2 => sum_few::<T, 2>(sum, values),
            3 => sum_few::<T, 3>(sum, values),
            4 => sum_few::<T, 4>(sum, values),
            8 => sum_few::<T, 8>(sum, values),
            _ => SumRows { sum, values }.run(),
        };
    }
    let group = group(width);
    if group == 1 {
        return dispatch(SumRows { sum, values });
    }
    let whole = values.len() - values.len() % (group * width);
    let mut sums = [T::zero(); WIDE];
    let sums = &mut sums[..group * width];
    dispatch(SumRows { sum: sums, values: &values[..whole] });
    dispatch(SumRows { sum, values: sums });
    dispatch(SumRows { sum, values: &values[whole..] });
}

/// [`sum_rows`] for rows of `N` values.
fn sum_few<T: Scalar, const N: usize>(sum: &mut [T], values: &[T]) {
    let Some(sum) = sum.first_chunk_mut::<N>() else { return };
    let mut sums = *sum;
    for row in values.as_chunks::<N>().0 {
        for (s, &value) in sums.iter_mut().zip(row) {
            *s += value;
        }
    }
    *sum = sums;
}

struct SumRows<'a, T> {
    sum: &'a mut [T],
    values: &'a [T],
}

impl<T: Scalar> Routine for SumRows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for row in self.values.chunks_exact(self.sum.len()) {
            for (s, &value) in self.sum.iter_mut().zip(row) {
                *s += value;
            }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_of_any_width(rows in 0_usize..200, width in 1_usize..80) {
            let values: Vec<f64> = (0..rows * width).map(|i| (i * 7919 % 1000) as f64).collect();
            let bias: Vec<f64> = (0..width).map(|j| j as f64 / 8.0).collect();
            let mut sum = bias.clone();
            sum_rows(&mut sum, 2.0, &values);
            for (j, &s) in sum.iter().enumerate() {
                // Whole numbers and eighths: the order of the sum does not show.
                prop_assert_eq!(s, 2.0 * bias[j] + (0..rows).map(|i| values[i * width + j]).sum::<f64>());
            }
            let mut added = values.clone();
            add_to_rows(&mut added, &bias);
            prop_assert!((0..rows * width).all(|i| added[i] == values[i] + bias[i % width]));
        }
    }
}
