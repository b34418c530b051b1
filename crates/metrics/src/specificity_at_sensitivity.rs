//! The best specificity that a wanted sensitivity leaves.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::at::At;
use crate::confusion::Counts;
use crate::registry::{read, written};
use crate::{Metric, MetricError};

/// The largest specificity `TN / (TN + FP)` over all thresholds at which the sensitivity `TP / (TP + FN)` is at least
/// a given value; 0 if there is none (`keras.metrics.SpecificityAtSensitivity`).
///
/// There are 200 thresholds from 0 to 1 at equal distances unless [`num_thresholds`](Self::num_thresholds) says
/// otherwise; predictions are taken to lie from 0 to 1. Labels have the shape of the predictions; `(n,)` and `(n, 1)`
/// fit each other. Any label but 0 counts as 1. There is one weight a sample, a row or a value.
///
/// ```
/// use cornu_metrics::{Metric, SpecificityAtSensitivity};
/// use cornu_tensor::Tensor;
///
/// let mut specificity = SpecificityAtSensitivity::new(0.5)?;
/// let y_pred = Tensor::from([0.0, 0.3, 0.8, 0.3, 0.8]);
/// specificity.update(Tensor::from([0.0, 0.0, 0.0, 1.0, 1.0]).view(), y_pred.view(), None)?;
/// assert_eq!(specificity.result(), 2.0 / 3.0);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SpecificityAtSensitivity {
    at: At,
}

impl SpecificityAtSensitivity {
    /// The specificity at this sensitivity at least. Nothing seen yet.
    ///
    /// # Errors
    /// [`MetricError::Argument`] if it is not from 0 to 1.
    pub fn new(sensitivity: f64) -> Result<Self, MetricError> {
        Ok(Self { at: At::new("SpecificityAtSensitivity", "specificity_at_sensitivity", "sensitivity", sensitivity)? })
    }

    /// Another number of thresholds than 200.
    ///
    /// # Errors
    /// [`MetricError::Argument`] for 0.
    pub fn num_thresholds(self, num_thresholds: usize) -> Result<Self, MetricError> {
        Ok(Self { at: self.at.num_thresholds("SpecificityAtSensitivity", num_thresholds)? })
    }

    /// Only this class counts: this place of the last dimension.
    #[must_use]
    pub fn class_id(self, class_id: usize) -> Self {
        Self { at: self.at.class_id(class_id) }
    }

    /// Another name than `"specificity_at_sensitivity"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { at: self.at.with_name(name) }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments that are missing or of another type or name, and those of the builders.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read(config, "specificity_at_sensitivity")?;
        let at = At::read("SpecificityAtSensitivity", &name, "sensitivity", &mut arguments)?;
        arguments.finish()?;
        Ok(Self { at })
    }

    /// The specificity so far.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.at.best(Counts::specificity, Counts::recall)
    }
}

impl<T: Scalar> Metric<T> for SpecificityAtSensitivity {
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
        Some(self.at.write(written::<T>("SpecificityAtSensitivity", &self.at.tally.name), "sensitivity"))
    }
}
