//! The rectified linear unit up to six.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function, map, scale};

/// `min(max(x, 0), 6)` (`keras.activations.relu6`). The derivative at 0 and at 6 is 0.
///
/// ```
/// use cornu_layers::activations::{Activation, Relu6};
///
/// let mut values = [-4.0_f32, 0.0, 1.5, 8.0];
/// Relu6.apply(&mut values, 4);
/// assert_eq!(values, [0.0, 0.0, 1.5, 6.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Relu6;

impl<T: Scalar> Activation<T> for Relu6 {
    fn name(&self) -> &'static str {
        "relu6"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        let six = T::of(6.0);
        map(values, |x| {
            let x = if x < T::zero() { T::zero() } else { x };
            if x > six { six } else { x }
        });
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        let six = T::of(6.0);
        scale(gradient, from, |y| if y > T::zero() && y < six { T::one() } else { T::zero() });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("relu6"))
    }
}
