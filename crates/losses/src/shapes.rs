//! Which labels fit which predictions, with the loss's name in the error.

use cornu_tensor::{Scalar, Shape, View, labels};

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

/// The class that a label names, if there are so many.
#[inline]
pub(crate) fn class_number<T: Scalar>(label: T, classes: usize) -> Option<usize> {
    let number = label.to_f64();
    // What is below 0 or NaN becomes 0, which is another number.
    let class = number as usize;
    (class as f64 == number && class < classes).then_some(class)
}

/// Refuses the first label that does not fit.
pub(crate) fn check_labels<T: Scalar>(
    loss: &str,
    y_true: View<'_, T>,
    classes: usize,
    fits: impl Fn(T) -> bool,
) -> Result<(), LossError> {
    match y_true.as_slice().iter().enumerate().find(|&(_, &label)| !fits(label)) {
        None => Ok(()),
        Some((position, label)) => {
            Err(LossError::Label { loss: loss.to_owned(), classes, position, received: label.to_f64() })
        }
    }
}
