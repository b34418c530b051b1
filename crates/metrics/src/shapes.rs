//! Which labels fit which predictions.

use cornu_tensor::Shape;

use crate::MetricError;

/// The shape that labels and predictions have in common, for metrics that compare them value by value.
///
/// They have the same shape, or one has one more dimension, the last, of length 1 (Keras's
/// `squeeze_or_expand_to_same_rank`): then `(n,)` counts as `(n, 1)`, and any longer shape loses the 1.
/// Memory is the same under both shapes. Anything else is refused, also where NumPy would broadcast.
pub(crate) fn aligned(metric: &str, y_true: Shape, y_pred: Shape) -> Result<Shape, MetricError> {
    let shape = match (y_true.dims(), y_pred.dims()) {
        (t, p) if t == p => y_pred,
        ([n], [m, 1]) if n == m => y_pred,
        ([n, 1], [m]) if n == m => y_true,
        ([inner @ .., 1], p) if inner == p => y_pred,
        (t, [inner @ .., 1]) if inner == t => y_true,
        _ => return Err(MetricError::shapes(metric, "y_true of the shape of y_pred", y_true, y_pred)),
    };
    if shape.rank() == 0 || shape.last_dim() == 0 {
        return Err(MetricError::shapes(metric, "at least one value a row", y_true, y_pred));
    }
    Ok(shape)
}

/// The shape that one-hot labels and predictions have in common: they must have the same.
pub(crate) fn same(metric: &str, y_true: Shape, y_pred: Shape) -> Result<Shape, MetricError> {
    if y_true != y_pred || y_pred.rank() == 0 || y_pred.last_dim() == 0 {
        return Err(MetricError::shapes(metric, "one-hot y_true of the shape of y_pred", y_true, y_pred));
    }
    Ok(y_pred)
}

/// The shape of one class number a row of predictions: `y_pred` without its last dimension. The labels have
/// this shape, or a last dimension of length 1 more.
pub(crate) fn class_numbers(metric: &str, y_true: Shape, y_pred: Shape) -> Result<Shape, MetricError> {
    let rows = without_last(y_pred)?;
    let fits = match y_true.dims() {
        t if t == rows.dims() => true,
        [inner @ .., 1] => inner == rows.dims(),
        _ => false,
    };
    if !fits || y_pred.rank() == 0 || y_pred.last_dim() == 0 {
        let expected = "y_true to be one class number a row of y_pred (its shape without the last dimension)";
        return Err(MetricError::shapes(metric, expected, y_true, y_pred));
    }
    Ok(rows)
}

/// All dimensions but the last.
pub(crate) fn without_last(shape: Shape) -> Result<Shape, MetricError> {
    Ok(Shape::new(shape.dims().split_last().map_or(&[], |(_, outer)| outer))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn common<const N: usize, const M: usize>(y_true: [usize; N], y_pred: [usize; M]) -> Option<Shape> {
        aligned("accuracy", y_true.into(), y_pred.into()).ok()
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
        let rows = |t: &[usize], p: &[usize]| class_numbers("sparse", Shape::new(t)?, Shape::new(p)?);
        assert_eq!(rows(&[4], &[4, 3]), Ok([4].into()));
        assert_eq!(rows(&[4, 1], &[4, 3]), Ok([4].into()));
        assert_eq!(rows(&[4, 5, 1], &[4, 5, 3]), Ok([4, 5].into()));
        assert!(rows(&[4, 3], &[4, 3]).is_err());
        assert!(rows(&[3], &[4, 3]).is_err());
        assert!(rows(&[4], &[4, 0]).is_err());
        assert!(rows(&[], &[]).is_err());
    }
}
