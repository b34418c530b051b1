//! An owned array of any number of dimensions.

use crate::{Scalar, Shape, TensorError, View, ViewMut};

/// An array: a [`Shape`] and its values, contiguous and row-major.
///
/// It is made from nested arrays, from a shape and values, or from a nalgebra matrix or vector
/// ([`Tensor::from_dmatrix`]).
///
/// ```
/// use cornu_tensor::Tensor;
///
/// let kernel = Tensor::from([[1.0_f32, -2.0], [0.5, 4.0]]);
/// let bias = Tensor::<f32>::zeros([2]);
/// assert_eq!(kernel.get(&[1, 0]), Some(&0.5));
/// assert_eq!(bias.as_slice(), [0.0, 0.0]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor<T> {
    shape: Shape,
    values: Vec<T>,
}

impl<T> Default for Tensor<T> {
    /// No values: shape `(0,)`.
    fn default() -> Self {
        Self { shape: Shape::from([0]), values: Vec::new() }
    }
}

impl<T> Tensor<T> {
    /// A tensor of these values in row-major order.
    ///
    /// # Errors
    /// [`TensorError::Length`] if their number is not that of the shape.
    pub fn new(shape: impl Into<Shape>, values: Vec<T>) -> Result<Self, TensorError> {
        let shape = shape.into();
        if shape.size() != values.len() {
            return Err(TensorError::Length { shape, received: values.len() });
        }
        Ok(Self { shape, values })
    }

    /// A vector of these values: shape `(len,)`.
    #[must_use]
    pub fn vector(values: Vec<T>) -> Self {
        Self { shape: Shape::from([values.len()]), values }
    }

    /// A tensor whose value at row-major position `i` is `f(i)`.
    pub fn from_fn(shape: impl Into<Shape>, f: impl FnMut(usize) -> T) -> Self {
        let shape = shape.into();
        Self { shape, values: (0..shape.size()).map(f).collect() }
    }

    /// The shape.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The values, row-major.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.values
    }

    /// The values, row-major, to write to.
    #[must_use]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// The values, row-major.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.values
    }

    /// The value at this position, if there is one.
    #[must_use]
    pub fn get(&self, index: &[usize]) -> Option<&T> {
        if index.len() != self.shape.rank() {
            return None;
        }
        let mut offset = 0;
        for (&i, &dim) in index.iter().zip(self.shape.dims()) {
            if i >= dim {
                return None;
            }
            offset = offset * dim + i;
        }
        self.values.get(offset)
    }

    /// The whole tensor, borrowed.
    #[must_use]
    pub fn view(&self) -> View<'_, T> {
        View::trusted(self.shape, &self.values)
    }

    /// The whole tensor, borrowed to write to.
    #[must_use]
    pub fn view_mut(&mut self) -> ViewMut<'_, T> {
        ViewMut::trusted(self.shape, &mut self.values)
    }

    /// The same values under another shape.
    ///
    /// # Errors
    /// [`TensorError::Length`] if the number of values differs.
    pub fn reshape(self, shape: impl Into<Shape>) -> Result<Self, TensorError> {
        Self::new(shape, self.values)
    }
}

impl<T: Scalar> Tensor<T> {
    /// All zeros.
    pub fn zeros(shape: impl Into<Shape>) -> Self {
        Self::full(shape, T::zero())
    }

    /// One value everywhere.
    pub fn full(shape: impl Into<Shape>, value: T) -> Self {
        let shape = shape.into();
        Self { shape, values: vec![value; shape.size()] }
    }

    /// Takes another shape and keeps the memory: nothing is allocated unless it must grow.
    /// The values that were there stay in row-major order, new ones are zero.
    #[inline]
    pub fn resize(&mut self, shape: impl Into<Shape>) {
        let shape = shape.into();
        if shape != self.shape {
            self.shape = shape;
            self.values.resize(shape.size(), T::zero());
        }
    }

    /// A tensor of rows of equal length.
    ///
    /// # Errors
    /// [`TensorError::Ragged`] if the lengths differ.
    pub fn from_rows<R: AsRef<[T]>>(rows: &[R]) -> Result<Self, TensorError> {
        let width = rows.first().map_or(0, |row| row.as_ref().len());
        let mut values = Vec::with_capacity(rows.len() * width);
        for (i, row) in rows.iter().enumerate() {
            let row = row.as_ref();
            if row.len() != width {
                return Err(TensorError::Ragged { row: i, expected: width, received: row.len() });
            }
            values.extend_from_slice(row);
        }
        Self::new([rows.len(), width], values)
    }

    /// Class numbers as a vector of labels, as the sparse losses and metrics take them.
    ///
    /// ```
    /// use cornu_tensor::Tensor;
    /// let y = Tensor::<f32>::from_labels(&[0, 2, 1]);
    /// assert_eq!(y.as_slice(), [0.0, 2.0, 1.0]);
    /// ```
    #[must_use]
    pub fn from_labels(labels: &[usize]) -> Self {
        Self::from_fn([labels.len()], |i| T::of_count(labels[i]))
    }

    /// Every value in another type, rounded to the nearest.
    #[must_use]
    pub fn cast<U: Scalar>(&self) -> Tensor<U> {
        Tensor::from_fn(self.shape, |i| U::of(self.values[i].to_f64()))
    }

    /// Whether every value is finite.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        self.values.iter().all(T::is_finite)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_wrong_number_of_values_is_an_error() {
        let error = Tensor::new([2, 3], vec![0.0_f32; 5]);
        assert_eq!(error, Err(TensorError::Length { shape: Shape::from([2, 3]), received: 5 }));
        let ragged = Tensor::from_rows(&[vec![1.0_f32, 2.0], vec![3.0]]);
        assert_eq!(ragged, Err(TensorError::Ragged { row: 1, expected: 2, received: 1 }));
    }

    #[test]
    fn a_smaller_shape_keeps_the_memory() {
        let mut t = Tensor::<f32>::zeros([4, 4]);
        let at = t.as_slice().as_ptr();
        t.resize([2, 3]);
        t.resize([16]);
        assert_eq!(at, t.as_slice().as_ptr());
    }

    proptest! {
        #[test]
        fn get_is_row_major(a in 1_usize..5, b in 1_usize..5, c in 1_usize..5) {
            let t = Tensor::from_fn([a, b, c], |i| i);
            for i in 0..a { for j in 0..b { for k in 0..c {
                prop_assert_eq!(t.get(&[i, j, k]), Some(&((i * b + j) * c + k)));
            }}}
            prop_assert_eq!(t.get(&[a, 0, 0]), None);
        }

        #[test]
        fn rows_are_a_window(n in 1_usize..8, f in 0_usize..5, start in 0_usize..8, len in 0_usize..8) {
            let t = Tensor::from_fn([n, f], |i| i);
            let rows = t.view().rows(start..start + len);
            if start + len <= n {
                let rows = rows?;
                prop_assert_eq!(rows.shape(), Shape::from([len, f]));
                prop_assert_eq!(rows.as_slice(), &t.as_slice()[start * f..(start + len) * f]);
            } else {
                prop_assert!(rows.is_err());
            }
        }
    }
}
