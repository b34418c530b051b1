//! The logistic function.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function, map, scale};

/// `1 / (1 + e^−x)` (`keras.activations.sigmoid`); the derivative is `y·(1 − y)`.
///
/// ```
/// use cornu_layers::activations::{Activation, Sigmoid};
///
/// let mut values = [0.0_f64, 800.0, -800.0];
/// Sigmoid.apply(&mut values, 3);
/// assert_eq!(values, [0.5, 1.0, 0.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sigmoid;

/// The logistic function of one value; the exponential never overflows.
#[inline(always)]
pub(super) fn sigmoid<T: Scalar>(x: T) -> T {
    let e = (-x.abs()).fast_exp();
    let larger = T::one() / (T::one() + e);
    if x < T::zero() { e * larger } else { larger }
}

impl<T: Scalar> Activation<T> for Sigmoid {
    fn name(&self) -> &'static str {
        "sigmoid"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, sigmoid);
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, |y| y * (T::one() - y));
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("sigmoid"))
    }
}
