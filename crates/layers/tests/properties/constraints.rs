//! What holds for weights after a constraint.

use cornu_layers::constraints::{Axes, Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm};
use cornu_tensor::Tensor;
use cornu_testkit::strategies::tensor;
use proptest::prelude::*;

/// What Keras adds to a norm before it divides: values move by so much more than they should.
const EPSILON: f64 = 1e-7;

/// Values of a kernel of one to four dimensions, with an axis of it.
fn kernel() -> impl Strategy<Value = (Tensor<f64>, usize)> {
    (prop::collection::vec(1_usize..5, 1..5), 0_usize..4, 0..3).prop_flat_map(|(dims, axis, scale)| {
        let (axis, limit) = (axis % dims.len(), 10_f64.powi(scale - 1));
        (tensor(cornu_tensor::Shape::new(&dims).unwrap(), -limit..limit), Just(axis))
    })
}

fn applied(constraint: &impl Constraint<f64>, weight: &Tensor<f64>) -> Tensor<f64> {
    let mut weight = weight.clone();
    constraint.apply(weight.view_mut());
    weight
}

/// The norm along the axis for every place on the others.
fn norms(weight: &Tensor<f64>, axis: usize) -> Vec<f64> {
    let dims = weight.shape();
    let inner: usize = dims.dims()[axis + 1..].iter().product();
    let dim = dims.dims()[axis];
    let mut squares = vec![0.0; weight.len() / dim];
    for (i, w) in weight.as_slice().iter().enumerate() {
        squares[i / (inner * dim) * inner + i % inner] += w * w;
    }
    squares.iter().map(|square: &f64| square.sqrt()).collect()
}

/// From the front, and the same axis from the end, as a number and as a list.
fn both(axis: usize, rank: usize) -> [Axes; 4] {
    let (front, back) = (axis as isize, axis as isize - rank as isize);
    [Axes::from(front), Axes::from([front]), Axes::from(back), Axes::from([back])]
}

fn distance(a: &Tensor<f64>, b: &Tensor<f64>) -> f64 {
    a.as_slice().iter().zip(b.as_slice()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

proptest! {
    #[test]
    fn no_norm_above_the_largest((weight, axis) in kernel(), most in 0.0..3.0_f64) {
        for axes in both(axis, weight.shape().rank()) {
            let constraint = MaxNorm::new(most)?.axis(axes);
            let once = applied(&constraint, &weight);
            for (before, after) in norms(&weight, axis).into_iter().zip(norms(&once, axis)) {
                prop_assert!(after <= most * (1.0 + 1e-14));
                prop_assert!((after - before.min(most)).abs() <= EPSILON);
            }
            prop_assert!(distance(&applied(&constraint, &once), &once) <= EPSILON);
        }
    }

    #[test]
    fn norms_between_the_limits((weight, axis) in kernel(), least in 0.0..1.0_f64, more in 0.0..2.0_f64,
                                rate in 0.0..=1.0_f64) {
        for axes in both(axis, weight.shape().rank()) {
            let (constraint, slow) =
                (MinMaxNorm::new(least, least + more, 1.0)?, MinMaxNorm::new(least, least + more, rate)?);
            let once = applied(&constraint.axis(axes), &weight);
            let slowly = applied(&slow.axis(axes), &weight);
            let all = norms(&weight, axis).into_iter().zip(norms(&once, axis)).zip(norms(&slowly, axis));
            for ((before, after), slowly) in all {
                let clipped = before.clamp(least, least + more);
                // A wanted norm is reached up to the share of ε in the norm before.
                let error = |wanted: f64| wanted * EPSILON / before.max(EPSILON) + 1e-13;
                prop_assert!((after - clipped).abs() <= error(clipped));
                let wanted = rate * clipped + (1.0 - rate) * before;
                prop_assert!((slowly - wanted).abs() <= error(wanted));
            }
        }
    }

    #[test]
    fn norms_of_one((weight, axis) in kernel()) {
        prop_assume!(norms(&weight, axis).iter().all(|&norm| norm > 1e-3));
        for axes in both(axis, weight.shape().rank()) {
            let once = applied(&UnitNorm::new(axes), &weight);
            for (before, after) in norms(&weight, axis).into_iter().zip(norms(&once, axis)) {
                prop_assert!((after - 1.0).abs() <= 1.01 * EPSILON / before + 1e-14);
            }
            let twice = applied(&UnitNorm::new(axes), &once);
            prop_assert!(norms(&twice, axis).iter().all(|norm| (norm - 1.0).abs() < 1.01 * EPSILON));
        }
    }

    #[test]
    fn one_norm_of_all((weight, _) in kernel(), most in 0.1..3.0_f64) {
        let rank = weight.shape().rank() as isize;
        let listed: Vec<isize> = (0..rank).map(|axis| if axis % 2 == 0 { axis } else { axis - rank }).collect();
        let whole = |w: &Tensor<f64>| w.as_slice().iter().map(|w| w * w).sum::<f64>().sqrt();
        let once = applied(&MaxNorm::new(most)?.axis(Axes::ALL), &weight);
        prop_assert!((whole(&once) - whole(&weight).min(most)).abs() <= EPSILON);
        prop_assert_eq!(&applied(&MaxNorm::new(most)?.axis(&listed[..]), &weight), &once);
        // Without an axis, each value is a norm of its own.
        let each = applied(&MaxNorm::new(most)?.axis([]), &weight);
        prop_assert!(each.as_slice().iter().zip(weight.as_slice()).all(|(a, b)| (a - b.clamp(-most, most)).abs() <= EPSILON));
    }

    #[test]
    fn none_negative((weight, _) in kernel()) {
        let once = applied(&NonNeg, &weight);
        for (before, after) in weight.as_slice().iter().zip(once.as_slice()) {
            prop_assert_eq!(*after, before.max(0.0));
        }
        prop_assert_eq!(&applied(&NonNeg, &once), &once);
    }
}
