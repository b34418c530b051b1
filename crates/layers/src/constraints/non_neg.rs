//! Weights that are not negative.

use cornu_tensor::{Scalar, ViewMut};

use super::Constraint;

/// Every value below zero becomes zero (`keras.constraints.NonNeg`).
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
