//! The dimensions of a tensor, in the user's order.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::TensorError;

/// The most dimensions a [`Shape`] can have.
pub const MAX_RANK: usize = 8;

/// The dimensions of a tensor. A scalar has none.
///
/// A shape is a small value that is copied, not allocated.
///
/// ```
/// use cornu_tensor::Shape;
///
/// let shape = Shape::from([28, 28, 3]);
/// assert_eq!(shape.rank(), 3);
/// assert_eq!(shape.size(), 28 * 28 * 3);
/// assert_eq!(shape.to_string(), "(28, 28, 3)");
/// assert_eq!(shape.with_batch(10)?.dims(), [10, 28, 28, 3]);
/// # Ok::<(), cornu_tensor::TensorError>(())
/// ```
#[derive(Clone, Copy, Eq, Default)]
pub struct Shape {
    rank: u8,
    dims: [usize; MAX_RANK],
}

impl Shape {
    /// A shape of these dimensions.
    ///
    /// # Errors
    /// [`TensorError::Rank`] if there are more than [`MAX_RANK`], [`TensorError::TooLarge`] if their
    /// product overflows.
    pub fn new(dims: &[usize]) -> Result<Self, TensorError> {
        if dims.len() > MAX_RANK {
            return Err(TensorError::Rank { received: dims.len() });
        }
        let product = dims.iter().try_fold(1_usize, |product, &d| product.checked_mul(d));
        Self::copied(dims).if_not_larger(product)
    }

    /// The shape, if so many values can be held.
    #[inline]
    fn if_not_larger(self, size: Option<usize>) -> Result<Self, TensorError> {
        // A Vec holds at most isize::MAX bytes, 8 a value at most.
        match size {
            Some(size) if size <= isize::MAX as usize / 8 => Ok(self),
            _ => Err(TensorError::TooLarge { dims: self.dims().to_vec() }),
        }
    }

    /// Copies at most `MAX_RANK` dimensions.
    fn copied(dims: &[usize]) -> Self {
        let mut shape = Self { rank: dims.len().min(MAX_RANK) as u8, dims: [0; MAX_RANK] };
        for (own, &dim) in shape.dims.iter_mut().zip(dims) {
            *own = dim;
        }
        shape
    }

    /// The dimensions, outermost first.
    #[inline]
    #[must_use]
    pub fn dims(&self) -> &[usize] {
        &self.dims[..usize::from(self.rank)]
    }

    /// The number of dimensions.
    #[inline]
    #[must_use]
    pub fn rank(&self) -> usize {
        usize::from(self.rank)
    }

    /// The number of values: the product of the dimensions, 1 for a scalar.
    #[inline]
    #[must_use]
    pub fn size(&self) -> usize {
        product(self.dims())
    }

    /// The last dimension, 1 for a scalar: the length of a row in memory.
    #[inline]
    #[must_use]
    pub fn last_dim(&self) -> usize {
        self.dims().last().copied().unwrap_or(1)
    }

    /// The number of rows: the product of all dimensions but the last.
    #[inline]
    #[must_use]
    pub fn rows(&self) -> usize {
        self.dims().split_last().map_or(1, |(_, outer)| product(outer))
    }

    /// The first dimension, 1 for a scalar: the number of samples of a batch.
    #[inline]
    #[must_use]
    pub fn batch(&self) -> usize {
        self.dims().first().copied().unwrap_or(1)
    }

    /// The shape of one sample of a batch: all dimensions but the first.
    #[inline]
    #[must_use]
    pub fn sample(&self) -> Self {
        let mut dims = [0; MAX_RANK];
        dims[..MAX_RANK - 1].copy_from_slice(&self.dims[1..]);
        Self { rank: self.rank.saturating_sub(1), dims }
    }

    /// The shape of one number a row: all dimensions but the last.
    #[inline]
    #[must_use]
    pub fn outer(&self) -> Self {
        let mut shape = Self { rank: self.rank.saturating_sub(1), dims: self.dims };
        if self.rank > 0 {
            shape.dims[usize::from(self.rank) - 1] = 0;
        }
        shape
    }

    /// The shape of a batch of samples of this shape.
    ///
    /// # Errors
    /// As [`Shape::new`].
    #[inline]
    pub fn with_batch(&self, samples: usize) -> Result<Self, TensorError> {
        if self.rank() == MAX_RANK {
            return Err(TensorError::Rank { received: MAX_RANK + 1 });
        }
        let mut shape = Self { rank: self.rank + 1, dims: [samples; MAX_RANK] };
        shape.dims[1..].copy_from_slice(&self.dims[..MAX_RANK - 1]);
        shape.if_not_larger(self.size().checked_mul(samples))
    }

