//! Tensors from and to Rust's arrays and nalgebra's matrices.
//!
//! nalgebra stores a matrix column by column. A row-major `(n, f)` tensor is, byte for byte, a column-major
//! `f × n` matrix: so each conversion is one transposition, and it is written here and nowhere else.

use nalgebra::{DMatrix, DMatrixView, DVector};

use crate::{Scalar, Shape, Tensor, TensorError};

impl<T: Scalar, const N: usize> From<[T; N]> for Tensor<T> {
    fn from(values: [T; N]) -> Self {
        Self::from_fn([N], |i| values[i])
    }
}

impl<T: Scalar, const N: usize, const M: usize> From<[[T; M]; N]> for Tensor<T> {
    fn from(rows: [[T; M]; N]) -> Self {
        let values = rows.as_flattened();
        Self::from_fn([N, M], |i| values[i])
    }
}

impl<T: Scalar, const N: usize, const M: usize, const L: usize> From<[[[T; L]; M]; N]> for Tensor<T> {
    fn from(blocks: [[[T; L]; M]; N]) -> Self {
        let values = blocks.as_flattened().as_flattened();
        Self::from_fn([N, M, L], |i| values[i])
    }
}

impl<T> From<Vec<T>> for Tensor<T> {
    fn from(values: Vec<T>) -> Self {
        Self::vector(values)
    }
}

impl<T: Scalar> From<&DMatrix<T>> for Tensor<T> {
    fn from(matrix: &DMatrix<T>) -> Self {
        Self::from_dmatrix(matrix)
    }
}

impl<T: Scalar> From<&DVector<T>> for Tensor<T> {
    fn from(vector: &DVector<T>) -> Self {
        Self::from_fn([vector.len()], |i| vector[i])
    }
}

impl<T: Scalar> Tensor<T> {
    /// A matrix as a tensor of shape `(rows, columns)`: rows stay rows.
    ///
    /// ```
    /// use cornu_tensor::Tensor;
    /// use nalgebra::DMatrix;
    ///
    /// let m = DMatrix::from_row_slice(2, 3, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    /// let t = Tensor::from_dmatrix(&m);
    /// assert_eq!(t, Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]));
    /// assert_eq!(t.to_dmatrix()?, m);
    /// # Ok::<(), cornu_tensor::TensorError>(())
    /// ```
    #[must_use]
    pub fn from_dmatrix(matrix: &DMatrix<T>) -> Self {
        let columns = matrix.ncols();
        Self::from_fn([matrix.nrows(), columns], |i| matrix[(i / columns, i % columns)])
    }

    /// A tensor of rank 2 as a matrix, rows as rows.
    ///
    /// # Errors
    /// [`TensorError::Shape`] for any other rank.
    pub fn to_dmatrix(&self) -> Result<DMatrix<T>, TensorError> {
        match self.shape().dims() {
            &[rows, columns] => Ok(DMatrix::from_row_slice(rows, columns, self.as_slice())),
            _ => Err(wrong_rank("to_dmatrix", 2, self.shape())),
        }
    }

    /// A tensor of rank 1 as a vector.
    ///
    /// # Errors
    /// [`TensorError::Shape`] for any other rank.
    pub fn to_dvector(&self) -> Result<DVector<T>, TensorError> {
        match self.shape().dims() {
            [_] => Ok(DVector::from_column_slice(self.as_slice())),
            _ => Err(wrong_rank("to_dvector", 1, self.shape())),
        }
    }

    /// The tensor as nalgebra sees its memory, free of charge: one column a row, `last dimension × rows`.
    ///
    /// ```
    /// use cornu_tensor::Tensor;
    ///
    /// let batch = Tensor::from([[1.0_f32, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(batch.columns().column(1).as_slice(), [4.0, 5.0, 6.0]); // the second sample
    /// ```
    #[must_use]
    pub fn columns(&self) -> DMatrixView<'_, T> {
        DMatrixView::from_slice(self.as_slice(), self.shape().last_dim(), self.shape().rows())
    }
}

fn wrong_rank(op: &'static str, rank: usize, received: Shape) -> TensorError {
    TensorError::Shape { op, expected: format!("a tensor of rank {rank}"), received }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_stay_rows(rows in 0_usize..7, columns in 0_usize..7) {
            let t = Tensor::from_fn([rows, columns], |i| i as f64);
            let m = t.to_dmatrix()?;
            prop_assert_eq!(m.shape(), (rows, columns));
            for i in 0..rows { for j in 0..columns {
                prop_assert_eq!(Some(&m[(i, j)]), t.get(&[i, j]));
            }}
            prop_assert_eq!(&Tensor::from(&m), &t);
            prop_assert_eq!(t.columns().transpose(), m);
        }

        #[test]
        fn vectors_come_back(values in prop::collection::vec(-1e6_f32..1e6, 0..9)) {
            let t = Tensor::from(values);
            prop_assert_eq!(&Tensor::from(&t.to_dvector()?), &t);
        }
    }

    #[test]
    fn other_ranks_are_refused() {
        assert!(Tensor::<f32>::zeros([2]).to_dmatrix().is_err());
        assert!(Tensor::<f32>::zeros([2, 2]).to_dvector().is_err());
    }
}
