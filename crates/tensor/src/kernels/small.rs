//! The product of matrices so small that a call into a library costs more than the product.

use super::product::{Matrix, MatrixMut};
use crate::Scalar;

/// `out = β·out + lhs · rhs`. The shapes fit.
pub(super) fn product<T: Scalar>(out: MatrixMut<'_, T>, beta: T, lhs: Matrix<'_, T>, rhs: Matrix<'_, T>) {
    if rhs.column_stride != 1 {
        return by_values(out, beta, lhs, rhs);
    }
    // The width of a few columns is known to the compiler, so that a row stays in registers.
    match out.columns {
        1 => by_rows_of::<T, 1>(out, beta, lhs, rhs),
        2 => by_rows_of::<T, 2>(out, beta, lhs, rhs),
        3 => by_rows_of::<T, 3>(out, beta, lhs, rhs),
        4 => by_rows_of::<T, 4>(out, beta, lhs, rhs),
        8 => by_rows_of::<T, 8>(out, beta, lhs, rhs),
        _ => by_rows(out, beta, lhs, rhs),
    }
}

/// A row of `out` before anything is added.
fn begin<T: Scalar>(row: &mut [T], beta: T) {
    if beta.is_zero() {
        row.fill(T::zero());
    } else if !beta.is_one() {
        row.iter_mut().for_each(|value| *value *= beta);
    }
}

/// Row by row: each row of `out` gathers scaled rows of `rhs`.
fn by_rows<T: Scalar>(out: MatrixMut<'_, T>, beta: T, lhs: Matrix<'_, T>, rhs: Matrix<'_, T>) {
    for i in 0..out.rows {
        let row = &mut out.values[i * out.row_stride..][..out.columns];
        begin(row, beta);
        for k in 0..lhs.columns {
            let factor = lhs.values[i * lhs.row_stride + k * lhs.column_stride];
            let other = &rhs.values[k * rhs.row_stride..][..out.columns];
            for (value, &r) in row.iter_mut().zip(other) {
                *value += factor * r;
            }
        }
    }
}

/// As [`by_rows`], for `N` columns.
fn by_rows_of<T: Scalar, const N: usize>(out: MatrixMut<'_, T>, beta: T, lhs: Matrix<'_, T>, rhs: Matrix<'_, T>) {
    for i in 0..out.rows {
        let Some(row) = out.values[i * out.row_stride..].first_chunk_mut::<N>() else { return };
        begin(row, beta);
        let mut sums = *row;
        for k in 0..lhs.columns {
            let factor = lhs.values[i * lhs.row_stride + k * lhs.column_stride];
            let Some(other) = rhs.values[k * rhs.row_stride..].first_chunk::<N>() else { return };
            for (sum, &r) in sums.iter_mut().zip(other) {
                *sum += factor * r;
            }
        }
        *row = sums;
    }
}

/// Value by value, for a right side whose columns lie in one piece.
fn by_values<T: Scalar>(out: MatrixMut<'_, T>, beta: T, lhs: Matrix<'_, T>, rhs: Matrix<'_, T>) {
    for i in 0..out.rows {
        let row = &mut out.values[i * out.row_stride..][..out.columns];
        begin(row, beta);
        for (j, value) in row.iter_mut().enumerate() {
            *value = (0..lhs.columns).fold(*value, |sum, k| {
                let factor = lhs.values[i * lhs.row_stride + k * lhs.column_stride];
                sum + factor * rhs.values[k * rhs.row_stride + j * rhs.column_stride]
            });
        }
    }
}
