//! The exponential function.

use cornu_tensor::Scalar;

use super::{Activation, map, scale};

/// `eˣ` (`keras.activations.exponential`), its own derivative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exponential;

impl<T: Scalar> Activation<T> for Exponential {
    fn name(&self) -> &'static str {
        "exponential"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, T::exp);
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, |y| y);
    }
}
