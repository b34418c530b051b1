//! How unlikely a count is, if the prediction is its mean.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::clip::EPSILON;
use crate::common::{common, written};
use crate::rows::{row_gradients, row_means};
use crate::shapes::aligned;
use crate::{Loss, LossError, Reduction};

const NAME: &str = "poisson";

/// `mean(y_pred − y_true·ln(y_pred + 1e-7))` over the last dimension (`keras.losses.Poisson`).
///
/// Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. Predictions are means of counts, over
/// 0; the logarithm of others is NaN. The gradient of a row of length `c` is `(1 − y_true / (y_pred + 1e-7)) / c`.
///
/// ```
/// use cornu_losses::{Poisson, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([[0.0_f32, 1.0], [0.0, 0.0]]);
/// let y_pred = Tensor::from([[0.6, 0.4], [0.4, 0.6]]);
/// let value = Evaluator::new().value(&Poisson::new(), y_true.view(), y_pred.view(), None)?;
/// assert!((value - 0.729).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Poisson {
    reduction: Reduction,
    name: Option<String>,
}

impl Poisson {
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

    /// Another name than `"poisson"`.
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

impl<T: Scalar> Loss<T> for Poisson {
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
        let epsilon = T::of(EPSILON);
        row_means(y_true, y_pred, values, |t, p| p - t * (p + epsilon).ln());
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        let (epsilon, one) = (T::of(EPSILON), T::one());
        row_gradients(y_true, y_pred, scale, gradient, |t, p| one - t / (p + epsilon));
    }

    fn get_config(&self) -> Option<Config> {
        Some(written("Poisson", Loss::<T>::name(self), self.reduction))
    }
}
