//! The mean of squares of differences of logarithms.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::clip::{EPSILON, slope_above};
use crate::common::{common, written};
use crate::rows::{row_gradients, row_means};
use crate::shapes::aligned;
use crate::{Loss, LossError, Reduction};

const NAME: &str = "mean_squared_logarithmic_error";

/// `mean((ln(1 + y_true) − ln(1 + y_pred))²)` over the last dimension (`keras.losses.MeanSquaredLogarithmicError`).
///
/// Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. Both count as at least 1e-7. The
/// gradient of a row of length `c` is `2·(ln(1 + y_pred) − ln(1 + y_true)) / (1 + y_pred) / c`, and 0 for predictions under
/// 1e-7.
///
/// ```
/// use cornu_losses::{MeanSquaredLogarithmicError, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([[0.0_f32, 1.0], [0.0, 0.0]]);
/// let y_pred = Tensor::from([[1.0, 1.0], [1.0, 0.0]]);
/// let value = Evaluator::new().value(&MeanSquaredLogarithmicError::new(), y_true.view(), y_pred.view(), None)?;
/// assert!((value - 0.240).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MeanSquaredLogarithmicError {
    reduction: Reduction,
    name: Option<String>,
}

impl MeanSquaredLogarithmicError {
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

    /// Another name than `"mean_squared_logarithmic_error"`.
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

/// `ln(1 + x)`, of an `x` that is not under 1e-7.
fn ln<T: Scalar>(x: T) -> T {
    let least = T::of(EPSILON);
    if x < least { least.ln_1p() } else { x.ln_1p() }
}

impl<T: Scalar> Loss<T> for MeanSquaredLogarithmicError {
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
        row_means(y_true, y_pred, values, |t, p| {
            let difference = ln(p) - ln(t);
            difference * difference
        });
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        row_gradients(y_true, y_pred, scale, gradient, |t, p| {
            T::of(2.0) * (ln(p) - ln(t)) * slope_above(p, T::of(EPSILON)) / (p + T::one())
        });
    }

    fn get_config(&self) -> Option<Config> {
        Some(written("MeanSquaredLogarithmicError", Loss::<T>::name(self), self.reduction))
    }
}
