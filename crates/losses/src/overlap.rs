//! What the losses of regions share: how much two regions overlap.

use cornu_tensor::Scalar;

use crate::clip::EPSILON;
use crate::rows::sum_of_terms;

/// `1 − times·I / (both·I + labels·Σ y_true + predictions·Σ y_pred + 1e-7)`, where `I = Σ y_true·y_pred`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Overlap {
    pub(crate) times: f64,
    pub(crate) both: f64,
    pub(crate) labels: f64,
    pub(crate) predictions: f64,
}

impl Overlap {
    /// `I`, and what it is divided by.
    fn sums<T: Scalar>(&self, t: &[T], p: &[T]) -> (f64, f64) {
        let common = sum_of_terms(t, p, |t, p| t.to_f64() * p.to_f64());
        let rest = sum_of_terms(t, p, |t, p| self.labels * t.to_f64() + self.predictions * p.to_f64());
        (common, self.both * common + rest + EPSILON)
    }

    /// One value for each of the rows, which are as long as each other.
    pub(crate) fn values<T: Scalar>(&self, y_true: &[T], y_pred: &[T], values: &mut [T]) {
        let width = y_pred.len() / values.len().max(1);
        for (i, value) in values.iter_mut().enumerate() {
            let (common, whole) = self.sums(row(y_true, i, width), row(y_pred, i, width));
            *value = T::of(1.0 - self.times * common / whole);
        }
    }

    /// The gradient of [`Overlap::values`], each row times its scale.
    pub(crate) fn gradient<T: Scalar>(&self, y_true: &[T], y_pred: &[T], scale: &[T], gradient: &mut [T]) {
        let width = y_pred.len() / scale.len().max(1);
        for ((i, &scale), g) in scale.iter().enumerate().zip(gradient.chunks_exact_mut(width.max(1))) {
            if scale.is_zero() {
                g.fill(scale);
                continue;
            }
            let t = row(y_true, i, width);
            let (common, whole) = self.sums(t, row(y_pred, i, width));
            let scale = -self.times * scale.to_f64() / whole;
            let (of_label, of_all) = (1.0 - self.both * common / whole, -self.predictions * common / whole);
            for (g, &t) in g.iter_mut().zip(t) {
                *g = T::of(scale * (of_label * t.to_f64() + of_all));
            }
        }
    }
}

fn row<T>(values: &[T], i: usize, width: usize) -> &[T] {
    values.get(i * width..(i + 1) * width).unwrap_or_default()
}
