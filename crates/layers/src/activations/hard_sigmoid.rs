//! The logistic function in three straight pieces.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function, map, scale};

/// 0 for `x ≤ −3`, 1 for `x ≥ 3`, `(x + 3)/6` between them (`keras.activations.hard_sigmoid`). The derivative at both ends
/// is 0.
///
/// ```
/// use cornu_layers::activations::{Activation, HardSigmoid};
///
/// let mut values = [-4.0_f32, 0.0, 1.5, 4.0];
/// HardSigmoid.apply(&mut values, 4);
/// assert_eq!(values, [0.0, 0.5, 0.75, 1.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HardSigmoid;

/// The function of one value.
#[inline(always)]
pub(super) fn hard_sigmoid<T: Scalar>(x: T) -> T {
    let (above, six) = (x + T::of(3.0), T::of(6.0));
    let above = if above < T::zero() { T::zero() } else { above };
    (if above > six { six } else { above }) / six
}

impl<T: Scalar> Activation<T> for HardSigmoid {
    fn name(&self) -> &'static str {
        "hard_sigmoid"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, hard_sigmoid);
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        let sixth = T::one() / T::of(6.0);
        scale(gradient, from, |y| if y > T::zero() && y < T::one() { sixth } else { T::zero() });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("hard_sigmoid"))
    }
}
