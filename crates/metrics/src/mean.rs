//! A running weighted mean, on which every metric stands.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::MetricError;
use crate::registry::{read, written};
use crate::weights::Weights;

/// The weighted mean of all values seen: `Σ wᵢ·valueᵢ / Σ wᵢ`, 0 if nothing was seen (`keras.metrics.Mean`).
///
/// The sums are taken in `f64`.
///
/// ```
/// use cornu_metrics::Mean;
/// use cornu_tensor::Tensor;
///
/// let mut loss = Mean::new("loss");
/// loss.update_value(2.0, 10.0); // the mean of a batch of 10
/// loss.update_value(5.0, 5.0);
/// assert_eq!(loss.result(), 3.0);
///
/// let mut mean = Mean::default();
/// mean.update(Tensor::from([1.0, 3.0, 5.0, 7.0]).view(), Some(&[1.0, 1.0, 0.0, 0.0]))?;
/// assert_eq!(mean.result(), 2.0);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Mean {
    name: String,
    total: f64,
    count: f64,
}

impl Default for Mean {
    /// Keras's name, `"mean"`.
    fn default() -> Self {
        Self::new("mean")
    }
}

impl Mean {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), total: 0.0, count: 0.0 }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (arguments, name) = read(config, "mean")?;
        arguments.finish()?;
        Ok(Self::new(name))
    }

    /// What Keras writes of it.
    #[must_use]
    pub fn get_config(&self) -> Config {
        written::<f32>("Mean", &self.name)
    }

    /// Keras's variables: `total` and `count`.
    #[must_use]
    pub fn variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        vec![("total", Tensor::full([], self.total)), ("count", Tensor::full([], self.count))]
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `Σ wᵢ·valueᵢ`.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.total
    }

    /// `Σ wᵢ`.
    #[must_use]
    pub fn count(&self) -> f64 {
        self.count
    }

    /// The mean, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        if self.count == 0.0 { 0.0 } else { self.total / self.count }
    }

    /// Forgets what was seen.
    pub fn reset(&mut self) {
        (self.total, self.count) = (0.0, 0.0);
    }

    /// One value of this weight. A value of weight 0 adds nothing.
    pub fn update_value(&mut self, value: f64, weight: f64) {
        if weight != 0.0 {
            self.total += weight * value;
            self.count += weight;
        }
    }

    /// A batch of values; the first dimension counts the samples, and a sample of several values counts with
    /// their mean.
    ///
    /// There is one weight a sample, or one for each index of further leading dimensions, up to one a value.
    ///
    /// # Errors
    /// [`MetricError::SampleWeight`] for another number of weights.
    pub fn update<T: Scalar>(&mut self, values: View<'_, T>, sample_weight: Option<&[T]>) -> Result<(), MetricError> {
        self.add(values.shape(), values.as_slice().iter().map(|value| value.to_f64()), sample_weight)
    }

    /// [`Mean::update`] with values of this shape that come one by one.
    pub(crate) fn add<T: Scalar>(
        &mut self,
        shape: Shape,
        values: impl Iterator<Item = f64>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        let (size, samples) = (shape.size(), shape.batch());
        let weights = Weights::new(shape, sample_weight)?;
        if size == 0 {
            return Ok(());
        }
        if sample_weight.is_none() {
            self.total += values.sum::<f64>() / (size / samples) as f64;
            self.count += samples as f64;
            return Ok(());
        }
        let share = samples as f64 / size as f64;
        for (i, value) in values.enumerate() {
            self.update_value(value, weights.of(i) * share);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use cornu_tensor::Tensor;

    use super::*;

    #[test]
    fn nothing_seen_is_0() {
        let mut mean = Mean::new("m");
        assert_eq!(mean.result(), 0.0);
        mean.update_value(f64::INFINITY, 0.0);
        assert_eq!(mean.result(), 0.0);
    }

    #[test]
    fn a_weight_counts_for_what_it_leads() -> Result<(), MetricError> {
        let values = Tensor::from([[1.0, 3.0], [5.0, 7.0]]);
        for (weights, expected) in
            [(vec![1.0, 3.0], (2.0 + 3.0 * 6.0) / 4.0), (vec![1.0, 0.0, 0.0, 1.0], 4.0), (vec![0.0, 0.0], 0.0)]
        {
            let mut mean = Mean::default();
            mean.update(values.view(), Some(&weights))?;
            assert_eq!(mean.result(), expected);
        }
        Ok(())
    }

    #[test]
    fn another_number_of_weights_changes_nothing() {
        let mut mean = Mean::default();
        mean.update_value(1.0, 1.0);
        let error = mean.update(Tensor::from([[1.0, 3.0], [5.0, 7.0]]).view(), Some(&[1.0, 2.0, 3.0])).unwrap_err();
        assert!(error.to_string().ends_with("of shape (2, 2). Received: 3 weights"), "{error}");
        assert_eq!((mean.total(), mean.count()), (1.0, 1.0));
    }

    #[test]
    fn an_empty_batch_changes_nothing() -> Result<(), MetricError> {
        let mut mean = Mean::default();
        mean.update_value(1.0, 1.0);
        mean.update(Tensor::<f32>::zeros([0, 3]).view(), None)?;
        mean.update(Tensor::<f32>::zeros([0, 3]).view(), Some(&[]))?;
        mean.update(Tensor::<f32>::zeros([2, 0]).view(), Some(&[1.0, 1.0]))?;
        assert_eq!((mean.total(), mean.count()), (1.0, 1.0));
        Ok(())
    }
}
