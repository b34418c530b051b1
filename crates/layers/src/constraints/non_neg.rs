//! Weights that are not negative.

use cornu_tensor::{Scalar, ViewMut};

use super::Constraint;

/// Every value below zero becomes zero (`keras.constraints.NonNeg`).
///
/// ```
/// use cornu_layers::constraints::{Constraint, NonNeg};
/// use cornu_tensor::Tensor;
///
/// let mut bias = Tensor::from([1.0_f32, 0.0, -2.0]);
/// NonNeg.apply(bias.view_mut());
/// assert_eq!(bias, Tensor::from([1.0, 0.0, 0.0]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NonNeg;

impl<T: Scalar> Constraint<T> for NonNeg {
    fn apply(&self, mut weight: ViewMut<'_, T>) {
        for value in weight.as_mut_slice() {
            if *value < T::zero() {
                *value = T::zero();
            }
        }
    }
}
