//! # Cornu: Keras for Rust
//!
//! *Keras* is Greek for horn; *cornu* is the same word in Latin. Build a network, initialise it, train it, look
//! inside it, in Keras's own words and with Keras's own numbers, without Python.
//!
//! The lesson that all began with, [`use_bias` and `bias_initializer`](https://keras.io/api/layers/core_layers/dense/):
//!
//! ```
//! use cornu::prelude::*;
//!
//! let mut model = sequential![
//!     Dense::new(4).activation("relu").use_bias(true).bias_initializer("zeros").input_shape([1]),
//!     Dense::new(2).activation("softmax"),
//! ]?
//! .with_seed(42)?;
//!
//! for weight in model.named_weights() {
//!     println!("{} {}\n{}", weight.path, weight.shape, weight.value); // kernel (1, 4), bias (4,), …
//! }
//!
//! model.compile(Compile::new("adam", "sparse_categorical_crossentropy").metric("accuracy"))?;
//! let x = Tensor::from([[1.4], [4.7], [1.3], [5.1]]);
//! let y = Tensor::from_labels(&[0, 1, 0, 1]);
//! let history = model.fit(&x, &y, Fit::new().epochs(10).verbose(Verbose::Silent))?;
//!
//! let bias = model.get_layer("dense")?.bias();
//! assert_ne!(bias, Some(&Tensor::zeros([4]))); // it has learned
//! assert_eq!(history.get("loss").map(|losses| losses.len()), Some(10));
//! # Ok::<(), cornu::ModelError>(())
//! ```
//!
//! # The rooms
//!
//! Each is a crate of its own, to be used alone where that is enough; this crate only names them.
//!
//! | module | crate | what is in it |
//! |---|---|---|
//! | [`config`] | `cornu-config` | what Keras writes of a component |
//! | [`tensor`] | `cornu-tensor` | shapes, arrays, nalgebra's matrices in and out, the kernels |
//! | [`initializers`] | `cornu-initializers` | `GlorotUniform`, `HeNormal`, `Orthogonal` … |
//! | [`layers`], [`activations`], [`regularizers`], [`constraints`] | `cornu-layers` | `Dense`, `Conv2D` …, the `Layer` contract |
//! | [`losses`] | `cornu-losses` | value and gradient |
//! | [`metrics`] | `cornu-metrics` | running states |
//! | [`optimizers`] | `cornu-optimizers` | `SGD`, `Adam`, `Lion` …, learning-rate schedules, `LBFGS` |
//! | [`Sequential`], [`callbacks`] | `cornu-model` | compile, fit, evaluate, predict, summary, checkpoints |

pub use cornu_config as config;
pub use cornu_initializers as initializers;
pub use cornu_layers as layers;
pub use cornu_layers::{activations, constraints, regularizers};
pub use cornu_losses as losses;
pub use cornu_metrics as metrics;
pub use cornu_model::callbacks;
pub use cornu_model::{
    ClassWeight, Compile, Evaluate, Fit, History, IntoNode, LayerArguments, LayerKey, LayerMut, LayerRef, Logs,
    ModelError, NamedWeight, Node, Predictor, Sequential, sequential,
};
pub use cornu_optimizers as optimizers;
pub use cornu_tensor as tensor;
pub use cornu_tensor::threads::set_threads;
pub use cornu_tensor::{Scalar, Shape, Tensor};

/// Everything that a program with a network in it usually needs: `use cornu::prelude::*;`.
pub mod prelude {
    pub use crate::{activations, constraints, initializers, losses, metrics, optimizers, regularizers};
    pub use cornu_initializers::Initializer;
    pub use cornu_layers::{
        Activation, ActivityRegularization, BatchNormalization, Conv2D, Dense, Dropout, ELU, Flatten, Input,
        KernelArguments, Layer, LeakyReLU, MaxPooling2D, PReLU, ReLU, Reshape, Softmax,
    };
    pub use cornu_losses::Loss;
    pub use cornu_metrics::Metric;
    pub use cornu_model::callbacks::{
        self, Callback, EarlyStopping, LambdaCallback, Training, Verbose, WeightRecorder,
    };
    pub use cornu_model::{Compile, Evaluate, Fit, History, LayerArguments, Logs, ModelError, Sequential, sequential};
    pub use cornu_optimizers::{Optimizer, OptimizerArguments};
    pub use cornu_tensor::{Scalar, Shape, Tensor};
}

/// The README's Rust is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
