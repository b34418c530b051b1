//! A uniform distribution.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor};
use rand::Rng;
use rand::distr::StandardUniform;

use crate::random::Scaled;
use crate::{Initializer, InitializerError, MODULE, random};

/// Values spread evenly over `[minval, maxval)`. Keras's defaults are −0.05 and 0.05.
///
/// Rounding to the tensor's type can give `maxval` itself.
///
/// ```
/// use cornu_initializers::{Initializer, RandomUniform, random};
/// use cornu_tensor::Tensor;
///
/// let t: Tensor<f64> = RandomUniform::new(-1.0, 2.0)?.init([2, 3].into(), &mut random::generator(0))?;
/// assert!(t.as_slice().iter().all(|v| (-1.0..=2.0).contains(v)));
/// # Ok::<(), cornu_initializers::InitializerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomUniform {
    minval: f64,
    maxval: f64,
    seed: Option<u64>,
}

impl RandomUniform {
    /// The limits.
    ///
    /// # Errors
    /// [`InitializerError::Argument`] if one is not finite, the upper lies below the lower, or the two are further
    /// apart than any number can say.
    pub fn new(minval: f64, maxval: f64) -> Result<Self, InitializerError> {
        let bad = |argument, expected, received: f64| {
            Err(InitializerError::Argument {
                initializer: "RandomUniform",
                argument,
                expected,
                received: received.to_string(),
            })
        };
        if !minval.is_finite() {
            return bad("minval", "a finite number", minval);
        }
        if !maxval.is_finite() || maxval < minval {
            return bad("maxval", "a finite number, minval or more", maxval);
        }
        if !(maxval - minval).is_finite() {
            return bad("maxval", "a number whose distance from minval is finite", maxval);
        }
        Ok(Self { minval, maxval, seed: None })
    }

    /// The same values at every call.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }

    /// From what Keras writes of it.
    ///
    /// # Errors
    /// [`InitializerError::Config`] for an argument that is not understood, and as [`RandomUniform::new`].
    pub fn from_config(config: &Config) -> Result<Self, InitializerError> {
        let mut arguments = config.arguments();
        let uniform = Self {
            seed: random::read_seed(&mut arguments)?,
            ..Self::new(arguments.or("minval", -0.05)?, arguments.or("maxval", 0.05)?)?
        };
        arguments.finish()?;
        Ok(uniform)
    }
}

impl Default for RandomUniform {
    fn default() -> Self {
        Self { minval: -0.05, maxval: 0.05, seed: None }
    }
}

/// Fills a tensor with `minval + (maxval − minval) · u`, u uniform on `[0, 1)`.
pub(crate) fn fill_uniform<T: Scalar>(shape: Shape, minval: f64, maxval: f64, key: u64) -> Tensor<T> {
    let mut tensor = Tensor::zeros(shape);
    random::fill(tensor.as_mut_slice(), key, &Scaled { offset: minval, factor: maxval - minval, of: StandardUniform });
    tensor
}

impl<T: Scalar> Initializer<T> for RandomUniform {
    fn init(&self, shape: Shape, rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        Ok(fill_uniform(shape, self.minval, self.maxval, random::key(self.seed, rng)))
    }

    fn get_config(&self) -> Option<Config> {
        let config = Config::new(MODULE, "RandomUniform").with("seed", self.seed);
        Some(config.with("minval", self.minval).with("maxval", self.maxval))
    }
}
