//! The mean of squares.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::common::{common, written};
use crate::rows::{row_gradients, row_means};
use crate::shapes::aligned;
use crate::{Loss, LossError, Reduction};

const NAME: &str = "mean_squared_error";

/// `mean((y_true − y_pred)²)` over the last dimension (`keras.losses.MeanSquaredError`).
///
/// Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. The gradient of a row of
/// length `c` is `2·(y_pred − y_true) / c`.
///
/// ```
/// use cornu_losses::{Evaluator, MeanSquaredError};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([[0.0_f32, 1.0], [0.0, 0.0]]);
/// let y_pred = Tensor::from([[1.0, 1.0], [2.0, 0.0]]);
/// assert_eq!(Evaluator::new().value(&MeanSquaredError::new(), y_true.view(), y_pred.view(), None)?, 1.25);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MeanSquaredError {
    reduction: Reduction,
    name: Option<String>,
}

impl MeanSquaredError {
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

    /// Another name than `"mean_squared_error"`.
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

impl<T: Scalar> Loss<T> for MeanSquaredError {
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
        row_means(y_true, y_pred, values, |t, p| (t - p) * (t - p));
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        row_gradients(y_true, y_pred, scale, gradient, |t, p| T::of(2.0) * (p - t));
    }
    fn get_config(&self) -> Option<Config> {
        Some(written("MeanSquaredError", Loss::<T>::name(self), self.reduction))
    }
}
