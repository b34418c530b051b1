//! Keras's activations: functions of a layer's output, each with its derivative.
//!
//! An activation is named as in Keras ([`get`], [`names`]) or given as a value, and works in place on the
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

mod celu;
mod elu;
mod exponential;
mod from_fn;
mod gelu;
mod general_relu;
mod glu;
mod hard_shrink;
mod hard_sigmoid;
mod hard_silu;
mod hard_tanh;
mod leaky_relu;
mod linear;
mod log_sigmoid;
mod log_softmax;
mod mish;
mod registry;
mod relu;
mod relu6;
mod selu;
mod sigmoid;
mod silu;
mod soft_shrink;
mod softmax;
mod softplus;
mod softsign;
mod sparse_plus;
mod sparse_sigmoid;
mod sparsemax;
mod squareplus;
mod tanh;
mod tanh_shrink;
mod threshold;

use std::fmt::Debug;
use std::sync::Arc;

pub use celu::Celu;
use cornu_config::Config;
use cornu_tensor::Scalar;
pub use cornu_tensor::kernels::{map, scale};
pub use elu::Elu;
pub use exponential::Exponential;
pub use from_fn::{FromFn, from_fn};
pub use gelu::Gelu;
pub use general_relu::GeneralRelu;
pub use glu::Glu;
pub use hard_shrink::HardShrink;
pub use hard_sigmoid::HardSigmoid;
pub use hard_silu::HardSilu;
pub use hard_tanh::HardTanh;
pub use leaky_relu::LeakyRelu;
pub use linear::Linear;
pub use log_sigmoid::LogSigmoid;
pub use log_softmax::LogSoftmax;
pub use mish::Mish;
pub(crate) use registry::read;
pub use registry::{IntoActivation, deserialize, from_config, get, names, serialize};
pub use relu::Relu;
pub use relu6::Relu6;
pub use selu::Selu;
pub use sigmoid::Sigmoid;
pub use silu::Silu;
pub use soft_shrink::SoftShrink;
pub use softmax::Softmax;
pub use softplus::Softplus;
pub use softsign::Softsign;
pub use sparse_plus::SparsePlus;
pub use sparse_sigmoid::SparseSigmoid;
pub use sparsemax::Sparsemax;
pub use squareplus::Squareplus;
pub use tanh::Tanh;
pub use tanh_shrink::TanhShrink;
pub use threshold::Threshold;

use crate::LayerError;

/// A function of a layer's output, with its derivative.
///
/// Values are the rows of a row-major matrix, `width` values a row. A batch comes in parts, on several threads: what
/// becomes of a row depends on that row alone. Most activations take value by value
/// ([`map`], [`scale`]); [`Softmax`] takes a row at a time.
///
/// One's own, where [`from_fn`] is not enough:
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

    /// Whether a row of `f(x)` is half as wide as one of `x`, as that of [`Glu`] is.
    ///
    /// Then [`Activation::apply`] leaves `f(x)` in the first half of each row, and [`Activation::backward`] finds the
    /// gradient there and fills the whole row; what stands in the second half before means nothing. `width` is always
    /// that of `x`, an even number, and [`Activation::needs_input`] is true.
    fn halves(&self) -> bool {
        false
    }

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

    /// Keras's name of the function, and its arguments; `None`, the default, for one of one's own that no file can
    /// carry. [`serialize`] says what a file has of it.
    fn get_config(&self) -> Option<Config> {
        None
    }
}

impl<T: Scalar> Activation<T> for Arc<dyn Activation<T>> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn halves(&self) -> bool {
        (**self).halves()
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

    fn get_config(&self) -> Option<Config> {
        (**self).get_config()
    }
}

/// A function of Keras, without arguments.
fn function(name: &str) -> Config {
    Config::new("keras.activations", name)
}

/// An argument that is a finite number, 0 or more.
pub(crate) fn check_not_negative(
    component: &'static str,
    argument: &'static str,
    value: f64,
) -> Result<f64, LayerError> {
    if value.is_finite() && value >= 0.0 {
        return Ok(value);
    }
    let expected = "a finite number, 0 or more".to_owned();
    Err(LayerError::Argument { component, argument, expected, received: value.to_string() })
}
