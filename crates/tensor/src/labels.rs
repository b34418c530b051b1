//! Which labels fit which predictions: the rules that losses and metrics share.
//!
//! What does not fit is an error that says in words what was expected; the loss or the metric adds its name.

use crate::Shape;

/// The shape that labels and predictions have in common, where they are compared value by value.
///
/// They have the same shape, or one has one more dimension, the last, of length 1 (Keras's
/// `squeeze_or_expand_to_same_rank`): then `(n,)` counts as `(n, 1)`, and any longer shape loses the 1.
/// Memory is the same under both shapes. Anything else is refused, also where NumPy would broadcast.
///
/// # Errors
/// What was expected, in words.
///
/// ```
/// use cornu_tensor::labels;
///
/// assert_eq!(labels::aligned([4].into(), [4, 1].into()), Ok([4, 1].into()));
/// assert!(labels::aligned([4, 1].into(), [4, 3].into()).is_err());
/// ```
pub fn aligned(y_true: Shape, y_pred: Shape) -> Result<Shape, &'static str> {
    let shape = match (y_true.dims(), y_pred.dims()) {
        (t, p) if t == p => y_pred,
        ([n], [m, 1]) if n == m => y_pred,
        ([n, 1], [m]) if n == m => y_true,
        ([inner @ .., 1], p) if inner == p => y_pred,
        (t, [inner @ .., 1]) if inner == t => y_true,
        _ => return Err("y_true of the shape of y_pred"),
    };
    if shape.rank() == 0 || shape.last_dim() == 0 { Err("at least one value a row") } else { Ok(shape) }
}

/// The shape of one class number a row of predictions: `y_pred` without its last dimension. The labels have
/// this shape, or a last dimension of length 1 more.
///
/// # Errors
/// What was expected, in words.
///
/// ```
/// use cornu_tensor::labels;
///
/// assert_eq!(labels::class_numbers([4, 1].into(), [4, 3].into()), Ok([4].into()));
/// assert!(labels::class_numbers([4, 3].into(), [4, 3].into()).is_err());
/// ```
pub fn class_numbers(y_true: Shape, y_pred: Shape) -> Result<Shape, &'static str> {
    let rows = y_pred.outer();
    let fits = y_true == rows || (y_true.rank() == rows.rank() + 1 && y_true.last_dim() == 1 && y_true.outer() == rows);
    if fits && y_pred.rank() > 0 && y_pred.last_dim() > 0 {
        Ok(rows)
    } else {
        Err("y_true to be one class number a row of y_pred (its shape without the last dimension)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn common<const N: usize, const M: usize>(y_true: [usize; N], y_pred: [usize; M]) -> Option<Shape> {
        aligned(y_true.into(), y_pred.into()).ok()
    }

    #[test]
    fn as_squeeze_or_expand_to_same_rank() {
        assert_eq!(common([4, 3], [4, 3]), Some([4, 3].into()));
        assert_eq!(common([4], [4, 1]), Some([4, 1].into()));
        assert_eq!(common([4, 1], [4]), Some([4, 1].into()));
        assert_eq!(common([4, 3], [4, 3, 1]), Some([4, 3].into()));
        assert_eq!(common([4, 3, 1], [4, 3]), Some([4, 3].into()));
        assert_eq!(common([0, 3], [0, 3]), Some([0, 3].into()));
        assert_eq!(common([4, 1], [4, 3]), None);
        assert_eq!(common([4], [4, 4]), None);
        assert_eq!(common([], [1]), None);
        assert_eq!(common([], []), None);
        assert_eq!(common([4, 0], [4, 0]), None);
    }

    #[test]
    fn one_class_number_a_row() {
        let rows = |t: &[usize], p: &[usize]| {
            let shape = |dims| Shape::new(dims).map_err(|_| "a shape");
            class_numbers(shape(t)?, shape(p)?)
        };
        assert_eq!(rows(&[4], &[4, 3]), Ok([4].into()));
        assert_eq!(rows(&[4, 1], &[4, 3]), Ok([4].into()));
        assert_eq!(rows(&[4, 5, 1], &[4, 5, 3]), Ok([4, 5].into()));
        assert!(rows(&[4, 3], &[4, 3]).is_err());
        assert!(rows(&[3], &[4, 3]).is_err());
        assert!(rows(&[4], &[4, 0]).is_err());
        assert!(rows(&[], &[]).is_err());
    }
}
