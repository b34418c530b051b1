//! What the hyperbolic tangent leaves.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function, map, scale};

/// `x − tanh(x)` (`keras.activations.tanh_shrink`); the derivative is `tanh²(x)`.
///
/// ```
/// use cornu_layers::activations::{Activation, TanhShrink};
///
/// let mut values = [0.0_f64, 1.0, -20.0];
/// TanhShrink.apply(&mut values, 3);
/// assert!((values[1] - 0.2384).abs() < 1e-4);
/// assert_eq!((values[0], values[2]), (0.0, -19.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TanhShrink;

impl<T: Scalar> Activation<T> for TanhShrink {
    fn name(&self) -> &'static str {
        "tanh_shrink"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, |x| x - x.fast_tanh());
    }

    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, |x| {
            let tanh = x.fast_tanh();
            tanh * tanh
        });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("tanh_shrink"))
    }
}
