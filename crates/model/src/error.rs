//! What can go wrong with a model.

use std::path::PathBuf;
use std::{fmt, io};

use cornu_initializers::InitializerError;
use cornu_layers::LayerError;
use cornu_losses::LossError;
use cornu_metrics::MetricError;
use cornu_optimizers::OptimizerError;
use cornu_tensor::{Shape, TensorError};
use thiserror::Error;

/// An error of this crate: what was expected, and what came.
///
/// Its `Debug` is the message too, so that a `main` that returns it prints the sentence.
#[derive(Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// A layer refused its arguments or its input.
    #[error("layer `{layer}`: {source}")]
    Layer {
        /// The layer's name.
        layer: String,
        /// What the layer says.
        source: LayerError,
    },
    /// A model without layers.
    #[error("model `{model}` has no layers. Add one before {before}")]
    Empty {
        /// The model's name.
        model: String,
        /// What was asked of it.
        before: &'static str,
    },
    /// A model whose weights do not exist yet.
    #[error(
        "model `{model}` is not built, so {what} do not exist yet. Give the first layer an `input_shape`, begin with \
         an `Input`, or call `build`"
    )]
    NotBuilt {
        /// The model's name.
        model: String,
        /// What was asked for.
        what: &'static str,
    },
    /// A model that was not compiled.
    #[error("model `{model}` is not compiled. Call `compile` before `{before}`")]
    NotCompiled {
        /// The model's name.
        model: String,
        /// What was asked of it.
        before: &'static str,
    },
    /// A layer or a call says another input shape than the one that is known.
    #[error("expected an input shape of {expected}, as the model or the layer before says. Received: {received}")]
    InputShape {
        /// The shape that is known.
        expected: Shape,
        /// The shape that came.
        received: Shape,
    },
    /// Samples of the wrong shape.
    #[error("`x` must be a batch of samples of shape {expected}{}. Received: {received}", hint(expected, received))]
    Samples {
        /// The shape of one sample.
        expected: Shape,
        /// The shape of the batch that came.
        received: Shape,
    },
    /// Arrays that do not have one entry a sample.
    #[error("`{array}` must have one entry for each of the {expected} samples of `x`. Received: {received}")]
    SampleCount {
        /// The array, such as `y`.
        array: &'static str,
        /// The number of samples.
        expected: usize,
        /// The number of entries that came.
        received: usize,
    },
    /// No samples.
    #[error("expected at least one sample. Received: `x` of shape {received}")]
    NoSamples {
        /// The shape that came.
        received: Shape,
    },
    /// A buffer for predictions that does not fit them.
    #[error("the predictions have shape {expected}. Received: a buffer of shape {received}")]
    Buffer {
        /// The shape of the predictions.
        expected: Shape,
        /// The shape of the buffer.
        received: Shape,
    },
    /// An argument outside its range.
    #[error("{function}: expected `{argument}` to be {expected}. Received: {argument}={received}")]
    Argument {
        /// The function or component.
        function: &'static str,
        /// The argument.
        argument: &'static str,
        /// What it must be, in words.
        expected: String,
        /// What came.
        received: String,
    },
    /// Not the number of weights that the model has.
    #[error("the model has {expected} weights{}. Received: {received} weights", listed(paths))]
    WeightCount {
        /// How many it has.
        expected: usize,
        /// Their paths and shapes.
        paths: Vec<String>,
        /// How many came.
        received: usize,
    },
    /// A weight of the wrong shape.
    #[error("weight {index} `{path}` has shape {expected}. Received: shape {received}")]
    WeightShape {
        /// Its place in `get_weights`.
        index: usize,
        /// Its path.
        path: String,
        /// Its shape.
        expected: Shape,
        /// The shape that came.
        received: Shape,
    },
    /// No layer of this name or at this place.
    #[error("no such layer. Expected one of: {}. Received: {received}", known.join(", "))]
    UnknownLayer {
        /// The names there are.
        known: Vec<String>,
        /// The name or index that came.
        received: String,
    },
    /// Two layers of one name.
    #[error("layer names must be unique in a model. Received: a second layer named {name:?}")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A batch of a source does not fit, or the source failed at it.
    #[error("{}batch {}: {source}", epoch.map(|epoch| format!("epoch {}, ", epoch + 1)).unwrap_or_default(), batch + 1)]
    Batch {
        /// The epoch, counted from 0; none where there is no training.
        epoch: Option<usize>,
        /// The batch in its epoch, counted from 0.
        batch: usize,
        /// What is wrong.
        source: Box<ModelError>,
    },
    /// What a source of batches reports.
    #[error("source: {message}")]
    Source {
        /// What was expected and what came.
        message: String,
    },
    /// A source that gives no batches.
    #[error("expected a source of at least one batch. Received: none")]
    NoBatches,
    /// The data for validation does not fit.
    #[error("validation_data: {0}")]
    Validation(Box<ModelError>),
    /// A layer, an activation, a regularizer or a constraint was given a wrong argument.
    #[error(transparent)]
    Component(#[from] LayerError),
    /// An initializer was given a wrong argument.
    #[error(transparent)]
    Initializer(#[from] InitializerError),
    /// The loss refused the labels.
    #[error("loss: {0}")]
    Loss(#[from] LossError),
    /// A metric refused the labels.
    #[error("metric: {0}")]
    Metric(#[from] MetricError),
    /// The optimizer failed.
    #[error("optimizer: {0}")]
    Optimizer(#[from] OptimizerError),
    /// A tensor operation failed.
    #[error(transparent)]
    Tensor(#[from] TensorError),
    /// A file could not be read or written.
    #[error("cannot {action} {}: {message}", path.display())]
    File {
        /// What was to be done, such as `write`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The kind of error.
        kind: io::ErrorKind,
        /// What the system says.
        message: String,
    },
    /// A file that is no checkpoint, or no whole one.
    #[error("{}: expected {expected}. Received: {received}", path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What it must be, in words.
        expected: String,
        /// What came.
        received: String,
    },
    /// A checkpoint of another model.
    #[error("{}: the checkpoint does not fit model `{model}`: {}", path.display(), differences.join("; "))]
    CheckpointOfAnother {
        /// The file.
        path: PathBuf,
        /// The model's name.
        model: String,
        /// Everything that differs.
        differences: Vec<String>,
    },
    /// What a callback reports.
    #[error("callback `{callback}`: {message}")]
    Callback {
        /// The callback.
        callback: String,
        /// What was expected and what came.
        message: String,
    },
}

impl ModelError {
    /// What the system says of a file.
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::File { action, path: path.into(), kind: error.kind(), message: error.to_string() }
    }

    /// Names the layer that an error comes from.
    pub(crate) fn layer(name: &str) -> impl FnOnce(LayerError) -> Self + '_ {
        move |source| Self::Layer { layer: name.to_owned(), source }
    }
}

impl fmt::Debug for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The most frequent mistake with shapes: one sample as a batch, or the batch counted into `input_shape`.
fn hint(expected: &Shape, received: &Shape) -> &'static str {
    if expected == received { " (one dimension more: `input_shape` does not count the samples)" } else { "" }
}

/// `: a, b` for a list that is not empty.
fn listed(items: &[String]) -> String {
    if items.is_empty() { String::new() } else { format!(": {}", items.join(", ")) }
}
