//! How far predictions equal labels, against their variance.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::confusion::EPSILON;
use crate::lanes::{Axes, Lanes};
use crate::moments::{Moments, moments};
use crate::registry::{read, written};
use crate::shapes::aligned;
use crate::{Mean, Metric, MetricError};

/// `2·(y_true − mean(y_pred))·(y_pred − mean(y_pred)) / (var(y_true) + var(y_pred) + (mean(y_true) − mean(y_pred))²)`,
/// meant over the last dimension and averaged over all rows (`keras.metrics.ConcordanceCorrelation`).
///
/// From −1 to 1. (The first mean is that of the predictions, as in Keras; it makes no difference, for the deviations of
/// the predictions sum to 0.) 1e-7 is added to the divisor. Labels have the shape of the predictions; `(n,)` and
/// `(n, 1)` fit each other. There is one weight a sample or a row. [`axis`](Self::axis): the correlation is taken along
/// other dimensions.
///
/// ```
/// use cornu_metrics::{ConcordanceCorrelation, Metric};
/// use cornu_tensor::Tensor;
///
/// let mut correlation = ConcordanceCorrelation::new();
/// let y_true = Tensor::from([[0.0, 1.0, 0.5], [1.0, 1.0, 0.2]]);
/// let y_pred = Tensor::from([[0.1, 0.9, 0.5], [1.0, 0.9, 0.2]]);
/// correlation.update(y_true.view(), y_pred.view(), None)?;
/// assert!((correlation.result() - 0.981_632).abs() < 1e-6);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ConcordanceCorrelation {
    mean: Mean,
    axes: Axes,
}

impl ConcordanceCorrelation {
    /// Along the last dimension. Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mean: Mean::new("concordance_correlation"), axes: Axes::last() }
    }

    /// The dimensions along which values correlate, in place of the last; negative ones count from the end.
    #[must_use]
    pub fn axis(self, axis: &[isize]) -> Self {
        Self { axes: Axes::of(axis), ..self }
    }

    /// Another name than `"concordance_correlation"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: Mean::new(name), ..self }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name, and those of the builders.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read(config, "concordance_correlation")?;
        let axes = Axes::read("ConcordanceCorrelation", &mut arguments)?;
        arguments.finish()?;
        Ok(Self { axes, ..Self::new().with_name(name) })
    }

    /// The correlation so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }
}

impl Default for ConcordanceCorrelation {
    fn default() -> Self {
        Self::new()
    }
}

impl ConcordanceCorrelation {
    /// The lanes that labels and predictions have in common.
    fn lanes(&self, y_true: Shape, y_pred: Shape) -> Result<Lanes, MetricError> {
        let shape = aligned(self.mean.name(), y_true, y_pred)?;
        let misfit = || MetricError::shapes(self.mean.name(), "dimensions as axis names them", y_true, y_pred);
        self.axes.lanes(shape).ok_or_else(misfit)
    }
}

fn correlation(y_true: impl Iterator<Item = f64> + Clone, y_pred: impl Iterator<Item = f64> + Clone) -> f64 {
    let Moments { mean_true, mean_pred, var_true, var_pred, covariance } = moments(y_true, y_pred);
    let apart = (mean_true - mean_pred) * (mean_true - mean_pred);
    2.0 * covariance / (var_true + var_pred + apart + EPSILON)
}

impl<T: Scalar> Metric<T> for ConcordanceCorrelation {
    fn name(&self) -> &str {
        self.mean.name()
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        self.lanes(y_true, y_pred).map(drop)
    }

    fn update(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        let lanes = self.lanes(y_true.shape(), y_pred.shape())?;
        let (y_true, y_pred) = (y_true.as_slice(), y_pred.as_slice());
        let values = (0..lanes.shape().size()).map(|lane| correlation(lanes.of(y_true, lane), lanes.of(y_pred, lane)));
        self.mean.add(lanes.shape(), values, sample_weight)
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
        Some(written::<T>("ConcordanceCorrelation", self.mean.name()).with("axis", self.axes.write()))
    }
}
