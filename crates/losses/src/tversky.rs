//! How little two regions overlap, with weights for what either has alone.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::axes::Axes;
use crate::common::{common, not_negative, written};
use crate::overlap::Overlap;
use crate::{Loss, LossError, Reduction};

const NAME: &str = "tversky";

/// `1 − I / (I + alpha·Σ y_true·(1 − y_pred) + beta·Σ y_pred·(1 − y_true) + 1e-7)`, where `I = Σ y_true·y_pred`
/// (`keras.losses.Tversky`; [Salehi et al., 2017](https://arxiv.org/abs/1706.05721)).
///
/// - Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other.
/// - The sums go over all dimensions, so the whole batch has one value.
/// - [`axis`](Self::axis): one value for each place of the other dimensions instead. With `[1, 2, 3]`, images have one
///   value each.
/// - With `alpha` and `beta` 0.5 it is [`Dice`](crate::Dice).
///
/// ```
/// use cornu_losses::{Tversky, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([[1.0_f32, 1.0], [0.0, 0.0]]);
/// let y_pred = Tensor::from([[0.0, 1.0], [0.4, 0.9]]);
/// let value = Evaluator::new().value(&Tversky::new(), y_true.view(), y_pred.view(), None)?;
/// assert!((value - 0.535).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Tversky {
    alpha: f64,
    beta: f64,
    axis: Axes,
    reduction: Reduction,
    name: Option<String>,
}

impl Default for Tversky {
    fn default() -> Self {
        Self { alpha: 0.5, beta: 0.5, axis: Axes::default(), reduction: Reduction::default(), name: None }
    }
}

impl Tversky {
    /// Keras's defaults: `alpha` and `beta` 0.5, one value for the whole batch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The weight of what the labels have alone.
    ///
    /// # Errors
    /// [`LossError::Argument`] if it is under 0 or not finite.
    pub fn alpha(self, alpha: f64) -> Result<Self, LossError> {
        not_negative("Tversky", "alpha", alpha)?;
        Ok(Self { alpha, ..self })
    }

    /// The weight of what the predictions have alone.
    ///
    /// # Errors
    /// [`LossError::Argument`] if it is under 0 or not finite.
    pub fn beta(self, beta: f64) -> Result<Self, LossError> {
        not_negative("Tversky", "beta", beta)?;
        Ok(Self { beta, ..self })
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

    /// Another name than `"tversky"`.
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
        let loss = loss.alpha(arguments.or("alpha", 0.5)?)?;
        let loss = loss.beta(arguments.or("beta", 0.5)?)?;
        let loss = Self { axis: Axes::read(&mut arguments)?, ..loss };
        arguments.finish()?;
        Ok(Self { reduction, name, ..loss })
    }

    fn overlap(&self) -> Overlap {
        Overlap { times: 1.0, both: 1.0 - self.alpha - self.beta, labels: self.alpha, predictions: self.beta }
    }
}

impl<T: Scalar> Loss<T> for Tversky {
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
        self.axis.values_shape("Tversky", Loss::<T>::name(self), y_true, y_pred)
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        let overlap = self.overlap();
        self.axis.rows(y_true, y_pred, &mut [], |t, p, _| overlap.values(t.as_slice(), p.as_slice(), values));
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        let overlap = self.overlap();
        self.axis.rows(y_true, y_pred, gradient, |t, p, gradient| {
            overlap.gradient(t.as_slice(), p.as_slice(), scale, gradient);
        });
    }

    fn get_config(&self) -> Option<Config> {
        let config = written("Tversky", Loss::<T>::name(self), self.reduction);
        Some(config.with("alpha", self.alpha).with("beta", self.beta).with("axis", self.axis.written()))
    }
}
