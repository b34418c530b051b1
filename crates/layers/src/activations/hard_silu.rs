//! The sigmoid linear unit in pieces.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::hard_sigmoid::hard_sigmoid;
use super::{Activation, function, map, scale};

/// `x · hard_sigmoid(x)`: 0 for `x ≤ −3`, `x` for `x ≥ 3`, `x·(x + 3)/6` between them (`keras.activations.hard_silu`, also
/// called `hard_swish`). The derivative at −3 is 0, at 3 it is 1.
///
/// Source: [Howard et al., 2019](https://arxiv.org/abs/1905.02244).
///
/// ```
/// use cornu_layers::activations::{Activation, HardSilu};
///
/// let mut values = [-4.0_f32, 0.0, 1.5, 4.0];
/// HardSilu.apply(&mut values, 4);
/// assert_eq!(values, [0.0, 0.0, 1.125, 4.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HardSilu;

impl<T: Scalar> Activation<T> for HardSilu {
    fn name(&self) -> &'static str {
        "hard_silu"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, |x| x * hard_sigmoid(x));
    }

    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        let (three, sixth) = (T::of(3.0), T::one() / T::of(6.0));
        scale(gradient, from, |x| {
            let inside = x > -three && x < three;
            hard_sigmoid(x) + if inside { x * sixth } else { T::zero() }
        });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("hard_silu"))
    }
}
