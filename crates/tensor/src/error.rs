//! What can go wrong with a shape or a tensor.

use thiserror::Error;

use crate::Shape;

/// An error of this crate: what was expected, and what came.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TensorError {
    /// More dimensions than [`crate::MAX_RANK`].
    #[error("a shape has at most {} dimensions. Received: {received} dimensions", crate::MAX_RANK)]
    Rank {
        /// The number of dimensions that came.
        received: usize,
    },
    /// The dimensions multiply to more than the machine can count.
    #[error("expected dimensions whose product this machine can address. Received: {dims:?}")]
    TooLarge {
        /// The dimensions that came.
        dims: Vec<usize>,
    },
    /// The number of values is not that of the shape.
    #[error("a tensor of shape {shape} holds {expected} values. Received: {received} values", expected = shape.size())]
    Length {
        /// The shape asked for.
        shape: Shape,
        /// The number of values that came.
        received: usize,
    },
    /// Rows of different lengths.
    #[error("all rows must have the same length. Expected: {expected} values in row {row}. Received: {received}")]
    Ragged {
        /// The row that differs, counted from 0.
        row: usize,
        /// The length of the first row.
        expected: usize,
        /// The length of this row.
        received: usize,
    },
    /// A shape that does not fit the operation.
    #[error("{op}: expected {expected}. Received: shape {received}")]
    Shape {
        /// The operation.
        op: &'static str,
        /// What it needs, in words.
        expected: String,
        /// The shape that came.
        received: Shape,
    },
    /// The shapes of a matrix product do not fit together.
    #[error(
        "{op}: expected the inner dimensions to agree and the output to fit. Received: {lhs:?} times {rhs:?} into {out:?}"
    )]
    Product {
        /// The operation.
        op: &'static str,
        /// Rows and columns of the left side.
        lhs: (usize, usize),
        /// Rows and columns of the right side.
        rhs: (usize, usize),
        /// Rows and columns of the output.
        out: (usize, usize),
    },
    /// A range of rows outside the tensor.
    #[error("expected rows within 0..{rows}. Received: {start}..{end}")]
    Rows {
        /// First row asked for.
        start: usize,
        /// End of the range.
        end: usize,
        /// Rows that exist.
        rows: usize,
    },
}
