//! The mean of differences in percent of the labels.

use cornu_config::Config;
use cornu_losses as losses;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::{read, written};
use crate::{MeanOfLoss, Metric, MetricError};

/// `100 · mean(|y_true − y_pred| / max(|y_true|, 1e-7))` over the last dimension, averaged over all rows
/// (`keras.metrics.MeanAbsolutePercentageError`).
///
/// Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. There is one weight a sample or a row.
///
/// ```
/// use cornu_metrics::{MeanAbsolutePercentageError, Metric};
/// use cornu_tensor::Tensor;
///
/// let mut error = MeanAbsolutePercentageError::new();
/// let (y_true, y_pred) = (Tensor::from([[2.0, 4.0]]), Tensor::from([[1.0, 5.0]]));
/// error.update(y_true.view(), y_pred.view(), None)?;
/// assert_eq!(error.result(), 37.5);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MeanAbsolutePercentageError {
    mean: MeanOfLoss<losses::MeanAbsolutePercentageError>,
}

impl MeanAbsolutePercentageError {
    /// Keras's defaults. Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mean: MeanOfLoss::new("mean_absolute_percentage_error", losses::MeanAbsolutePercentageError::new()) }
    }

    /// Another name than `"mean_absolute_percentage_error"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: self.mean.with_name(name) }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (arguments, name) = read(config, "mean_absolute_percentage_error")?;
        arguments.finish()?;
        Ok(Self::new().with_name(name))
    }

    /// The mean so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }
}

impl Default for MeanAbsolutePercentageError {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for MeanAbsolutePercentageError {
    fn name(&self) -> &str {
        self.mean.name()
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        self.mean.shape::<T>(y_true, y_pred).map(drop)
    }

    fn update(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        self.mean.add((y_true, y_pred), sample_weight, 1.0)
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
        Some(written::<T>("MeanAbsolutePercentageError", self.mean.name()))
    }
}
