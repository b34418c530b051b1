//! How many false negatives there are.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::{read, written};
use crate::tally::Tally;
use crate::{Metric, MetricError, Thresholds};

/// The number of predictions, or the sum of their weights, whose label is 1 and whose prediction is not above the
/// threshold (`keras.metrics.FalseNegatives`).
///
/// Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. Any label but 0 counts as 1. There is
/// one weight a sample, a row or a value. The threshold is 0.5 unless [`thresholds`](Self::thresholds) sets others.
///
/// ```
/// use cornu_metrics::{Metric, FalseNegatives};
/// use cornu_tensor::Tensor;
///
/// let mut count = FalseNegatives::new();
/// count.update(Tensor::from([0.0, 1.0, 1.0, 1.0]).view(), Tensor::from([0.0, 1.0, 0.0, 0.0]).view(), None)?;
/// assert_eq!(count.result(), 2.0);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FalseNegatives {
    tally: Tally,
}

impl FalseNegatives {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { tally: Tally::new("false_negatives") }
    }

    /// The value above which a prediction means 1, or several such values: then there is a count for each.
    ///
    /// # Errors
    /// [`MetricError::Argument`] if one is not from 0 to 1, or there is none.
    pub fn thresholds(self, thresholds: impl Into<Thresholds>) -> Result<Self, MetricError> {
        Ok(Self { tally: self.tally.thresholds("FalseNegatives", thresholds.into())? })
    }

    /// Another name than `"false_negatives"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { tally: self.tally.with_name(name) }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name, and those of the builders.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read(config, "false_negatives")?;
        let tally = Tally::new(&name).read("FalseNegatives", &mut arguments, false)?;
        arguments.finish()?;
        Ok(Self { tally })
    }

    /// The count so far; of several thresholds the mean.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.tally.result(|counts| counts.false_negatives)
    }

    /// The count at each threshold, if there are several.
    #[must_use]
    pub fn results(&self) -> Option<Vec<f64>> {
        self.tally.results(|counts| counts.false_negatives)
    }
}

impl Default for FalseNegatives {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for FalseNegatives {
    fn name(&self) -> &str {
        &self.tally.name
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        self.tally.check(y_true, y_pred)
    }

    fn update(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        self.tally.update(y_true, y_pred, sample_weight)
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
        self.tally.reset();
    }

    fn variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        vec![("accumulator", self.tally.variable(|counts| counts.false_negatives))]
    }

    fn get_config(&self) -> Option<Config> {
        Some(written::<T>("FalseNegatives", &self.tally.name).with("thresholds", self.tally.written()))
    }
}
