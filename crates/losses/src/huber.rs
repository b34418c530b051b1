//! The square of small errors, the size of large ones.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::common::{common, refused, written};
use crate::rows::{row_gradients, row_means};
use crate::shapes::aligned;
use crate::{Loss, LossError, Reduction};

const NAME: &str = "huber_loss";

/// The mean over the last dimension of `e²/2` where the error `e = y_pred − y_true` is at most `delta`, and of
/// `delta·|e| − delta²/2` beyond (`keras.losses.Huber`).
///
/// Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. The gradient of a row of
/// length `c` is `e / c`, with `e` kept between `−delta` and `delta`.
///
/// Keras's config of this loss does not say `delta`, so a file does not carry it; [`from_config`](Self::from_config) reads it
/// where it is said.
///
/// ```
/// use cornu_losses::{Huber, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([[0.0_f32, 1.0], [0.0, 0.0]]);
/// let y_pred = Tensor::from([[0.6, 0.4], [0.4, 3.0]]);
/// let value = Evaluator::new().value(&Huber::new(), y_true.view(), y_pred.view(), None)?;
/// assert!((value - 0.735).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Huber {
    delta: f64,
    reduction: Reduction,
    name: Option<String>,
}

impl Default for Huber {
    fn default() -> Self {
        Self { delta: 1.0, reduction: Reduction::default(), name: None }
    }
}

impl Huber {
    /// Keras's defaults: `delta` 1.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The error from which on only its size counts, not its square.
    ///
    /// # Errors
    /// [`LossError::Argument`] if it is not a finite number over 0.
    pub fn delta(self, delta: f64) -> Result<Self, LossError> {
        if delta.is_finite() && delta > 0.0 {
            return Ok(Self { delta, ..self });
        }
        Err(refused("Huber", "delta", "a finite number over 0", delta))
    }

    /// How the values become one number.
    #[must_use]
    pub fn with_reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Another name than `"huber_loss"`.
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
        let loss = Self::new();
        let loss = loss.delta(arguments.or("delta", 1.0)?)?;
        arguments.finish()?;
        Ok(Self { reduction, name, ..loss })
    }
}

impl<T: Scalar> Loss<T> for Huber {
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
        true
    }

    fn values_shape(&self, y_true: Shape, y_pred: Shape) -> Result<Shape, LossError> {
        Ok(aligned(Loss::<T>::name(self), y_true, y_pred)?.outer())
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        let (delta, half) = (T::of(self.delta), T::of(0.5));
        row_means(y_true, y_pred, values, |t, p| {
            let (error, size) = (p - t, (p - t).abs());
            if size > delta { delta * size - half * delta * delta } else { half * error * error }
        });
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        let delta = T::of(self.delta);
        row_gradients(y_true, y_pred, scale, gradient, |t, p| {
            let error = p - t;
            if error > delta {
                delta
            } else if error < -delta {
                -delta
            } else {
                error
            }
        });
    }

    fn get_config(&self) -> Option<Config> {
        Some(written("Huber", Loss::<T>::name(self), self.reduction))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delta_is_over_0() {
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let error = Huber::new().delta(bad).unwrap_err();
            assert!(error.to_string().ends_with(&format!("Received: delta={bad}")));
        }
        assert!(Huber::new().delta(0.1).is_ok());
    }
}
