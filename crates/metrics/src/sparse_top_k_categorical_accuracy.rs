//! How often the class number is among the largest predictions.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::{read, written};
use crate::shapes::class_numbers;
use crate::top_k_categorical_accuracy::{K, in_top_k};
use crate::{Mean, Metric, MetricError};

/// The share of rows whose prediction for the class that the label names is among the `k` largest
/// (`keras.metrics.SparseTopKCategoricalAccuracy`).
///
/// `k` is 5 unless [`k`](Self::k) sets another. The last dimension of the predictions holds the classes. Labels are
/// class numbers, one a row: of the shape of the predictions without the last dimension, which may also be 1. A
/// prediction is among the largest if less than `k` are larger: of equal ones all are. A label that is no class has the
/// smallest. There is one weight a sample or a row.
///
/// [`from_sorted_ids`](Self::from_sorted_ids): the predictions are class numbers, the best first, and the first `k` are
/// looked at.
///
/// ```
/// use cornu_metrics::{Metric, SparseTopKCategoricalAccuracy};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from_labels(&[2, 0]);
/// let mut accuracy = SparseTopKCategoricalAccuracy::new().k(2)?;
/// accuracy.update(y_true.view(), Tensor::from([[0.1, 0.9, 0.8], [0.05, 0.85, 0.1]]).view(), None)?;
/// assert_eq!(accuracy.result(), 0.5);
///
/// let mut of_ids = SparseTopKCategoricalAccuracy::new().k(1)?.from_sorted_ids(true);
/// of_ids.update(y_true.view(), Tensor::from([[2.0, 1.0], [1.0, 0.0]]).view(), None)?;
/// assert_eq!(of_ids.result(), 0.5);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SparseTopKCategoricalAccuracy {
    mean: Mean,
    k: usize,
    from_sorted_ids: bool,
}

impl SparseTopKCategoricalAccuracy {
    /// The 5 largest scores. Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mean: Mean::new("sparse_top_k_categorical_accuracy"), k: K, from_sorted_ids: false }
    }

    /// How many of the largest are looked at.
    ///
    /// # Errors
    /// [`MetricError::Argument`] for 0.
    pub fn k(self, k: usize) -> Result<Self, MetricError> {
        if k == 0 {
            return MetricError::argument("SparseTopKCategoricalAccuracy", "k", "at least 1", k);
        }
        Ok(Self { k, ..self })
    }

    /// Whether the predictions are class numbers, the best first.
    #[must_use]
    pub fn from_sorted_ids(self, from_sorted_ids: bool) -> Self {
        Self { from_sorted_ids, ..self }
    }

    /// Another name than `"sparse_top_k_categorical_accuracy"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: Mean::new(name), ..self }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name, and those of the builders.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read(config, "sparse_top_k_categorical_accuracy")?;
        let accuracy = Self::new().with_name(name).k(arguments.or("k", K)?)?;
        let accuracy = accuracy.from_sorted_ids(arguments.or("from_sorted_ids", false)?);
        arguments.finish()?;
        Ok(accuracy)
    }

    /// The share of matches so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }
}

impl Default for SparseTopKCategoricalAccuracy {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for SparseTopKCategoricalAccuracy {
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
        let shape = class_numbers(self.mean.name(), y_true.shape(), y_pred.shape())?;
        let rows = y_pred.as_slice().chunks_exact(y_pred.shape().last_dim());
        let (k, from_sorted_ids) = (self.k, self.from_sorted_ids);
        let matches = y_true.as_slice().iter().zip(rows).map(|(t, p)| {
            let class = t.to_f64() as usize;
            let class = if class as f64 == t.to_f64() { class } else { usize::MAX };
            let found = if from_sorted_ids { p.iter().take(k).any(|p| p == t) } else { in_top_k(p, class, k) };
            if found { 1.0 } else { 0.0 }
        });
        self.mean.add(shape, matches, sample_weight)
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
        let config = written::<T>("SparseTopKCategoricalAccuracy", self.mean.name()).with("k", self.k);
        // Keras writes it only where it is set.
        Some(if self.from_sorted_ids { config.with("from_sorted_ids", true) } else { config })
    }
}
