//! A smooth unit that is not monotone.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::sigmoid::sigmoid;
use super::softplus::softplus;
use super::{Activation, function, map, scale};

/// `x · tanh(softplus(x))` (`keras.activations.mish`).
///
/// Source: [Misra, 2019](https://arxiv.org/abs/1908.08681).
///
/// ```
/// use cornu_layers::activations::{Activation, Mish};
///
/// let mut values = [0.0_f64, 1.0, 800.0];
/// Mish.apply(&mut values, 3);
/// assert!((values[1] - 0.8651).abs() < 1e-4);
/// assert_eq!((values[0], values[2]), (0.0, 800.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mish;

impl<T: Scalar> Activation<T> for Mish {
    fn name(&self) -> &'static str {
        "mish"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, |x| x * softplus(x).fast_tanh());
    }

    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, |x| {
            let tanh = softplus(x).fast_tanh();
            tanh + x * (T::one() - tanh * tanh) * sigmoid(x)
        });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("mish"))
    }
}
