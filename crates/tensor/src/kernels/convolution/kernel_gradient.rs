//! The gradient of a convolution with respect to its kernel.

use pulp::{Simd, WithSimd};

use super::Convolution;
use super::tiles::{panel, parts};
use crate::Scalar;

/// The places that the gradient of a kernel is summed over at once.
const SUM: usize = 256;

pub(super) struct KernelGradient<'a, T> {
    pub(super) of: &'a Convolution,
    pub(super) image: &'a [T],
    pub(super) gradient: &'a [T],
    pub(super) into: &'a mut [T],
}

impl<T: Scalar> WithSimd for KernelGradient<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match panel::<T, S>(self.of.filters) {
            (_, 1) => self.run::<S, 13, 1>(simd),
            _ => self.run::<S, 6, 2>(simd),
        }
    }
}

impl<T: Scalar> KernelGradient<'_, T> {
    /// Tiles of `Q` values under the window by `P` vectors of filters, summed over all places.
    #[inline(always)]
    fn run<S: Simd, const Q: usize, const P: usize>(self, simd: S) {
        let Self { of, image, gradient, into } = self;
        let ([rows, columns], lanes, filters) = (of.places(), T::simd_lanes::<S>(), of.filters);
        let (taps, piece, step) = (of.taps(), of.piece(), of.strides[1] * of.image[2]);
        let block = (SUM / columns.max(1)).max(1);
        for first in (0..taps).step_by(Q) {
            let count = Q.min(taps - first);
            // Where each value lies from the window's corner on; those beyond `count` are the corner again.
            let offsets: [usize; Q] = std::array::from_fn(|i| match first + i {
                tap if tap < taps => tap / piece * of.line() + tap % piece,
                _ => 0,
            });
            for panel in (0..filters).step_by(P * lanes) {
                let parts = parts::<T, S, P>(simd, filters, panel);
                // Summed on their own for some rows each: shorter sums round less.
                for start in (0..rows).step_by(block) {
                    let mut sums = [[T::simd_broadcast(simd, T::zero()); P]; Q];
                    for row in start..(start + block).min(rows) {
                        let image = &image[row * of.strides[0] * of.line()..];
                        let gradient = &gradient[row * columns * filters + panel..];
                        for column in 0..columns {
                            let (image, gradient) = (&image[column * step..], &gradient[column * filters..]);
                            let vectors: [T::SimdOf<S>; P] =
                                std::array::from_fn(|p| parts[p].load(gradient.get(p * lanes..).unwrap_or_default()));
                            for i in 0..Q {
                                let value = T::simd_broadcast(simd, image[offsets[i]]);
                                for p in 0..P {
                                    sums[i][p] = T::simd_multiply_add(simd, value, vectors[p], sums[i][p]);
                                }
                            }
                        }
                    }
                    let into = into[first * filters..].chunks_exact_mut(filters).take(count);
                    for (into, sums) in into.zip(sums) {
                        for p in 0..P {
                            parts[p].add(into.get_mut(panel + p * lanes..).unwrap_or_default(), sums[p]);
                        }
                    }
                }
            }
        }
    }
}
