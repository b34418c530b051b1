//! The cross-entropy of class numbers.

use cornu_config::Config;
use cornu_losses as losses;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::read;
use crate::{MeanOfLoss, Metric, MetricError};

/// `−ln p_y` over the last dimension, the classes, averaged over all rows
/// (`keras.metrics.SparseCategoricalCrossentropy`).
///
/// Labels are class numbers, one a row: of the shape of the predictions without the last dimension, or with 1 in its
/// place. Predictions are probabilities, divided by their sum and kept between 1e-7 and 1 − 1e-7;
/// [`from_logits`](Self::from_logits): logits. There is one weight a sample or a row. An update fails for a number that
/// is no class.
///
/// ```
/// use cornu_metrics::{Metric, SparseCategoricalCrossentropy};
/// use cornu_tensor::Tensor;
///
/// let mut crossentropy = SparseCategoricalCrossentropy::new();
/// let y_true = Tensor::from_labels(&[1, 2]);
/// let y_pred = Tensor::from([[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]]);
/// crossentropy.update(y_true.view(), y_pred.view(), None)?;
/// assert!((crossentropy.result() - 1.176_939_2).abs() < 1e-6);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SparseCategoricalCrossentropy {
    mean: MeanOfLoss<losses::SparseCategoricalCrossentropy>,
}

impl SparseCategoricalCrossentropy {
    /// Keras's defaults. Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mean: MeanOfLoss::new("sparse_categorical_crossentropy", losses::SparseCategoricalCrossentropy::new()) }
    }

    /// Whether the predictions are logits, not probabilities.
    #[must_use]
    pub fn from_logits(self, from_logits: bool) -> Self {
        Self { mean: MeanOfLoss { loss: self.mean.loss.from_logits(from_logits), ..self.mean } }
    }

    /// A label whose rows have the value 0, often −1 or 255. With sample weights they do not count; without, as in
    /// Keras, they do.
    #[must_use]
    pub fn ignore_class(self, class: i64) -> Self {
        Self { mean: MeanOfLoss { loss: self.mean.loss.ignore_class(class), ..self.mean } }
    }

    /// Another name than `"sparse_categorical_crossentropy"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: self.mean.with_name(name) }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Loss`] for arguments of another type or name, or outside their range.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (_, name) = read(config, "sparse_categorical_crossentropy")?;
        Ok(Self { mean: MeanOfLoss::new(name, losses::SparseCategoricalCrossentropy::from_config(config)?) })
    }

    /// The mean so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }
}

impl Default for SparseCategoricalCrossentropy {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for SparseCategoricalCrossentropy {
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
        let config = self.mean.written::<T>("SparseCategoricalCrossentropy", &["from_logits", "ignore_class"])?;
        Some(config.with("axis", -1))
    }
}
