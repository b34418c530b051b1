//! How far labels and predictions lie on a line.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::lanes::{Axes, Lanes};
use crate::moments::{Moments, moments};
use crate::registry::{read, written};
use crate::shapes::aligned;
use crate::{Mean, Metric, MetricError};

/// The mean of `(y_true − mean(y_true)) / std(y_true) · (y_pred − mean(y_pred)) / std(y_pred)` over the last dimension,
/// averaged over all rows (`keras.metrics.PearsonCorrelation`).
///
/// From −1 to 1. Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. There is one weight a
/// sample or a row. A row whose labels or predictions are all the same makes it NaN, as in Keras. [`axis`](Self::axis):
/// the correlation is taken along other dimensions.
///
/// ```
/// use cornu_metrics::{Metric, PearsonCorrelation};
/// use cornu_tensor::Tensor;
///
/// let mut correlation = PearsonCorrelation::new();
/// let y_true = Tensor::from([[0.0, 1.0, 0.5], [1.0, 1.0, 0.2]]);
/// let y_pred = Tensor::from([[0.1, 0.9, 0.5], [1.0, 0.9, 0.2]]);
/// correlation.update(y_true.view(), y_pred.view(), None)?;
/// assert!((correlation.result() - 0.996_699_6).abs() < 1e-6);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PearsonCorrelation {
    mean: Mean,
    axes: Axes,
}

impl PearsonCorrelation {
    /// Along the last dimension. Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mean: Mean::new("pearson_correlation"), axes: Axes::last() }
    }

    /// The dimensions along which values correlate, in place of the last; negative ones count from the end.
    #[must_use]
    pub fn axis(self, axis: &[isize]) -> Self {
        Self { axes: Axes::of(axis), ..self }
    }

    /// Another name than `"pearson_correlation"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: Mean::new(name), ..self }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name, and those of the builders.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read(config, "pearson_correlation")?;
        let axes = Axes::read("PearsonCorrelation", &mut arguments)?;
        arguments.finish()?;
        Ok(Self { axes, ..Self::new().with_name(name) })
    }

    /// The correlation so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }
}

impl Default for PearsonCorrelation {
    fn default() -> Self {
        Self::new()
    }
}

impl PearsonCorrelation {
    /// The lanes that labels and predictions have in common.
    fn lanes(&self, y_true: Shape, y_pred: Shape) -> Result<Lanes, MetricError> {
        let shape = aligned(self.mean.name(), y_true, y_pred)?;
        let misfit = || MetricError::shapes(self.mean.name(), "dimensions as axis names them", y_true, y_pred);
        self.axes.lanes(shape).ok_or_else(misfit)
    }
}

fn correlation(y_true: impl Iterator<Item = f64> + Clone, y_pred: impl Iterator<Item = f64> + Clone) -> f64 {
    let Moments { var_true, var_pred, covariance, .. } = moments(y_true, y_pred);
    covariance / (var_true.sqrt() * var_pred.sqrt())
}

impl<T: Scalar> Metric<T> for PearsonCorrelation {
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
        Some(written::<T>("PearsonCorrelation", self.mean.name()).with("axis", self.axes.write()))
    }
}
