//! The identity matrix.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor};
use rand::Rng;

use crate::{Initializer, InitializerError, MODULE};

/// `gain` on the diagonal of a matrix, zero elsewhere; the matrix need not be square.
///
/// ```
/// use cornu_initializers::{Identity, Initializer, random};
/// use cornu_tensor::Tensor;
///
/// let kernel: Tensor<f32> = Identity::new(2.0).init([2, 3].into(), &mut random::generator(0))?;
/// assert_eq!(kernel, Tensor::from([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0]]));
/// # Ok::<(), cornu_initializers::InitializerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Identity {
    gain: f64,
}

impl Identity {
    /// The value on the diagonal; any number will do, as in Keras.
    #[must_use]
    pub fn new(gain: f64) -> Self {
        Self { gain }
    }

    /// From what Keras writes of it.
    ///
    /// # Errors
    /// [`InitializerError::Config`] for an argument that is not understood.
    pub fn from_config(config: &Config) -> Result<Self, InitializerError> {
        let mut arguments = config.arguments();
        let identity = Self::new(arguments.or("gain", 1.0)?);
        arguments.finish()?;
        Ok(identity)
    }
}

impl Default for Identity {
    fn default() -> Self {
        Self { gain: 1.0 }
    }
}

impl<T: Scalar> Initializer<T> for Identity {
    fn init(&self, shape: Shape, _rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        let &[_, columns] = shape.dims() else {
            let expected = "a matrix (2 dimensions)".to_owned();
            return Err(InitializerError::Shape { initializer: "Identity", expected, received: shape });
        };
        let gain = T::of(self.gain);
        Ok(Tensor::from_fn(shape, |i| if i / columns == i % columns { gain } else { T::zero() }))
    }

    /// Keras forgets the gain when it writes, but reads it: a gain of 1 is left out. `None` for one that JSON cannot say.
    fn get_config(&self) -> Option<Config> {
        let config = Config::new(MODULE, "Identity");
        if self.gain == 1.0 {
            return Some(config);
        }
        self.gain.is_finite().then(|| config.with("gain", self.gain))
    }
}
