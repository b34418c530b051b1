//! How often the largest prediction is at the class number.

use cornu_config::Config;
use cornu_tensor::kernels::argmax;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::{read, written};
use crate::shapes::class_numbers;
use crate::{Mean, Metric, MetricError};

/// The share of rows whose largest prediction stands at the class that the label names
/// (`keras.metrics.SparseCategoricalAccuracy`).
///
/// The last dimension of the predictions holds the classes, as probabilities or logits. Labels are class
/// numbers, one a row: of the shape of the predictions without the last dimension, which may also be 1. Of
/// equal predictions the first counts. A label that is no class is never matched.
///
/// ```
/// use cornu_metrics::{Metric, SparseCategoricalAccuracy};
/// use cornu_tensor::Tensor;
///
/// let mut accuracy = SparseCategoricalAccuracy::new();
/// let y_pred = Tensor::from([[0.1, 0.6, 0.3], [0.05, 0.95, 0.0]]);
/// accuracy.update(Tensor::from([[2.0], [1.0]]).view(), y_pred.view(), Some(&[0.7, 0.3]))?;
/// assert_eq!(accuracy.result(), 0.3);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SparseCategoricalAccuracy {
    mean: Mean,
}

impl SparseCategoricalAccuracy {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mean: Mean::new("sparse_categorical_accuracy") }
    }

    /// Another name than `"sparse_categorical_accuracy"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: Mean::new(name) }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (arguments, name) = read(config, "sparse_categorical_accuracy")?;
        arguments.finish()?;
        Ok(Self::new().with_name(name))
    }

    /// The share of matches so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }
}

impl Default for SparseCategoricalAccuracy {
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
    let shape = class_numbers(mean.name(), y_true.shape(), y_pred.shape())?;
    let rows = y_pred.as_slice().chunks_exact(y_pred.shape().last_dim());
    let is_class = |(t, p): (&T, &[T])| if *t == T::of_count(argmax(p)) { 1.0 } else { 0.0 };
    mean.add(shape, y_true.as_slice().iter().zip(rows).map(is_class), sample_weight)
}

impl<T: Scalar> Metric<T> for SparseCategoricalAccuracy {
    fn name(&self) -> &str {
        self.mean.name()
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        class_numbers(self.mean.name(), y_true, y_pred).map(drop)
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
        Some(written::<T>("SparseCategoricalAccuracy", self.mean.name()))
    }
}
