//! What the last iterations tell of the curvature.

use std::collections::VecDeque;

use cornu_tensor::Scalar;
use cornu_tensor::kernels::{Routine, dispatch};

use crate::passes::zip;

/// The last steps `s` and what they changed in the gradient, `y`.
///
/// Source: [Nocedal, 1980](https://doi.org/10.1090/S0025-5718-1980-0572855-7), the two-loop recursion.
#[derive(Debug)]
pub(super) struct History<T> {
    size: usize,
    /// The oldest first.
    pairs: VecDeque<Pair<T>>,
    /// Memory for the next.
    spare: Option<Pair<T>>,
}

#[derive(Debug)]
struct Pair<T> {
    step: Vec<T>,
    change: Vec<T>,
    /// `s·y`
    curvature: f64,
    /// `s·y / y·y`: how large the inverse of the curvature is.
    scale: f64,
    alpha: f64,
}

impl<T: Scalar> History<T> {
    /// Of so many steps at most.
    pub(super) fn new(size: usize) -> Self {
        Self { size, pairs: VecDeque::new(), spare: None }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.pairs.clear();
    }

    /// Remembers a step, between two points and their gradients, if the loss curves upwards along it: with `s·y > ε·y·y`.
    pub(super) fn push(&mut self, [from, to]: [&[T]; 2], [before, after]: [&[T]; 2]) {
        let difference = |into: &mut Vec<T>, of: &[T], less: &[T]| {
            into.clear();
            into.extend_from_slice(of);
            zip(into, less, |a, b| a - b);
        };
        let mut pair = self.spare.take().unwrap_or_else(Pair::new);
        difference(&mut pair.step, to, from);
        difference(&mut pair.change, after, before);
        let square = dot(&pair.change, &pair.change);
        pair.curvature = dot(&pair.step, &pair.change);
        pair.scale = pair.curvature / square;
        if !(pair.scale.is_finite() && pair.scale > f64::EPSILON) {
            self.spare = Some(pair);
            return;
        }
        if self.pairs.len() == self.size {
            self.spare = self.pairs.pop_front();
        }
        self.pairs.push_back(pair);
    }

    /// Writes into `direction` where to go against a gradient: `−H·g`, with what is known of the inverse `H` of the
    /// curvature. Without any history, `−g`.
    pub(super) fn direction(&mut self, gradient: &[T], direction: &mut [T]) {
        direction.copy_from_slice(gradient);
        for pair in self.pairs.iter_mut().rev() {
            pair.alpha = dot(&pair.step, direction) / pair.curvature;
            add(direction, -pair.alpha, &pair.change);
        }
        let scale = T::of(-self.pairs.back().map_or(1.0, |pair| pair.scale));
        direction.iter_mut().for_each(|d| *d *= scale);
        for pair in &self.pairs {
            let beta = dot(&pair.change, direction) / pair.curvature;
            add(direction, -pair.alpha - beta, &pair.step);
        }
    }
}

impl<T> Pair<T> {
    fn new() -> Self {
        Self { step: Vec::new(), change: Vec::new(), curvature: 0.0, scale: 0.0, alpha: 0.0 }
    }
}

/// `a ← a + factor·b`
pub(super) fn add<T: Scalar>(a: &mut [T], factor: f64, b: &[T]) {
    let factor = T::of(factor);
    zip(a, b, |a, b| a + b * factor);
}

/// `a·b`, in double precision.
pub(super) fn dot<T: Scalar>(a: &[T], b: &[T]) -> f64 {
    dispatch(Dot(a, b))
}

/// Products that are summed side by side.
const LANES: usize = 16;

struct Dot<'a, T>(&'a [T], &'a [T]);

impl<T: Scalar> Routine for Dot<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let mut sums = [0.0; LANES];
        for (a, b) in self.0.chunks(LANES).zip(self.1.chunks(LANES)) {
            for ((sum, &a), &b) in sums.iter_mut().zip(a).zip(b) {
                *sum += a.to_f64() * b.to_f64();
            }
        }
        sums.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use cornu_testkit::assert_close;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The secant equation: what the last step changed in the gradient leads back to the step.
        #[test]
        fn the_last_step_is_known(pairs in vec((-1.0..1.0_f64, 0.1..10.0_f64), 1..60), size in 1..4_usize) {
            let (step, curvature): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            prop_assume!(dot(&step, &step) > 1e-3);
            let zeros = vec![0.0; step.len()];
            let mut history = History::new(size);
            // Three steps on a quadratic: along its first axes, then this one.
            for axis in 0..2 {
                let along: Vec<f64> = (0..step.len()).map(|i| f64::from(u8::from(i == axis))).collect();
                let change: Vec<f64> = along.iter().zip(&curvature).map(|(s, h)| s * h).collect();
                history.push([&zeros, &along], [&zeros, &change]);
            }
            let change: Vec<f64> = step.iter().zip(&curvature).map(|(s, h)| s * h).collect();
            history.push([&zeros, &step], [&zeros, &change]);
            let mut direction = zeros.clone();
            history.direction(&change, &mut direction);
            let expected: Vec<f64> = step.iter().map(|s| -s).collect();
            assert_close(&direction, &expected, 1e-10);
        }

        #[test]
        fn a_direction_goes_downwards(
            steps in vec(vec((-1.0..1.0_f32, -1.0..1.0_f32), 7), 0..8),
            gradient in vec(-1.0..1.0_f32, 7),
        ) {
            prop_assume!(dot(&gradient, &gradient) > 1e-6);
            let (zeros, mut history) = ([0.0; 7], History::new(3));
            for pairs in &steps {
                let (step, change): (Vec<f32>, Vec<f32>) = pairs.iter().copied().unzip();
                // Only what curves clearly upwards: the law holds for exact numbers.
                if dot(&step, &change) > 0.2 {
                    history.push([&zeros, &step], [&zeros, &change]);
                }
            }
            let mut direction = [0.0; 7];
            history.direction(&gradient, &mut direction);
            prop_assert!(dot(&gradient, &direction) < 0.0);
        }
    }

    #[test]
    fn what_does_not_curve_upwards_is_not_remembered() {
        let mut history = History::new(2);
        history.push([&[0.0], &[1.0]], [&[0.0], &[-1.0]]);
        history.push([&[0.0], &[1.0]], [&[0.0], &[0.0]]);
        history.push([&[0.0], &[1.0]], [&[0.0], &[f64::NAN]]);
        assert!(history.is_empty());
    }

    #[test]
    fn the_oldest_is_forgotten() {
        let mut history = History::new(2);
        for curvature in [1.0, 2.0, 4.0] {
            history.push([&[0.0], &[1.0]], [&[0.0], &[curvature]]);
        }
        assert_eq!(history.pairs.iter().map(|pair| pair.curvature).collect::<Vec<_>>(), [2.0, 4.0]);
        history.clear();
        assert!(history.is_empty());
    }
}
