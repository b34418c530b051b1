//! Panels: parts of a matrix in the order in which a tile reads them.

use std::ops::Range;

use pulp::Simd;

use super::super::product::Matrix;
use super::super::vectors::Part;
use crate::Scalar;

/// Columns that are transposed together, and the values of each: of `f32`, a line of the cache.
const BLOCK: (usize, usize) = (8, 16);

/// Copies some rows and columns of `matrix`, row by row, `width` values for each row; those that lack are 0.
///
/// `width` is a whole number of vectors; or it is `W`, if that is not 0.
#[inline(always)]
pub(super) fn pack<T: Scalar, S: Simd, const W: usize>(
    simd: S,
    into: &mut [T],
    width: usize,
    matrix: Matrix<'_, T>,
    rows: Range<usize>,
    columns: Range<usize>,
) {
    let start = rows.start * matrix.row_stride + columns.start * matrix.column_stride;
    let values = &matrix.values[start..];
    if matrix.column_stride != 1 {
        transpose(into, width, values, matrix.column_stride, (rows.len(), columns.len()));
        return;
    }
    let mut at = 0;
    for to in into.chunks_exact_mut(width).take(rows.len()) {
        let from = &values[at..][..columns.len()];
        match (to.first_chunk_mut::<W>(), from.first_chunk::<W>()) {
            (Some(to), Some(from)) if W > 0 => *to = *from,
            _ if W > 0 => {
                to.fill(T::zero());
                to[..from.len()].copy_from_slice(from);
            }
            _ => copy::<T, S>(simd, from, to),
        }
        at += matrix.row_stride;
    }
}

/// Copies a row to whole vectors; what the last of them lacks is 0.
#[inline(always)]
fn copy<T: Scalar, S: Simd>(simd: S, from: &[T], to: &mut [T]) {
    let (whole, part) = (T::simd_vectors::<S>(from), from.len() % T::simd_lanes::<S>());
    let to = T::simd_vectors_mut::<S>(to);
    for (to, &from) in to.iter_mut().zip(whole) {
        *to = from;
    }
    if part > 0
        && let Some(to) = to.get_mut(whole.len())
    {
        *to = Part::<T, S>::new(simd, part).load(&from[from.len() - part..]);
    }
}

/// Copies columns that lie in one piece each to rows of `width` values.
#[inline(always)]
fn transpose<T: Scalar>(into: &mut [T], width: usize, values: &[T], stride: usize, (rows, count): (usize, usize)) {
    const C: usize = BLOCK.0;
    const R: usize = BLOCK.1;
    if count < width {
        into[..rows * width].fill(T::zero());
    }
    let (whole_columns, whole_rows) = (count - count % C, rows - rows % R);
    for j in (0..whole_columns).step_by(C) {
        let mut columns = [&[][..]; C];
        for (i, column) in columns.iter_mut().enumerate() {
            *column = &values[(j + i) * stride..][..rows];
        }
        for k in (0..whole_rows).step_by(R) {
            let mut block = [[T::zero(); R]; C];
            for (block, column) in block.iter_mut().zip(columns) {
                block.copy_from_slice(&column[k..][..R]);
            }
            for r in 0..R {
                let to = &mut into[(k + r) * width + j..][..C];
                for (to, block) in to.iter_mut().zip(&block) {
                    *to = block[r];
                }
            }
        }
        for k in whole_rows..rows {
            for (to, column) in into[k * width + j..].iter_mut().zip(columns) {
                *to = column[k];
            }
        }
    }
    for j in whole_columns..count {
        for (row, &value) in into.chunks_exact_mut(width).zip(&values[j * stride..][..rows]) {
            row[j] = value;
        }
    }
}
