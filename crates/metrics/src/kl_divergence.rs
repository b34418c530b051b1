//! How far one distribution is from another.

use cornu_config::Config;
use cornu_losses as losses;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::{read, written};
use crate::{MeanOfLoss, Metric, MetricError};

/// `Σ y_true·ln(y_true / y_pred)` over the last dimension, both kept between 1e-7 and 1, averaged over all rows
/// (`keras.metrics.KLDivergence`).
///
/// Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. There is one weight a sample or a row.
///
/// ```
/// use cornu_metrics::{KLDivergence, Metric};
/// use cornu_tensor::Tensor;
///
/// let mut divergence = KLDivergence::new();
/// let (y_true, y_pred) = (Tensor::from([[0.0, 1.0], [0.0, 0.0]]), Tensor::from([[0.6, 0.4], [0.4, 0.6]]));
/// divergence.update(y_true.view(), y_pred.view(), None)?;
/// assert!((divergence.result() - 0.458_143).abs() < 1e-6);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct KLDivergence {
    mean: MeanOfLoss<losses::KLDivergence>,
}

impl KLDivergence {
    /// Keras's defaults. Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mean: MeanOfLoss::new("kl_divergence", losses::KLDivergence::new()) }
    }

    /// Another name than `"kl_divergence"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: self.mean.with_name(name) }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (arguments, name) = read(config, "kl_divergence")?;
        arguments.finish()?;
        Ok(Self::new().with_name(name))
    }

    /// The mean so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }
}

impl Default for KLDivergence {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for KLDivergence {
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
        Some(written::<T>("KLDivergence", self.mean.name()))
    }
}
