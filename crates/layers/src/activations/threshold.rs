//! Another value for what is small.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function, map, scale};
use crate::LayerError;

/// `x` for `x > threshold`, `default_value` otherwise (`keras.activations.threshold`). Both must be given.
///
/// NaN stays NaN; Keras makes it `default_value`.
///
/// ```
/// use cornu_layers::activations::{Activation, Threshold, get};
///
/// let mut values = [2.0_f32, 1.0, -1.0];
/// Threshold::new(1.0, 0.5).apply(&mut values, 3);
/// assert_eq!(values, [2.0, 0.5, 0.5]);
/// assert!(get::<f32>("threshold").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    threshold: f64,
    default_value: f64,
}

impl Threshold {
    /// Any two numbers.
    #[must_use]
    pub fn new(threshold: f64, default_value: f64) -> Self {
        Self { threshold, default_value }
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] if one of the two is missing, or for arguments that it does not have.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        let own = Self::new(arguments.required("threshold")?, arguments.required("default_value")?);
        arguments.finish()?;
        Ok(own)
    }
}

impl<T: Scalar> Activation<T> for Threshold {
    fn name(&self) -> &'static str {
        "threshold"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        let (threshold, default) = (T::of(self.threshold), T::of(self.default_value));
        map(values, |x| if x <= threshold { default } else { x });
    }

    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        let threshold = T::of(self.threshold);
        scale(gradient, from, |x| if x <= threshold { T::zero() } else { T::one() });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("threshold").with("threshold", self.threshold).with("default_value", self.default_value))
    }
}
