//! The mean of absolute differences.

use std::cmp::Ordering;

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::common::{common, written};
use crate::rows::{row_gradients, row_means};
use crate::shapes::aligned;
use crate::{Loss, LossError, Reduction};

const NAME: &str = "mean_absolute_error";

/// `mean(|y_true − y_pred|)` over the last dimension (`keras.losses.MeanAbsoluteError`).
///
/// Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. The gradient of a row of
/// length `c` is `sign(y_pred − y_true) / c`. Where they are equal, which has no derivative, it is `−1 / c`: Keras's value
/// on JAX.
///
/// ```
/// use cornu_losses::{Evaluator, MeanAbsoluteError};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([[0.0_f32, 1.0], [0.0, 0.0]]);
/// let y_pred = Tensor::from([[1.0, 1.0], [2.0, 0.0]]);
/// assert_eq!(Evaluator::new().value(&MeanAbsoluteError::new(), y_true.view(), y_pred.view(), None)?, 0.75);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MeanAbsoluteError {
    reduction: Reduction,
    name: Option<String>,
}

impl MeanAbsoluteError {
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

    /// Another name than `"mean_absolute_error"`.
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

/// The derivative of `|t − p|` with respect to `p`.
#[inline]
pub(crate) fn sign<T: Scalar>(t: T, p: T) -> T {
    match (t - p).partial_cmp(&T::zero()) {
        Some(Ordering::Less) => T::one(),
        Some(_) => -T::one(),
        None => p - t, // NaN
    }
}

impl<T: Scalar> Loss<T> for MeanAbsoluteError {
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
        row_means(y_true, y_pred, values, |t, p| (t - p).abs());
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        row_gradients(y_true, y_pred, scale, gradient, sign);
    }
    fn get_config(&self) -> Option<Config> {
        Some(written("MeanAbsoluteError", Loss::<T>::name(self), self.reduction))
    }
}
