//! One tile of the output: its sums, in registers.

#![expect(unsafe_code, reason = "the innermost loop reads at places that were checked before it")]

use std::ops::Range;

use pulp::Simd;

use super::super::output::Output;
use super::super::vectors::Part;
use crate::Scalar;

/// Where a tile lies, and whether its sums are added to what is there.
#[derive(Clone)]
pub(super) struct Tile {
    pub(super) rows: Range<usize>,
    pub(super) columns: Range<usize>,
    pub(super) adds: bool,
}

/// What a tile needs of the left matrix: `M` values for every step.
pub(super) trait Left<T, const M: usize>: Copy {
    /// The steps that there are.
    fn steps(self) -> usize;

    /// The value of a row in a step.
    ///
    /// # Safety
    /// `step` is less than [`Left::steps`], and `row` than `M`.
    unsafe fn value(self, step: usize, row: usize) -> T;
}

/// Rows that lie in one piece each.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a, T, const M: usize> {
    rows: [&'a [T]; M],
    steps: usize,
}

impl<'a, T, const M: usize> Rows<'a, T, M> {
    /// `count` rows, which begin `stride` values apart; the others are the first again.
    #[inline(always)]
    pub(super) fn new(values: &'a [T], stride: usize, steps: usize, count: usize) -> Self {
        let mut rows = [&values[..steps]; M];
        for i in 1..M {
            if i < count {
                rows[i] = &values[i * stride..][..steps];
            }
        }
        Self { rows, steps }
    }
}

impl<T: Copy, const M: usize> Left<T, M> for Rows<'_, T, M> {
    #[inline(always)]
    fn steps(self) -> usize {
        self.steps
    }

    #[inline(always)]
    unsafe fn value(self, step: usize, row: usize) -> T {
        // SAFETY: every row was cut to so many steps.
        unsafe { *self.rows[row].get_unchecked(step) }
    }
}

/// Values that lie side by side for every step.
#[derive(Clone, Copy)]
pub(super) struct Panel<'a, T> {
    values: &'a [T],
    stride: usize,
    steps: usize,
    width: usize,
}

impl<'a, T> Panel<'a, T> {
    /// `width` values for every step, which begin `stride` values apart; `None` if they are not there.
    #[inline(always)]
    pub(super) fn new(values: &'a [T], stride: usize, steps: usize, width: usize) -> Option<Self> {
        let len = steps.checked_sub(1)?.checked_mul(stride)?.checked_add(width)?;
        Some(Self { values: values.get(..len)?, stride, steps, width })
    }
}

impl<T: Copy, const M: usize> Left<T, M> for Panel<'_, T> {
    #[inline(always)]
    fn steps(self) -> usize {
        if self.width < M { 0 } else { self.steps }
    }

    #[inline(always)]
    unsafe fn value(self, step: usize, row: usize) -> T {
        // SAFETY: `new` has seen `width` values for every step, which are `M` or more, or there is no step.
        unsafe { *self.values.get_unchecked(step * self.stride + row) }
    }
}

/// Computes a tile.
#[inline(always)]
pub(super) fn compute<T: Scalar, S: Simd, const M: usize, const P: usize>(
    simd: S,
    out: &mut Output<'_, T>,
    tile: &Tile,
    left: impl Left<T, M>,
    right: Panel<'_, T>,
) {
    match right.width / T::simd_lanes::<S>() {
        1 => store::<T, S, M, 1>(simd, out, tile, sums(simd, left, right)),
        2 if P > 2 => store::<T, S, M, 2>(simd, out, tile, sums(simd, left, right)),
        _ => store::<T, S, M, P>(simd, out, tile, sums(simd, left, right)),
    }
}

/// The sums of `M` rows of `N` vectors.
#[inline(always)]
fn sums<T: Scalar, S: Simd, const M: usize, const N: usize>(
    simd: S,
    left: impl Left<T, M>,
    right: Panel<'_, T>,
) -> [[T::SimdOf<S>; N]; M] {
    let lanes = T::simd_lanes::<S>();
    let steps = if right.width < N * lanes { 0 } else { right.steps.min(left.steps()) };
    let mut sums = [[T::simd_broadcast(simd, T::zero()); N]; M];
    for step in 0..steps {
        let mut vectors = [sums[0][0]; N];
        for (n, vector) in vectors.iter_mut().enumerate() {
            // SAFETY: `Panel::new` has seen `width` values for every step, which are `N` vectors or more.
            *vector = unsafe { T::simd_read(simd, right.values.as_ptr().add(step * right.stride + n * lanes)) };
        }
        for (i, sums) in sums.iter_mut().enumerate() {
            // SAFETY: there are so many steps, and `M` rows.
            let value = T::simd_broadcast(simd, unsafe { left.value(step, i) });
            for n in 0..N {
                sums[n] = T::simd_multiply_add(simd, value, vectors[n], sums[n]);
            }
        }
    }
    sums
}

/// Writes the sums of a tile, or adds them.
#[inline(always)]
fn store<T: Scalar, S: Simd, const M: usize, const N: usize>(
    simd: S,
    out: &mut Output<'_, T>,
    tile: &Tile,
    sums: [[T::SimdOf<S>; N]; M],
) {
    let lanes = T::simd_lanes::<S>();
    for (row, sums) in tile.rows.clone().zip(sums) {
        let row = out.row(row, tile.columns.clone());
        if row.len() == N * lanes {
            for (value, sum) in T::simd_vectors_mut::<S>(row).iter_mut().zip(sums) {
                *value = if tile.adds { T::simd_sum(simd, *value, sum) } else { sum };
            }
            continue;
        }
        for (part, sum) in row.chunks_mut(lanes).zip(sums) {
            let mask = Part::<T, S>::new(simd, part.len());
            if tile.adds { mask.add(part, sum) } else { mask.store_whole(part, sum) }
        }
    }
}
