//! The mean of squares.

use cornu_tensor::{Scalar, Shape, View};

use crate::shapes::aligned;
use crate::{Mean, Metric, MetricError};

/// `mean((y_true − y_pred)²)` over the last dimension, averaged over all rows (`keras.metrics.MeanSquaredError`).
///
/// Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other.
///
/// ```
/// use cornu_metrics::{MeanSquaredError, Metric};
/// use cornu_tensor::Tensor;
///
/// let mut error = MeanSquaredError::new();
/// let y_true = Tensor::from([[0.0, 1.0], [0.0, 0.0]]);
/// let y_pred = Tensor::from([[1.0, 1.0], [0.0, 2.0]]);
/// error.update(y_true.view(), y_pred.view(), None)?;
/// assert_eq!(error.result(), 1.25);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MeanSquaredError {
    mean: Mean,
}

impl MeanSquaredError {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mean: Mean::new("mean_squared_error") }
    }

    /// Another name than `"mean_squared_error"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: Mean::new(name) }
    }

    /// The error so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }
}

impl Default for MeanSquaredError {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for MeanSquaredError {
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
        self.mean.add_row_means(y_true, y_pred, sample_weight, |t, p| (t - p) * (t - p))
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
}
