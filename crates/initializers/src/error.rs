//! What can go wrong with an initializer.

use cornu_config::ConfigError;
use cornu_tensor::{Shape, TensorError};
use thiserror::Error;

/// An error of this crate: what was expected, and what came.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum InitializerError {
    /// An argument outside its range.
    #[error("{initializer}: expected `{argument}` to be {expected}. Received: {argument}={received}")]
    Argument {
        /// The initializer.
        initializer: &'static str,
        /// The argument.
        argument: &'static str,
        /// What it must be, in words.
        expected: &'static str,
        /// What came.
        received: String,
    },
    /// A shape that the initializer cannot fill.
    #[error("{initializer} needs {expected}. Received: shape={received} of rank {}", received.rank())]
    Shape {
        /// The initializer.
        initializer: &'static str,
        /// What it needs, in words.
        expected: String,
        /// The shape that came.
        received: Shape,
    },
    /// A name that no initializer has.
    #[error("unknown initializer. Expected one of: {}. Received: {received:?}", crate::names().join(", "))]
    UnknownName {
        /// The name that came.
        received: String,
    },
    /// A config that says something else than Keras does.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A shape that no tensor can have.
    #[error(transparent)]
    Tensor(#[from] TensorError),
}
