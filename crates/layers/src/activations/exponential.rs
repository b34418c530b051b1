//! The exponential function.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function, map, scale};

/// `eˣ` (`keras.activations.exponential`), its own derivative.
///
/// ```
/// use cornu_layers::activations::{Activation, Exponential};
///
/// let mut values = [0.0_f64, 1.0];
/// Exponential.apply(&mut values, 2);
/// assert_eq!(values[0], 1.0);
/// assert!((values[1] - std::f64::consts::E).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exponential;

impl<T: Scalar> Activation<T> for Exponential {
    fn name(&self) -> &'static str {
        "exponential"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, T::fast_exp);
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, |y| y);
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("exponential"))
    }
}
