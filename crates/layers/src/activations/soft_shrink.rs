//! Nothing of what is small, and less of the rest.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, check_not_negative, function, map, scale};
use crate::LayerError;

/// 0 for `|x| ≤ threshold`, otherwise `x` moved by the threshold towards 0 (`keras.activations.soft_shrink`, threshold 0.5
/// by default).
///
/// NaN stays NaN; Keras makes it 0.
///
/// ```
/// use cornu_layers::activations::{Activation, SoftShrink};
///
/// let mut values = [2.0_f32, 0.5, -0.5, -2.0];
/// SoftShrink::default().apply(&mut values, 4);
/// assert_eq!(values, [1.5, 0.0, 0.0, -1.5]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoftShrink {
    threshold: f64,
}

impl SoftShrink {
    /// The distance by which a value moves.
    ///
    /// # Errors
    /// [`LayerError::Argument`] if it is negative or not finite.
    pub fn new(threshold: f64) -> Result<Self, LayerError> {
        Ok(Self { threshold: check_not_negative("SoftShrink", "threshold", threshold)? })
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have, and as [`SoftShrink::new`].
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        let threshold = arguments.or("threshold", 0.5)?;
        arguments.finish()?;
        Self::new(threshold)
    }
}

impl Default for SoftShrink {
    fn default() -> Self {
        Self { threshold: 0.5 }
    }
}

impl<T: Scalar> Activation<T> for SoftShrink {
    fn name(&self) -> &'static str {
        "soft_shrink"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        let threshold = T::of(self.threshold);
        map(values, |x| if x.abs() <= threshold { T::zero() } else { x - threshold.copysign(x) });
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, |y| if y.is_zero() { y } else { T::one() });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("soft_shrink").with("threshold", self.threshold))
    }
}
