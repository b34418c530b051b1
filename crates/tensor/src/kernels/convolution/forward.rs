//! The output of a convolution.

use pulp::{Simd, WithSimd};

use super::Convolution;
use super::tiles::{best, panel, parts};
use crate::Scalar;
use crate::kernels::vectors::Pieces;

pub(super) struct Forward<'a, T> {
    pub(super) of: &'a Convolution,
    pub(super) image: &'a [T],
    pub(super) packed: &'a [T],
    pub(super) output: &'a mut [T],
}

impl<T: Scalar> WithSimd for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let columns = self.of.places()[1];
        match panel::<T, S>(self.of.filters) {
            (_, 1) => match best(columns, [12, 10, 8, 7, 4]) {
                12 => self.run::<S, 12, 1>(simd),
                10 => self.run::<S, 10, 1>(simd),
                8 => self.run::<S, 8, 1>(simd),
                7 => self.run::<S, 7, 1>(simd),
                _ => self.run::<S, 4, 1>(simd),
            },
            _ if S::REGISTER_COUNT < 32 => self.run::<S, 5, 2>(simd),
            _ => match best(columns, [12, 10, 8, 4]) {
                12 => self.run::<S, 12, 2>(simd),
                10 => self.run::<S, 10, 2>(simd),
                8 => self.run::<S, 8, 2>(simd),
                _ => self.run::<S, 4, 2>(simd),
            },
        }
    }
}

impl<T: Scalar> Forward<'_, T> {
    /// Tiles of `M` places by `P` vectors of filters.
    #[inline(always)]
    fn run<S: Simd, const M: usize, const P: usize>(self, simd: S) {
        let Self { of, image, packed, output } = self;
        let ([rows, columns], lanes, filters) = (of.places(), T::simd_lanes::<S>(), of.filters);
        let (taps, piece, step) = (of.taps(), of.piece(), of.strides[1] * of.image[2]);
        // Whole vectors, where what they write too much belongs to places that are written later.
        let is_only = filters <= P * lanes;
        for (panel, kernel) in (0..filters).step_by(P * lanes).zip(packed.chunks_exact(taps * P * lanes)) {
            let (kernel, parts) = (T::simd_vectors::<S>(kernel), parts::<T, S, P>(simd, filters, panel));
            for row in 0..rows {
                for column in (0..columns).step_by(M) {
                    let count = M.min(columns - column);
                    let mut sums = [[T::simd_broadcast(simd, T::zero()); P]; M];
                    for (down, kernel) in kernel.chunks_exact(piece * P).enumerate() {
                        let start = (row * of.strides[0] + down) * of.line() + column * step;
                        let pieces = Pieces::<T, M>::new(&image[start..], step, piece, count);
                        pieces.add_products(simd, kernel, &mut sums);
                    }
                    let mut at = (row * columns + column) * filters + panel;
                    for sums in sums.iter().take(count) {
                        for p in 0..P {
                            let output = output.get_mut(at + p * lanes..).unwrap_or_default();
                            if is_only {
                                parts[p].store_whole(output, sums[p])
                            } else {
                                parts[p].store(output, sums[p])
                            }
                        }
                        at += filters;
                    }
                }
            }
        }
    }
}
