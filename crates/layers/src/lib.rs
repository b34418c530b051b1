//! Keras's layers, and the [`Layer`] contract that they and a user's own keep.
//!
//! A layer says what it gives and what weights it needs; a model, or a [`Built`] layer on its own, owns the
//! weights.
//!
//! ```
//! use cornu_layers::{Built, Dense, KernelArguments};
//! use cornu_tensor::Tensor;
//!
//! let dense = Dense::new(4).activation("relu").use_bias(true).bias_initializer("zeros");
//! let dense = Built::<f32>::new(dense, &[[1].into()], 42)?;
//! assert_eq!(dense.kernel().map(|k| k.shape()), Some([1, 4].into()));
//! assert_eq!(dense.bias(), Some(&Tensor::zeros([4])));
//! assert_eq!(dense.call(&Tensor::from([[0.0], [1.0]]))?.shape(), [2, 4].into());
//! # Ok::<(), cornu_layers::LayerError>(())
//! ```

mod activation;
pub mod activations;
mod affine;
mod arguments;
mod built;
pub mod constraints;
mod dense;
mod dropout;
mod error;
mod flatten;
mod input;
mod layer;
pub mod regularizers;
mod reshape;
mod scratch;
mod weight;

pub use activation::Activation;
pub use arguments::{KernelArguments, KernelOptions};
pub use built::{Built, Gradients, find, init_weights, set_weights, weight_gradients};
pub use dense::Dense;
pub use dropout::Dropout;
pub use error::LayerError;
pub use flatten::Flatten;
pub use input::Input;
pub use layer::{Backward, Forward, Layer, Mode, single};
pub use reshape::Reshape;
pub use scratch::Scratch;
pub use weight::{Role, Weight, WeightSpec};
