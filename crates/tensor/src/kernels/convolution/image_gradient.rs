//! The gradient of a convolution with respect to the image.

use pulp::{Simd, WithSimd};

use super::Convolution;
use super::tiles::{WIDEST, panel, parts};
use crate::Scalar;
use crate::kernels::vectors::Pieces;

pub(super) struct ImageGradient<'a, T> {
    pub(super) of: &'a Convolution,
    pub(super) gradient: &'a [T],
    pub(super) packed: &'a [T],
    pub(super) into: &'a mut [T],
}

impl<T: Scalar> WithSimd for ImageGradient<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match panel::<T, S>(self.of.piece()) {
            (_, 1) => self.run::<S, 7, 1>(simd),
            _ => self.run::<S, 5, 2>(simd),
        }
    }
}

impl<T: Scalar> ImageGradient<'_, T> {
    /// Row by row of the image: tiles of `M` places by `P` vectors of a window's row, summed over the places above that
    /// see the row, and over their filters.
    #[inline(always)]
    fn run<S: Simd, const M: usize, const P: usize>(self, simd: S) {
        let Self { of, gradient, packed, into } = self;
        let ([rows, columns], lanes, filters) = (of.places(), T::simd_lanes::<S>(), of.filters);
        let (piece, step) = (of.piece(), of.strides[1] * of.image[2]);
        let (kernel_row, panel_len) = (filters * piece.next_multiple_of(WIDEST), filters * P * lanes);
        for (line, into) in into.chunks_exact_mut(of.line()).enumerate() {
            for (panel, start) in (0..piece).step_by(P * lanes).enumerate() {
                let parts = parts::<T, S, P>(simd, piece, start);
                for column in (0..columns).step_by(M) {
                    let count = M.min(columns - column);
                    let mut sums = [[T::simd_broadcast(simd, T::zero()); P]; M];
                    for down in 0..of.kernel[0].min(line + 1) {
                        let above = line - down;
                        let place = above / of.strides[0];
                        if place >= rows || !above.is_multiple_of(of.strides[0]) {
                            continue;
                        }
                        let places = &gradient[(place * columns + column) * filters..];
                        let kernel = &packed[down * kernel_row + panel * panel_len..][..panel_len];
                        let places = Pieces::<T, M>::new(places, filters, filters, count);
                        // Each on its own first: shorter sums round less.
                        let mut row = [[T::simd_broadcast(simd, T::zero()); P]; M];
                        places.add_products(simd, T::simd_vectors::<S>(kernel), &mut row);
                        for i in 0..M {
                            for p in 0..P {
                                sums[i][p] = T::simd_sum(simd, sums[i][p], row[i][p]);
                            }
                        }
                    }
                    for (i, sums) in sums.into_iter().enumerate().take(count) {
                        let into = &mut into[(column + i) * step..][..piece];
                        for p in 0..P {
                            parts[p].add(into.get_mut(start + p * lanes..).unwrap_or_default(), sums[p]);
                        }
                    }
                }
            }
        }
    }
}
