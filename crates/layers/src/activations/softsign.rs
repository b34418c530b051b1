//! A bounded function that approaches its limits slowly.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function, map, scale};

/// `x / (1 + |x|)` (`keras.activations.softsign`); the derivative is `(1 − |y|)²`.
///
/// ```
/// use cornu_layers::activations::{Activation, Softsign};
///
/// let mut values = [0.0_f32, 1.0, -3.0];
/// Softsign.apply(&mut values, 3);
/// assert_eq!(values, [0.0, 0.5, -0.75]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Softsign;

impl<T: Scalar> Activation<T> for Softsign {
    fn name(&self) -> &'static str {
        "softsign"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, |x| x / (T::one() + x.abs()));
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, |y| {
            let rest = T::one() - y.abs();
            rest * rest
        });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("softsign"))
    }
}
