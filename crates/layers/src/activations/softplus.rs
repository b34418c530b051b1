//! A smooth form of the rectified linear unit.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function, map, scale};

/// `ln(1 + eˣ)`, computed as `max(x, 0) + ln(1 + e^−|x|)` (`keras.activations.softplus`).
///
/// The derivative is the sigmoid of `x`, which is `1 − e^−y`.
///
/// ```
/// use cornu_layers::activations::{Activation, Softplus};
///
/// let mut values = [0.0_f64, 800.0, -800.0];
/// Softplus.apply(&mut values, 3);
/// assert!((values[0] - 2.0_f64.ln()).abs() < 1e-12);
/// assert_eq!(values[1..], [800.0, 0.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Softplus;

impl<T: Scalar> Activation<T> for Softplus {
    fn name(&self) -> &'static str {
        "softplus"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, T::fast_softplus);
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, |y| -(-y).exp_m1());
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("softplus"))
    }
}
