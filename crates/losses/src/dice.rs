//! How little two regions overlap.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::axes::Axes;
use crate::common::{common, written};
use crate::overlap::Overlap;
use crate::{Loss, LossError, Reduction};

const NAME: &str = "dice";
const OVERLAP: Overlap = Overlap { times: 2.0, both: 0.0, labels: 1.0, predictions: 1.0 };

/// `1 − 2·Σ y_true·y_pred / (Σ y_true + Σ y_pred + 1e-7)` (`keras.losses.Dice`).
///
/// - Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other.
/// - The sums go over all dimensions, so the whole batch has one value.
/// - [`axis`](Self::axis): one value for each place of the other dimensions instead. With `[1, 2, 3]`, images have one
///   value each.
/// - The gradient is `(S − 2·y_true) / D`, where `D` is the denominator and `S` the fraction.
///
/// ```
/// use cornu_losses::{Dice, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([[1.0_f32, 1.0], [0.0, 0.0]]);
/// let y_pred = Tensor::from([[0.0, 1.0], [0.4, 0.9]]);
/// let value = Evaluator::new().value(&Dice::new(), y_true.view(), y_pred.view(), None)?;
/// assert!((value - 0.535).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dice {
    axis: Axes,
    reduction: Reduction,
    name: Option<String>,
}

impl Dice {
    /// Keras's defaults: one value for the whole batch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The dimensions that a region has; all of them, the samples' too, unless given.
    #[must_use]
    pub fn axis(self, axes: &[isize]) -> Self {
        Self { axis: Axes::new(axes), ..self }
    }

    /// How the values become one number.
    #[must_use]
    pub fn with_reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Another name than `"dice"`.
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
        let loss = Self { axis: Axes::read(&mut arguments)?, ..loss };
        arguments.finish()?;
        Ok(Self { reduction, name, ..loss })
    }
}

impl<T: Scalar> Loss<T> for Dice {
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
        self.axis.keep_samples()
    }

    fn values_shape(&self, y_true: Shape, y_pred: Shape) -> Result<Shape, LossError> {
        self.axis.values_shape("Dice", Loss::<T>::name(self), y_true, y_pred)
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        self.axis.rows(y_true, y_pred, &mut [], |t, p, _| OVERLAP.values(t.as_slice(), p.as_slice(), values));
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        self.axis.rows(y_true, y_pred, gradient, |t, p, gradient| {
            OVERLAP.gradient(t.as_slice(), p.as_slice(), scale, gradient);
        });
    }

    fn get_config(&self) -> Option<Config> {
        let config = written("Dice", Loss::<T>::name(self), self.reduction);
        Some(config.with("axis", self.axis.written()))
    }
}
