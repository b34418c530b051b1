//! Borrowed tensors: a shape over a slice of values.

use std::ops::Range;

use crate::{Shape, TensorError};

/// A borrowed tensor. It is copied freely and shares the values.
///
/// ```
/// use cornu_tensor::Tensor;
///
/// let x = Tensor::from([[1.0_f32, 2.0], [3.0, 4.0], [5.0, 6.0]]);
/// let last_two = x.view().rows(1..3)?;
/// assert_eq!(last_two.as_slice(), [3.0, 4.0, 5.0, 6.0]);
/// # Ok::<(), cornu_tensor::TensorError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View<'a, T> {
    shape: Shape,
    values: &'a [T],
}

impl<'a, T> View<'a, T> {
    /// Sees `values` as a tensor of this shape.
    ///
    /// # Errors
    /// [`TensorError::Length`] if their numbers differ.
    pub fn new(shape: impl Into<Shape>, values: &'a [T]) -> Result<Self, TensorError> {
        let shape = shape.into();
        if shape.size() != values.len() {
            return Err(TensorError::Length { shape, received: values.len() });
        }
        Ok(Self { shape, values })
    }

    pub(crate) fn trusted(shape: Shape, values: &'a [T]) -> Self {
        debug_assert_eq!(shape.size(), values.len());
        Self { shape, values }
    }

    /// The shape.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The values, row-major.
    #[must_use]
    pub fn as_slice(&self) -> &'a [T] {
        self.values
    }

    /// A range along the first dimension, without a copy.
    ///
    /// # Errors
    /// [`TensorError::Rows`] if the range leaves the tensor.
    pub fn rows(&self, range: Range<usize>) -> Result<Self, TensorError> {
        let (shape, span) = row_span(self.shape, &range)?;
        Ok(Self { shape, values: &self.values[span] })
    }

    /// The same values under another shape.
    ///
    /// # Errors
    /// [`TensorError::Length`] if the number of values differs.
    pub fn reshaped(&self, shape: impl Into<Shape>) -> Result<Self, TensorError> {
        Self::new(shape, self.values)
    }
}

/// A borrowed tensor that can be written to.
#[derive(Debug, PartialEq)]
pub struct ViewMut<'a, T> {
    shape: Shape,
    values: &'a mut [T],
}

impl<'a, T> ViewMut<'a, T> {
    /// Sees `values` as a tensor of this shape.
    ///
    /// # Errors
    /// [`TensorError::Length`] if their numbers differ.
    pub fn new(shape: impl Into<Shape>, values: &'a mut [T]) -> Result<Self, TensorError> {
        let shape = shape.into();
        if shape.size() != values.len() {
            return Err(TensorError::Length { shape, received: values.len() });
        }
        Ok(Self { shape, values })
    }

    pub(crate) fn trusted(shape: Shape, values: &'a mut [T]) -> Self {
        debug_assert_eq!(shape.size(), values.len());
        Self { shape, values }
    }

    /// The shape.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The values, row-major.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        self.values
    }

    /// The values, row-major, to write to.
    #[must_use]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        self.values
    }

    /// A shorter loan of the same values.
    #[must_use]
    pub fn reborrow(&mut self) -> ViewMut<'_, T> {
        ViewMut { shape: self.shape, values: self.values }
    }

    /// The same values, to read.
    #[must_use]
    pub fn view(&self) -> View<'_, T> {
        View { shape: self.shape, values: self.values }
    }

    /// A range along the first dimension, without a copy.
    ///
    /// # Errors
    /// [`TensorError::Rows`] if the range leaves the tensor.
    pub fn rows(self, range: Range<usize>) -> Result<Self, TensorError> {
        let (shape, span) = row_span(self.shape, &range)?;
        Ok(Self { shape, values: &mut self.values[span] })
    }
}

/// The shape of a range of rows, and where its values lie.
fn row_span(shape: Shape, range: &Range<usize>) -> Result<(Shape, Range<usize>), TensorError> {
    let rows = if shape.rank() == 0 { 0 } else { shape.batch() };
    if range.start > range.end || range.end > rows {
        return Err(TensorError::Rows { start: range.start, end: range.end, rows });
    }
    let sample = shape.sample();
    let len = sample.size();
    Ok((sample.with_batch(range.len())?, range.start * len..range.end * len))
}
