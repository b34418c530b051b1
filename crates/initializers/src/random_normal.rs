//! A normal distribution.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor};
use rand::Rng;
use rand_distr::StandardNormal;

use crate::random::Scaled;
use crate::{Initializer, InitializerError, MODULE, random};

/// Values from `N(mean, stddev²)`. Keras's defaults are mean 0 and standard deviation 0.05.
///
/// ```
/// use cornu_initializers::{Initializer, RandomNormal, random};
/// use cornu_tensor::Tensor;
///
/// let normal = RandomNormal::new(0.0, 0.05)?.with_seed(1);
/// let a: Tensor<f32> = normal.init([4].into(), &mut random::generator(0))?;
/// let b: Tensor<f32> = normal.init([4].into(), &mut random::generator(9))?;
/// assert_eq!(a, b); // its own seed decides
/// # Ok::<(), cornu_initializers::InitializerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomNormal {
    mean: f64,
    stddev: f64,
    seed: Option<u64>,
}

impl RandomNormal {
    /// Mean and standard deviation.
    ///
    /// # Errors
    /// [`InitializerError::Argument`] if one is not finite or the deviation is negative.
    pub fn new(mean: f64, stddev: f64) -> Result<Self, InitializerError> {
        check_mean_and_stddev("RandomNormal", mean, stddev)?;
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
    /// [`InitializerError::Config`] for an argument that is not understood, and as [`RandomNormal::new`].
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

impl Default for RandomNormal {
    fn default() -> Self {
        Self { mean: 0.0, stddev: 0.05, seed: None }
    }
}

/// Both finite, the deviation not negative.
pub(crate) fn check_mean_and_stddev(initializer: &'static str, mean: f64, stddev: f64) -> Result<(), InitializerError> {
    let bad = |argument, expected, received: f64| {
        Err(InitializerError::Argument { initializer, argument, expected, received: received.to_string() })
    };
    if !mean.is_finite() {
        return bad("mean", "a finite number", mean);
    }
    if !stddev.is_finite() || stddev < 0.0 {
        return bad("stddev", "a finite number, 0 or more", stddev);
    }
    Ok(())
}

/// Fills a tensor with `mean + stddev · z`, z standard normal.
pub(crate) fn fill_normal<T: Scalar>(shape: Shape, mean: f64, stddev: f64, key: u64) -> Tensor<T> {
    let mut tensor = Tensor::zeros(shape);
    random::fill(tensor.as_mut_slice(), key, &Scaled { offset: mean, factor: stddev, of: StandardNormal });
    tensor
}

impl<T: Scalar> Initializer<T> for RandomNormal {
    fn init(&self, shape: Shape, rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        Ok(fill_normal(shape, self.mean, self.stddev, random::key(self.seed, rng)))
    }

    fn get_config(&self) -> Option<Config> {
        let config = Config::new(MODULE, "RandomNormal").with("seed", self.seed);
        Some(config.with("mean", self.mean).with("stddev", self.stddev))
    }
}
