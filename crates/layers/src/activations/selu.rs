//! The scaled exponential linear unit.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function, map, scale};

const ALPHA: f64 = 1.673_263_242_354_377_3;
const SCALE: f64 = 1.050_700_987_355_480_5;

/// `λ·x` for `x > 0`, `λα·(eˣ − 1)` otherwise, λ = 1.0507…, α = 1.6733… (`keras.activations.selu`).
///
/// Source: [Klambauer et al., 2017](https://arxiv.org/abs/1706.02515).
///
/// ```
/// use cornu_layers::activations::{Activation, Selu};
///
/// let mut values = [1.0_f64, -1.0];
/// Selu.apply(&mut values, 2);
/// assert!((values[0] - 1.0507).abs() < 1e-4);
/// assert!((values[1] + 1.1113).abs() < 1e-4);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selu;

impl<T: Scalar> Activation<T> for Selu {
    fn name(&self) -> &'static str {
        "selu"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        let (scale, below) = (T::of(SCALE), T::of(SCALE * ALPHA));
        map(values, |x| if x > T::zero() { scale * x } else { below * x.exp_m1() });
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        let (above, below) = (T::of(SCALE), T::of(SCALE * ALPHA));
        scale(gradient, from, |y| if y > T::zero() { above } else { y + below });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("selu"))
    }
}
