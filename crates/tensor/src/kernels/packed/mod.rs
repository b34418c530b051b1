//! The product of larger matrices: sums stay in registers, and what they are made of is copied, where that pays, into the
//! order in which it is read, so that it stays in the caches (Goto & van de Geijn, "Anatomy of high-performance matrix
//! multiplication", 2008).
//!
//! A *tile* of the output is `M` rows of up to `P` vectors. A *panel* is what tiles need of one matrix: for every step of
//! the inner dimension the values of `M` rows of the left one, or up to `P` vectors of the right one, side by side.

mod panel;
mod tile;

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use self::panel::pack;
use self::tile::{Panel, Rows, Tile, compute};
use super::product::Product;
use super::small::scale;
use crate::{Scalar, threads};

/// Steps of the inner dimension in a block. The sums of each block are added up in order.
const STEPS: usize = 512;

/// Rows of the left matrix in a block, which stays in a core's own cache.
const ROWS: usize = 256;

/// From so many tiles below each other on it pays to pack what they need of the right matrix.
const TILES: usize = 5;

/// The rows of a tile, and the vectors in a row of it, of a processor with 32 registers for vectors, and of one with 16: as
/// many sums as there is room for beside the values of a step.
const TILE_OF_32: (usize, usize) = (8, 3);
const TILE_OF_16: (usize, usize) = (6, 2);

/// The rows of a tile of a matrix that has no more.
const FEW: usize = 4;

/// The most values in a row of a tile: three vectors of 64 bytes.
const WIDEST: usize = 48;

/// Bytes of a line of the cache. A vector that lies in two of them takes twice as long to read.
const LINE: usize = 64;

/// `out = β·out + lhs · rhs`.
///
/// Every value is summed block by block, in each in the order of the inner dimension.
pub(super) fn product<T: Scalar>(product: Product<'_, T>) {
    let steps = STEPS.min(product.lhs.columns);
    let left = (ROWS.min(product.out.rows()) + TILE_OF_32.0) * steps;
    threads::with_memory(LINE + WIDEST * steps + left, |memory: &mut [T]| {
        let skip = memory.as_ptr().align_offset(LINE).min(LINE);
        let (right, left) = memory[skip..].split_at_mut(WIDEST * steps);
        Arch::new().dispatch(Packed { product, left, right });
    });
}

struct Packed<'a, T> {
    product: Product<'a, T>,
    /// Room for the panels of the left matrix, and for one of the right.
    left: &'a mut [T],
    right: &'a mut [T],
}

impl<T: Scalar> WithSimd for Packed<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        if S::REGISTER_COUNT >= 32 && self.product.out.rows() <= FEW {
            self.run::<S, FEW, { TILE_OF_32.1 }>(simd);
        } else if S::REGISTER_COUNT >= 32 {
            self.run::<S, { TILE_OF_32.0 }, { TILE_OF_32.1 }>(simd);
        } else {
            self.run::<S, { TILE_OF_16.0 }, { TILE_OF_16.1 }>(simd);
        }
    }
}

// Loops instead of iterators with closures, which are not always compiled for the processor at hand.
impl<T: Scalar> Packed<'_, T> {
    #[inline(always)]
    fn run<S: Simd, const M: usize, const P: usize>(mut self, simd: S) {
        let Product { out, beta, lhs, .. } = &mut self.product;
        let (rows_of_all, columns_of_all, steps_of_all) = (out.rows(), out.columns(), lhs.columns);
        let adds = !beta.is_zero();
        if adds {
            for row in 0..rows_of_all {
                scale(out.row(row, 0..columns_of_all), *beta);
            }
        }
        let width = P * T::simd_lanes::<S>();
        let packs_left = lhs.column_stride != 1 && columns_of_all > 2 * width;
        let mut rows = 0..0;
        while next(&mut rows, ROWS / M * M, rows_of_all) {
            let mut steps = 0..0;
            while next(&mut steps, STEPS, steps_of_all) {
                if packs_left {
                    self.pack_left::<S, M>(simd, rows.clone(), steps.clone());
                }
                let adds = adds || steps.start > 0;
                let mut columns = 0..0;
                while next(&mut columns, width, columns_of_all) {
                    let tiles = Tile { rows: rows.clone(), columns: columns.clone(), adds };
                    self.tiles::<S, M, P>(simd, tiles, steps.clone(), packs_left);
                }
            }
        }
    }

    /// Packs some rows of the left matrix, whose columns lie in one piece each.
    #[inline(always)]
    fn pack_left<S: Simd, const M: usize>(&mut self, simd: S, rows: Range<usize>, steps: Range<usize>) {
        let (mut tile, mut at) = (rows.start..rows.start, 0);
        while next(&mut tile, M, rows.end) {
            let into = &mut self.left[at..][..M * steps.len()];
            pack::<T, S, M>(simd, into, M, self.product.lhs.transposed(), steps.clone(), tile.clone());
            at += into.len();
        }
    }

    /// The tiles below each other that need the same panel of the right matrix.
    #[inline(always)]
    fn tiles<S: Simd, const M: usize, const P: usize>(
        &mut self,
        simd: S,
        all: Tile,
        steps: Range<usize>,
        packed: bool,
    ) {
        let (lanes, rhs) = (T::simd_lanes::<S>(), self.product.rhs);
        let width = all.columns.len().next_multiple_of(lanes);
        let as_it_lies = rhs.column_stride == 1 && width == all.columns.len() && all.rows.len() < TILES * M;
        let right = if as_it_lies {
            Panel::new(
                &rhs.values[steps.start * rhs.row_stride + all.columns.start..],
                rhs.row_stride,
                steps.len(),
                width,
            )
        } else {
            pack::<T, S, 0>(simd, self.right, width, rhs, steps.clone(), all.columns.clone());
            Panel::new(&*self.right, width, steps.len(), width)
        };
        let Some(right) = right else { return };
        let lhs = self.product.lhs;
        let (mut tile, mut at) = (Tile { rows: all.rows.start..all.rows.start, ..all }, 0);
        while next(&mut tile.rows, M, all.rows.end) {
            if lhs.column_stride == 1 {
                let values = &lhs.values[tile.rows.start * lhs.row_stride + steps.start..];
                let left = Rows::<T, M>::new(values, lhs.row_stride, steps.len(), tile.rows.len());
                compute::<T, S, M, P>(simd, &mut self.product.out, &tile, left, right);
                continue;
            }
            let beside = if packed {
                Panel::new(&self.left[at..], M, steps.len(), M)
            } else {
                let values = &lhs.values[steps.start * lhs.column_stride + tile.rows.start..];
                Panel::new(values, lhs.column_stride, steps.len(), M)
            };
            // The last rows of the last column are followed by nothing.
            let left = match beside {
                Some(left) => left,
                None => {
                    pack::<T, S, M>(simd, self.left, M, lhs.transposed(), steps.clone(), tile.rows.clone());
                    let Some(left) = Panel::new(&*self.left, M, steps.len(), M) else { return };
                    left
                }
            };
            compute::<T, S, M, P>(simd, &mut self.product.out, &tile, left, right);
            at += M * steps.len();
        }
    }
}

/// Goes on to the next `step` numbers before `end`; whether there are any.
#[inline(always)]
fn next(range: &mut Range<usize>, step: usize, end: usize) -> bool {
    *range = range.end..(range.end + step).min(end);
    range.start < range.end
}
