//! The root of the mean of squares.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::{read, written};
use crate::shapes::aligned;
use crate::{Mean, Metric, MetricError};

/// `√(mean((y_true − y_pred)²))` over all values seen (`keras.metrics.RootMeanSquaredError`).
///
/// Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. There is one weight a sample, a row or
/// a value.
///
/// ```
/// use cornu_metrics::{Metric, RootMeanSquaredError};
/// use cornu_tensor::Tensor;
///
/// let mut error = RootMeanSquaredError::new();
/// let (y_true, y_pred) = (Tensor::from([[0.0, 1.0], [0.0, 0.0]]), Tensor::from([[1.0, 1.0], [0.0, 0.0]]));
/// error.update(y_true.view(), y_pred.view(), None)?;
/// assert_eq!(error.result(), 0.5);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RootMeanSquaredError {
    mean: Mean,
}

impl RootMeanSquaredError {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mean: Mean::new("root_mean_squared_error") }
    }

    /// Another name than `"root_mean_squared_error"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: Mean::new(name) }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (arguments, name) = read(config, "root_mean_squared_error")?;
        arguments.finish()?;
        Ok(Self::new().with_name(name))
    }

    /// The error so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result().sqrt()
    }
}

impl Default for RootMeanSquaredError {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for RootMeanSquaredError {
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
        let shape = aligned(self.mean.name(), y_true.shape(), y_pred.shape())?;
        let squares = y_true.as_slice().iter().zip(y_pred.as_slice()).map(|(&t, &p)| ((p - t) * (p - t)).to_f64());
        self.mean.add(shape, squares, sample_weight)
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
        Some(written::<T>("RootMeanSquaredError", self.mean.name()))
    }
}
