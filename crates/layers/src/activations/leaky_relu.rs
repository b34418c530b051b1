//! A rectified linear unit that lets a little through.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, check_not_negative, function, map, scale};
use crate::LayerError;

/// `x` for `x ≥ 0`, `negative_slope·x` otherwise (`keras.activations.leaky_relu`, slope 0.2 by default).
///
/// ```
/// use cornu_layers::activations::{Activation, LeakyRelu};
///
/// let mut values = [2.0_f32, 0.0, -4.0];
/// LeakyRelu::new(0.25)?.apply(&mut values, 3);
/// assert_eq!(values, [2.0, 0.0, -1.0]);
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeakyRelu {
    negative_slope: f64,
}

impl LeakyRelu {
    /// The slope below zero.
    ///
    /// # Errors
    /// [`LayerError::Argument`] if it is negative or not finite.
    pub fn new(negative_slope: f64) -> Result<Self, LayerError> {
        Ok(Self { negative_slope: check_not_negative("LeakyRelu", "negative_slope", negative_slope)? })
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have, and as [`LeakyRelu::new`].
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        let slope = arguments.or("negative_slope", 0.2)?;
        arguments.finish()?;
        Self::new(slope)
    }
}

impl Default for LeakyRelu {
    fn default() -> Self {
        Self { negative_slope: 0.2 }
    }
}

impl<T: Scalar> Activation<T> for LeakyRelu {
    fn name(&self) -> &'static str {
        "leaky_relu"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        let slope = T::of(self.negative_slope);
        map(values, |x| if x < T::zero() { slope * x } else { x });
    }

    /// With slope 0 the output does not tell the sign of the input.
    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        let slope = T::of(self.negative_slope);
        scale(gradient, from, |x| if x < T::zero() { slope } else { T::one() });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("leaky_relu").with("negative_slope", self.negative_slope))
    }
}
