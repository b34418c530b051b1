//! Norms along some axes of a weight, and the scaling of each group by what its norm should be.

use cornu_tensor::{MAX_RANK, Scalar, Shape, ViewMut};

use super::Axes;

/// Keras's `backend.epsilon()`: keeps a norm of zero from dividing.
const EPSILON: f64 = 1e-7;

/// Some dimensions of a shape, with the distance between neighbours along each.
struct Dims {
    count: usize,
    dims: [(usize, usize); MAX_RANK],
}

impl Dims {
    /// The dimensions of a shape for which `keep` says so.
    fn of(shape: Shape, keep: impl Fn(usize) -> bool) -> Self {
        let mut own = Self { count: 0, dims: [(1, 0); MAX_RANK] };
        let mut stride = 1;
        for (axis, &dim) in shape.dims().iter().enumerate().rev() {
            if keep(axis) {
                own.dims[own.count] = (dim, stride);
                own.count += 1;
            }
            stride *= dim;
        }
        own
    }

    /// How many places there are.
    fn len(&self) -> usize {
        self.dims[..self.count].iter().map(|(dim, _)| dim).product()
    }

    /// Where the `index`-th place lies.
    fn offset(&self, mut index: usize) -> usize {
        let mut offset = 0;
        for &(dim, stride) in &self.dims[..self.count] {
            offset += index % dim * stride;
            index /= dim;
        }
        offset
    }
}

/// Multiplies every group of weights along `axes` by `wanted(norm) / (ε + norm)`.
pub(super) fn rescale<T: Scalar>(mut weight: ViewMut<'_, T>, axes: Axes, wanted: impl Fn(T) -> T) {
    let shape = weight.shape();
    let within = Dims::of(shape, |axis| axes.contains(axis, shape.rank()));
    let groups = Dims::of(shape, |axis| !axes.contains(axis, shape.rank()));
    let values = weight.as_mut_slice();
    for group in 0..groups.len() {
        let start = groups.offset(group);
        let square: T = (0..within.len()).fold(T::zero(), |sum, i| {
            let value = values[start + within.offset(i)];
            sum + value * value
        });
        let norm = square.sqrt();
        let factor = wanted(norm) / (T::of(EPSILON) + norm);
        for i in 0..within.len() {
            values[start + within.offset(i)] *= factor;
        }
    }
}

#[cfg(test)]
mod tests {
    use cornu_tensor::Tensor;

    use super::*;

    #[test]
    fn groups_follow_the_axes() {
        let unit = |axes: Axes| {
            let mut t = Tensor::from([[3.0_f64, 1.0], [4.0, 0.0]]);
            rescale(t.view_mut(), axes, |_| 1.0);
            t
        };
        let close = |a: &Tensor<f64>, b: [[f64; 2]; 2]| {
            let all = b.as_flattened();
            assert!(a.as_slice().iter().zip(all).all(|(a, b)| (a - b).abs() < 1e-6), "{a} {b:?}");
        };
        close(&unit(Axes::default()), [[0.6, 1.0], [0.8, 0.0]]);
        close(&unit(Axes::from([-2])), [[0.6, 1.0], [0.8, 0.0]]);
        let root = 10.0_f64.sqrt();
        close(&unit(Axes::from([-1])), [[3.0 / root, 1.0 / root], [1.0, 0.0]]);
        let all = 26.0_f64.sqrt();
        close(&unit(Axes::from([0, 1])), [[3.0 / all, 1.0 / all], [4.0 / all, 0.0]]);
    }

    #[test]
    fn empty_weights_are_left_alone() {
        let mut t = Tensor::<f32>::zeros([0, 3]);
        rescale(t.view_mut(), Axes::default(), |norm| norm);
        let mut t = Tensor::<f32>::zeros([3, 0]);
        rescale(t.view_mut(), Axes::default(), |norm| norm);
    }
}
