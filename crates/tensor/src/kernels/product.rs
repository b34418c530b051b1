//! The matrix product, `out = β·out + lhs · rhs`, through the crate `gemm`.
//!
//! With `unsafe`, as parts of vectors (`vectors.rs`) are: `gemm` takes raw pointers. Every [`Matrix`] is checked when it is made, so
//! that no row or column stride leaves its slice.

#![expect(unsafe_code, reason = "gemm takes raw pointers; bounds are checked in Matrix::strided")]

#[cfg(feature = "simd")]
use super::few_rows;
use super::small;
use crate::{Scalar, TensorError, threads};

/// Multiply-adds up to which a plain loop beats the call into `gemm`.
const SMALL: usize = 2048;

/// The fewest rows or columns of a part for a thread. `gemm` sums a value in the same order in matrices of any size
/// beyond 64 × 64, so the parts give the same bits as the whole.
const LEAST: usize = 128;

/// The most rows or columns of one call: `gemm` packs them in memory of its own.
const MOST: usize = 1024;

/// A product with fewer rows or columns than this mostly waits for memory, which more threads do not make faster.
const FEW: usize = 8;

/// A matrix seen in a slice: rows, columns and the distance between neighbours in each direction.
#[derive(Debug, Clone, Copy)]
pub struct Matrix<'a, T> {
    pub(super) values: &'a [T],
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) row_stride: usize,
    pub(super) column_stride: usize,
}

/// A matrix to write to. Its columns are neighbours in memory.
#[derive(Debug)]
pub struct MatrixMut<'a, T> {
    pub(super) values: &'a mut [T],
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) row_stride: usize,
}

impl<'a, T> Matrix<'a, T> {
    /// A row-major matrix from the beginning of the slice.
    ///
    /// # Errors
    /// [`TensorError::Shape`] if the slice is shorter.
    #[inline]
    pub fn new(values: &'a [T], rows: usize, columns: usize) -> Result<Self, TensorError> {
        Self::strided(values, rows, columns, columns)
    }

    /// A row-major matrix whose rows begin `row_stride` values apart.
    ///
    /// # Errors
    /// [`TensorError::Shape`] if it leaves the slice.
    #[inline]
    pub fn strided(values: &'a [T], rows: usize, columns: usize, row_stride: usize) -> Result<Self, TensorError> {
        let row_stride = check_bounds(values.len(), rows, columns, row_stride)?;
        Ok(Self { values, rows, columns, row_stride, column_stride: 1 })
    }

    /// The transposed matrix; nothing is moved.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self {
            values: self.values,
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
        }
    }
}

impl<'a, T> MatrixMut<'a, T> {
    /// A row-major matrix from the beginning of the slice.
    ///
    /// # Errors
    /// [`TensorError::Shape`] if the slice is shorter.
    #[inline]
    pub fn new(values: &'a mut [T], rows: usize, columns: usize) -> Result<Self, TensorError> {
        Self::strided(values, rows, columns, columns)
    }

    /// A row-major matrix whose rows begin `row_stride` values apart.
    ///
    /// # Errors
    /// [`TensorError::Shape`] if it leaves the slice, or if rows overlap.
    #[inline]
    pub fn strided(values: &'a mut [T], rows: usize, columns: usize, row_stride: usize) -> Result<Self, TensorError> {
        let row_stride = check_bounds(values.len(), rows, columns, row_stride)?;
        if row_stride < columns {
            return Err(outside(values.len(), rows, columns, row_stride));
        }
        Ok(Self { values, rows, columns, row_stride })
    }

    /// Its rows; it has at least one column.
    pub(super) fn rows(&mut self) -> impl Iterator<Item = &mut [T]> {
        let columns = self.columns;
        self.values.chunks_mut(self.row_stride).take(self.rows).map(move |row| &mut row[..columns])
    }
}

/// The stride, if the last value of the last row lies in a slice of this length. Where no second row is read, the
/// stride means nothing and becomes that of neighbours.
#[inline]
fn check_bounds(len: usize, rows: usize, columns: usize, row_stride: usize) -> Result<usize, TensorError> {
    if rows == 0 || columns == 0 {
        return Ok(columns);
    }
    let last = (rows - 1).checked_mul(row_stride).and_then(|start| start.checked_add(columns));
    match last {
        Some(end) if end <= len => Ok(if rows == 1 { columns } else { row_stride }),
        _ => Err(outside(len, rows, columns, row_stride)),
    }
}

fn outside(len: usize, rows: usize, columns: usize, row_stride: usize) -> TensorError {
    TensorError::Shape {
        op: "matrix",
        expected: format!("{rows} rows of {columns} values, {row_stride} apart"),
        received: [len].into(),
    }
}

