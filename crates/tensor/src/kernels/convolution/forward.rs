//! The output of a convolution.

use pulp::{Simd, WithSimd};

use super::Convolution;
use super::tiles::{add_products, panel, parts, pieces};
use crate::Scalar;

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
        match panel::<T, S>(self.of.filters) {
            (_, 1) => self.run::<S, 7, 1>(simd),
            _ => self.run::<S, 5, 2>(simd),
        }
    }
}

impl<T: Scalar> Forward<'_, T> {
    /// Tiles of `M` places by `P` vectors of filters.
    #[inline(always)]
    fn run<S: Simd, const M: usize, const P: usize>(self, simd: S) {
        let Self { of, image, packed, output } = self;
        let ([rows, columns], lanes) = (of.places(), T::simd_lanes::<S>());
        let (taps, piece, channels) = (of.taps(), of.piece(), of.image[2]);
        let step = of.strides[1] * channels;
        for (panel, kernel) in (0..of.filters).step_by(P * lanes).zip(packed.chunks_exact(taps * P * lanes)) {
            let (kernel, parts) = (T::simd_vectors::<S>(kernel), parts::<T, S, P>(simd, of.filters, panel));
            for row in 0..rows {
                for column in (0..columns).step_by(M) {
                    let count = M.min(columns - column);
                    let mut sums = [[T::simd_broadcast(simd, T::zero()); P]; M];
                    for (down, kernel) in kernel.chunks_exact(piece * P).enumerate() {
                        let start = (row * of.strides[0] + down) * of.line() + column * step;
                        let pieces = pieces::<T, M>(&image[start..], step, piece, count);
                        add_products(simd, pieces, kernel, &mut sums);
                    }
                    let output = &mut output[(row * columns + column) * of.filters..][..count * of.filters];
                    for (output, sums) in output.chunks_exact_mut(of.filters).zip(sums) {
                        for p in 0..P {
                            parts[p].store(output.get_mut(panel + p * lanes..).unwrap_or_default(), sums[p]);
                        }
                    }
                }
            }
        }
    }
}
