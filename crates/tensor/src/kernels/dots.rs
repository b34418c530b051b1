//! The product of a matrix of few rows with one whose columns lie in one piece each: every value is the product of two
//! vectors of neighbours. The right matrix is read once, as it lies there, and packed nowhere.

use pulp::{Arch, Simd, WithSimd};

use super::output::Output;
use super::product::{Matrix, Product};
use super::small::scale;
use super::vectors::Part;
use crate::Scalar;

/// From this many rows on, packing pays.
const ROWS: usize = 8;

/// Columns that are read side by side.
const COLUMNS: usize = 8;

/// Whether a product is one of those that are taken here.
pub(super) fn fits<T>(lhs: &Matrix<'_, T>, rhs: &Matrix<'_, T>) -> bool {
    lhs.rows < ROWS && lhs.column_stride == 1 && rhs.row_stride == 1
}

/// `out = β·out + lhs · rhs`, where the rows of `lhs` and the columns of `rhs` lie in one piece each.
pub(super) fn product<T: Scalar>(product: Product<'_, T>) {
    Arch::new().dispatch(Dots(product));
}

struct Dots<'a, T>(Product<'a, T>);

impl<T: Scalar> WithSimd for Dots<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Product { mut out, beta, lhs, rhs } = self.0;
        let (rows, columns) = (out.rows(), out.columns());
        for i in 0..rows {
            scale(out.row(i, 0..columns), beta);
        }
        let whole = columns - columns % COLUMNS;
        for j in (0..whole).step_by(COLUMNS) {
            for i in 0..rows {
                add_dots::<T, S, COLUMNS>(simd, &mut out, (lhs, i), (rhs, j));
            }
        }
        for j in whole..columns {
            for i in 0..rows {
                add_dots::<T, S, 1>(simd, &mut out, (lhs, i), (rhs, j));
            }
        }
    }
}

/// Adds the products of row `i` of `lhs` with `C` columns of `rhs`, from `j` on.
#[inline(always)]
fn add_dots<T: Scalar, S: Simd, const C: usize>(
    simd: S,
    out: &mut Output<'_, T>,
    (lhs, i): (Matrix<'_, T>, usize),
    (rhs, j): (Matrix<'_, T>, usize),
) {
    let (lanes, len) = (T::simd_lanes::<S>(), lhs.columns);
    let row = &lhs.values[i * lhs.row_stride..][..len];
    let mut columns = [row; C];
    for (c, column) in columns.iter_mut().enumerate() {
        *column = &rhs.values[(j + c) * rhs.column_stride..][..len];
    }
    let mut sums = [T::simd_broadcast(simd, T::zero()); C];
    let whole = len / lanes;
    let mut vectors = [&T::simd_vectors::<S>(row)[..whole]; C];
    for (vectors, column) in vectors.iter_mut().zip(columns) {
        *vectors = &T::simd_vectors::<S>(column)[..whole];
    }
    for (k, &value) in T::simd_vectors::<S>(row)[..whole].iter().enumerate() {
        for c in 0..C {
            sums[c] = T::simd_multiply_add(simd, value, vectors[c][k], sums[c]);
        }
    }
    let done = whole * lanes;
    if done < len {
        let part = Part::<T, S>::new(simd, len - done);
        let value = part.load(&row[done..]);
        for c in 0..C {
            sums[c] = T::simd_multiply_add(simd, value, part.load(&columns[c][done..]), sums[c]);
        }
    }
    for (value, sum) in out.row(i, j..j + C).iter_mut().zip(sums) {
        *value += T::simd_total(simd, sum);
    }
}
