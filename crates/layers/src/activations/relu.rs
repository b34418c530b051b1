//! The rectified linear unit.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, GeneralRelu, map, scale};

/// `max(x, 0)` (`keras.activations.relu`). The derivative at 0 is 0; NaN stays NaN. [`GeneralRelu`] has Keras's arguments.
///
/// ```
/// use cornu_layers::activations::{Activation, Relu};
///
/// let mut values = [2.0_f32, 0.0, -3.0];
/// Relu.apply(&mut values, 3);
/// assert_eq!(values, [2.0, 0.0, 0.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Relu;

impl<T: Scalar> Activation<T> for Relu {
    fn name(&self) -> &'static str {
        "relu"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, |x| if x < T::zero() { T::zero() } else { x });
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, |y| if y > T::zero() { T::one() } else { T::zero() });
    }

    fn get_config(&self) -> Option<Config> {
        Some(GeneralRelu::default().config())
    }
}
