//! The hyperbolic tangent in three straight pieces.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function, map, scale};

/// `x`, but −1 below −1 and 1 above 1 (`keras.activations.hard_tanh`). The derivative at both ends is 1.
///
/// ```
/// use cornu_layers::activations::{Activation, HardTanh};
///
/// let mut values = [-4.0_f32, -0.5, 1.0, 4.0];
/// HardTanh.apply(&mut values, 4);
/// assert_eq!(values, [-1.0, -0.5, 1.0, 1.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HardTanh;

impl<T: Scalar> Activation<T> for HardTanh {
    fn name(&self) -> &'static str {
        "hard_tanh"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, |x| {
            let x = if x > T::one() { T::one() } else { x };
            if x < -T::one() { -T::one() } else { x }
        });
    }

    /// The output does not tell an end from what lies beyond it.
    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, |x| if x.abs() > T::one() { T::zero() } else { T::one() });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("hard_tanh"))
    }
}
