//! Norms along some axes of a weight, and the scaling of each group by what its norm should be.

use std::fmt;

use cornu_tensor::{MAX_RANK, Scalar, Shape, ViewMut};

use crate::LayerError;

/// Keras's `backend.epsilon()`: keeps a norm of zero from dividing.
const EPSILON: f64 = 1e-7;

/// The axes over which a norm is taken; a negative one counts from the end. Keras's default is axis 0: the
/// weights that lead into one unit of a Dense kernel. `[0, 1, 2]` does the same for a Conv2D kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axes {
    /// One bit an axis, from the front and from the end.
    front: u8,
    back: u8,
    /// Whether an axis was given that no weight has.
    lost: bool,
}

/// The axes from the front, then those from the end.
impl fmt::Display for Axes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = |bits: u8| (0..MAX_RANK as isize).filter(move |&axis| (bits >> axis) & 1 == 1);
        let axes: Vec<isize> = places(self.front).chain(places(self.back).map(|axis| -1 - axis)).collect();
        write!(f, "{axes:?}{}", if self.lost { " and beyond" } else { "" })
    }
}

impl Default for Axes {
    fn default() -> Self {
        Self::from([0])
    }
}

impl<const N: usize> From<[isize; N]> for Axes {
    /// An axis that the weight does not have is reported when the layer is built.
    fn from(axes: [isize; N]) -> Self {
        let mut set = Self { front: 0, back: 0, lost: false };
        for axis in axes {
            // From the end, −1 is place 0.
            let (bits, place) = if axis < 0 { (&mut set.back, -1 - axis) } else { (&mut set.front, axis) };
            match u32::try_from(place).ok().and_then(|place| 1_u8.checked_shl(place)) {
                Some(bit) => *bits |= bit,
                None => set.lost = true,
            }
        }
        set
    }
}

impl Axes {
    /// Whether a weight of this shape has all these axes.
    pub(super) fn check(self, component: &'static str, shape: Shape) -> Result<(), LayerError> {
        let rank = shape.rank();
        let beyond = |bits: u8| rank < MAX_RANK && bits >> rank != 0;
        if !(self.lost || beyond(self.front) || beyond(self.back)) {
            return Ok(());
        }
        let expected = format!("axes of a weight of {rank} dimensions");
        Err(LayerError::Argument { component, argument: "axis", expected, received: self.to_string() })
    }

    fn contains(self, axis: usize, rank: usize) -> bool {
        (self.front >> axis) & 1 == 1 || (self.back >> (rank - 1 - axis)) & 1 == 1
    }
}

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
    fn axes_that_a_weight_does_not_have_are_refused() {
        let shape = Shape::from([2, 3]);
        for axes in [Axes::from([0]), Axes::from([0, 1]), Axes::from([-1]), Axes::from([-2])] {
            assert_eq!(axes.check("MaxNorm", shape), Ok(()));
        }
        for axes in [Axes::from([2]), Axes::from([-3]), Axes::from([0, 7]), Axes::from([-9]), Axes::from([isize::MIN])]
        {
            assert!(axes.check("MaxNorm", shape).is_err(), "{axes}");
        }
        assert_eq!(Axes::from([0, -1]).to_string(), "[0, -1]");
    }

    #[test]
    fn empty_weights_are_left_alone() {
        let mut t = Tensor::<f32>::zeros([0, 3]);
        rescale(t.view_mut(), Axes::default(), |norm| norm);
        let mut t = Tensor::<f32>::zeros([3, 0]);
        rescale(t.view_mut(), Axes::default(), |norm| norm);
    }
}
