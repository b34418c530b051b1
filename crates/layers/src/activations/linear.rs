//! No activation.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function};

/// `x` itself (`keras.activations.linear`): what `activation=None` means in Keras.
///
/// ```
/// use cornu_layers::activations::{Activation, Linear};
///
/// let mut values = [1.5_f32, -2.0];
/// Linear.apply(&mut values, 2);
/// assert_eq!(values, [1.5, -2.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Linear;

impl<T: Scalar> Activation<T> for Linear {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn apply(&self, _values: &mut [T], _width: usize) {}

    fn backward(&self, _from: &[T], _gradient: &mut [T], _width: usize) {}

    fn get_config(&self) -> Option<Config> {
        Some(function("linear"))
    }
}
