//! Keras's `Sequential`: define a network, compile it, train it, measure it, predict with it.
//!
//! ```
//! use cornu_layers::{Dense, KernelArguments};
//! use cornu_model::callbacks::Verbose;
//! use cornu_model::{Compile, Evaluate, Fit, LayerArguments, sequential};
//! use cornu_tensor::Tensor;
//!
//! let mut model = sequential![
//!     Dense::new(4).activation("relu").use_bias(true).bias_initializer("zeros").input_shape([1]),
//!     Dense::new(2).activation("softmax"),
//! ]?
//! .with_seed(42)?;
//! model.compile(Compile::new("adam", "sparse_categorical_crossentropy").metric("accuracy"))?;
//!
//! let x = Tensor::from_fn([100, 1], |i| i as f32 / 100.0);
//! let y = Tensor::from_fn([100], |i| if i < 50 { 0.0 } else { 1.0 });
//! let history = model.fit(&x, &y, Fit::new().epochs(2).verbose(Verbose::Silent))?;
//! assert_eq!(history.epochs().len(), 2);
//! assert_eq!(model.predict(&x)?.shape(), [100, 2].into());
//! # Ok::<(), cornu_model::ModelError>(())
//! ```

pub mod callbacks;
mod chain;
mod checkpoint;
mod compile;
mod data;
mod error;
mod evaluate;
mod feed;
mod fit;
mod fit_arguments;
mod logs;
mod minimize;
mod names;
mod nested;
mod node;
mod on_batch;
mod predict;
mod predict_with;
mod python;
mod sequential;
pub mod source;
mod step;
mod streams;
mod summary;
mod tester;
mod validation;
mod weights;
mod workspace;

pub use compile::Compile;
pub use cornu_initializers as initializers;
pub use cornu_layers as layers;
pub use cornu_losses as losses;
pub use cornu_metrics as metrics;
pub use cornu_optimizers as optimizers;
pub use cornu_tensor as tensor;
pub use data::ClassWeight;
pub use error::ModelError;
pub use evaluate::Evaluate;
pub use fit_arguments::{Fit, ValidationFreq};
pub use logs::{History, Logs};
pub use node::{IntoNode, LayerArguments, Node};
pub use predict::Predictor;
pub use predict_with::Predict;
pub use sequential::Sequential;
pub use weights::{LayerKey, LayerMut, LayerRef, NamedWeight};

/// The README's Rust is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
