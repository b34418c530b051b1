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
mod activity;
mod activity_regularization;
mod affine;
mod arguments;
mod batch_normalization;
mod built;
pub mod constraints;
mod conv2d;
mod convolution;
mod dense;
mod dropout;
mod elu;
mod error;
mod features;
mod flatten;
mod input;
mod lanes;
mod layer;
mod leaky_relu;
mod learned;
mod max_pooling2d;
mod padding;
mod prelu;
mod registry;
pub mod regularizers;
mod relu;
mod reshape;
mod scratch;
mod softmax;
mod weight;
mod window;

pub use activation::Activation;
pub use activity_regularization::ActivityRegularization;
pub use affine::KernelAndBias;
pub use arguments::{KernelArguments, KernelOptions};
pub use batch_normalization::BatchNormalization;
pub use built::{Built, Gradients, find, init_weights, set_weights, weight_gradients};
pub use conv2d::Conv2D;
pub use cornu_config as config;
pub use cornu_initializers as initializers;
pub use cornu_tensor as tensor;
pub use dense::Dense;
pub use dropout::Dropout;
pub use elu::ELU;
pub use error::LayerError;
pub use flatten::Flatten;
pub use input::Input;
pub use layer::{ActivationApart, Backward, Forward, Layer, Mode, single};
pub use leaky_relu::LeakyReLU;
pub use max_pooling2d::MaxPooling2D;
pub use padding::{IntoPadding, Padding};
pub use prelu::PReLU;
pub use registry::{LAYER_ARGUMENTS, class_names, from_config, serialize};
pub use relu::ReLU;
pub use reshape::Reshape;
pub use scratch::Scratch;
pub use softmax::{Softmax, SoftmaxAxis};
pub use weight::{Role, Weight, WeightSpec};
pub use window::Size2D;

/// The README's Rust is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
