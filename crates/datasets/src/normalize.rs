//! Vectors of length one: Keras's `keras.utils.normalize`.

use cornu_tensor::{Scalar, Tensor, TensorError};

use crate::DatasetError;
use crate::dataset::argument;

/// Every vector along `axis` divided by its norm, `‖x‖ = (∑ |xᵢ|ᵖ)^(1/p)` with `p = order`; one whose norm is 0 stays
/// as it is.
///
/// Keras's defaults are `axis` −1, the last dimension, and `order` 2. As in NumPy, `order` infinity is the largest
/// `|xᵢ|`, minus infinity the smallest, and 0 counts the values that are not 0.
///
/// ```
/// use cornu_datasets::normalize;
/// use cornu_tensor::Tensor;
///
/// let x = Tensor::from([[3.0_f32, 4.0], [0.0, 0.0]]);
/// assert_eq!(normalize(&x, -1, 2.0)?, Tensor::from([[0.6, 0.8], [0.0, 0.0]]));
/// assert_eq!(normalize(&x, -1, f64::INFINITY)?, Tensor::from([[0.75, 1.0], [0.0, 0.0]]));
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
///
/// # Errors
/// [`DatasetError::Tensor`] for an axis that the tensor does not have; [`DatasetError::Argument`] if `order` is no
/// number.
pub fn normalize<T: Scalar>(x: &Tensor<T>, axis: isize, order: f64) -> Result<Tensor<T>, DatasetError> {
    if order.is_nan() {
        return Err(argument("order", "a number".to_owned(), order));
    }
    let shape = x.shape();
    let rank = shape.rank();
    let counted = if axis < 0 { axis.checked_add_unsigned(rank) } else { Some(axis) };
    let Some(axis) = counted.and_then(|axis| usize::try_from(axis).ok()).filter(|&axis| axis < rank) else {
        let expected = format!("a tensor that has the axis {axis}");
        return Err(TensorError::Shape { op: "normalize", expected, received: shape }.into());
    };
    let (dim, step) = (shape.dims()[axis], shape.dims()[axis + 1..].iter().product::<usize>());
    let mut result = x.clone();
    let block = dim * step;
    if block == 0 {
        return Ok(result);
    }
    for block in result.as_mut_slice().chunks_exact_mut(block) {
        for first in 0..step {
            let norm = norm(block.iter().skip(first).step_by(step).map(|value| value.to_f64().abs()), order);
            if norm != 0.0 {
                for value in block.iter_mut().skip(first).step_by(step) {
                    *value = T::of(value.to_f64() / norm);
                }
            }
        }
    }
    Ok(result)
}

/// The norm of these absolute values.
fn norm(values: impl Iterator<Item = f64>, order: f64) -> f64 {
    if order == f64::INFINITY {
        values.fold(0.0, |a: f64, b| if a.is_nan() || a > b { a } else { b })
    } else if order == f64::NEG_INFINITY {
        values.fold(f64::INFINITY, |a: f64, b| if a.is_nan() || a < b { a } else { b })
    } else if order == 0.0 {
        values.filter(|&value| value != 0.0).count() as f64
    } else if order == 1.0 {
        values.sum()
    } else if order == 2.0 {
        values.map(|value| value * value).sum::<f64>().sqrt()
    } else {
        values.map(|value| value.powf(order)).sum::<f64>().powf(1.0 / order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_exist() {
        let x = Tensor::<f32>::zeros([2, 3]);
        let message = |axis, order| normalize(&x, axis, order).unwrap_err().to_string();
        for axis in [2, -3, isize::MAX, isize::MIN] {
            let expected = format!("normalize: expected a tensor that has the axis {axis}. Received: shape (2, 3)");
            assert_eq!(message(axis, 2.0), expected);
        }
        assert_eq!(message(0, f64::NAN), "expected `order` to be a number. Received: order=NaN");
        assert!(normalize(&Tensor::<f32>::zeros([]), -1, 2.0).is_err());
    }

    #[test]
    fn nothing_and_what_is_no_number() -> Result<(), DatasetError> {
        let none = Tensor::<f64>::zeros([3, 0]);
        assert_eq!(normalize(&none, 0, 2.0)?, none);
        assert_eq!(normalize(&none, 1, 2.0)?, none);
        for order in [1.0, 2.0, 3.0, f64::INFINITY, f64::NEG_INFINITY] {
            let y = normalize(&Tensor::from([[f64::NAN, 1.0], [1.0, f64::NAN]]), -1, order)?;
            assert!(y.as_slice().iter().all(|value| value.is_nan()), "{order}");
        }
        Ok(())
    }
}
