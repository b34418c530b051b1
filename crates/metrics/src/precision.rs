//! How many of the predictions that say 1 are right.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::confusion::Counts;
use crate::registry::{read, written};
use crate::tally::Tally;
use crate::{Metric, MetricError, Thresholds};

/// `TP / (TP + FP)`: the share of the predictions that say 1 whose label is 1 (`keras.metrics.Precision`).
///
/// A prediction says 1 if it is above the threshold: 0.5, or what [`thresholds`](Self::thresholds) says. With
/// [`top_k`](Self::top_k) only the largest of a row can say 1, whatever they are; with [`class_id`](Self::class_id)
/// only one class counts. Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. Any label but 0
/// counts as 1. There is one weight a sample, a row or a value. Where nothing is counted the result is 0.
///
/// ```
/// use cornu_metrics::{Metric, Precision};
/// use cornu_tensor::Tensor;
///
/// let (y_true, y_pred) = (Tensor::from([0.0, 1.0, 1.0, 1.0]), Tensor::from([1.0, 0.0, 1.0, 1.0]));
/// let mut precision = Precision::new();
/// precision.update(y_true.view(), y_pred.view(), None)?;
/// assert_eq!(precision.result(), 2.0 / 3.0);
///
/// let mut two = Precision::new().thresholds([0.25, 0.75])?;
/// two.update(y_true.view(), y_pred.view(), None)?;
/// assert_eq!(two.results(), Some(vec![2.0 / 3.0, 2.0 / 3.0]));
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Precision {
    tally: Tally,
}

impl Precision {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { tally: Tally::new("precision") }
    }

    /// The value above which a prediction says 1, or several such values: then there is a result for each.
    ///
    /// # Errors
    /// [`MetricError::Argument`] if one is not from 0 to 1, or there is none.
    pub fn thresholds(self, thresholds: impl Into<Thresholds>) -> Result<Self, MetricError> {
        Ok(Self { tally: self.tally.thresholds("Precision", thresholds.into())? })
    }

    /// Only the `k` largest predictions of a row can say 1. Of equal ones the first are taken.
    ///
    /// # Errors
    /// [`MetricError::Argument`] for 0.
    pub fn top_k(self, k: usize) -> Result<Self, MetricError> {
        Ok(Self { tally: self.tally.top_k("Precision", k)? })
    }

    /// Only this class counts: this place of the last dimension.
    #[must_use]
    pub fn class_id(self, class_id: usize) -> Self {
        Self { tally: self.tally.class_id(class_id) }
    }

    /// Another name than `"precision"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { tally: self.tally.with_name(name) }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name, and those of the builders.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read(config, "precision")?;
        let tally = Tally::new(&name).read("Precision", &mut arguments, true)?;
        arguments.finish()?;
        Ok(Self { tally })
    }

    /// The precision so far; of several thresholds the mean.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.tally.result(Counts::precision)
    }

    /// The precision at each threshold, if there are several.
    #[must_use]
    pub fn results(&self) -> Option<Vec<f64>> {
        self.tally.results(Counts::precision)
    }
}

impl Default for Precision {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for Precision {
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
        vec![
            ("true_positives", self.tally.variable(|counts| counts.true_positives)),
            ("false_positives", self.tally.variable(|counts| counts.false_positives)),
        ]
    }

    fn get_config(&self) -> Option<Config> {
        let selection = &self.tally.selection;
        let config = written::<T>("Precision", &self.tally.name).with("thresholds", self.tally.written());
        Some(config.with("top_k", selection.top_k).with("class_id", selection.class_id))
    }
}
