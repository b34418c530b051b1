//! Zeros, ones, or one value everywhere.

use cornu_tensor::{Scalar, Shape, Tensor};
use rand::Rng;

use crate::{Initializer, InitializerError};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ones;

/// One value everywhere. Keras's default value is 0.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Constant {
    value: f64,
}

impl Constant {
    /// This value everywhere; any number will do, as in Keras.
    #[must_use]
    pub fn new(value: f64) -> Self {
        Self { value }
    }
}

impl<T: Scalar> Initializer<T> for Zeros {
    fn init(&self, shape: Shape, _rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        Ok(Tensor::zeros(shape))
    }
}

impl<T: Scalar> Initializer<T> for Ones {
    fn init(&self, shape: Shape, _rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        Ok(Tensor::full(shape, T::one()))
    }
}

impl<T: Scalar> Initializer<T> for Constant {
    fn init(&self, shape: Shape, _rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        Ok(Tensor::full(shape, T::of(self.value)))
    }
}
