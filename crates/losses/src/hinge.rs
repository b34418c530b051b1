//! The distance to the right side of a margin.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::clip::{positive, slope_above};
use crate::common::{common, written};
use crate::rows::{row_gradients, row_means};
use crate::shapes::aligned;
use crate::{Loss, LossError, Reduction};

const NAME: &str = "hinge";

/// `mean(max(1 − y_true·y_pred, 0))` over the last dimension (`keras.losses.Hinge`).
///
/// Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. They are −1 or 1; if all labels of a
/// batch are 0 or 1, the 0 stands for −1. The gradient of a row of length `c` is `−y_true / c` where
/// the margin is not kept, and half of that on the margin, as JAX has it.
///
/// ```
/// use cornu_losses::{Hinge, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([[0.0_f32, 1.0], [0.0, 0.0]]);
/// let y_pred = Tensor::from([[0.6, 0.4], [0.4, 0.6]]);
/// let value = Evaluator::new().value(&Hinge::new(), y_true.view(), y_pred.view(), None)?;
/// assert!((value - 1.3).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hinge {
    reduction: Reduction,
    name: Option<String>,
}

impl Hinge {
    /// Keras's defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How the values become one number.
    #[must_use]
    pub fn with_reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Another name than `"hinge"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// The loss that [`Loss::get_config`] wrote.
    ///
    /// # Errors
    /// [`LossError::Config`] for arguments that it does not have, [`LossError::Argument`] for an unknown reduction.
    pub fn from_config(config: &Config) -> Result<Self, LossError> {
        let mut arguments = config.arguments();
        let (reduction, name) = common(config, &mut arguments, NAME)?;
        arguments.finish()?;
        Ok(Self { reduction, name })
    }
}

/// What a label stands for: itself, or −1 for 0 and 1 for 1 if the batch has no other labels.
pub(crate) fn signs<T: Scalar>(y_true: View<'_, T>) -> impl Fn(T) -> T + Copy {
    let is_binary = y_true.as_slice().iter().all(|&t| t.is_zero() || t == T::one());
    let (times, plus) = if is_binary { (T::of(2.0), -T::one()) } else { (T::one(), T::zero()) };
    move |t| times * t + plus
}

impl<T: Scalar> Loss<T> for Hinge {
    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(NAME)
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn values_shape(&self, y_true: Shape, y_pred: Shape) -> Result<Shape, LossError> {
        Ok(aligned(Loss::<T>::name(self), y_true, y_pred)?.outer())
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        let (sign, one) = (signs(y_true), T::one());
        row_means(y_true, y_pred, values, |t, p| positive(one - sign(t) * p));
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        let (sign, one) = (signs(y_true), T::one());
        row_gradients(y_true, y_pred, scale, gradient, |t, p| {
            let t = sign(t);
            -t * slope_above(one - t * p, T::zero())
        });
    }

    fn get_config(&self) -> Option<Config> {
        Some(written("Hinge", Loss::<T>::name(self), self.reduction))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_batch_without_other_labels_is_binary() -> Result<(), cornu_tensor::TensorError> {
        for (labels, signs_of_them) in [([0.0, 1.0], [-1.0, 1.0]), ([0.0, -1.0], [0.0, -1.0]), ([0.5, 1.0], [0.5, 1.0])]
        {
            let sign = signs(View::new([2], &labels)?);
            assert_eq!(labels.map(sign), signs_of_them);
        }
        Ok(())
    }
}
