//! Passes over a tensor feature by feature, the features being the places along one axis.

use cornu_tensor::{Scalar, Shape};

/// Features that are summed at once: their sums stay in registers and the first cache.
const CHUNK: usize = 64;

/// The axis counted from the front of a batch of samples of this rank, the batch being axis 0; none if it is that, or they
/// do not have it.
pub(crate) fn batch_axis(axis: isize, rank: usize) -> Option<usize> {
    let axis = match usize::try_from(axis) {
        Ok(axis) => axis,
        Err(_) => (rank + 1).checked_sub(axis.unsigned_abs())?,
    };
    (1..=rank).contains(&axis).then_some(axis)
}

/// A tensor seen as `(outer, features, inner)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Features {
    outer: usize,
    count: usize,
    inner: usize,
}

impl Features {
    /// The features of a tensor of this shape, along this axis.
    pub(crate) fn along(axis: usize, shape: Shape) -> Self {
        let (before, after) = shape.dims().split_at(axis.min(shape.rank()));
        let count = after.first().copied().unwrap_or(1);
        Self { outer: before.iter().product(), count, inner: after.iter().skip(1).product() }
    }

    /// How many features there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// How many values each feature has.
    pub(crate) fn places(&self) -> usize {
        self.outer * self.inner
    }

    /// For each feature the sum of `term(a, b, p)` over its values, `p` being the feature's number in
    /// `parameters`; `give` gets the sums in order. They are added up in `f64`.
    pub(crate) fn sums<T: Scalar>(
        &self,
        a: &[T],
        b: &[T],
        parameters: &[T],
        term: impl Fn(T, T, T) -> f64,
        mut give: impl FnMut(usize, f64),
    ) {
        for start in (0..self.count).step_by(CHUNK) {
            let len = CHUNK.min(self.count - start);
            let parameters = &parameters[start..][..len];
            let mut sums = [0.0; CHUNK];
            let sums = &mut sums[..len];
            for outer in 0..self.outer {
                let from = (outer * self.count + start) * self.inner;
                let (a, b) = (&a[from..][..len * self.inner], &b[from..][..len * self.inner]);
                if self.inner == 1 {
                    for (((sum, &a), &b), &p) in sums.iter_mut().zip(a).zip(b).zip(parameters) {
                        *sum += term(a, b, p);
                    }
                } else {
                    let runs = a.chunks_exact(self.inner).zip(b.chunks_exact(self.inner));
                    for ((sum, (a, b)), &p) in sums.iter_mut().zip(runs).zip(parameters) {
                        *sum += a.iter().zip(b).map(|(&a, &b)| term(a, b, p)).sum::<f64>();
                    }
                }
            }
            sums.iter().enumerate().for_each(|(i, &sum)| give(start + i, sum));
        }
    }

    /// Writes `f(a, b, p)` for every value, `p` being the feature's numbers in `parameters`.
    pub(crate) fn map<T: Scalar, const N: usize>(
        &self,
        into: &mut [T],
        a: &[T],
        b: &[T],
        parameters: [&[T]; N],
        f: impl Fn(T, T, [T; N]) -> T,
    ) {
        let parameters = parameters.map(|values| &values[..self.count]);
        let block = (self.count * self.inner).max(1);
        let rows = into.chunks_exact_mut(block).zip(a.chunks_exact(block)).zip(b.chunks_exact(block));
        for ((into, a), b) in rows {
            if self.inner == 1 {
                for (feature, ((into, &a), &b)) in into.iter_mut().zip(a).zip(b).enumerate() {
                    *into = f(a, b, parameters.map(|values| values[feature]));
                }
            } else {
                let runs =
                    into.chunks_exact_mut(self.inner).zip(a.chunks_exact(self.inner).zip(b.chunks_exact(self.inner)));
                for (feature, (into, (a, b))) in runs.enumerate() {
                    let parameters = parameters.map(|values| values[feature]);
                    for ((into, &a), &b) in into.iter_mut().zip(a).zip(b) {
                        *into = f(a, b, parameters);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sums_and_map_see_every_value_once(outer in 0_usize..4, count in 1_usize..150, inner in 1_usize..4) {
            let shape = Shape::from([outer, count, inner]);
            let features = Features::along(1, shape);
            let a: Vec<f64> = (0..shape.size()).map(|i| i as f64).collect();
            let p: Vec<f64> = (0..count).map(|i| i as f64 / 2.0).collect();
            let feature = |i: usize| i / inner % count;
            let mut sums = vec![f64::NAN; count];
            features.sums(&a, &a, &p, |a, b, p| a + 2.0 * b - p, |i, sum| sums[i] = sum);
            for (f, &sum) in sums.iter().enumerate() {
                let own = (0..a.len()).filter(|&i| feature(i) == f);
                prop_assert_eq!(sum, own.map(|i| 3.0 * a[i] - p[f]).sum::<f64>());
            }
            let mut into = vec![f64::NAN; a.len()];
            features.map(&mut into, &a, &a, [&p, &p], |a, b, [p, q]| a + b + p + q);
            for (i, &value) in into.iter().enumerate() {
                prop_assert_eq!(value, 2.0 * a[i] + 2.0 * p[feature(i)]);
            }
            prop_assert_eq!(features.places() * count, a.len());
        }
    }
}
