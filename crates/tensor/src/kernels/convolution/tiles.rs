//! What the passes of a convolution have in common: vectors that fit the filters, kernels packed for them, and tiles of
//! sums that stay in registers.

use pulp::{Arch, Simd, WithSimd};

use crate::Scalar;
use crate::kernels::vectors::Part;

/// Runs a routine on rows of this width with the vectors of the processor at hand: with those of 32 bytes where they
/// suffice, of which two are worked on in the time of one of 64.
pub(super) fn with_vectors_for<T, R: WithSimd>(width: usize, routine: R) -> R::Output {
    #[cfg(target_arch = "x86_64")]
    if width * size_of::<T>() <= 32
        && let Some(simd) = pulp::x86::V3::try_new()
    {
        return Simd::vectorize(simd, routine);
    }
    let _ = width;
    Arch::new().dispatch(routine)
}

/// Values of a vector, and vectors side by side in a tile: as many as the filters need, two at most.
pub(super) fn panel<T: Scalar, S: Simd>(width: usize) -> (usize, usize) {
    let lanes = T::simd_lanes::<S>();
    (lanes, if width > lanes { 2 } else { 1 })
}

/// The widest panel on any processor.
pub(super) const WIDEST: usize = 2 * 16;

/// A matrix in panels of columns, one after the other; the last is filled up with zeros.
pub(super) struct Pack<'a, T> {
    pub(super) kernel: &'a [T],
    pub(super) rows: usize,
    pub(super) width: usize,
    /// From row to row and from column to column in the kernel.
    pub(super) strides: [usize; 2],
    pub(super) packed: &'a mut [T],
}

impl<T: Scalar> WithSimd for Pack<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        let (lanes, count) = panel::<T, S>(self.width);
        let wide = lanes * count;
        for (panel, packed) in self.packed.chunks_exact_mut(self.rows * wide).enumerate() {
            let Some(columns) = self.width.checked_sub(panel * wide).filter(|&columns| columns > 0) else { return };
            for (row, packed) in packed.chunks_exact_mut(wide).enumerate() {
                if self.strides[1] == 1 {
                    let (values, rest) = packed.split_at_mut(columns.min(wide));
                    values.copy_from_slice(&self.kernel[row * self.strides[0] + panel * wide..][..values.len()]);
                    rest.fill(T::zero());
                    continue;
                }
                for (lane, value) in packed.iter_mut().enumerate() {
                    let at = row * self.strides[0] + (panel * wide + lane) * self.strides[1];
                    *value = if lane < columns { self.kernel[at] } else { T::zero() };
                }
            }
        }
    }
}

/// The tile of the fewest places beyond the end of a row of so many, among tiles of these lengths; the longest of those.
pub(super) fn best<const N: usize>(columns: usize, lengths: [usize; N]) -> usize {
    lengths.into_iter().min_by_key(|&length| (columns.next_multiple_of(length), columns.div_ceil(length))).unwrap_or(1)
}

/// The vectors of a panel that begins at `start` in rows of `width` values: the last of them in part, or not at all.
#[inline(always)]
pub(super) fn parts<T: Scalar, S: Simd, const P: usize>(simd: S, width: usize, start: usize) -> [Part<T, S>; P] {
    std::array::from_fn(|p| Part::new(simd, width.saturating_sub(start + p * T::simd_lanes::<S>())))
}
