//! Nothing of what is small.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, check_not_negative, function, map, scale};
use crate::LayerError;

/// 0 for `|x| ≤ threshold`, `x` otherwise (`keras.activations.hard_shrink`, threshold 0.5 by default).
///
/// NaN stays NaN; Keras makes it 0.
///
/// ```
/// use cornu_layers::activations::{Activation, HardShrink};
///
/// let mut values = [2.0_f32, 0.5, -0.5, -2.0];
/// HardShrink::default().apply(&mut values, 4);
/// assert_eq!(values, [2.0, 0.0, 0.0, -2.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HardShrink {
    threshold: f64,
}

impl HardShrink {
    /// What is no larger than `threshold` becomes 0.
    ///
    /// # Errors
    /// [`LayerError::Argument`] if it is negative or not finite.
    pub fn new(threshold: f64) -> Result<Self, LayerError> {
        Ok(Self { threshold: check_not_negative("HardShrink", "threshold", threshold)? })
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have, and as [`HardShrink::new`].
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        let threshold = arguments.or("threshold", 0.5)?;
        arguments.finish()?;
        Self::new(threshold)
    }
}

impl Default for HardShrink {
    fn default() -> Self {
        Self { threshold: 0.5 }
    }
}

impl<T: Scalar> Activation<T> for HardShrink {
    fn name(&self) -> &'static str {
        "hard_shrink"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        let threshold = T::of(self.threshold);
        map(values, |x| if x.abs() <= threshold { T::zero() } else { x });
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, |y| if y.is_zero() { y } else { T::one() });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("hard_shrink").with("threshold", self.threshold))
    }
}
