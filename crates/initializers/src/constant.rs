//! Zeros, ones, or one value everywhere.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor};
use rand::Rng;

use crate::{Initializer, InitializerError, MODULE};

/// All zeros: Keras's default for a bias.
///
/// ```
/// use cornu_initializers::{Initializer, Zeros, random};
/// use cornu_tensor::Tensor;
///
/// let bias: Tensor<f32> = Zeros.init([3].into(), &mut random::generator(0))?;
/// assert_eq!(bias.as_slice(), [0.0; 3]);
/// # Ok::<(), cornu_initializers::InitializerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Zeros;

/// All ones: Keras's default for the scale of a normalization.
///
/// ```
/// use cornu_initializers::{Initializer, Ones, random};
/// use cornu_tensor::Tensor;
///
/// let gamma: Tensor<f32> = Ones.init([3].into(), &mut random::generator(0))?;
/// assert_eq!(gamma.as_slice(), [1.0; 3]);
/// # Ok::<(), cornu_initializers::InitializerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ones;

/// One value everywhere. Keras's default value is 0.
///
/// ```
/// use cornu_initializers::{Constant, Initializer, random};
/// use cornu_tensor::Tensor;
///
/// let bias: Tensor<f32> = Constant::new(0.1).init([3].into(), &mut random::generator(0))?;
/// assert_eq!(bias.as_slice(), [0.1; 3]);
/// # Ok::<(), cornu_initializers::InitializerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Constant {
    value: f64,
}

impl Zeros {
    /// From what Keras writes of it; it has no arguments.
    ///
    /// # Errors
    /// [`InitializerError::Config`] for an argument.
    pub fn from_config(config: &Config) -> Result<Self, InitializerError> {
        config.arguments().finish()?;
        Ok(Self)
    }
}

impl Ones {
    /// From what Keras writes of it; it has no arguments.
    ///
    /// # Errors
    /// [`InitializerError::Config`] for an argument.
    pub fn from_config(config: &Config) -> Result<Self, InitializerError> {
        config.arguments().finish()?;
        Ok(Self)
    }
}

impl Constant {
    /// This value everywhere; any number will do, as in Keras.
    #[must_use]
    pub fn new(value: f64) -> Self {
        Self { value }
    }

    /// From what Keras writes of it.
    ///
    /// # Errors
    /// [`InitializerError::Config`] for an argument that is not understood.
    pub fn from_config(config: &Config) -> Result<Self, InitializerError> {
        let mut arguments = config.arguments();
        let constant = Self::new(arguments.or("value", 0.0)?);
        arguments.finish()?;
        Ok(constant)
    }
}

impl<T: Scalar> Initializer<T> for Zeros {
    fn init(&self, shape: Shape, _rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        Ok(Tensor::zeros(shape))
    }

    fn get_config(&self) -> Option<Config> {
        Some(Config::new(MODULE, "Zeros"))
    }
}

impl<T: Scalar> Initializer<T> for Ones {
    fn init(&self, shape: Shape, _rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        Ok(Tensor::full(shape, T::one()))
    }

    fn get_config(&self) -> Option<Config> {
        Some(Config::new(MODULE, "Ones"))
    }
}

impl<T: Scalar> Initializer<T> for Constant {
    fn init(&self, shape: Shape, _rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        Ok(Tensor::full(shape, T::of(self.value)))
    }

    /// `None` for a value that JSON cannot say.
    fn get_config(&self) -> Option<Config> {
        self.value.is_finite().then(|| Config::new(MODULE, "Constant").with("value", self.value))
    }
}
