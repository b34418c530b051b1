//! The cross-entropy of yes and no.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::axes::Axis;
use crate::clip::{clip, slope};
use crate::common::{common, from_0_to_1, written};
use crate::rows::{row_gradients, row_means};
use crate::{Loss, LossError, Reduction};

const NAME: &str = "binary_crossentropy";

/// `mean(−y·ln p − (1 − y)·ln(1 − p))` over the last dimension (`keras.losses.BinaryCrossentropy`).
///
/// `y` is the label, 0 or 1 or between, of the shape of the predictions; `(n,)` and `(n, 1)` fit each other.
///
/// - Predictions are probabilities `p`, kept between 1e-7 and 1 − 1e-7; outside, the gradient is 0.
/// - [`from_logits`](Self::from_logits): predictions are logits `x`, `p = sigmoid(x)`. The value is computed as
///   `y·softplus(−x) + (1 − y)·softplus(x)`, its gradient is `p − y`.
/// - [`label_smoothing`](Self::label_smoothing) `s`: the label is `y·(1 − s) + s/2`.
/// - [`axis`](Self::axis): the mean is over that dimension instead of the last.
///
/// ```
/// use cornu_losses::{BinaryCrossentropy, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([0.0_f32, 1.0, 0.0, 0.0]);
/// let logits = Tensor::from([[-18.6_f32], [0.51], [2.94], [-12.8]]);
/// let loss = BinaryCrossentropy::new().from_logits(true);
/// let value = Evaluator::new().value(&loss, y_true.view(), logits.view(), None)?;
/// assert!((value - 0.865).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BinaryCrossentropy {
    from_logits: bool,
    label_smoothing: f64,
    axis: Axis,
    reduction: Reduction,
    name: Option<String>,
}

impl BinaryCrossentropy {
    /// Keras's defaults: probabilities, no smoothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the predictions are logits, not probabilities.
    #[must_use]
    pub fn from_logits(self, from_logits: bool) -> Self {
        Self { from_logits, ..self }
    }

    /// How far the labels are drawn towards 1/2.
    ///
    /// # Errors
    /// [`LossError::Argument`] if it is not between 0 and 1.
    pub fn label_smoothing(self, label_smoothing: f64) -> Result<Self, LossError> {
        from_0_to_1("BinaryCrossentropy", "label_smoothing", label_smoothing)?;
        Ok(Self { label_smoothing, ..self })
    }

    /// The dimension over which the mean is taken; −1, the last, unless given.
    #[must_use]
    pub fn axis(self, axis: isize) -> Self {
        Self { axis: Axis(axis), ..self }
    }

    /// How the values become one number.
    #[must_use]
    pub fn with_reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Another name than `"binary_crossentropy"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// The loss that [`Loss::get_config`] wrote.
    ///
    /// # Errors
    /// [`LossError::Config`] for arguments that it does not have, [`LossError::Argument`] for values outside their range.
    pub fn from_config(config: &Config) -> Result<Self, LossError> {
        let mut arguments = config.arguments();
        let (reduction, name) = common(config, &mut arguments, NAME)?;
        let loss = Self::new().from_logits(arguments.or("from_logits", false)?);
        let loss = loss.label_smoothing(arguments.or("label_smoothing", 0.0)?)?.axis(arguments.or("axis", -1)?);
        arguments.finish()?;
        Ok(Self { reduction, name, ..loss })
    }

    /// The smoothed label as a function of the label.
    fn smoothed<T: Scalar>(&self) -> impl Fn(T) -> T + Copy {
        smoothed(self.label_smoothing)
    }

    /// Of rows along the last dimension.
    fn row_values<T: Scalar>(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        let (smoothed, one) = (self.smoothed(), T::one());
        if self.from_logits {
            row_means(y_true, y_pred, values, |t, x| {
                let t = smoothed(t);
                let rest = (-x.abs()).exp().ln_1p(); // softplus(x) = max(x, 0) + ln(1 + e^−|x|)
                if x > T::zero() { t * rest + (one - t) * (x + rest) } else { t * (rest - x) + (one - t) * rest }
            });
        } else {
            row_means(y_true, y_pred, values, |t, p| {
                let (t, p) = (smoothed(t), clip(p));
                -(t * p.ln() + (one - t) * (one - p).ln())
            });
        }
    }

    /// Of rows along the last dimension.
    fn row_gradient<T: Scalar>(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        let (smoothed, one) = (self.smoothed(), T::one());
        if self.from_logits {
            row_gradients(y_true, y_pred, scale, gradient, |t, x| {
                let t = smoothed(t);
                let e = (-x.abs()).exp();
                let (near, far) = (one / (one + e), e / (one + e)); // sigmoid(|x|), sigmoid(−|x|)
                let (p, q) = if x > T::zero() { (near, far) } else { (far, near) };
                (one - t) * p - t * q
            });
        } else {
            row_gradients(y_true, y_pred, scale, gradient, |t, p| {
                let (t, inside, p) = (smoothed(t), slope(p), clip(p));
                inside * ((one - t) / (one - p) - t / p)
            });
        }
    }
}

/// A label drawn towards 1/2, as a function of the label.
pub(crate) fn smoothed<T: Scalar>(label_smoothing: f64) -> impl Fn(T) -> T + Copy {
    let (keep, add) = (T::of(1.0 - label_smoothing), T::of(0.5 * label_smoothing));
    move |t| t * keep + add
}

impl<T: Scalar> Loss<T> for BinaryCrossentropy {
    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(NAME)
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn rows_are_independent(&self) -> bool {
        self.axis.keeps_samples()
    }

    fn values_shape(&self, y_true: Shape, y_pred: Shape) -> Result<Shape, LossError> {
        self.axis.values_shape("BinaryCrossentropy", Loss::<T>::name(self), y_true, y_pred)
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        self.axis.rows(y_true, y_pred, &mut [], |t, p, _| self.row_values(t, p, values));
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        self.axis.rows(y_true, y_pred, gradient, |t, p, gradient| self.row_gradient(t, p, scale, gradient));
    }

    fn on_logits_of(&self, activation: &str) -> Option<Box<dyn Loss<T>>> {
        (activation == "sigmoid" && !self.from_logits).then(|| Box::new(self.clone().from_logits(true)) as _)
    }

    fn get_config(&self) -> Option<Config> {
        let config = written("BinaryCrossentropy", Loss::<T>::name(self), self.reduction);
        Some(
            config
                .with("from_logits", self.from_logits)
                .with("label_smoothing", self.label_smoothing)
                .with("axis", self.axis.0),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoothing_lies_between_0_and_1() {
        for bad in [-0.1, 1.1, f64::NAN] {
            let error = BinaryCrossentropy::new().label_smoothing(bad).unwrap_err();
            assert!(error.to_string().ends_with(&format!("Received: label_smoothing={bad}")));
        }
        assert!(BinaryCrossentropy::new().label_smoothing(1.0).is_ok());
    }
}
