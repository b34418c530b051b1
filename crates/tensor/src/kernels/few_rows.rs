//! The product of a matrix of few rows: a prediction for a sample or two. It waits for the right matrix to come from
//! memory, so that is read once, as it lies there, and packed nowhere.

use pulp::{Arch, Simd, WithSimd};

use super::product::{LEAST, Matrix, MatrixMut};
use super::vectors::Part;
use crate::Scalar;
use crate::threads::join;

/// A product of fewer rows than this mostly waits for memory.
pub(super) const FEW: usize = 8;

/// Rows of the right matrix that are read side by side: so often less are the sums read and written.
const DEPTH: usize = 8;

/// `out = β·out + lhs · rhs` on so many threads, where the columns of `rhs` are neighbours. The shapes fit, and `out` has
/// a row and a column.
///
/// Every value is summed in the order of the inner dimension.
pub(super) fn product<T: Scalar>(
    out: MatrixMut<'_, T>,
    beta: T,
    lhs: Matrix<'_, T>,
    rhs: Matrix<'_, T>,
    threads: usize,
) {
    // The rows of `out` lie one after the other: each thread gets columns of all of them.
    let mut rows: [&mut [T]; FEW] = Default::default();
    for (row, values) in rows.iter_mut().zip(out.values.chunks_mut(out.row_stride.max(1)).take(out.rows)) {
        *row = &mut values[..out.columns];
    }
    split(FewRows { rows, beta, lhs, rhs }, threads);
}

/// Columns of a product: those of `out`, and `rhs` from the first of them on.
struct FewRows<'a, T> {
    /// The rows of `out`; those that it does not have are empty.
    rows: [&'a mut [T]; FEW],
    beta: T,
    lhs: Matrix<'a, T>,
    rhs: Matrix<'a, T>,
}

/// Works on the columns with so many threads.
fn split<T: Scalar>(work: FewRows<'_, T>, threads: usize) {
    let middle = (work.rows[0].len() / 2).next_multiple_of(LEAST);
    if threads < 2 || middle + LEAST > work.rows[0].len() {
        return Arch::new().dispatch(work);
    }
    let FewRows { rows, beta, lhs, rhs } = work;
    let mut after: [&mut [T]; FEW] = Default::default();
    let mut places = after.iter_mut();
    let before = rows.map(|row| {
        let (before, rest) = row.split_at_mut(middle.min(row.len()));
        if let Some(place) = places.next() {
            *place = rest;
        }
        before
    });
    let right = Matrix { values: &rhs.values[middle..], columns: rhs.columns - middle, ..rhs };
    join(
        || split(FewRows { rows: before, beta, lhs, rhs }, threads.div_ceil(2)),
        || split(FewRows { rows: after, beta, lhs, rhs: right }, threads / 2),
    );
}

impl<T: Scalar> WithSimd for FewRows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { mut rows, beta, lhs, rhs } = self;
        let whole = lhs.columns - lhs.columns % DEPTH;
        let rows = &mut rows[..lhs.rows];
        rows.iter_mut().for_each(|row| scale(row, beta));
        for start in (0..whole).step_by(DEPTH) {
            for (i, row) in rows.iter_mut().enumerate() {
                add_rows::<T, S, DEPTH>(simd, row, (lhs, i), rhs, start);
            }
        }
        for start in whole..lhs.columns {
            for (i, row) in rows.iter_mut().enumerate() {
                add_rows::<T, S, 1>(simd, row, (lhs, i), rhs, start);
            }
        }
    }
}

/// `values = β·values`; with `beta` 0 they are not read.
#[inline(always)]
fn scale<T: Scalar>(values: &mut [T], beta: T) {
    if beta.is_zero() {
        values.fill(T::zero());
    } else if !beta.is_one() {
        values.iter_mut().for_each(|value| *value *= beta);
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
    let columns = sums.len();
    let factors: [T::SimdOf<S>; D] = std::array::from_fn(|d| {
        T::simd_broadcast(simd, lhs.values[i * lhs.row_stride + (start + d) * lhs.column_stride])
    });
    let rows: [&[T]; D] = std::array::from_fn(|d| &rhs.values[(start + d) * rhs.row_stride..][..columns]);
    let vectors: [&[T::SimdOf<S>]; D] = rows.map(T::simd_vectors::<S>);
    let whole = columns / T::simd_lanes::<S>();
    let vectors = vectors.map(|row| &row[..whole]);
    for (j, sum) in T::simd_vectors_mut::<S>(sums)[..whole].iter_mut().enumerate() {
        for d in 0..D {
            *sum = T::simd_multiply_add(simd, factors[d], vectors[d][j], *sum);
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
