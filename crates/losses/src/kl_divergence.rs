//! How far one distribution is from another.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::clip::{EPSILON, clip_between, slope_between};
use crate::common::{common, written};
use crate::rows::{row_sum_gradients, row_sums};
use crate::shapes::aligned;
use crate::{Loss, LossError, Reduction};

const NAME: &str = "kl_divergence";

/// `Σ y_true·ln(y_true / y_pred)` over the last dimension (`keras.losses.KLDivergence`): the Kullback-Leibler divergence.
///
/// Labels and predictions are distributions, of the same shape; both are kept between 1e-7 and 1. The gradient is
/// `−y_true / y_pred`, and 0 for predictions outside those bounds.
///
/// ```
/// use cornu_losses::{KLDivergence, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([[0.0_f32, 1.0], [0.0, 0.0]]);
/// let y_pred = Tensor::from([[0.6, 0.4], [0.4, 0.6]]);
/// let value = Evaluator::new().value(&KLDivergence::new(), y_true.view(), y_pred.view(), None)?;
/// assert!((value - 0.458).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KLDivergence {
    reduction: Reduction,
    name: Option<String>,
}

impl KLDivergence {
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

    /// Another name than `"kl_divergence"`.
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

fn within<T: Scalar>(p: T) -> T {
    clip_between(p, T::of(EPSILON), T::one())
}

impl<T: Scalar> Loss<T> for KLDivergence {
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
        row_sums(y_true, y_pred, values, |t, p| {
            let (t, p) = (within(t), within(p));
            t * (t / p).ln()
        });
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        let (low, one) = (T::of(EPSILON), T::one());
        row_sum_gradients(y_true, y_pred, scale, gradient, |t, p| -slope_between(p, low, one) * within(t) / within(p));
    }

    fn get_config(&self) -> Option<Config> {
        Some(written("KLDivergence", Loss::<T>::name(self), self.reduction))
    }
}
