//! The cross-entropy of labels 0 and 1.

use cornu_config::Config;
use cornu_losses as losses;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::read;
use crate::{MeanOfLoss, Metric, MetricError};

/// `mean(−y·ln p − (1 − y)·ln(1 − p))` over the last dimension, averaged over all rows
/// (`keras.metrics.BinaryCrossentropy`).
///
/// Predictions are probabilities, kept between 1e-7 and 1 − 1e-7; [`from_logits`](Self::from_logits): logits. Labels
/// have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. There is one weight a sample or a row.
///
/// ```
/// use cornu_metrics::{BinaryCrossentropy, Metric};
/// use cornu_tensor::Tensor;
///
/// let mut crossentropy = BinaryCrossentropy::new();
/// let (y_true, y_pred) = (Tensor::from([[0.0, 1.0], [0.0, 0.0]]), Tensor::from([[0.6, 0.4], [0.4, 0.6]]));
/// crossentropy.update(y_true.view(), y_pred.view(), None)?;
/// assert!((crossentropy.result() - 0.814_924_24).abs() < 1e-6);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct BinaryCrossentropy {
    mean: MeanOfLoss<losses::BinaryCrossentropy>,
}

impl BinaryCrossentropy {
    /// Keras's defaults. Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mean: MeanOfLoss::new("binary_crossentropy", losses::BinaryCrossentropy::new()) }
    }

    /// Whether the predictions are logits, not probabilities.
    #[must_use]
    pub fn from_logits(self, from_logits: bool) -> Self {
        Self { mean: MeanOfLoss { loss: self.mean.loss.from_logits(from_logits), ..self.mean } }
    }

    /// How far labels move from 0 and 1 towards 0.5: `y·(1 − s) + s/2`.
    ///
    /// # Errors
    /// [`MetricError::Loss`] if it is not from 0 to 1.
    pub fn label_smoothing(self, label_smoothing: f64) -> Result<Self, MetricError> {
        Ok(Self { mean: MeanOfLoss { loss: self.mean.loss.label_smoothing(label_smoothing)?, ..self.mean } })
    }

    /// Another name than `"binary_crossentropy"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: self.mean.with_name(name) }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Loss`] for arguments of another type or name, or outside their range.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (_, name) = read(config, "binary_crossentropy")?;
        Ok(Self { mean: MeanOfLoss::new(name, losses::BinaryCrossentropy::from_config(config)?) })
    }

    /// The mean so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }
}

impl Default for BinaryCrossentropy {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for BinaryCrossentropy {
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
        self.mean.written::<T>("BinaryCrossentropy", &["from_logits", "label_smoothing"])
    }
}
