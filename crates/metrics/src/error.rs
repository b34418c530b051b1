//! What can go wrong with a metric.

use cornu_config::ConfigError;
use cornu_losses::LossError;
use cornu_tensor::{Shape, TensorError};
use thiserror::Error;

/// An error of this crate: what was expected, and what came.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum MetricError {
    /// An argument outside its range.
    #[error("{metric}: expected `{argument}` to be {expected}. Received: {argument}={received}")]
    Argument {
        /// The metric.
        metric: &'static str,
        /// The argument.
        argument: &'static str,
        /// What it must be, in words.
        expected: &'static str,
        /// What came.
        received: String,
    },
    /// Labels whose shape does not fit the predictions.
    #[error("{metric} expects {expected}. Received: y_true of shape {y_true}, y_pred of shape {y_pred}")]
    Shapes {
        /// The metric.
        metric: String,
        /// What it needs, in words.
        expected: &'static str,
        /// The shape of the labels, boxed to keep the error small.
        y_true: Box<Shape>,
        /// The shape of the predictions, boxed likewise.
        y_pred: Box<Shape>,
    },
    /// Not one weight a sample, a row or a value.
    #[error(
        "sample_weight: expected one weight for each sample, or for each index of further leading dimensions, of values \
         of shape {values}. Received: {received} weights"
    )]
    SampleWeight {
        /// The shape of the values that are weighted.
        values: Shape,
        /// The number of weights that came.
        received: usize,
    },
    /// A name that no metric has.
    #[error("unknown metric. Expected one of: {}. Received: {received:?}", crate::names().join(", "))]
    UnknownName {
        /// The name that came.
        received: String,
    },
    /// Arguments that a metric does not have, or a class that is no metric.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// What a loss says of a batch: a class number that no class has.
    #[error(transparent)]
    Loss(#[from] LossError),
    /// A shape that no tensor can have.
    #[error(transparent)]
    Tensor(#[from] TensorError),
}

impl MetricError {
    /// [`MetricError::Argument`], as a result.
    pub(crate) fn argument<R>(
        metric: &'static str,
        argument: &'static str,
        expected: &'static str,
        received: impl ToString,
    ) -> Result<R, Self> {
        Err(Self::Argument { metric, argument, expected, received: received.to_string() })
    }

    /// [`MetricError::Shapes`] of these shapes.
    #[must_use]
    pub fn shapes(metric: impl Into<String>, expected: &'static str, y_true: Shape, y_pred: Shape) -> Self {
        Self::Shapes { metric: metric.into(), expected, y_true: Box::new(y_true), y_pred: Box::new(y_pred) }
    }
}
