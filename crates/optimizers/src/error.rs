//! What can go wrong with an optimizer.

use thiserror::Error;

/// An error of this crate: what was expected, and what came.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OptimizerError {
    /// An argument outside its range.
    #[error("{optimizer}: expected `{argument}` to be {expected}. Received: {argument}={received}")]
    Argument {
        /// The optimizer.
        optimizer: &'static str,
        /// The argument.
        argument: &'static str,
        /// What it must be, in words.
        expected: &'static str,
        /// What came.
        received: String,
    },
    /// A gradient that does not have one number a value of the variable.
    #[error("{optimizer}: expected a gradient of {expected} values, as the variable has. Received: {received} values")]
    Gradient {
        /// The optimizer.
        optimizer: String,
        /// The number of values of the variable.
        expected: usize,
        /// The length of the gradient that came.
        received: usize,
    },
    /// Another number of slots than [`crate::Optimizer::slots`] names.
    #[error("{optimizer}: expected {} slots, {expected:?}. Received: {received} slots", .expected.len())]
    Slots {
        /// The optimizer.
        optimizer: String,
        /// The names of its slots.
        expected: &'static [&'static str],
        /// The number of slots that came.
        received: usize,
    },
    /// A slot that does not have one number a value of the variable.
    #[error(
        "{optimizer}: expected the slot {slot:?} to hold {expected} values, as the variable does. Received: {received} values"
    )]
    Slot {
        /// The optimizer.
        optimizer: String,
        /// The name of the slot.
        slot: &'static str,
        /// The number of values of the variable.
        expected: usize,
        /// The length of the slot that came.
        received: usize,
    },
    /// A name that no optimizer has.
    #[error("unknown optimizer. Expected one of: {}. Received: {received:?}", crate::NAMES.join(", "))]
    UnknownName {
        /// The name that came.
        received: String,
    },
}
