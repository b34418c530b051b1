//! The accuracy that fits the shapes.

use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::binary_accuracy::{self, THRESHOLD};
use crate::shapes::{aligned, class_numbers, same};
use crate::{Mean, Metric, MetricError, categorical_accuracy, sparse_categorical_accuracy};

/// What `"accuracy"` means in Keras's `compile`: the accuracy that fits the shapes of labels and predictions.
///
/// - Predictions of one value (last dimension 1): [`BinaryAccuracy`](crate::BinaryAccuracy).
/// - Labels of lower rank than the predictions, or of last dimension 1:
///   [`SparseCategoricalAccuracy`](crate::SparseCategoricalAccuracy).
/// - Otherwise [`CategoricalAccuracy`](crate::CategoricalAccuracy).
///
/// It is no class of Keras and has no config: where Keras writes what was compiled, there stands the name.
///
/// ```
/// use cornu_metrics::{AutoAccuracy, Metric};
/// use cornu_tensor::Tensor;
///
/// let mut accuracy = AutoAccuracy::new();
/// accuracy.update(Tensor::from_labels(&[1, 0]).view(), Tensor::from([[0.2, 0.8], [0.4, 0.6]]).view(), None)?;
/// assert_eq!(accuracy.result(), 0.5);
/// assert_eq!(AutoAccuracy::resolves_to([8].into(), [8, 3].into()), "SparseCategoricalAccuracy");
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct AutoAccuracy {
    mean: Mean,
}

/// The three accuracies.
enum Kind {
    Binary,
    Sparse,
    Categorical,
}

/// Keras's rule (`is_binary_or_sparse_categorical`).
fn kind(y_true: Shape, y_pred: Shape) -> Kind {
    if y_pred.last_dim() == 1 {
        Kind::Binary
    } else if y_true.rank() < y_pred.rank() || y_true.last_dim() == 1 {
        Kind::Sparse
    } else {
        Kind::Categorical
    }
}

impl AutoAccuracy {
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

    /// The share of matches so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }

    /// The class name of the metric that it is for these shapes.
    #[must_use]
    pub fn resolves_to(y_true: Shape, y_pred: Shape) -> &'static str {
        match kind(y_true, y_pred) {
            Kind::Binary => "BinaryAccuracy",
            Kind::Sparse => "SparseCategoricalAccuracy",
            Kind::Categorical => "CategoricalAccuracy",
        }
    }
}

impl Default for AutoAccuracy {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for AutoAccuracy {
    fn name(&self) -> &str {
        self.mean.name()
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        match kind(y_true, y_pred) {
            Kind::Binary => aligned(self.mean.name(), y_true, y_pred),
            Kind::Sparse => class_numbers(self.mean.name(), y_true, y_pred),
            Kind::Categorical => same(self.mean.name(), y_true, y_pred),
        }
        .map(drop)
    }

    fn update(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        match kind(y_true.shape(), y_pred.shape()) {
            Kind::Binary => binary_accuracy::update(&mut self.mean, THRESHOLD, y_true, y_pred, sample_weight),
            Kind::Sparse => sparse_categorical_accuracy::update(&mut self.mean, y_true, y_pred, sample_weight),
            Kind::Categorical => categorical_accuracy::update(&mut self.mean, y_true, y_pred, sample_weight),
        }
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
}
