//! The matrix product, `out = β·out + lhs · rhs`.
//!
//! There is a kernel for tiny matrices, two for a few rows, and one for all others; threads share the columns or the rows
//! among them.

use super::output::Output;
use super::{dots, few_rows, packed, small};
use crate::{Scalar, TensorError, threads};

/// Multiply-adds up to which a plain loop beats vectors.
const SMALL: usize = 2048;

/// A thread gets a multiple of so many columns or rows: whole vectors and whole tiles.
const PIECE: usize = 16;

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

    /// The first `columns` columns, and the rest; there are more than so many.
    fn split_columns(self, columns: usize) -> (Self, Self) {
        let after = self.values.get(columns * self.column_stride..).unwrap_or_default();
        (Self { columns, ..self }, Self { values: after, columns: self.columns - columns, ..self })
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
    // A column that lies in one piece is a row.
    let (out, lhs, rhs) = match out {
        MatrixMut { values, rows, columns: 1, row_stride: 1 } => {
            (MatrixMut { values, rows: 1, columns: rows, row_stride: rows }, rhs.transposed(), lhs.transposed())
        }
        out => (out, lhs, rhs),
    };
    let threads = threads::for_work(if out.rows.min(out.columns) < FEW { work / 8 } else { work });
    let kernel = if dots::fits(&lhs, &rhs) {
        dots::product
    } else if few_rows::fits(&lhs, &rhs) {
        few_rows::product
    } else {
        packed::product
    };
    share(threads, kernel, Product { out: Output::new(out), beta, lhs, rhs });
    Ok(())
}

/// What a kernel computes. The shapes fit, and `out` has a row and a column.
pub(super) struct Product<'a, T> {
    pub(super) out: Output<'a, T>,
    pub(super) beta: T,
    pub(super) lhs: Matrix<'a, T>,
    pub(super) rhs: Matrix<'a, T>,
}

/// Runs a kernel, which sums every value in an order that does not depend on the rows and columns around it, on so many
/// threads.
fn share<T: Scalar>(threads: usize, kernel: fn(Product<'_, T>), product: Product<'_, T>) {
    let Product { out, beta, lhs, rhs } = product;
    if threads < 2 || out.rows().max(out.columns()) < 2 * PIECE {
        return kernel(Product { out, beta, lhs, rhs });
    }
    // What is not cut is read by both.
    let (before, after) = if out.columns() >= out.rows() {
        let middle = (out.columns() / 2).next_multiple_of(PIECE);
        let (before, after) = out.split_columns(middle);
        let (left, right) = rhs.split_columns(middle);
        (Product { out: before, beta, lhs, rhs: left }, Product { out: after, beta, lhs, rhs: right })
    } else {
        let middle = (out.rows() / 2).next_multiple_of(PIECE);
        let (before, after) = out.split_rows(middle);
        let (above, below) = lhs.transposed().split_columns(middle);
        let (above, below) = (above.transposed(), below.transposed());
        (Product { out: before, beta, lhs: above, rhs }, Product { out: after, beta, lhs: below, rhs })
    };
    threads::join(|| share(threads.div_ceil(2), kernel, before), || share(threads / 2, kernel, after));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(len: usize, seed: u64) -> Vec<f64> {
        (0..len as u64).map(|i| ((i * 7919 + seed * 104_729) % 1000) as f64 / 500.0 - 1.0).collect()
    }

    /// Rows, columns and steps around the sizes at which another kernel or another tile begins.
    fn sizes() -> impl Strategy<Value = (usize, usize, usize)> {
        prop_oneof![
            (0_usize..20, 0_usize..20, 0_usize..20),
            (1_usize..40, 1_usize..120, 1_usize..60),
            (1_usize..9, 60_usize..140, 1_usize..40),
            (1_usize..70, 1_usize..4, 1_usize..200),
            (250_usize..270, 1_usize..60, 1_usize..5),
            (1_usize..20, 40_usize..60, 500_usize..530),
        ]
    }

    proptest! {
        #[test]
        fn as_the_sum_of_products((m, n, k) in sizes(), ta: bool, tb: bool, beta in 0_usize..3, gap in 0_usize..3) {
            let (a, b, start) = (values(m * k, 1), values(k * n, 2), values(m * (n + gap), 3));
            let lhs = if ta { Matrix::new(&a, k, m)?.transposed() } else { Matrix::new(&a, m, k)? };
            let rhs = if tb { Matrix::new(&b, n, k)?.transposed() } else { Matrix::new(&b, k, n)? };
            let (mut out, beta) = (start.clone(), [0.0, 1.0, -0.5][beta]);
            product(MatrixMut::strided(&mut out, m, n, n + gap)?, beta, lhs, rhs)?;
            for i in 0..m { for j in 0..n + gap {
                let sum = || (0..k).map(|p| {
                    let x = if ta { a[p * m + i] } else { a[i * k + p] };
                    let y = if tb { b[j * k + p] } else { b[p * n + j] };
                    x * y
                }).sum::<f64>();
                let before = start[i * (n + gap) + j];
                let expected = if j < n { sum() + beta * before } else { before };
                prop_assert!((out[i * (n + gap) + j] - expected).abs() < 1e-11);
            }}
        }

        #[test]
        fn a_part_has_the_bits_of_the_whole(m in 1_usize..40, n in 97_usize..200, k in 1_usize..600, ta: bool, tb: bool) {
            let narrow = |values: Vec<f64>| values.iter().map(|&value| value as f32).collect::<Vec<f32>>();
            let (a, b) = (narrow(values(m * k, 1)), narrow(values(k * n, 2)));
            let lhs = if ta { Matrix::new(&a, k, m)?.transposed() } else { Matrix::new(&a, m, k)? };
            let rhs = if tb { Matrix::new(&b, n, k)?.transposed() } else { Matrix::new(&b, k, n)? };
            let run = |threads: usize| {
                let mut out = vec![f32::NAN; m * n];
                let product = Product { out: Output::new(MatrixMut::new(&mut out, m, n).unwrap()), beta: 0.0, lhs, rhs };
                share(threads, packed::product, product);
                out
            };
            let whole = run(1);
            for threads in 2..6 {
                prop_assert_eq!(&run(threads), &whole);
            }
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
