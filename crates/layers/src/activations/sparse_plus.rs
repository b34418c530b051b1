//! A rectified linear unit with a parabola for its kink.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function, map, scale};

/// 0 for `x ≤ −1`, `x` for `x ≥ 1`, `(x + 1)²/4` between them (`keras.activations.sparse_plus`).
///
/// ```
/// use cornu_layers::activations::{Activation, SparsePlus};
///
/// let mut values = [-2.0_f32, 0.0, 0.5, 2.0];
/// SparsePlus.apply(&mut values, 4);
/// assert_eq!(values, [0.0, 0.25, 0.5625, 2.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SparsePlus;

impl<T: Scalar> Activation<T> for SparsePlus {
    fn name(&self) -> &'static str {
        "sparse_plus"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, |x| {
            let above = x + T::one();
            let middle = above * above / T::of(4.0);
            let y = if x >= T::one() { x } else { middle };
            if x <= -T::one() { T::zero() } else { y }
        });
    }

    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, |x| {
            let middle = (x + T::one()) / T::of(2.0);
            let slope = if x >= T::one() { T::one() } else { middle };
            if x <= -T::one() { T::zero() } else { slope }
        });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("sparse_plus"))
    }
}
