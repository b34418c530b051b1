//! A running weighted sum.

use cornu_config::Config;
use cornu_tensor::{Scalar, Tensor, View};

use crate::MetricError;
use crate::registry::{read, written};
use crate::weights::Weights;

/// The weighted sum of all values seen: `Σ wᵢ·valueᵢ` (`keras.metrics.Sum`).
///
/// The sum is taken in `f64`.
///
/// ```
/// use cornu_metrics::Sum;
/// use cornu_tensor::Tensor;
///
/// let mut sum = Sum::default();
/// sum.update(Tensor::from([1.0, 3.0, 5.0, 7.0]).view(), Some(&[1.0, 1.0, 0.0, 0.0]))?;
/// assert_eq!(sum.result(), 4.0);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sum {
    name: String,
    total: f64,
}

impl Default for Sum {
    /// Keras's name, `"sum"`.
    fn default() -> Self {
        Self::new("sum")
    }
}

impl Sum {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), total: 0.0 }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (arguments, name) = read(config, "sum")?;
        arguments.finish()?;
        Ok(Self::new(name))
    }

    /// What Keras writes of it.
    #[must_use]
    pub fn get_config(&self) -> Config {
        written::<f32>("Sum", &self.name)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The sum, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.total
    }

    /// Forgets what was seen.
    pub fn reset(&mut self) {
        self.total = 0.0;
    }

    /// Keras's variables: the `total`.
    #[must_use]
    pub fn variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        vec![("total", Tensor::full([], self.total))]
    }

    /// A batch of values. There is one weight a sample, or one for each index of further leading dimensions, up to one
    /// a value. A value of weight 0 adds nothing.
    ///
    /// # Errors
    /// [`MetricError::SampleWeight`] for another number of weights.
    pub fn update<T: Scalar>(&mut self, values: View<'_, T>, sample_weight: Option<&[T]>) -> Result<(), MetricError> {
        let weights = Weights::new(values.shape(), sample_weight)?;
        let weighted = values.as_slice().iter().enumerate().map(|(i, value)| (weights.of(i), value.to_f64()));
        self.total += weighted.map(|(weight, value)| if weight == 0.0 { 0.0 } else { weight * value }).sum::<f64>();
        Ok(())
    }
}