/// Multiplies two matrices: `out = β·out + lhs · rhs`.
///
/// With `beta` 0 what `out` held is not read. Large products are split over threads (see
/// [`threads`]); each value is summed in the same order whatever their number.
///
/// # Errors
/// [`TensorError::Product`] if the shapes do not fit.
///
/// ```
/// use cornu_tensor::kernels::{Matrix, MatrixMut, product};
///
/// let x = [1.0_f32, 2.0, 3.0, 4.0]; // (2, 2)
/// let kernel = [1.0, 0.0, 0.0, 2.0];
/// let mut y = [0.0; 4];
/// product(MatrixMut::new(&mut y, 2, 2)?, 0.0, Matrix::new(&x, 2, 2)?, Matrix::new(&kernel, 2, 2)?)?;
/// assert_eq!(y, [1.0, 4.0, 3.0, 8.0]);
/// # Ok::<(), cornu_tensor::TensorError>(())
/// ```
pub fn product<T: Scalar>(
    out: MatrixMut<'_, T>,
    beta: T,
    lhs: Matrix<'_, T>,
    rhs: Matrix<'_, T>,
) -> Result<(), TensorError> {
    if lhs.columns != rhs.rows || out.rows != lhs.rows || out.columns != rhs.columns {
        return Err(TensorError::Product {
            op: "product",
            lhs: (lhs.rows, lhs.columns),
            rhs: (rhs.rows, rhs.columns),
            out: (out.rows, out.columns),
        });
    }
    let work = out.rows.saturating_mul(out.columns).saturating_mul(lhs.columns);
    if out.rows == 0 || out.columns == 0 {
        return Ok(());
    }
    if work <= SMALL {
        small::product(out, beta, lhs, rhs);
        return Ok(());
    }
    #[cfg(feature = "simd")]
    if few_rows::fits(&lhs, &rhs) {
        few_rows::product(out, beta, lhs, rhs);
        return Ok(());
    }
    Call {
        rows: out.rows,
        columns: out.columns,
        depth: lhs.columns,
        out: out.values.as_mut_ptr(),
        out_strides: [out.row_stride, 1],
        beta,
        lhs: lhs.values.as_ptr(),
        lhs_strides: [lhs.row_stride, lhs.column_stride],
        rhs: rhs.values.as_ptr(),
        rhs_strides: [rhs.row_stride, rhs.column_stride],
    }
    .run(threads::for_work(if out.rows.min(out.columns) < FEW { work / 8 } else { work }));
    Ok(())
}

/// A product as `gemm` takes it. Strides are those from row to row and from column to column.
#[derive(Clone, Copy)]
struct Call<T> {
    rows: usize,
    columns: usize,
    depth: usize,
    out: *mut T,
    out_strides: [usize; 2],
    beta: T,
    lhs: *const T,
    lhs_strides: [usize; 2],
    rhs: *const T,
    rhs_strides: [usize; 2],
}

// SAFETY: the pointers come from slices that `product` borrows until all calls are done, and calls that run at the same
// time write to different values.
unsafe impl<T: Send + Sync> Send for Call<T> {}

impl<T: Scalar> Call<T> {
    /// Runs the product on so many threads.
    fn run(self, threads: usize) {
        if threads > 1
            && let Some((before, after)) = self.halves()
        {
            threads::join(move || before.run(threads.div_ceil(2)), move || after.run(threads / 2));
            return;
        }
        if self.rows.max(self.columns) > MOST
            && let Some((before, after)) = self.halves()
        {
            before.run(1);
            after.run(1);
            return;
        }
        let [[out_rs, out_cs], [lhs_rs, lhs_cs], [rhs_rs, rhs_cs]] =
            [self.out_strides, self.lhs_strides, self.rhs_strides].map(|strides| strides.map(|stride| stride as isize));
        // SAFETY: each matrix lies in its slice (checked when it was made, for these rows, columns and strides, or for
        // a larger matrix of which this is a part; strides are at most the slice's length and so fit an isize), `out`
        // is borrowed mutably and its rows do not overlap, the inner dimensions agree, and T is f32 or f64 (Scalar is
        // sealed), which gemm knows.
        unsafe {
            gemm::gemm(
                self.rows,
                self.columns,
                self.depth,
                self.out,
                out_cs,
                out_rs,
                !self.beta.is_zero(),
                self.lhs,
                lhs_cs,
                lhs_rs,
                self.rhs,
                rhs_cs,
                rhs_rs,
                self.beta,
                T::one(),
                false,
                false,
                false,
                gemm::Parallelism::None,
            );
        }
    }

