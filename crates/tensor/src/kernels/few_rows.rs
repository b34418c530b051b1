//! The product of a matrix of few rows with one that lies in the cache: a prediction for a sample or two. The right matrix
//! is read once, as it lies there, and packed nowhere.

#![expect(unsafe_code, reason = "the innermost loop reads rows of one length, which the compiler does not see")]

use pulp::{Arch, Simd, WithSimd};

use super::product::{Matrix, MatrixMut};
use super::small::scale;
use super::vectors::Part;
use crate::Scalar;

/// From this many rows on, packing pays.
const ROWS: usize = 8;

/// With fewer columns than this, the sums of all of them are better kept in registers.
const COLUMNS: usize = 64;

/// The most values of a right matrix: a larger one comes from further than the core's own cache, and how it is read
/// matters less.
const VALUES: usize = 1 << 17;

/// Rows of the right matrix that are read side by side: so often less are the sums read and written.
const DEPTH: usize = 8;

/// Whether a product is one of those that are taken here.
pub(super) fn fits<T>(lhs: &Matrix<'_, T>, rhs: &Matrix<'_, T>) -> bool {
    lhs.rows < ROWS && rhs.columns >= COLUMNS && rhs.column_stride == 1 && rhs.rows * rhs.columns <= VALUES
}

/// `out = β·out + lhs · rhs`, where the columns of `rhs` are neighbours. The shapes fit, and `out` has a row and a column.
///
/// Every value is summed in the order of the inner dimension.
pub(super) fn product<T: Scalar>(out: MatrixMut<'_, T>, beta: T, lhs: Matrix<'_, T>, rhs: Matrix<'_, T>) {
    Arch::new().dispatch(FewRows { out, beta, lhs, rhs });
}

struct FewRows<'a, T> {
    out: MatrixMut<'a, T>,
    beta: T,
    lhs: Matrix<'a, T>,
    rhs: Matrix<'a, T>,
}

impl<T: Scalar> WithSimd for FewRows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { mut out, beta, lhs, rhs } = self;
        let whole = lhs.columns - lhs.columns % DEPTH;
        for row in out.rows() {
            scale(row, beta);
        }
        for start in (0..whole).step_by(DEPTH) {
            for (i, row) in out.rows().enumerate() {
                add_rows::<T, S, DEPTH>(simd, row, (lhs, i), rhs, start);
            }
        }
        for start in whole..lhs.columns {
            for (i, row) in out.rows().enumerate() {
                add_rows::<T, S, 1>(simd, row, (lhs, i), rhs, start);
            }
        }
    }
}

/// Adds `D` rows of `rhs`, from `start` on, to a row of sums; each times its value in row `i` of `lhs`.
#[inline(always)]
fn add_rows<T: Scalar, S: Simd, const D: usize>(
    simd: S,
    sums: &mut [T],
    (lhs, i): (Matrix<'_, T>, usize),
    rhs: Matrix<'_, T>,
    start: usize,
) {
    let (columns, whole) = (sums.len(), sums.len() / T::simd_lanes::<S>());
    let factors: [T::SimdOf<S>; D] = std::array::from_fn(|d| {
        T::simd_broadcast(simd, lhs.values[i * lhs.row_stride + (start + d) * lhs.column_stride])
    });
    let rows: [&[T]; D] = std::array::from_fn(|d| &rhs.values[(start + d) * rhs.row_stride..][..columns]);
    let vectors = rows.map(|row| &T::simd_vectors::<S>(row)[..whole]);
    for (j, sum) in T::simd_vectors_mut::<S>(sums)[..whole].iter_mut().enumerate() {
        for d in 0..D {
            // SAFETY: `j < whole`, to which all rows were cut. (Looked at each time, the lengths cost as much as the products.)
            *sum = T::simd_multiply_add(simd, factors[d], unsafe { *vectors[d].get_unchecked(j) }, *sum);
        }
    }
    let done = whole * T::simd_lanes::<S>();
    if done < columns {
        let part = Part::<T, S>::new(simd, columns - done);
        let mut sum = part.load(&sums[done..]);
        for d in 0..D {
            sum = T::simd_multiply_add(simd, factors[d], part.load(&rows[d][done..]), sum);
        }
        part.store(&mut sums[done..], sum);
    }
}
