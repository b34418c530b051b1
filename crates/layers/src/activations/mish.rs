//! A smooth unit that is not monotone.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::sigmoid::sigmoid;
use super::{Activation, function, map, scale};

/// `x · tanh(softplus(x))` (`keras.activations.mish`).
///
/// With `e = eˣ` the tangent is `(e² + 2e)/(e² + 2e + 2)`: neither a logarithm nor a tangent is needed.
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

/// `tanh(softplus(x))`; the exponential never overflows.
#[inline(always)]
fn tangent<T: Scalar>(x: T) -> T {
    let (e, two) = ((-x.abs()).fast_exp(), T::of(2.0));
    // Above 0, all divided by e².
    let (above, below) = (T::one() + two * e, e * (e + two));
    if x < T::zero() { below / (below + two) } else { above / (above + two * e * e) }
}

impl<T: Scalar> Activation<T> for Mish {
    fn name(&self) -> &'static str {
        "mish"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, |x| x * tangent(x));
    }

    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, |x| {
            let tanh = tangent(x);
            tanh + x * (T::one() - tanh * tanh) * sigmoid(x)
        });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("mish"))
    }
}
