//! The product of a few rows with a matrix whose rows lie in one piece each: a prediction for a sample or two. Or of many
//! rows with a matrix of a few. The right matrix is read once for each row, as it lies there, and packed nowhere.

#![expect(unsafe_code, reason = "the innermost loop reads rows of one length, which the compiler does not see")]

use pulp::{Arch, Simd, WithSimd};

use super::product::{Matrix, Product};
use super::small::scale;
use super::vectors::Part;
use crate::Scalar;

/// From this many rows on, packing pays.
const ROWS: usize = 8;

/// From this many rows on it pays with a matrix that does not fit into a core's own cache, of more than so many values.
const ROWS_OF_LARGE: usize = 3;
const LARGE: usize = 1 << 17;

/// With fewer columns than this, the sums of all of them are better kept in registers.
const COLUMNS: usize = 64;

/// A right matrix of fewer rows is not worth a copy.
const STEPS: usize = 4;

/// Rows of the right matrix that are read side by side: so often less are the sums read and written.
const DEPTH: usize = 8;

/// Whether a product is one of those that are taken here.
pub(super) fn fits<T>(lhs: &Matrix<'_, T>, rhs: &Matrix<'_, T>) -> bool {
    let rows = if rhs.rows * rhs.columns > LARGE { ROWS_OF_LARGE } else { ROWS };
    rhs.column_stride == 1 && (rhs.rows < STEPS || lhs.rows < rows && rhs.columns >= COLUMNS)
}

/// `out = β·out + lhs · rhs`, where the columns of `rhs` are neighbours.
///
/// Every value is summed in the order of the inner dimension.
pub(super) fn product<T: Scalar>(product: Product<'_, T>) {
    Arch::new().dispatch(FewRows(product));
}

struct FewRows<'a, T>(Product<'a, T>);

impl<T: Scalar> WithSimd for FewRows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Product { mut out, beta, lhs, rhs } = self.0;
        let (rows, columns) = (out.rows(), out.columns());
        let mut adds = !beta.is_zero();
        if adds || lhs.columns == 0 {
            for i in 0..rows {
                scale(out.row(i, 0..columns), beta);
            }
        }
        let mut start = 0;
        while start < lhs.columns {
            let whole = start + DEPTH <= lhs.columns;
            for i in 0..rows {
                let sums = out.row(i, 0..columns);
                if whole {
                    add_rows::<T, S, DEPTH>(simd, sums, adds, (lhs, i), rhs, start);
                } else {
                    add_rows::<T, S, 1>(simd, sums, adds, (lhs, i), rhs, start);
                }
            }
            start += if whole { DEPTH } else { 1 };
            adds = true;
        }
    }
}

/// Adds `D` rows of `rhs`, from `start` on, to a row of sums (or begins them), each times its value in row `i` of `lhs`.
#[inline(always)]
fn add_rows<T: Scalar, S: Simd, const D: usize>(
    simd: S,
    sums: &mut [T],
    adds: bool,
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
        let mut total = if adds { *sum } else { T::simd_broadcast(simd, T::zero()) };
        for d in 0..D {
            // SAFETY: `j < whole`, to which all rows were cut. (Looked at each time, the lengths cost as much as the products.)
            total = T::simd_multiply_add(simd, factors[d], unsafe { *vectors[d].get_unchecked(j) }, total);
        }
        *sum = total;
    }
    let done = whole * T::simd_lanes::<S>();
    if done < columns {
        let part = Part::<T, S>::new(simd, columns - done);
        let mut sum = if adds { part.load(&sums[done..]) } else { T::simd_broadcast(simd, T::zero()) };
        for d in 0..D {
            sum = T::simd_multiply_add(simd, factors[d], part.load(&rows[d][done..]), sum);
        }
        part.store(&mut sums[done..], sum);
    }
}
