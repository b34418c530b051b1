//! Which predictions of a row count: the largest, those of one class, or all.

use std::cmp::Ordering;

use cornu_tensor::{Scalar, Shape, View};

use crate::MetricError;
use crate::confusion::NEG_INF;
use crate::shapes::aligned;
use crate::weights::Weights;

/// Keras's `top_k` and `class_id`: only the `top_k` largest predictions of a row can mean 1, and only the class
/// `class_id` counts.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Selection {
    pub(crate) top_k: Option<usize>,
    pub(crate) class_id: Option<usize>,
    /// Memory to find the largest in.
    pub(crate) order: Vec<usize>,
}

impl Selection {
    /// The shape that labels and predictions have in common.
    pub(crate) fn check(&self, metric: &str, y_true: Shape, y_pred: Shape) -> Result<Shape, MetricError> {
        let shape = aligned(metric, y_true, y_pred)?;
        let classes = shape.last_dim();
        let misfit = |expected| Err(MetricError::shapes(metric, expected, y_true, y_pred));
        match (self.top_k, self.class_id) {
            (Some(k), _) if k > classes => misfit("at least top_k predictions a row"),
            (_, Some(_)) if shape.rank() < 2 => misfit("two dimensions at least, where a class_id is given"),
            (_, Some(class)) if class >= classes => misfit("more classes than the class_id"),
            _ => Ok(shape),
        }
    }

    /// Calls `f` with label, prediction and weight of each that counts.
    pub(crate) fn for_each<T: Scalar>(
        &mut self,
        metric: &str,
        (y_true, y_pred): (View<'_, T>, View<'_, T>),
        sample_weight: Option<&[T]>,
        mut f: impl FnMut(T, T, f64),
    ) -> Result<(), MetricError> {
        let shape = self.check(metric, y_true.shape(), y_pred.shape())?;
        let (width, class_id) = (shape.last_dim(), self.class_id);
        let weights = Weights::new(if class_id.is_some() { shape.outer() } else { shape }, sample_weight)?;
        let rows = y_true.as_slice().chunks_exact(width).zip(y_pred.as_slice().chunks_exact(width));
        for (row, (t, p)) in rows.enumerate() {
            let last = self.top_k.and_then(|k| self.largest(p, k));
            for (column, (&t, &p)) in t.iter().zip(p).enumerate() {
                let weight = match class_id {
                    None => weights.of(row * width + column),
                    Some(class) if class == column => weights.of(row),
                    Some(_) => continue,
                };
                let counts = last.is_none_or(|last| descending(&(p, column), &last).is_le());
                f(t, if counts { p } else { T::of(NEG_INF) }, weight);
            }
        }
        Ok(())
    }

    /// The last of the `k` largest: its value and place. Of equal values the first come first.
    fn largest<T: Scalar>(&mut self, row: &[T], k: usize) -> Option<(T, usize)> {
        self.order.clear();
        self.order.extend(0..row.len());
        let at = |place: usize| (row.get(place).copied().unwrap_or_else(T::zero), place);
        let nth = k.checked_sub(1).filter(|&nth| nth < row.len())?;
        let (_, &mut last, _) = self.order.select_nth_unstable_by(nth, |&a, &b| descending(&at(a), &at(b)));
        Some(at(last))
    }
}

/// The larger value first, of equal ones the first. NaN is the largest.
fn descending<T: Scalar>(a: &(T, usize), b: &(T, usize)) -> Ordering {
    let key = |value: T| value.to_f64() + 0.0; // no −0
    key(b.0).total_cmp(&key(a.0)).then(a.1.cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_largest_are_those_of_a_stable_sort(row in prop::collection::vec(0_u8..6, 1..12), k in 1_usize..12) {
            let row: Vec<f32> = row.into_iter().map(f32::from).collect();
            let k = k.min(row.len());
            let mut sorted: Vec<(f32, usize)> = row.iter().copied().zip(0..).collect();
            sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
            prop_assert_eq!(Selection::default().largest(&row, k), Some(sorted[k - 1]));
        }
    }

    #[test]
    fn what_is_no_number_is_the_largest() {
        assert_eq!(Selection::default().largest(&[1.0, f64::NAN, f64::INFINITY], 2), Some((f64::INFINITY, 2)));
    }
}
