//! The logarithm of the logistic function.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function, map, scale};

/// `ln(1 / (1 + e^−x))`, computed as `−softplus(−x)` (`keras.activations.log_sigmoid`); the derivative is `1 − e^y`.
///
/// ```
/// use cornu_layers::activations::{Activation, LogSigmoid};
///
/// let mut values = [0.0_f64, 800.0, -800.0];
/// LogSigmoid.apply(&mut values, 3);
/// assert!((values[0] + 2.0_f64.ln()).abs() < 1e-12);
/// assert_eq!(values[1..], [0.0, -800.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogSigmoid;

impl<T: Scalar> Activation<T> for LogSigmoid {
    fn name(&self) -> &'static str {
        "log_sigmoid"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, |x| -(-x).fast_softplus());
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, |y| T::one() - y.fast_exp());
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("log_sigmoid"))
    }
}
