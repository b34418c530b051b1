//! The sigmoid linear unit, also called swish.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::sigmoid::sigmoid;
use super::{Activation, function, map, scale};

/// `x · sigmoid(x)` (`keras.activations.silu`). Source: [Ramachandran et al., 2017](https://arxiv.org/abs/1710.05941).
///
/// ```
/// use cornu_layers::activations::{Activation, Silu};
///
/// let mut values = [0.0_f64, 1.0, 800.0];
/// Silu.apply(&mut values, 3);
/// assert!((values[1] - 0.7311).abs() < 1e-4);
/// assert_eq!((values[0], values[2]), (0.0, 800.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Silu;

impl<T: Scalar> Activation<T> for Silu {
    fn name(&self) -> &'static str {
        "silu"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, |x| x * sigmoid(x));
    }

    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, |x| {
            let s = sigmoid(x);
            s * (T::one() + x * (T::one() - s))
        });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("silu"))
    }
}
