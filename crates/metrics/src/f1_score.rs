//! The harmonic mean of precision and recall.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::{read, written};
use crate::{Average, FBetaScore, Metric, MetricError};

/// `2 · precision · recall / (precision + recall)` of each class (`keras.metrics.F1Score`).
///
/// Labels and predictions have the same shape `(n, classes)`; labels are 0 or 1, and several classes may be right. A
/// prediction says 1 if it is the largest of its row and not 0, or with [`threshold`](Self::threshold) if it is above
/// that. There is one weight a sample. There is a score for each class ([`results`](Self::results)), unless
/// [`average`](Self::average) makes one of them. 1e-7 is added to every divisor.
///
/// ```
/// use cornu_metrics::{Average, F1Score, Metric};
/// use cornu_tensor::Tensor;
///
/// let mut score = F1Score::new().average(Average::Macro).threshold(0.5)?;
/// let y_true = Tensor::from([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]);
/// let y_pred = Tensor::from([[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]]);
/// score.update(y_true.view(), y_pred.view(), None)?;
/// assert!((score.result() - (0.5 + 0.8 + 2.0 / 3.0) / 3.0).abs() < 1e-6);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct F1Score {
    score: FBetaScore,
}

impl F1Score {
    /// A score for each class, the largest of a row. Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { score: FBetaScore::new().with_name("f1_score") }
    }

    /// One score in place of one for each class.
    #[must_use]
    pub fn average(self, average: Average) -> Self {
        Self { score: self.score.average(average) }
    }

    /// The value above which a prediction says 1.
    ///
    /// # Errors
    /// [`MetricError::Argument`] if it is not above 0 and at most 1.
    pub fn threshold(self, threshold: f64) -> Result<Self, MetricError> {
        Ok(Self { score: self.score.threshold(threshold)? })
    }

    /// Another name than `"f1_score"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { score: self.score.with_name(name) }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name, and those of the builders.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read(config, "f1_score")?;
        let score = FBetaScore::new().with_name(name).read(&mut arguments)?;
        arguments.finish()?;
        Ok(Self { score })
    }

    /// The score so far; without an average the mean of those of the classes. 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.score.result()
    }

    /// The score of each class, if there is no average.
    #[must_use]
    pub fn results(&self) -> Option<Vec<f64>> {
        self.score.results()
    }
}

impl Default for F1Score {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for F1Score {
    fn name(&self) -> &str {
        Metric::<T>::name(&self.score)
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        Metric::<T>::check(&self.score, y_true, y_pred)
    }

    fn update(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        self.score.update(y_true, y_pred, sample_weight)
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn result(&self) -> f64 {
        self.result()
    }

    fn results(&self) -> Option<Vec<f64>> {
        self.results()
    }

    fn reset(&mut self) {
        Metric::<T>::reset(&mut self.score);
    }

    fn variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        Metric::<T>::variables(&self.score)
    }

    fn get_config(&self) -> Option<Config> {
        Some(self.score.write(written::<T>("F1Score", Metric::<T>::name(self))))
    }
}
