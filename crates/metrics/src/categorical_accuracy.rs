//! How often the largest prediction is at the one of a one-hot label.

use cornu_config::Config;
use cornu_tensor::kernels::argmax;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::{read, written};
use crate::shapes::same;
use crate::{Mean, Metric, MetricError};

/// The share of rows whose largest prediction stands where the label is largest
/// (`keras.metrics.CategoricalAccuracy`).
///
/// The last dimension holds the classes. Labels are one-hot, of the shape of the predictions, which may be
/// probabilities or logits. Of equal values the first counts. For class numbers there is
/// [`SparseCategoricalAccuracy`](crate::SparseCategoricalAccuracy).
///
/// ```
/// use cornu_metrics::{CategoricalAccuracy, Metric};
/// use cornu_tensor::Tensor;
///
/// let mut accuracy = CategoricalAccuracy::new();
/// let y_true = Tensor::from([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]);
/// let y_pred = Tensor::from([[0.1, 0.9, 0.8], [0.05, 0.95, 0.0]]);
/// accuracy.update(y_true.view(), y_pred.view(), Some(&[0.7, 0.3]))?;
/// assert_eq!(accuracy.result(), 0.3);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CategoricalAccuracy {
    mean: Mean,
}

impl CategoricalAccuracy {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mean: Mean::new("categorical_accuracy") }
    }

    /// Another name than `"categorical_accuracy"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: Mean::new(name) }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (arguments, name) = read(config, "categorical_accuracy")?;
        arguments.finish()?;
        Ok(Self::new().with_name(name))
    }

    /// The share of matches so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }
}

impl Default for CategoricalAccuracy {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes a batch into the mean.
pub(crate) fn update<T: Scalar>(
    mean: &mut Mean,
    y_true: View<'_, T>,
    y_pred: View<'_, T>,
    sample_weight: Option<&[T]>,
) -> Result<(), MetricError> {
    let shape = same(mean.name(), y_true.shape(), y_pred.shape())?;
    let classes = shape.last_dim();
    let rows = y_true.as_slice().chunks_exact(classes).zip(y_pred.as_slice().chunks_exact(classes));
    let matches = rows.map(|(t, p)| if argmax(t) == argmax(p) { 1.0 } else { 0.0 });
    mean.add(shape.outer(), matches, sample_weight)
}

impl<T: Scalar> Metric<T> for CategoricalAccuracy {
    fn name(&self) -> &str {
        self.mean.name()
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        same(self.mean.name(), y_true, y_pred).map(drop)
    }

    fn update(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        update(&mut self.mean, y_true, y_pred, sample_weight)
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
        Some(written::<T>("CategoricalAccuracy", self.mean.name()))
    }
}
