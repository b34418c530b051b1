//! The slots of one variable, checked and taken apart.

use cornu_tensor::{Scalar, Tensor};

use crate::{Optimizer, OptimizerError};

/// The slots as slices, each as long as the variable; the gradient is checked too.
///
/// With this every [`Optimizer::step`] begins: after it all lengths agree.
///
/// ```
/// use cornu_optimizers::{Adam, split_slots};
/// use cornu_tensor::Tensor;
///
/// let (variable, gradient) = ([1.0_f32, 2.0], [0.5, 0.5]);
/// let mut slots = [Tensor::zeros([2]), Tensor::full([2], 1.0)];
/// let [momentum, velocity] = split_slots(&Adam::default(), &variable, &gradient, &mut slots)?;
/// assert_eq!((momentum, velocity), (&mut [0.0, 0.0][..], &mut [1.0, 1.0][..]));
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
///
/// # Errors
/// [`OptimizerError::Gradient`], [`OptimizerError::Slots`] or [`OptimizerError::Slot`] for another number of
/// values or slots.
pub fn split_slots<'a, T: Scalar, const N: usize>(
    optimizer: &impl Optimizer<T>,
    variable: &[T],
    gradient: &[T],
    slots: &'a mut [Tensor<T>],
) -> Result<[&'a mut [T]; N], OptimizerError> {
    let (expected, names) = (variable.len(), optimizer.slots());
    let name = || optimizer.name().to_owned();
    if gradient.len() != expected {
        return Err(OptimizerError::Gradient { optimizer: name(), expected, received: gradient.len() });
    }
    for (&slot, received) in names.iter().zip(slots.iter().map(Tensor::len)) {
        if received != expected {
            return Err(OptimizerError::Slot { optimizer: name(), slot, expected, received });
        }
    }
    let received = slots.len();
    match <&mut [Tensor<T>; N]>::try_from(slots) {
        Ok(slots) if names.len() == N => Ok(slots.each_mut().map(Tensor::as_mut_slice)),
        _ => Err(OptimizerError::Slots { optimizer: name(), expected: names, received }),
    }
}
