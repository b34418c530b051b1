//! Numbers from a row of values, many of them 0.

use std::cmp::Ordering;

use cornu_config::Config;
use cornu_tensor::Scalar;
use cornu_tensor::threads::with_memory;

use super::{Activation, function};

/// `max(xᵢ − τ, 0)` over each row (`keras.activations.sparsemax`, axis −1), τ as Keras computes it.
///
/// With the row sorted, `z₁ ≥ z₂ ≥ …`, and `sⱼ = z₁ + … + zⱼ`, the support is every j with `zⱼ > (sⱼ − 1)/j`; k of them.
/// Keras 3.15 takes `τ = (Σ sⱼ − 1)/k` over the support. The [paper](https://arxiv.org/abs/1602.02068) takes
/// `τ = (s_k − 1)/k`, with which a row sums to 1. The two are the same where the support is one value; elsewhere the
/// rows of Keras need not sum to 1, and neither do these.
///
/// The derivative at τ is that of the two sides, halved.
///
/// ```
/// use cornu_layers::activations::{Activation, Sparsemax};
///
/// let mut values = [3.0_f64, 1.0, 0.0, 0.0]; // two rows of two
/// Sparsemax.apply(&mut values, 2);
/// assert_eq!(values, [1.0, 0.0, 0.5, 0.5]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sparsemax;

/// Sorts the row into `sorted`, the largest value first and NaN last; τ and the number of values in the support.
fn threshold<T: Scalar>(row: &[T], sorted: &mut [T]) -> (T, usize) {
    sorted.copy_from_slice(row);
    sorted.sort_unstable_by(|a, b| {
        let nan_last = a.partial_cmp(a).is_none().cmp(&b.partial_cmp(b).is_none());
        b.partial_cmp(a).unwrap_or(nan_last)
    });
    let (mut sum, mut sums, mut support) = (T::zero(), T::zero(), 0);
    for (place, &z) in sorted.iter().enumerate() {
        sum += z;
        if z - (sum - T::one()) / T::of_count(place + 1) > T::zero() {
            sums += sum;
            support += 1;
        }
    }
    ((sums - T::one()) / T::of_count(support), support)
}

/// How many values of the sorted row stand before the one at this place of the row; of equal ones the first is first.
fn rank<T: Scalar>(row: &[T], sorted: &[T], place: usize) -> usize {
    let Some(&x) = row.get(place) else { return 0 };
    let first = sorted.partition_point(|&z| z > x);
    let alone = sorted.get(first + 1).is_none_or(|&next| next != x);
    first + if alone { 0 } else { row.iter().take(place).filter(|&&other| other == x).count() }
}

impl<T: Scalar> Activation<T> for Sparsemax {
    fn name(&self) -> &'static str {
        "sparsemax"
    }

    fn apply(&self, values: &mut [T], width: usize) {
        with_memory(width, |sorted| {
            for row in values.chunks_exact_mut(width.max(1)) {
                let (tau, _) = threshold(row, sorted);
                row.iter_mut().for_each(|x| *x = if *x <= tau { T::zero() } else { *x - tau });
            }
        });
    }

    fn needs_input(&self) -> bool {
        true
    }

    /// The z of rank r, counted from 0, is in `k − r` of the sums that make τ.
    fn backward(&self, from: &[T], gradient: &mut [T], width: usize) {
        let half = T::of(0.5);
        with_memory(width, |sorted| {
            let width = width.max(1);
            for (row, gradient) in from.chunks_exact(width).zip(gradient.chunks_exact_mut(width)) {
                let (tau, support) = threshold(row, sorted);
                let mut sum = T::zero();
                for (g, &x) in gradient.iter_mut().zip(row) {
                    *g *= match x.partial_cmp(&tau) {
                        Some(Ordering::Less) => T::zero(),
                        Some(Ordering::Equal) => half,
                        _ => T::one(),
                    };
                    sum += *g;
                }
                for (place, g) in gradient.iter_mut().enumerate() {
                    let times = support.saturating_sub(rank(row, sorted, place));
                    if times > 0 {
                        *g -= sum * (T::of_count(times) / T::of_count(support));
                    }
                }
            }
        });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("sparsemax"))
    }
}
