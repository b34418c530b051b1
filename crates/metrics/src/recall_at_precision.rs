//! The best recall that a wanted precision leaves.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::at::At;
use crate::confusion::Counts;
use crate::registry::{read, written};
use crate::{Metric, MetricError};

/// The largest recall `TP / (TP + FN)` over all thresholds at which the precision `TP / (TP + FP)` is at least
/// a given value; 0 if there is none (`keras.metrics.RecallAtPrecision`).
///
/// There are 200 thresholds from 0 to 1 at equal distances unless [`num_thresholds`](Self::num_thresholds) says
/// otherwise; predictions are taken to lie from 0 to 1. Labels have the shape of the predictions; `(n,)` and `(n, 1)`
/// fit each other. Any label but 0 counts as 1. There is one weight a sample, a row or a value.
///
/// ```
/// use cornu_metrics::{Metric, RecallAtPrecision};
/// use cornu_tensor::Tensor;
///
/// let mut recall = RecallAtPrecision::new(0.8)?;
/// let y_pred = Tensor::from([0.0, 0.5, 0.3, 0.9]);
/// recall.update(Tensor::from([0.0, 0.0, 1.0, 1.0]).view(), y_pred.view(), None)?;
/// assert_eq!(recall.result(), 0.5);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RecallAtPrecision {
    at: At,
}

impl RecallAtPrecision {
    /// The recall at this precision at least. Nothing seen yet.
    ///
    /// # Errors
    /// [`MetricError::Argument`] if it is not from 0 to 1.
    pub fn new(precision: f64) -> Result<Self, MetricError> {
        Ok(Self { at: At::new("RecallAtPrecision", "recall_at_precision", "precision", precision)? })
    }

    /// Another number of thresholds than 200.
    ///
    /// # Errors
    /// [`MetricError::Argument`] for 0.
    pub fn num_thresholds(self, num_thresholds: usize) -> Result<Self, MetricError> {
        Ok(Self { at: self.at.num_thresholds("RecallAtPrecision", num_thresholds)? })
    }

    /// Only this class counts: this place of the last dimension.
    #[must_use]
    pub fn class_id(self, class_id: usize) -> Self {
        Self { at: self.at.class_id(class_id) }
    }

    /// Another name than `"recall_at_precision"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { at: self.at.with_name(name) }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments that are missing or of another type or name, and those of the builders.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read(config, "recall_at_precision")?;
        let at = At::read("RecallAtPrecision", &name, "precision", &mut arguments)?;
        arguments.finish()?;
        Ok(Self { at })
    }

    /// The recall so far.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.at.best(Counts::recall, Counts::precision)
    }
}

impl<T: Scalar> Metric<T> for RecallAtPrecision {
    fn name(&self) -> &str {
        &self.at.tally.name
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        self.at.tally.check(y_true, y_pred)
    }

    fn update(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        self.at.tally.update(y_true, y_pred, sample_weight)
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn result(&self) -> f64 {
        self.result()
    }

    fn reset(&mut self) {
        self.at.tally.reset();
    }

    fn variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        self.at.tally.four_variables()
    }

    fn get_config(&self) -> Option<Config> {
        Some(self.at.write(written::<T>("RecallAtPrecision", &self.at.tally.name), "precision"))
    }
}
