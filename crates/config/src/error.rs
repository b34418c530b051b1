//! What can be wrong with a config.

use thiserror::Error;

/// An error of this crate: what was expected, and what came.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// An argument of another type.
    #[error("{class_name}: argument `{argument}` has the wrong type: {expected}. Received: {received}")]
    Argument {
        /// The class.
        class_name: String,
        /// The argument.
        argument: &'static str,
        /// What is wrong with it, in words.
        expected: String,
        /// The value, as JSON.
        received: String,
    },
    /// An argument that must be there and is not.
    #[error("{class_name}: expected the argument `{argument}`. Received: none")]
    Missing {
        /// The class.
        class_name: String,
        /// The argument.
        argument: &'static str,
    },
    /// An argument that the class does not have.
    #[error("{class_name}: expected only the arguments {known}. Received: {received}")]
    Unknown {
        /// The class.
        class_name: String,
        /// The arguments that it has.
        known: String,
        /// The argument and its value.
        received: String,
    },
    /// A class that the family does not have.
    #[error("expected a class of {family}: {known}. Received: {received:?}")]
    Class {
        /// The family, such as `"keras.losses"`.
        family: &'static str,
        /// The classes that it has.
        known: String,
        /// The class that came.
        received: String,
    },
}
