//! The cross-entropy of one-hot labels.

use cornu_config::Config;
use cornu_losses as losses;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::read;
use crate::{MeanOfLoss, Metric, MetricError};

/// `−Σ yᵢ·ln pᵢ` over the last dimension, the classes, averaged over all rows
/// (`keras.metrics.CategoricalCrossentropy`).
///
/// Labels are one-hot, of the shape of the predictions. Predictions are probabilities, divided by their sum and kept
/// between 1e-7 and 1 − 1e-7; [`from_logits`](Self::from_logits): logits. There is one weight a sample or a row.
///
/// ```
/// use cornu_metrics::{CategoricalCrossentropy, Metric};
/// use cornu_tensor::Tensor;
///
/// let mut crossentropy = CategoricalCrossentropy::new();
/// let y_true = Tensor::from([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);
/// let y_pred = Tensor::from([[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]]);
/// crossentropy.update(y_true.view(), y_pred.view(), None)?;
/// assert!((crossentropy.result() - 1.176_939_2).abs() < 1e-6);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CategoricalCrossentropy {
    mean: MeanOfLoss<losses::CategoricalCrossentropy>,
}

impl CategoricalCrossentropy {
    /// Keras's defaults. Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mean: MeanOfLoss::new("categorical_crossentropy", losses::CategoricalCrossentropy::new()) }
    }

    /// Whether the predictions are logits, not probabilities.
    #[must_use]
    pub fn from_logits(self, from_logits: bool) -> Self {
        Self { mean: MeanOfLoss { loss: self.mean.loss.from_logits(from_logits), ..self.mean } }
    }

    /// How far labels move from one-hot towards equal: `y·(1 − s) + s/classes`.
    ///
    /// # Errors
    /// [`MetricError::Loss`] if it is not from 0 to 1.
    pub fn label_smoothing(self, label_smoothing: f64) -> Result<Self, MetricError> {
        Ok(Self { mean: MeanOfLoss { loss: self.mean.loss.label_smoothing(label_smoothing)?, ..self.mean } })
    }

    /// The dimension along which the classes lie, in place of the last; a negative one counts from the end.
    #[must_use]
    pub fn axis(self, axis: isize) -> Self {
        Self { mean: MeanOfLoss { loss: self.mean.loss.axis(axis), ..self.mean } }
    }

    /// Another name than `"categorical_crossentropy"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: self.mean.with_name(name) }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Loss`] for arguments of another type or name, or outside their range.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (_, name) = read(config, "categorical_crossentropy")?;
        Ok(Self { mean: MeanOfLoss::new(name, losses::CategoricalCrossentropy::from_config(config)?) })
    }

    /// The mean so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }
}

impl Default for CategoricalCrossentropy {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for CategoricalCrossentropy {
    fn name(&self) -> &str {
        self.mean.name()
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        self.mean.shape::<T>(y_true, y_pred).map(drop)
    }

    fn update(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        self.mean.add((y_true, y_pred), sample_weight, 1.0)
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn result(&self) -> f64 {
        self.result()
    }

    fn reset(&mut self) {
        self.mean.reset();
    }

    fn variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        self.mean.variables()
    }

    fn get_config(&self) -> Option<Config> {
        self.mean.written::<T>("CategoricalCrossentropy", &["from_logits", "label_smoothing", "axis"])
    }
}