    /// The left and the right columns, or the upper and the lower rows, if they are worth a thread each.
    fn halves(self) -> Option<(Self, Self)> {
        let middle = |len: usize| Some((len / 2).next_multiple_of(LEAST)).filter(|&middle| middle + LEAST <= len);
        // Rows, if there are so many more of them that the parts of their columns would not fill a call.
        let columns = if self.rows > self.columns.max(MOST) { None } else { middle(self.columns) };
        if let Some(columns) = columns {
            let before = Self { columns, ..self };
            // SAFETY: a column of the matrix, so the pointers stay in their slices.
            let (out, rhs) =
                unsafe { (self.out.add(columns * self.out_strides[1]), self.rhs.add(columns * self.rhs_strides[1])) };
            return Some((before, Self { columns: self.columns - columns, out, rhs, ..self }));
        }
        let rows = middle(self.rows)?;
        let before = Self { rows, ..self };
        // SAFETY: a row of the matrix, so the pointers stay in their slices.
        let (out, lhs) =
            unsafe { (self.out.add(rows * self.out_strides[0]), self.lhs.add(rows * self.lhs_strides[0])) };
        Some((before, Self { rows: self.rows - rows, out, lhs, ..self }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(len: usize, seed: u64) -> Vec<f64> {
        (0..len as u64).map(|i| ((i * 7919 + seed * 104_729) % 1000) as f64 / 500.0 - 1.0).collect()
    }

    proptest! {
        #[test]
        fn as_the_sum_of_products(m in 0_usize..20, n in 0_usize..20, k in 0_usize..20,
                                  ta: bool, tb: bool, add: bool) {
            let (a, b, start) = (values(m * k, 1), values(k * n, 2), values(m * n, 3));
            let lhs = if ta { Matrix::new(&a, k, m)?.transposed() } else { Matrix::new(&a, m, k)? };
            let rhs = if tb { Matrix::new(&b, n, k)?.transposed() } else { Matrix::new(&b, k, n)? };
            let mut out = start.clone();
            let beta = if add { 1.0 } else { 0.0 };
            product(MatrixMut::new(&mut out, m, n)?, beta, lhs, rhs)?;
            for i in 0..m { for j in 0..n {
                let sum: f64 = (0..k).map(|p| {
                    let x = if ta { a[p * m + i] } else { a[i * k + p] };
                    let y = if tb { b[j * k + p] } else { b[p * n + j] };
                    x * y
                }).sum();
                let expected = sum + beta * start[i * n + j];
                prop_assert!((out[i * n + j] - expected).abs() < 1e-12);
            }}
        }

        #[test]
        fn nan_in_the_output_is_not_read(m in 1_usize..40, n in 1_usize..40) {
            let (a, b) = (values(m * 3, 1), values(3 * n, 2));
            let mut out = vec![f64::NAN; m * n];
            product(MatrixMut::new(&mut out, m, n)?, 0.0, Matrix::new(&a, m, 3)?, Matrix::new(&b, 3, n)?)?;
            prop_assert!(out.iter().all(|v| v.is_finite()));
        }
    }

    #[test]
    fn the_same_bits_on_any_number_of_threads() {
        for (m, n, k) in [(128, 512, 784), (256, 1000, 333), (784, 512, 128), (1, 4096, 4096), (600, 60, 900)] {
            let a: Vec<f32> = values(m * k, 1).iter().map(|&v| v as f32).collect();
            let b: Vec<f32> = values(k * n, 2).iter().map(|&v| v as f32).collect();
            let mut runs = Vec::new();
            for limit in [1, 2, 3, 0] {
                threads::set_threads(limit);
                let mut out = vec![0.0_f32; m * n];
                let (lhs, rhs) = (Matrix::new(&a, m, k).unwrap(), Matrix::new(&b, k, n).unwrap());
                product(MatrixMut::new(&mut out, m, n).unwrap(), 0.0, lhs, rhs).unwrap();
                runs.push(out);
            }
            threads::set_threads(0);
            assert!(runs.iter().all(|run| run == &runs[0]), "{m}x{k} times {k}x{n}");
        }
    }

    #[test]
    fn wrong_shapes_are_errors() {
        let a = [0.0_f32; 6];
        assert!(Matrix::new(&a, 2, 4).is_err());
        assert!(Matrix::strided(&a, usize::MAX, 2, usize::MAX).is_err());
        let mut out = [0.0; 6];
        assert!(MatrixMut::strided(&mut out, 3, 2, 1).is_err());
        let (lhs, rhs) = (Matrix::new(&a, 2, 3).unwrap(), Matrix::new(&a, 2, 3).unwrap());
        assert!(product(MatrixMut::new(&mut out, 2, 3).unwrap(), 0.0, lhs, rhs).is_err());
    }
}
