//! How often predictions equal their labels.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::{read, written};
use crate::shapes::aligned;
use crate::{Mean, Metric, MetricError};

/// The share of predictions that equal their label (`keras.metrics.Accuracy`).
///
/// Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. The predictions must be class
/// numbers already: for probabilities there is [`AutoAccuracy`](crate::AutoAccuracy), which is also what the
/// name `"accuracy"` means.
///
/// ```
/// use cornu_metrics::{Accuracy, Metric};
/// use cornu_tensor::Tensor;
///
/// let mut accuracy = Accuracy::new();
/// accuracy.update(Tensor::from([1.0, 2.0, 3.0, 4.0]).view(), Tensor::from([0.0, 2.0, 3.0, 4.0]).view(), None)?;
/// assert_eq!(accuracy.result(), 0.75);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Accuracy {
    mean: Mean,
}

impl Accuracy {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mean: Mean::new("accuracy") }
    }

    /// Another name than `"accuracy"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: Mean::new(name) }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (arguments, name) = read(config, "accuracy")?;
        arguments.finish()?;
        Ok(Self::new().with_name(name))
    }

    /// The share of matches so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }
}

impl Default for Accuracy {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for Accuracy {
    fn name(&self) -> &str {
        self.mean.name()
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        aligned(self.mean.name(), y_true, y_pred).map(drop)
    }

    fn update(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        let shape = aligned(self.mean.name(), y_true.shape(), y_pred.shape())?;
        let matches = y_true.as_slice().iter().zip(y_pred.as_slice()).map(|(t, p)| if t == p { 1.0 } else { 0.0 });
        self.mean.add(shape, matches, sample_weight)
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn result(&self) -> f64 {
        self.mean.result()
    }

    fn reset(&mut self) {
        self.mean.reset();
    }

    fn variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        self.mean.variables()
    }

    fn get_config(&self) -> Option<Config> {
        Some(written::<T>("Accuracy", self.mean.name()))
    }
}
