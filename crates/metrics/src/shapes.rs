//! Which labels fit which predictions, with the metric's name in the error.

use cornu_tensor::{Shape, labels};

use crate::MetricError;

/// As [`labels::aligned`].
pub(crate) fn aligned(metric: &str, y_true: Shape, y_pred: Shape) -> Result<Shape, MetricError> {
    labels::aligned(y_true, y_pred).map_err(|expected| MetricError::shapes(metric, expected, y_true, y_pred))
}

/// The shape that one-hot labels and predictions have in common: they must have the same.
pub(crate) fn same(metric: &str, y_true: Shape, y_pred: Shape) -> Result<Shape, MetricError> {
    if y_true != y_pred || y_pred.rank() == 0 || y_pred.last_dim() == 0 {
        return Err(MetricError::shapes(metric, "one-hot y_true of the shape of y_pred", y_true, y_pred));
    }
    Ok(y_pred)
}

/// As [`labels::class_numbers`].
pub(crate) fn class_numbers(metric: &str, y_true: Shape, y_pred: Shape) -> Result<Shape, MetricError> {
    labels::class_numbers(y_true, y_pred).map_err(|expected| MetricError::shapes(metric, expected, y_true, y_pred))
}
