//! The product of matrices so small that a call into a library costs more than the product.
//!
//! Every value is summed in the order of the inner dimension, whatever the strides.

use super::product::{Matrix, MatrixMut};
use crate::Scalar;

/// `out = β·out + lhs · rhs`. The shapes fit, and `out` has a row and a column.
pub(super) fn product<T: Scalar>(mut out: MatrixMut<'_, T>, beta: T, lhs: Matrix<'_, T>, rhs: Matrix<'_, T>) {
    if out.row_stride == out.columns {
        scale(&mut out.values[..out.rows * out.columns], beta);
    } else {
        out.rows().for_each(|row| scale(row, beta));
    }
    // A length that the compiler knows stays in registers.
    match (rhs.column_stride, out.columns, lhs.columns) {
        (1, 1, _) => add_rows::<T, 1>(out, lhs, rhs),
        (1, 2, _) => add_rows::<T, 2>(out, lhs, rhs),
        (1, 3, _) => add_rows::<T, 3>(out, lhs, rhs),
        (1, 4, _) => add_rows::<T, 4>(out, lhs, rhs),
        (1, 8, _) => add_rows::<T, 8>(out, lhs, rhs),
        (1, _, _) => add_long_rows(out, lhs, rhs),
        (_, _, 2) if lhs.column_stride == 1 => add_dots::<T, 2>(out, lhs, rhs),
        (_, _, 3) if lhs.column_stride == 1 => add_dots::<T, 3>(out, lhs, rhs),
        (_, _, 4) if lhs.column_stride == 1 => add_dots::<T, 4>(out, lhs, rhs),
        (_, _, 8) if lhs.column_stride == 1 => add_dots::<T, 8>(out, lhs, rhs),
        _ => add_values(out, lhs, rhs),
    }
}

/// `values = β·values`; with `beta` 0 they are not read.
#[inline(always)]
pub(super) fn scale<T: Scalar>(values: &mut [T], beta: T) {
    if beta.is_zero() {
        values.fill(T::zero());
    } else if !beta.is_one() {
        values.iter_mut().for_each(|value| *value *= beta);
    }
}

/// `row += factor · other`
#[inline(always)]
fn add_scaled<T: Scalar>(row: &mut [T], factor: T, other: &[T]) {
    for (value, &other) in row.iter_mut().zip(other) {
        *value += factor * other;
    }
}

/// Adds scaled rows of `rhs`, of `N` values, to those of `out`.
fn add_rows<T: Scalar, const N: usize>(mut out: MatrixMut<'_, T>, lhs: Matrix<'_, T>, rhs: Matrix<'_, T>) {
    if lhs.column_stride == 1 {
        for (i, row) in out.rows().enumerate() {
            let Some(row) = row.first_chunk_mut::<N>() else { return };
            let (mut sums, mut at) = (*row, 0);
            for &factor in &lhs.values[i * lhs.row_stride..][..lhs.columns] {
                let Some(other) = rhs.values[at..].first_chunk::<N>() else { return };
                add_scaled(&mut sums, factor, other);
                at += rhs.row_stride;
            }
            *row = sums;
        }
        return;
    }
    // The left matrix is a transposed one: its columns lie in one piece.
    for k in 0..lhs.columns {
        let Some(other) = rhs.values[k * rhs.row_stride..].first_chunk::<N>() else { return };
        let factors = &lhs.values[k * lhs.column_stride..][..lhs.rows];
        for (row, &factor) in out.rows().zip(factors) {
            add_scaled(row, factor, other);
        }
    }
}

/// As [`add_rows`], for rows of any length.
fn add_long_rows<T: Scalar>(mut out: MatrixMut<'_, T>, lhs: Matrix<'_, T>, rhs: Matrix<'_, T>) {
    for (i, row) in out.rows().enumerate() {
        for k in 0..lhs.columns {
            let factor = lhs.values[i * lhs.row_stride + k * lhs.column_stride];
            add_scaled(row, factor, &rhs.values[k * rhs.row_stride..][..row.len()]);
        }
    }
}

/// Adds the products of rows of `lhs` and columns of `rhs`, of `K` values, which lie in one piece each.
fn add_dots<T: Scalar, const K: usize>(mut out: MatrixMut<'_, T>, lhs: Matrix<'_, T>, rhs: Matrix<'_, T>) {
    for (i, row) in out.rows().enumerate() {
        let Some(factors) = lhs.values[i * lhs.row_stride..].first_chunk::<K>() else { return };
        let mut at = 0;
        for value in row {
            let Some(column) = rhs.values[at..].first_chunk::<K>() else { return };
            *value = factors.iter().zip(column).fold(*value, |sum, (&factor, &other)| sum + factor * other);
            at += rhs.column_stride;
        }
    }
}

/// Value by value, for any strides.
fn add_values<T: Scalar>(mut out: MatrixMut<'_, T>, lhs: Matrix<'_, T>, rhs: Matrix<'_, T>) {
    for (i, row) in out.rows().enumerate() {
        for (j, value) in row.iter_mut().enumerate() {
            *value = (0..lhs.columns).fold(*value, |sum, k| {
                let factor = lhs.values[i * lhs.row_stride + k * lhs.column_stride];
                sum + factor * rhs.values[k * rhs.row_stride + j * rhs.column_stride]
            });
        }
    }
}
