//! Proptest strategies for shapes, tensors and numbers.
//!
//! ```
//! use cornu_testkit::strategies::{matrix, shape, tensor};
//! use proptest::prelude::*;
//!
//! proptest!(|(m in matrix::<f32>(4, 5), t in shape(3, 4).prop_flat_map(|s| tensor::<f64>(s, -1.0..1.0)))| {
//!     prop_assert_eq!(m.shape().rank(), 2);
//!     prop_assert!(t.as_slice().iter().all(|v| v.abs() <= 1.0));
//! });
//! ```

use std::ops::Range;

use cornu_tensor::{MAX_RANK, Scalar, Shape, Tensor};
use proptest::collection::vec;
use proptest::num;
use proptest::prelude::{Just, Strategy};

/// Any finite number: of either sign, zero, subnormal, up to the largest.
pub fn finite() -> impl Strategy<Value = f64> {
    use num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    NORMAL | SUBNORMAL | ZERO | POSITIVE | NEGATIVE
}

/// A shape of rank 0 to `max_rank`, each dimension from 1 to `max_dim`.
pub fn shape(max_rank: usize, max_dim: usize) -> impl Strategy<Value = Shape> {
    vec(1..=max_dim.max(1), 0..=max_rank.min(MAX_RANK))
        .prop_filter_map("more values than this machine can address", |dims| Shape::new(&dims).ok())
}

/// A tensor of this shape with values in the range.
pub fn tensor<T: Scalar>(shape: impl Into<Shape>, range: Range<f64>) -> impl Strategy<Value = Tensor<T>> {
    let shape = shape.into();
    (Just(shape), vec(range, shape.size())).prop_map(|(shape, values)| Tensor::from_fn(shape, |i| T::of(values[i])))
}

/// A matrix of 1 to `max_rows` rows and 1 to `max_columns` columns, with values from −10 to 10.
pub fn matrix<T: Scalar>(max_rows: usize, max_columns: usize) -> impl Strategy<Value = Tensor<T>> {
    (1..=max_rows.max(1), 1..=max_columns.max(1)).prop_flat_map(|(rows, columns)| tensor([rows, columns], -10.0..10.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn within_their_bounds(x in finite(), s in shape(4, 6), m in matrix::<f32>(3, 5)) {
            prop_assert!(x.is_finite());
            prop_assert!(s.rank() <= 4 && s.dims().iter().all(|&dim| (1..=6).contains(&dim)));
            prop_assert!(matches!(m.shape().dims(), &[1..=3, 1..=5]));
            prop_assert!(m.as_slice().iter().all(|v| v.abs() <= 10.0));
        }
    }
}
