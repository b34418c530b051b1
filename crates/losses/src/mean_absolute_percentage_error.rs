//! The mean of absolute differences, in per cent of the labels.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::clip::EPSILON;
use crate::common::{common, written};
use crate::mean_absolute_error::sign;
use crate::rows::{row_gradients, row_means};
use crate::shapes::aligned;
use crate::{Loss, LossError, Reduction};

const NAME: &str = "mean_absolute_percentage_error";

/// `100 · mean(|y_true − y_pred| / max(|y_true|, 1e-7))` over the last dimension
/// (`keras.losses.MeanAbsolutePercentageError`).
///
/// Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. The gradient of a row of
/// length `c` is `100 · sign(y_pred − y_true) / max(|y_true|, 1e-7) / c`, with the sign −1 where they are equal, as in
/// [`MeanAbsoluteError`](crate::MeanAbsoluteError).
///
/// ```
/// use cornu_losses::{MeanAbsolutePercentageError, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([100.0_f32, 200.0, 300.0]);
/// let y_pred = Tensor::from([90.0, 210.0, 310.0]);
/// let value = Evaluator::new().value(&MeanAbsolutePercentageError::new(), y_true.view(), y_pred.view(), None)?;
/// assert!((value - 6.111).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MeanAbsolutePercentageError {
    reduction: Reduction,
    name: Option<String>,
}

impl MeanAbsolutePercentageError {
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

    /// Another name than `"mean_absolute_percentage_error"`.
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

/// What an error of 1 counts.
fn share<T: Scalar>(t: T) -> T {
    T::of(100.0) / t.abs().max(T::of(EPSILON))
}

impl<T: Scalar> Loss<T> for MeanAbsolutePercentageError {
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
        row_means(y_true, y_pred, values, |t, p| share(t) * (t - p).abs());
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        row_gradients(y_true, y_pred, scale, gradient, |t, p| share(t) * sign(t, p));
    }

    fn get_config(&self) -> Option<Config> {
        Some(written("MeanAbsolutePercentageError", Loss::<T>::name(self), self.reduction))
    }
}
