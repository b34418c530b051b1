//! How often predictions fall on the right side of a threshold.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::{read, written};
use crate::shapes::aligned;
use crate::{Mean, Metric, MetricError};

/// Keras's threshold.
pub(crate) const THRESHOLD: f64 = 0.5;

/// The share of predictions that are above the threshold where the label is 1, and not above where it is 0
/// (`keras.metrics.BinaryAccuracy`).
///
/// Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other. The threshold is 0.5 unless
/// [`threshold`](Self::threshold) sets another.
///
/// ```
/// use cornu_metrics::{BinaryAccuracy, Metric};
/// use cornu_tensor::Tensor;
///
/// let mut accuracy = BinaryAccuracy::new();
/// let y_pred = Tensor::from([[0.98], [1.0], [0.0], [0.6]]);
/// accuracy.update(Tensor::from([[1.0], [1.0], [0.0], [0.0]]).view(), y_pred.view(), None)?;
/// assert_eq!(accuracy.result(), 0.75);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct BinaryAccuracy {
    mean: Mean,
    threshold: f64,
}

impl BinaryAccuracy {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self { mean: Mean::new("binary_accuracy"), threshold: THRESHOLD }
    }

    /// The value above which a prediction means 1.
    ///
    /// # Errors
    /// [`MetricError::Argument`] if it is not finite.
    pub fn threshold(self, threshold: f64) -> Result<Self, MetricError> {
        if !threshold.is_finite() {
            return MetricError::argument("BinaryAccuracy", "threshold", "a finite number", threshold);
        }
        Ok(Self { threshold, ..self })
    }

    /// Another name than `"binary_accuracy"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: Mean::new(name), ..self }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name, and those of the builders.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read(config, "binary_accuracy")?;
        let accuracy = Self::new().with_name(name).threshold(arguments.or("threshold", THRESHOLD)?)?;
        arguments.finish()?;
        Ok(accuracy)
    }

    /// The share of matches so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }
}

impl Default for BinaryAccuracy {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes a batch into the mean.
pub(crate) fn update<T: Scalar>(
    mean: &mut Mean,
    threshold: f64,
    y_true: View<'_, T>,
    y_pred: View<'_, T>,
    sample_weight: Option<&[T]>,
) -> Result<(), MetricError> {
    let shape = aligned(mean.name(), y_true.shape(), y_pred.shape())?;
    let threshold = T::of(threshold);
    let matches = y_true.as_slice().iter().zip(y_pred.as_slice()).map(|(&t, &p)| {
        let class = if p > threshold { T::one() } else { T::zero() };
        if t == class { 1.0 } else { 0.0 }
    });
    mean.add(shape, matches, sample_weight)
}

impl<T: Scalar> Metric<T> for BinaryAccuracy {
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
        update(&mut self.mean, self.threshold, y_true, y_pred, sample_weight)
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

    fn get_config(&self) -> Option<Config> {
        Some(written::<T>("BinaryAccuracy", self.mean.name()).with("threshold", self.threshold))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_is_a_number() {
        let error = BinaryAccuracy::new().threshold(f64::NAN).unwrap_err();
        assert!(error.to_string().ends_with("Received: threshold=NaN"));
    }

    #[test]
    fn a_prediction_on_the_threshold_means_0() -> Result<(), MetricError> {
        let mut accuracy = BinaryAccuracy::new().threshold(0.25)?;
        accuracy.update(View::new([2], &[0.0, 1.0])?, View::new([2], &[0.25_f32, 0.251])?, None)?;
        assert_eq!(accuracy.result(), 1.0);
        Ok(())
    }
}
