//! A normal distribution without what lies beyond two standard deviations.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::random::Scaled;
use crate::random_normal::check_mean_and_stddev;
use crate::{Initializer, InitializerError, MODULE, random};

/// Values from `N(mean, stddev²)`, those further than two standard deviations from the mean drawn again.
/// Keras's defaults are mean 0 and standard deviation 0.05.
///
/// The deviation of what is left is 0.8796 times `stddev`: [`crate::VarianceScaling`] makes up for it.
///
/// ```
/// use cornu_initializers::{Initializer, TruncatedNormal, random};
/// use cornu_tensor::Tensor;
///
/// let t: Tensor<f32> = TruncatedNormal::new(1.0, 0.5)?.init([100].into(), &mut random::generator(0))?;
/// assert!(t.as_slice().iter().all(|v| (0.0..=2.0).contains(v))); // 1 ± 2 · 0.5
/// # Ok::<(), cornu_initializers::InitializerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TruncatedNormal {
    mean: f64,
    stddev: f64,
    seed: Option<u64>,
}

impl TruncatedNormal {
    /// Mean and standard deviation, before the truncation.
    ///
    /// # Errors
    /// [`InitializerError::Argument`] if one is not finite or the deviation is negative.
    pub fn new(mean: f64, stddev: f64) -> Result<Self, InitializerError> {
        check_mean_and_stddev("TruncatedNormal", mean, stddev)?;
        Ok(Self { mean, stddev, seed: None })
    }

    /// The same values at every call.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }

    /// From what Keras writes of it.
    ///
    /// # Errors
    /// [`InitializerError::Config`] for an argument that is not understood, and as [`TruncatedNormal::new`].
    pub fn from_config(config: &Config) -> Result<Self, InitializerError> {
        let mut arguments = config.arguments();
        let normal = Self {
            seed: random::read_seed(&mut arguments)?,
            ..Self::new(arguments.or("mean", 0.0)?, arguments.or("stddev", 0.05)?)?
        };
        arguments.finish()?;
        Ok(normal)
    }
}

impl Default for TruncatedNormal {
    fn default() -> Self {
        Self { mean: 0.0, stddev: 0.05, seed: None }
    }
}

/// The standard normal distribution cut at ±2, by rejection: 4.6 % of the draws are drawn again.
#[derive(Debug, Clone, Copy)]
struct StandardTruncated;

impl Distribution<f64> for StandardTruncated {
    #[inline(always)]
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        loop {
            let z: f64 = StandardNormal.sample(rng);
            if z.abs() <= 2.0 {
                return z;
            }
        }
    }
}

/// Fills a tensor with `mean + stddev · z`, z standard normal cut at ±2.
pub(crate) fn fill_truncated<T: Scalar>(shape: Shape, mean: f64, stddev: f64, key: u64) -> Tensor<T> {
    let mut tensor = Tensor::zeros(shape);
    random::fill(tensor.as_mut_slice(), key, &Scaled { offset: mean, factor: stddev, of: StandardTruncated });
    tensor
}

impl<T: Scalar> Initializer<T> for TruncatedNormal {
    fn init(&self, shape: Shape, rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        Ok(fill_truncated(shape, self.mean, self.stddev, random::key(self.seed, rng)))
    }

    fn get_config(&self) -> Option<Config> {
        let config = Config::new(MODULE, "TruncatedNormal").with("seed", self.seed);
        Some(config.with("mean", self.mean).with("stddev", self.stddev))
    }
}