    /// The same shape with another dimension at `axis`; an axis that it does not have is left out.
    ///
    /// # Errors
    /// As [`Shape::new`].
    pub fn with_dim(&self, axis: usize, dim: usize) -> Result<Self, TensorError> {
        let mut other = *self;
        if axis < self.rank() {
            other.dims[axis] = dim;
        }
        Self::new(other.dims())
    }

    /// The same shape with another last dimension; a scalar becomes a vector.
    ///
    /// # Errors
    /// As [`Shape::new`].
    pub fn with_last(&self, last: usize) -> Result<Self, TensorError> {
        let mut other = *self;
        other.rank = other.rank.max(1);
        other.dims[other.rank() - 1] = last;
        Self::new(other.dims())
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    /// An array of more than [`MAX_RANK`] dimensions does not compile.
    fn from(dims: [usize; N]) -> Self {
        const { assert!(N <= MAX_RANK, "a shape has at most 8 dimensions") }
        Self::copied(&dims)
    }
}

impl From<usize> for Shape {
    /// One dimension.
    fn from(dim: usize) -> Self {
        Self::from([dim])
    }
}

impl From<(usize,)> for Shape {
    /// As Python writes one dimension: `(4,)`.
    fn from((dim,): (usize,)) -> Self {
        Self::from([dim])
    }
}

impl From<(usize, usize)> for Shape {
    fn from((a, b): (usize, usize)) -> Self {
        Self::from([a, b])
    }
}

impl From<(usize, usize, usize)> for Shape {
    fn from((a, b, c): (usize, usize, usize)) -> Self {
        Self::from([a, b, c])
    }
}

impl TryFrom<&[usize]> for Shape {
    type Error = TensorError;

    fn try_from(dims: &[usize]) -> Result<Self, TensorError> {
        Self::new(dims)
    }
}

/// All dimensions are compared, also those that are not there: they are 0, and no loop is needed.
impl PartialEq for Shape {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        let differences = self.dims.iter().zip(&other.dims).fold(0, |all, (a, b)| all | (a ^ b));
        differences == 0 && self.rank == other.rank
    }
}

impl Hash for Shape {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.dims().hash(state);
    }
}

/// The product of some dimensions; where it leaves what can be counted, the largest count.
fn product(dims: &[usize]) -> usize {
    dims.iter().fold(1, |product, &dim| product.saturating_mul(dim))
}

/// As Python prints a tuple: `(2, 3)`, `(4,)`, `()`.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.dims() {
            [one] => write!(f, "({one},)"),
            dims => {
                f.write_str("(")?;
                for (i, dim) in dims.iter().enumerate() {
                    write!(f, "{}{dim}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
        }
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn prints_as_python() {
        assert_eq!(Shape::from([]).to_string(), "()");
        assert_eq!(Shape::from([4]).to_string(), "(4,)");
        assert_eq!(Shape::from([4, 2]).to_string(), "(4, 2)");
    }

    #[test]
    fn as_python_writes_it() {
        assert_eq!(Shape::from(4), Shape::from((4,)));
        assert_eq!(Shape::from((28, 28)), Shape::from([28, 28]));
        assert_eq!(Shape::from((28, 28, 1)), Shape::from([28, 28, 1]));
    }

    #[test]
    fn refuses_what_it_cannot_hold() {
        assert_eq!(Shape::new(&[1; 9]), Err(TensorError::Rank { received: 9 }));
        assert!(matches!(Shape::new(&[usize::MAX, 2]), Err(TensorError::TooLarge { .. })));
        assert!(Shape::from([1; 8]).with_batch(2).is_err());
    }

    proptest! {
        #[test]
        fn batch_and_sample_undo_each_other(dims in prop::collection::vec(0_usize..9, 0..7), n in 0_usize..9) {
            let sample = Shape::new(&dims)?;
            let batch = sample.with_batch(n)?;
            prop_assert_eq!(batch.sample(), sample);
            prop_assert_eq!(batch.batch(), n);
            prop_assert_eq!(batch.size(), n * sample.size());
            prop_assert_eq!(batch.rows() * batch.last_dim(), batch.size());
            prop_assert_eq!(batch.outer().size(), batch.rows());
        }
    }
}
