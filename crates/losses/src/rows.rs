//! The passes over rows that several losses share.

use cornu_tensor::kernels::map;
use cornu_tensor::{Scalar, View};

use crate::shapes::row_length;

/// `Σ f(aᵢ, bᵢ)` in `f64`, eight terms side by side, so that it is exact enough for long slices and fast.
pub(crate) fn sum_of_terms<T: Scalar>(a: &[T], b: &[T], f: impl Fn(T, T) -> f64) -> f64 {
    const LANES: usize = 8;
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut lanes = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        for ((lane, &a), &b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += f(a, b);
        }
    }
    let rest = a_rest.iter().zip(b_rest).fold(0.0, |sum, (&a, &b)| sum + f(a, b));
    lanes.iter().sum::<f64>() + rest
}

/// The mean of `f(y_true, y_pred)` over each row, into `values`.
pub(crate) fn row_means<T: Scalar>(
    y_true: View<'_, T>,
    y_pred: View<'_, T>,
    values: &mut [T],
    f: impl Fn(T, T) -> T + Copy,
) {
    let width = row_length(y_true.shape(), y_pred.shape());
    let rows = y_true.as_slice().chunks_exact(width).zip(y_pred.as_slice().chunks_exact(width));
    for (value, (t, p)) in values.iter_mut().zip(rows) {
        *value = T::of(sum_of_terms(t, p, |t, p| f(t, p).to_f64()) / width as f64);
    }
}

/// The gradient of [`row_means`], each row times its scale: `scale · f(y_true, y_pred) / length`, where `f` is
/// the derivative of one term.
///
/// A row of scale 0 has gradient 0, whatever it holds.
pub(crate) fn row_gradients<T: Scalar>(
    y_true: View<'_, T>,
    y_pred: View<'_, T>,
    scale: &[T],
    gradient: &mut [T],
    f: impl Fn(T, T) -> T + Copy,
) {
    let width = row_length(y_true.shape(), y_pred.shape());
    let rows = y_true.as_slice().chunks_exact(width).zip(y_pred.as_slice().chunks_exact(width));
    for ((gradient, &scale), (t, p)) in gradient.chunks_exact_mut(width).zip(scale).zip(rows) {
        if scale.is_zero() {
            gradient.fill(T::zero());
            continue;
        }
        let scale = scale / T::of_count(width);
        for ((g, &t), &p) in gradient.iter_mut().zip(t).zip(p) {
            *g = scale * f(t, p);
        }
    }
}

/// The sum of `f(y_true, y_pred)` over each row, into `values`.
pub(crate) fn row_sums<T: Scalar>(
    y_true: View<'_, T>,
    y_pred: View<'_, T>,
    values: &mut [T],
    f: impl Fn(T, T) -> T + Copy,
) {
    let width = row_length(y_true.shape(), y_pred.shape());
    let rows = y_true.as_slice().chunks_exact(width).zip(y_pred.as_slice().chunks_exact(width));
    for (value, (t, p)) in values.iter_mut().zip(rows) {
        *value = T::of(sum_of_terms(t, p, |t, p| f(t, p).to_f64()));
    }
}

/// The gradient of [`row_sums`], as [`row_gradients`].
pub(crate) fn row_sum_gradients<T: Scalar>(
    y_true: View<'_, T>,
    y_pred: View<'_, T>,
    scale: &[T],
    gradient: &mut [T],
    f: impl Fn(T, T) -> T + Copy,
) {
    let width = T::of_count(row_length(y_true.shape(), y_pred.shape()));
    row_gradients(y_true, y_pred, scale, gradient, |t, p| width * f(t, p));
}

/// The largest value of a row that is not empty.
pub(crate) fn largest<T: Scalar>(row: &[T]) -> T {
    row.iter().copied().reduce(|a, b| if b > a { b } else { a }).unwrap_or_else(T::zero)
}

/// `m` and `ln Σ e^(xᵢ − m)`, where `m` is the largest value of the row: `ln softmax(x)ᵢ = (xᵢ − m) − ln Σ …`.
pub(crate) fn log_sum_exp<T: Scalar>(x: &[T]) -> (T, T) {
    let m = largest(x);
    (m, x.iter().fold(T::zero(), |sum, &x| sum + (x - m).fast_exp()).ln())
}

/// `e^(x − m)` into `p` for rows of this width, `m` the largest value of each: what [`normalize`] makes `softmax(x)` of.
pub(crate) fn exponentials<T: Scalar>(x: &[T], p: &mut [T], width: usize) {
    for (x, p) in x.chunks_exact(width).zip(p.chunks_exact_mut(width)) {
        let m = largest(x);
        p.iter_mut().zip(x).for_each(|(p, &x)| *p = x - m);
    }
    // All at once: short rows would not fill the processor's vectors.
    map(p, T::fast_exp);
}

/// Divides a row of exponentials by its sum; gives the logarithm of the sum.
pub(crate) fn normalize<T: Scalar>(p: &mut [T]) -> T {
    let sum = total(p);
    let share = T::one() / sum;
    p.iter_mut().for_each(|p| *p *= share);
    sum.ln()
}

/// The sum of a row of probabilities.
pub(crate) fn total<T: Scalar>(p: &[T]) -> T {
    p.iter().fold(T::zero(), |sum, &p| sum + p)
}

/// `p / total`: a probability of a row that sums to `total`. A row that sums to 0 is taken as zeros, where
/// Keras gives NaN.
pub(crate) fn share<T: Scalar>(p: T, total: T) -> T {
    if total.is_zero() { T::zero() } else { p / total }
}
