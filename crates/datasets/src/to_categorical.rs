//! Classes as ones among zeros: Keras's `keras.utils.to_categorical`.

use cornu_tensor::{Scalar, Tensor};

use crate::DatasetError;
use crate::dataset::argument;

/// For every class number `c`, as many values as there are classes: 1 at position `c`, 0 elsewhere.
///
/// Shape `(…)` becomes `(…, num_classes)`; a last dimension of 1 is replaced, except that of a shape `(1,)`. `None`
/// for `num_classes` is one more than the largest number, and so is 0, as in Keras.
///
/// Keras cuts fractions off and counts negative numbers from the end. Here both are errors: a class is no such number.
///
/// ```
/// use cornu_datasets::to_categorical;
/// use cornu_tensor::Tensor;
///
/// let y = Tensor::from([0.0_f32, 2.0]);
/// assert_eq!(to_categorical(&y, None)?, Tensor::from([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]));
/// assert_eq!(to_categorical(&y, 4)?.shape(), [2, 4].into());
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
///
/// # Errors
/// [`DatasetError::Argument`] for a number that is no class, or for no numbers without `num_classes`;
/// [`DatasetError::Tensor`] for a shape that no tensor can have.
pub fn to_categorical<T: Scalar>(
    x: &Tensor<T>,
    num_classes: impl Into<Option<usize>>,
) -> Result<Tensor<T>, DatasetError> {
    let numbers = classes(x).ok_or_else(|| {
        let received = x.as_slice().iter().find(|&&value| class(value).is_none());
        argument("x", "class numbers: 0, 1, 2 …".to_owned(), received.map_or(f64::NAN, |value| value.to_f64()))
    })?;
    let largest = numbers.iter().copied().max();
    let count = match num_classes.into().filter(|&count| count > 0) {
        Some(count) => count,
        None => largest.ok_or_else(|| argument("x", "at least one class number".to_owned(), "none"))? + 1,
    };
    if let Some(largest) = largest.filter(|&largest| largest >= count) {
        return Err(argument("x", format!("class numbers less than {count}, the number of classes"), largest));
    }
    let shape = x.shape();
    let shape = if shape.rank() > 1 && shape.last_dim() == 1 { shape.outer() } else { shape };
    let dims = [shape.dims(), &[count]].concat();
    let shape = cornu_tensor::Shape::new(&dims)?;
    let mut values = Vec::new();
    let too_many = |error| argument("num_classes", format!("a number for which memory suffices ({error})"), count);
    values.try_reserve_exact(shape.size()).map_err(too_many)?;
    values.resize(shape.size(), T::zero());
    for (row, number) in values.chunks_exact_mut(count).zip(numbers) {
        row[number] = T::one();
    }
    Ok(Tensor::new(shape, values)?)
}

/// The class numbers of a tensor, if all its values are such.
pub(crate) fn classes<T: Scalar>(x: &Tensor<T>) -> Option<Vec<usize>> {
    x.as_slice().iter().map(|&value| class(value)).collect()
}

/// A whole number from 0 that the type tells from its neighbours.
fn class<T: Scalar>(value: T) -> Option<usize> {
    let value = value.to_f64();
    (value >= 0.0 && value.fract() == 0.0 && value < 9e15).then_some(value as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_class() {
        let message = |values: &[f32], count: Option<usize>| {
            to_categorical(&Tensor::vector(values.to_vec()), count).unwrap_err().to_string()
        };
        for value in [-1.0, 0.5, f32::NAN, f32::INFINITY, -0.5] {
            let expected = format!("expected `x` to be class numbers: 0, 1, 2 …. Received: x={value}");
            assert_eq!(message(&[0.0, value], None), expected);
        }
        assert_eq!(message(&[], None), "expected `x` to be at least one class number. Received: x=none");
        let less = "expected `x` to be class numbers less than 2, the number of classes. Received: x=2";
        assert_eq!(message(&[0.0, 2.0], Some(2)), less);
        assert!(message(&[8e15], None).starts_with("expected `num_classes` to be a number for which memory suffices"));
        assert!(message(&[0.0], Some(usize::MAX)).starts_with("expected dimensions whose product"));
    }

    #[test]
    fn no_numbers_of_known_classes() -> Result<(), DatasetError> {
        assert_eq!(to_categorical(&Tensor::<f32>::zeros([0]), 3)?.shape(), [0, 3].into());
        Ok(())
    }
}
