//! Which labels fit which predictions, with the loss's name in the error.

use cornu_tensor::{Shape, labels};

use crate::LossError;

/// As [`labels::aligned`].
pub(crate) fn aligned(loss: &str, y_true: Shape, y_pred: Shape) -> Result<Shape, LossError> {
    labels::aligned(y_true, y_pred).map_err(|expected| LossError::shapes(loss, expected, y_true, y_pred))
}

/// The length of a row of [`aligned`] labels and predictions.
pub(crate) fn row_length(y_true: Shape, y_pred: Shape) -> usize {
    labels::aligned(y_true, y_pred).map_or(y_pred.last_dim(), |shape| shape.last_dim()).max(1)
}

/// As [`labels::class_numbers`].
pub(crate) fn class_numbers(loss: &str, y_true: Shape, y_pred: Shape) -> Result<Shape, LossError> {
    labels::class_numbers(y_true, y_pred).map_err(|expected| LossError::shapes(loss, expected, y_true, y_pred))
}
