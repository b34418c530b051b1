//! Keras's initializers: how the values of a kernel or a bias begin.
//!
//! An [`Initializer`] takes a shape and a random generator and gives a tensor. Any of them fits any kernel or
//! bias whose shape it can fill: a Glorot bias works as in Keras. The generator is an argument; there is no
//! global one. An initializer that was given its own seed ignores the generator and gives the same values at
//! every call, as in Keras 3. (One without a seed draws anew at every call. Keras gives such an instance a hidden
//! seed of its own, so that its calls repeat each other.)
//!
//! ```
//! use cornu_initializers::{GlorotUniform, Initializer, get, random};
//! use cornu_tensor::Tensor;
//!
//! let mut rng = random::generator(42);
//! let kernel: Tensor<f32> = GlorotUniform::new().init([784, 128].into(), &mut rng)?;
//! let limit = (6.0_f32 / (784.0 + 128.0)).sqrt();
//! assert!(kernel.as_slice().iter().all(|w| w.abs() <= limit));
//!
//! let bias = get::<f32>("zeros")?.init([128].into(), &mut rng)?;
//! assert_eq!(bias, Tensor::zeros([128]));
//! # Ok::<(), cornu_initializers::InitializerError>(())
//! ```

mod axes;
mod constant;
mod error;
mod fans;
mod given;
mod glorot;
mod he;
mod identity;
mod into_initializer;
mod lecun;
mod orthogonal;
pub mod random;
mod random_normal;
mod random_uniform;
mod registry;
mod stft;
mod truncated_normal;
mod variance_scaling;
mod window;

use std::fmt::Debug;
use std::sync::Arc;

pub use constant::{Constant, Ones, Zeros};
pub use cornu_config as config;
use cornu_config::Config;
pub use cornu_tensor as tensor;
use cornu_tensor::{Scalar, Shape, Tensor};
pub use error::InitializerError;
pub use fans::{Fans, compute_fans};
pub use glorot::{GlorotNormal, GlorotUniform};
pub use he::{HeNormal, HeUniform};
pub use identity::Identity;
pub use into_initializer::IntoInitializer;
pub use lecun::{LecunNormal, LecunUniform};
pub use orthogonal::Orthogonal;
pub use rand;
use rand::Rng;
pub use random_normal::RandomNormal;
pub use random_uniform::RandomUniform;
pub use registry::{from_config, get, names};
pub use stft::{STFT, Scaling, Side};
pub use truncated_normal::TruncatedNormal;
pub use variance_scaling::{Distribution, Mode, VarianceScaling};
pub use window::Window;

/// The module of Keras that the initializers are in.
const MODULE: &str = "keras.initializers";

/// How the values of a weight begin.
///
/// `new` of an initializer validates its arguments, so that `init` fails only on a shape it cannot fill.
///
/// One's own:
/// ```
/// use cornu_initializers::{Initializer, InitializerError};
/// use cornu_tensor::{Scalar, Shape, Tensor};
///
/// /// 0, 1, 2, …
/// #[derive(Debug)]
/// struct Counting;
///
/// impl<T: Scalar> Initializer<T> for Counting {
///     fn init(&self, shape: Shape, _rng: &mut dyn rand::Rng) -> Result<Tensor<T>, InitializerError> {
///         Ok(Tensor::from_fn(shape, T::of_count))
///     }
/// }
/// ```
pub trait Initializer<T: Scalar>: Debug + Send + Sync {
    /// A tensor of this shape.
    ///
    /// # Errors
    /// [`InitializerError::Shape`] if the initializer cannot fill this shape.
    fn init(&self, shape: Shape, rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError>;

    /// What Keras writes of it; `None`, the default, for one of one's own that no file can carry.
    fn get_config(&self) -> Option<Config> {
        None
    }
}

impl<T: Scalar> Initializer<T> for Arc<dyn Initializer<T>> {
    fn init(&self, shape: Shape, rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        (**self).init(shape, rng)
    }

    fn get_config(&self) -> Option<Config> {
        (**self).get_config()
    }
}

/// The README's Rust is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
