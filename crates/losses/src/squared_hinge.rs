//! The square of the distance to the right side of a margin.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::clip::positive;
use crate::common::{common, written};
use crate::hinge::signs;
use crate::rows::{row_gradients, row_means};
use crate::shapes::aligned;
use crate::{Loss, LossError, Reduction};

const NAME: &str = "squared_hinge";

/// `mean(max(1 − y_true·y_pred, 0)²)` over the last dimension (`keras.losses.SquaredHinge`).
///
/// Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. They are −1 or 1; if all labels of a
/// batch are 0 or 1, the 0 stands for −1. The gradient of a row of length `c` is
/// `−2·y_true·max(1 − y_true·y_pred, 0) / c`.
///
/// ```
/// use cornu_losses::{SquaredHinge, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([[0.0_f32, 1.0], [0.0, 0.0]]);
/// let y_pred = Tensor::from([[0.6, 0.4], [0.4, 0.6]]);
/// let value = Evaluator::new().value(&SquaredHinge::new(), y_true.view(), y_pred.view(), None)?;
/// assert!((value - 1.86).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SquaredHinge {
    reduction: Reduction,
    name: Option<String>,
}

impl SquaredHinge {
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

    /// Another name than `"squared_hinge"`.
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

impl<T: Scalar> Loss<T> for SquaredHinge {
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
        row_means(y_true, y_pred, values, |t, p| {
            let missing = positive(one - sign(t) * p);
            missing * missing
        });
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        let (sign, one, two) = (signs(y_true), T::one(), T::of(2.0));
        row_gradients(y_true, y_pred, scale, gradient, |t, p| {
            let t = sign(t);
            -two * t * positive(one - t * p)
        });
    }

    fn get_config(&self) -> Option<Config> {
        Some(written("SquaredHinge", Loss::<T>::name(self), self.reduction))
    }
}
