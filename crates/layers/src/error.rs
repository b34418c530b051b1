//! What can go wrong with a layer.

use cornu_config::ConfigError;
use cornu_initializers::InitializerError;
use cornu_tensor::{Shape, TensorError};
use thiserror::Error;

/// An error of this crate: what was expected, and what came.
///
/// Where there are two shapes, one is boxed: an error stays small enough to be returned by value.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum LayerError {
    /// An argument outside its range.
    #[error("{component}: expected `{argument}` to be {expected}. Received: {argument}={received}")]
    Argument {
        /// The layer, activation, regularizer or constraint.
        component: &'static str,
        /// The argument.
        argument: &'static str,
        /// What it must be, in words.
        expected: String,
        /// What came.
        received: String,
    },
    /// An input that the layer cannot take. Shapes are of one sample, without the batch.
    #[error("{layer} expects {expected}. Received: an input of shape {received} a sample")]
    Input {
        /// The layer.
        layer: &'static str,
        /// What it needs, in words.
        expected: String,
        /// The shape of one sample that came.
        received: Shape,
    },
    /// Not the number of inputs that the layer takes.
    #[error("{layer} takes {expected} input(s). Received: {received}")]
    InputCount {
        /// The layer.
        layer: &'static str,
        /// How many it takes, in words.
        expected: String,
        /// How many came.
        received: usize,
    },
    /// A batch whose samples do not have the shape that the layer was built for.
    #[error("{layer} was built for samples of shape {expected}. Received: a batch of shape {received}")]
    Batch {
        /// The layer.
        layer: String,
        /// The shape of one sample that it was built for.
        expected: Box<Shape>,
        /// The shape of the batch that came.
        received: Shape,
    },
    /// A backward pass without the training pass that it goes back through.
    #[error("{layer}: expected the scratch of a training pass over {expected} samples. Received: one over {received}")]
    Scratch {
        /// The layer.
        layer: &'static str,
        /// The samples of the backward pass.
        expected: usize,
        /// The samples of the scratch's last training pass; 0 if there was none.
        received: usize,
    },
    /// Not the number of weights that the layer has.
    #[error("{layer} has {expected} weight(s). Received: {received}")]
    WeightCount {
        /// The layer.
        layer: String,
        /// How many it has.
        expected: usize,
        /// How many came.
        received: usize,
    },
    /// A weight of the wrong shape.
    #[error("weight `{weight}` has shape {expected}. Received: shape {received}")]
    WeightShape {
        /// The weight.
        weight: String,
        /// Its shape.
        expected: Box<Shape>,
        /// The shape that came.
        received: Shape,
    },
    /// A name that nothing has.
    #[error("unknown {family}. Expected one of: {}. Received: {received:?}", known.join(", "))]
    UnknownName {
        /// What was looked for, such as `activation`.
        family: &'static str,
        /// The names there are.
        known: Vec<&'static str>,
        /// The name that came.
        received: String,
    },
    /// A config that says something else than Keras does.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An initializer failed.
    #[error(transparent)]
    Initializer(#[from] InitializerError),
    /// A tensor operation failed.
    #[error(transparent)]
    Tensor(#[from] TensorError),
    /// What a layer from another crate reports.
    #[error("{layer}: {message}")]
    Other {
        /// The layer.
        layer: String,
        /// What was expected and what came.
        message: String,
    },
}
