//! What can go wrong with a loss.

use cornu_config::ConfigError;
use cornu_tensor::{Shape, TensorError};
use thiserror::Error;

/// An error of this crate: what was expected, and what came.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum LossError {
    /// An argument outside its range.
    #[error("{loss}: expected `{argument}` to be {expected}. Received: {argument}={received}")]
    Argument {
        /// The loss.
        loss: &'static str,
        /// The argument.
        argument: &'static str,
        /// What it must be, in words.
        expected: &'static str,
        /// What came.
        received: String,
    },
    /// Labels whose shape does not fit the predictions.
    #[error("{loss} expects {expected}. Received: y_true of shape {y_true}, y_pred of shape {y_pred}")]
    Shapes {
        /// The loss.
        loss: String,
        /// What it needs, in words.
        expected: &'static str,
        /// The shape of the labels, boxed to keep the error small.
        y_true: Box<Shape>,
        /// The shape of the predictions, boxed likewise.
        y_pred: Box<Shape>,
    },
    /// A class number that no class has.
    #[error("{loss} expects whole class numbers from 0 to {}. Received: {received} at position {position}", .classes.saturating_sub(1))]
    Label {
        /// The loss.
        loss: String,
        /// The number of classes.
        classes: usize,
        /// Where the label stands, counted from 0.
        position: usize,
        /// The label that came.
        received: f64,
    },
    /// Not one weight a sample, nor one a row.
    #[error("sample_weight: expected {samples} weights, one a sample, or {rows}, one a row. Received: {received}")]
    SampleWeight {
        /// The number of samples.
        samples: usize,
        /// The number of rows: of values that the loss has.
        rows: usize,
        /// The number of weights that came.
        received: usize,
    },
    /// A gradient buffer of another length than the predictions.
    #[error("gradient: expected a buffer of {expected} values, as y_pred has. Received: {received}")]
    Gradient {
        /// The number of predictions.
        expected: usize,
        /// The length that came.
        received: usize,
    },
    /// A loss that is not reduced cannot be one number.
    #[error("{loss} is to be one number: expected any reduction but `none`. Received: reduction=none")]
    NotReduced {
        /// The loss.
        loss: String,
    },
    /// A name that no loss has.
    #[error("unknown loss. Expected one of: {}. Received: {received:?}", crate::names().join(", "))]
    UnknownName {
        /// The name that came.
        received: String,
    },
    /// A config whose class or arguments do not fit.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A shape that no tensor can have.
    #[error(transparent)]
    Tensor(#[from] TensorError),
}

impl LossError {
    /// [`LossError::Shapes`] of these shapes.
    #[must_use]
    pub fn shapes(loss: impl Into<String>, expected: &'static str, y_true: Shape, y_pred: Shape) -> Self {
        Self::Shapes { loss: loss.into(), expected, y_true: Box::new(y_true), y_pred: Box::new(y_pred) }
    }
}
