//! How often the one of a one-hot label is among the largest predictions.

use cornu_config::Config;
use cornu_tensor::kernels::argmax;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::{read, written};
use crate::shapes::same;
use crate::{Mean, Metric, MetricError};

/// Keras's `k`.
pub(crate) const K: usize = 5;

/// The share of rows whose prediction at the place of the label's one is among the `k` largest
/// (`keras.metrics.TopKCategoricalAccuracy`).
///
/// `k` is 5 unless [`k`](Self::k) sets another. The last dimension holds the classes; labels are one-hot, of the shape
/// of the predictions. A prediction is among the largest if less than `k` are larger: of equal ones all are. One that
/// is not a number is the smallest. There is one weight a sample or a row.
///
/// ```
/// use cornu_metrics::{Metric, TopKCategoricalAccuracy};
/// use cornu_tensor::Tensor;
///
/// let mut accuracy = TopKCategoricalAccuracy::new().k(2)?;
/// let y_true = Tensor::from([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]);
/// let y_pred = Tensor::from([[0.1, 0.9, 0.8], [0.05, 0.85, 0.1]]);
/// accuracy.update(y_true.view(), y_pred.view(), None)?;
/// assert_eq!(accuracy.result(), 0.5);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TopKCategoricalAccuracy {
    mean: Mean,
    k: usize,
}

impl TopKCategoricalAccuracy {
    /// The 5 largest. Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mean: Mean::new("top_k_categorical_accuracy"), k: K }
    }

    /// How many of the largest are looked at.
    ///
    /// # Errors
    /// [`MetricError::Argument`] for 0.
    pub fn k(self, k: usize) -> Result<Self, MetricError> {
        if k == 0 {
            return MetricError::argument("TopKCategoricalAccuracy", "k", "at least 1", k);
        }
        Ok(Self { k, ..self })
    }

    /// Another name than `"top_k_categorical_accuracy"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: Mean::new(name), ..self }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name, and those of the builders.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read(config, "top_k_categorical_accuracy")?;
        let accuracy = Self::new().with_name(name).k(arguments.or("k", K)?)?;
        arguments.finish()?;
        Ok(accuracy)
    }

    /// The share of matches so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }
}

impl Default for TopKCategoricalAccuracy {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether less than `k` of a row are larger than the one at this place. One that is not there, or not a number, is the
/// smallest.
pub(crate) fn in_top_k<T: Scalar>(row: &[T], place: usize, k: usize) -> bool {
    let at = row.get(place).copied().filter(|at| !at.to_f64().is_nan());
    let at = at.unwrap_or_else(|| T::of(f64::NEG_INFINITY));
    row.iter().filter(|&&other| other > at).count() < k
}

impl<T: Scalar> Metric<T> for TopKCategoricalAccuracy {
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
        let shape = same(self.mean.name(), y_true.shape(), y_pred.shape())?;
        let classes = shape.last_dim();
        let rows = y_true.as_slice().chunks_exact(classes).zip(y_pred.as_slice().chunks_exact(classes));
        let matches = rows.map(|(t, p)| if in_top_k(p, argmax(t), self.k) { 1.0 } else { 0.0 });
        self.mean.add(shape.outer(), matches, sample_weight)
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
        Some(written::<T>("TopKCategoricalAccuracy", self.mean.name()).with("k", self.k))
    }
}
