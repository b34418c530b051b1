//! Keras's activations: functions of a layer's output, each with its derivative.
//!
//! An activation is named as in Keras ([`get`], [`NAMES`]) or given as a value, and works in place on the
//! rows of a matrix.
//!
//! ```
//! use cornu_layers::activations::{Activation, get};
//!
//! let softmax = get::<f32>("softmax")?;
//! let mut values = [1.0, 1.0, 0.0, 0.0]; // two rows of two
//! softmax.apply(&mut values, 2);
//! assert_eq!(values, [0.5; 4]);
//! # Ok::<(), cornu_layers::LayerError>(())
//! ```

mod elu;
mod exponential;
mod gelu;
mod leaky_relu;
mod linear;
mod registry;
mod relu;
mod selu;
mod sigmoid;
mod silu;
mod softmax;
mod softplus;
mod softsign;
mod tanh;

use std::fmt::Debug;
use std::sync::Arc;

use cornu_tensor::Scalar;
pub use cornu_tensor::kernels::{map, scale};
pub use elu::Elu;
pub use exponential::Exponential;
pub use gelu::Gelu;
pub use leaky_relu::LeakyRelu;
pub use linear::Linear;
pub use registry::{IntoActivation, NAMES, get};
pub use relu::Relu;
pub use selu::Selu;
pub use sigmoid::Sigmoid;
pub use silu::Silu;
pub use softmax::Softmax;
pub use softplus::Softplus;
pub use softsign::Softsign;
pub use tanh::Tanh;

/// A function of a layer's output, with its derivative.
///
/// Values are the rows of a row-major matrix, `width` values a row. A batch comes in parts, on several threads: what
/// becomes of a row depends on that row alone. Most activations take value by value
/// ([`map`], [`scale`]); [`Softmax`] takes a row at a time.
///
/// One's own:
/// ```
/// use cornu_layers::activations::{Activation, map, scale};
/// use cornu_tensor::Scalar;
///
/// /// `x²`
/// #[derive(Debug)]
/// struct Square;
///
/// impl<T: Scalar> Activation<T> for Square {
///     fn name(&self) -> &'static str {
///         "square"
///     }
///     fn apply(&self, values: &mut [T], _width: usize) {
///         map(values, |x| x * x);
///     }
///     fn needs_input(&self) -> bool {
///         true // the derivative 2x is not a function of x²
///     }
///     fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
///         scale(gradient, from, |x| x + x);
///     }
/// }
/// ```
pub trait Activation<T: Scalar>: Debug + Send + Sync {
    /// Keras's name, such as `"relu"`.
    ///
    /// A loss that knows the name (`"softmax"`, `"sigmoid"`) is fused with the activation in training: one's own
    /// function needs a name of its own.
    fn name(&self) -> &'static str;

    /// Replaces every `x` by `f(x)`.
    fn apply(&self, values: &mut [T], width: usize);

    /// Whether [`Activation::backward`] works from `x` rather than from `f(x)`, which is at hand anyway.
    fn needs_input(&self) -> bool {
        false
    }

    /// Turns the gradient with respect to `f(x)` into that with respect to `x`, in place.
    ///
    /// `from` holds what [`Activation::needs_input`] says: `x`, or `f(x)`.
    fn backward(&self, from: &[T], gradient: &mut [T], width: usize);
}

impl<T: Scalar> Activation<T> for Arc<dyn Activation<T>> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn apply(&self, values: &mut [T], width: usize) {
        (**self).apply(values, width);
    }

    fn needs_input(&self) -> bool {
        (**self).needs_input()
    }

    fn backward(&self, from: &[T], gradient: &mut [T], width: usize) {
        (**self).backward(from, gradient, width);
    }
}
