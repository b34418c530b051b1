//! The logarithm of the hyperbolic cosine of the error.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::common::{common, written};
use crate::rows::{row_gradients, row_means};
use crate::shapes::aligned;
use crate::{Loss, LossError, Reduction};

const NAME: &str = "log_cosh";

/// `mean(ln(cosh(y_pred − y_true)))` over the last dimension (`keras.losses.LogCosh`): about `e²/2` for a small error `e`,
/// `|e| − ln 2` for a large one.
///
/// Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. The value is computed as
/// `|e| + ln(1 + (e^(−2|e|) − 1)/2)`, which neither overflows nor cancels. The gradient of a row of length `c` is
/// `tanh(e) / c`.
///
/// ```
/// use cornu_losses::{LogCosh, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([[0.0_f32, 1.0], [0.0, 0.0]]);
/// let y_pred = Tensor::from([[1.0, 1.0], [0.0, 0.0]]);
/// let value = Evaluator::new().value(&LogCosh::new(), y_true.view(), y_pred.view(), None)?;
/// assert!((value - 0.108).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogCosh {
    reduction: Reduction,
    name: Option<String>,
}

impl LogCosh {
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

    /// Another name than `"log_cosh"`.
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

impl<T: Scalar> Loss<T> for LogCosh {
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
        let (half, two) = (T::of(0.5), T::of(2.0));
        row_means(y_true, y_pred, values, |t, p| {
            let size = (p - t).abs();
            size + (half * (-two * size).exp_m1()).ln_1p()
        });
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        row_gradients(y_true, y_pred, scale, gradient, |t, p| (p - t).fast_tanh());
    }

    fn get_config(&self) -> Option<Config> {
        Some(written("LogCosh", Loss::<T>::name(self), self.reduction))
    }
}
