//! A sample seen as lanes: the values along some of its axes, one lane after the other.

use cornu_tensor::{MAX_RANK, Shape};

/// A sample seen as lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lanes {
    /// Each dimension with the distance between neighbours along it; those along the lanes come last.
    dims: [(usize, usize); MAX_RANK],
    rank: usize,
    width: usize,
    in_order: bool,
}

impl Lanes {
    /// The lanes of a sample of this shape along the axes for which `along` says so.
    pub(crate) fn new(sample: Shape, along: impl Fn(usize) -> bool) -> Self {
        let mut lanes = Self { dims: [(1, 0); MAX_RANK], rank: sample.rank(), width: 1, in_order: true };
        // From the last axis to the first; the lanes' axes fill the end, the others what is before.
        let mut end = sample.rank();
        for lane in [true, false] {
            let mut stride = 1;
            for (axis, &dim) in sample.dims().iter().enumerate().rev() {
                if along(axis) == lane {
                    end -= 1;
                    lanes.in_order &= end == axis;
                    lanes.dims[end] = (dim, stride);
                    lanes.width *= if lane { dim } else { 1 };
                }
                stride *= dim;
            }
        }
        lanes
    }

    /// How many values a lane has.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Whether the lanes already lie one after the other.
    pub(crate) fn in_order(&self) -> bool {
        self.in_order
    }

    /// Where the value that comes at `index` among the lanes lies in the sample.
    pub(crate) fn place(&self, index: usize) -> usize {
        let (mut rest, mut place) = (index, 0);
        for &(dim, stride) in self.dims[..self.rank].iter().rev() {
            place += rest % dim * stride;
            rest /= dim;
        }
        place
    }

    /// Copies samples, `size` values each, to where their lanes lie one after the other.
    pub(crate) fn gather<T: Copy>(&self, size: usize, samples: &[T], lanes: &mut [T]) {
        for (sample, lanes) in samples.chunks_exact(size.max(1)).zip(lanes.chunks_exact_mut(size.max(1))) {
            lanes.iter_mut().enumerate().for_each(|(index, value)| *value = sample[self.place(index)]);
        }
    }

    /// The way back from [`Lanes::gather`].
    pub(crate) fn scatter<T: Copy>(&self, size: usize, lanes: &[T], samples: &mut [T]) {
        for (sample, lanes) in samples.chunks_exact_mut(size.max(1)).zip(lanes.chunks_exact(size.max(1))) {
            lanes.iter().enumerate().for_each(|(index, &value)| sample[self.place(index)] = value);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn along_the_middle() {
        let lanes = Lanes::new([2, 3, 2].into(), |axis| axis == 1);
        let mut rows = [0; 12];
        lanes.gather(12, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], &mut rows);
        assert_eq!(rows, [0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11]);
        assert!(!lanes.in_order() && lanes.width() == 3);
        assert!(Lanes::new([2, 3, 2].into(), |axis| axis > 0).in_order());
    }

    proptest! {
        #[test]
        fn there_and_back(dims in prop::collection::vec(1_usize..4, 0..5), axes: u8) {
            let shape = Shape::new(&dims).unwrap();
            let lanes = Lanes::new(shape, |axis| axes >> axis & 1 == 1);
            let size = shape.size();
            let samples: Vec<usize> = (0..2 * size).collect();
            let (mut rows, mut back) = (vec![0; 2 * size], vec![0; 2 * size]);
            lanes.gather(size, &samples, &mut rows);
            lanes.scatter(size, &rows, &mut back);
            prop_assert_eq!(&back, &samples);
            prop_assert_eq!(rows == samples, (0..size).all(|index| lanes.place(index) == index));
            prop_assert!(!lanes.in_order() || rows == samples);
        }
    }
}
