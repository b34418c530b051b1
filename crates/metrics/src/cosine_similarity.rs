//! The cosine of the angle between labels and predictions.

use cornu_config::Config;
use cornu_losses as losses;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::{read, written};
use crate::{MeanOfLoss, Metric, MetricError};

/// `Σ y_true·y_pred / (‖y_true‖·‖y_pred‖)` over the last dimension, averaged over all rows
/// (`keras.metrics.CosineSimilarity`).
///
/// From −1 to 1, and 0 where one has the length 0. Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit
/// each other. There is one weight a sample or a row. Keras does not write [`axis`](Self::axis) into a file.
///
/// ```
/// use cornu_metrics::{CosineSimilarity, Metric};
/// use cornu_tensor::Tensor;
///
/// let mut cosine = CosineSimilarity::new();
/// let (y_true, y_pred) = (Tensor::from([[0.0, 1.0], [1.0, 1.0]]), Tensor::from([[1.0, 0.0], [1.0, 1.0]]));
/// cosine.update(y_true.view(), y_pred.view(), None)?;
/// assert!((cosine.result() - 0.5).abs() < 1e-6);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CosineSimilarity {
    mean: MeanOfLoss<losses::CosineSimilarity>,
}

impl CosineSimilarity {
    /// Keras's defaults. Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mean: MeanOfLoss::new("cosine_similarity", losses::CosineSimilarity::new()) }
    }

    /// The dimension along which the vectors lie, in place of the last; a negative one counts from the end.
    #[must_use]
    pub fn axis(self, axis: isize) -> Self {
        Self { mean: MeanOfLoss { loss: self.mean.loss.axis(axis), ..self.mean } }
    }

    /// Another name than `"cosine_similarity"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: self.mean.with_name(name) }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read(config, "cosine_similarity")?;
        let metric = Self::new().with_name(name).axis(arguments.or("axis", -1)?);
        arguments.finish()?;
        Ok(metric)
    }

    /// The mean so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }
}

impl Default for CosineSimilarity {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for CosineSimilarity {
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
        self.mean.add((y_true, y_pred), sample_weight, -1.0)
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
        Some(written::<T>("CosineSimilarity", self.mean.name()))
    }
}
