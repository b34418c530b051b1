//! The hyperbolic tangent.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function, map, scale};

/// `tanh(x)` (`keras.activations.tanh`); the derivative is `1 − y²`.
///
/// ```
/// use cornu_layers::activations::{Activation, Tanh};
///
/// let mut values = [0.0_f64, 800.0, -800.0];
/// Tanh.apply(&mut values, 3);
/// assert_eq!(values, [0.0, 1.0, -1.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tanh;

impl<T: Scalar> Activation<T> for Tanh {
    fn name(&self) -> &'static str {
        "tanh"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, T::fast_tanh);
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, |y| T::one() - y * y);
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("tanh"))
    }
}
