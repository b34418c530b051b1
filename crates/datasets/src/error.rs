//! What can go wrong with a data set.

use cornu_tensor::TensorError;
use thiserror::Error;

/// An error of this crate: what was expected, and what came.
///
/// Lines and columns are counted from 1; a column is a field of the line.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// There is no row.
    #[error("expected at least one row. Received: none")]
    Empty,
    /// A first line that does not describe the file.
    #[error("line 1, column {column}: expected {expected}. Received: {received:?}")]
    Header {
        /// The field.
        column: usize,
        /// What it must be, in words.
        expected: &'static str,
        /// What came.
        received: String,
    },
    /// Another number of rows than the first line says.
    #[error("expected {expected} rows, as the first line says. Received: {received}")]
    Rows {
        /// The number that the first line says.
        expected: usize,
        /// The number that came.
        received: usize,
    },
    /// A line with too few or too many fields.
    #[error("line {line}: expected {expected} fields. Received: {received}")]
    Fields {
        /// The line.
        line: u64,
        /// The number of fields that it must have.
        expected: usize,
        /// The number that came.
        received: usize,
    },
    /// A field that is not a number.
    #[error("line {line}, column {column}: expected a finite number. Received: {received:?}")]
    Number {
        /// The line.
        line: u64,
        /// The field.
        column: usize,
        /// What came.
        received: String,
    },
    /// A class that does not exist.
    #[error("line {line}, column {column}: expected a class from 0 to {}. Received: {received:?}", .classes.saturating_sub(1))]
    Label {
        /// The line.
        line: u64,
        /// The field.
        column: usize,
        /// The number of classes.
        classes: usize,
        /// What came.
        received: String,
    },
    /// Bytes that are not a whole gzip file.
    #[error("expected a whole gzip file. Received: {0}")]
    Gzip(#[source] std::io::Error),
    /// Bytes that are not comma-separated values.
    #[error("expected comma-separated values. Received: {0}")]
    Csv(#[source] csv::Error),
    /// An argument that does not fit.
    #[error("expected `{argument}` to be {expected}. Received: {argument}={received}")]
    Argument {
        /// The argument.
        argument: &'static str,
        /// What it must be, in words.
        expected: String,
        /// What came.
        received: String,
    },
    /// A name that no feature or class has.
    #[error("unknown {what}. Expected one of: {}. Received: {received:?}", .known.join(", "))]
    UnknownName {
        /// What the name is of: `feature` or `class`.
        what: &'static str,
        /// The names there are.
        known: Vec<String>,
        /// The name that came.
        received: String,
    },
    /// A shape that no tensor can have, or a row that does not exist.
    #[error(transparent)]
    Tensor(#[from] TensorError),
}
