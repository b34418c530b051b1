//! How far predictions are from the right side of a margin.

use cornu_config::Config;
use cornu_losses as losses;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::{read, written};
use crate::{MeanOfLoss, Metric, MetricError};

/// `mean(max(1 − y_true·y_pred, 0))` over the last dimension, averaged over all rows (`keras.metrics.Hinge`).
///
/// Labels are −1 or 1; where all are 0 or 1, 0 counts as −1. Labels have the shape of the predictions; `(n,)` and
/// `(n, 1)` fit each other. There is one weight a sample or a row.
///
/// ```
/// use cornu_metrics::{Hinge, Metric};
/// use cornu_tensor::Tensor;
///
/// let mut hinge = Hinge::new();
/// let (y_true, y_pred) = (Tensor::from([[0.0, 1.0], [0.0, 0.0]]), Tensor::from([[0.6, 0.4], [0.4, 0.6]]));
/// hinge.update(y_true.view(), y_pred.view(), None)?;
/// assert!((hinge.result() - 1.3).abs() < 1e-6);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Hinge {
    mean: MeanOfLoss<losses::Hinge>,
}

impl Hinge {
    /// Keras's defaults. Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mean: MeanOfLoss::new("hinge", losses::Hinge::new()) }
    }

    /// Another name than `"hinge"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: self.mean.with_name(name) }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (arguments, name) = read(config, "hinge")?;
        arguments.finish()?;
        Ok(Self::new().with_name(name))
    }

    /// The mean so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }
}

impl Default for Hinge {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for Hinge {
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
        Some(written::<T>("Hinge", self.mean.name()))
    }
}
