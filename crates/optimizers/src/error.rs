//! What can go wrong with an optimizer.

use cornu_config::ConfigError;
use cornu_tensor::TensorError;
use thiserror::Error;

/// An error of this crate: what was expected, and what came.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OptimizerError {
    /// An argument outside its range, of an optimizer or a schedule.
    #[error("{optimizer}: expected `{argument}` to be {expected}. Received: {argument}={received}")]
    Argument {
        /// The optimizer or schedule.
        optimizer: &'static str,
        /// The argument.
        argument: &'static str,
        /// What it must be, in words.
        expected: &'static str,
        /// What came.
        received: String,
    },
    /// A learning rate for an optimizer whose rate a schedule says.
    #[error(
        "{optimizer}: expected an optimizer that was made with a number as its learning rate, since a schedule says all \
         rates of this one. Received: learning_rate={received}"
    )]
    Scheduled {
        /// The optimizer.
        optimizer: &'static str,
        /// The rate that came.
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
    /// A slot that does not have the number of values that the variable asks for: as a rule, one a value.
    #[error(
        "{optimizer}: expected the slot {slot:?} to hold {expected} values, as the variable does. Received: {received} values"
    )]
    Slot {
        /// The optimizer.
        optimizer: String,
        /// The name of the slot.
        slot: &'static str,
        /// The number of values that it must have.
        expected: usize,
        /// The length of the slot that came.
        received: usize,
    },
    /// A variable that the state was not made for.
    #[error(
        "{optimizer}: expected one of {expected} variables, which the state was made for. Received: number {received}"
    )]
    Variable {
        /// The optimizer.
        optimizer: String,
        /// The number of variables.
        expected: usize,
        /// The number of the variable that came, from 0.
        received: usize,
    },
    /// Another number of values than the state has.
    #[error("{optimizer}: expected {expected} values, one for each variable of its state. Received: {received}")]
    StateCount {
        /// The optimizer.
        optimizer: String,
        /// How many the state has.
        expected: usize,
        /// How many came.
        received: usize,
    },
    /// A value that does not fit its place in the state.
    #[error("{optimizer}: expected `{variable}` of its state to be {expected}. Received: {received}")]
    StateValue {
        /// The optimizer.
        optimizer: String,
        /// The variable of the state.
        variable: String,
        /// What it is, in words.
        expected: String,
        /// What came, in words.
        received: String,
    },
    /// A name that no optimizer has.
    #[error("unknown optimizer. Expected one of: {}. Received: {received:?}", crate::names().join(", "))]
    UnknownName {
        /// The name that came.
        received: String,
    },
    /// A config that says what an optimizer or a schedule does not understand.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A shape that cannot be.
    #[error(transparent)]
    Tensor(#[from] TensorError),
}
