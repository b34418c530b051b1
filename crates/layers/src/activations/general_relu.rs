//! The rectified linear unit with its arguments.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, check_not_negative, function, map, scale};
use crate::LayerError;

/// `keras.activations.relu` with its arguments: `max_value` above `max_value`, `x` above `threshold`, and
/// `negative_slope·(x − threshold)` below. Without arguments it is [`super::Relu`].
///
/// At the threshold the derivative is 0 (1, if there is a slope but neither of the others, as in `leaky_relu`); at
/// `max_value` it is 0.5, but 0 if that is 6 and the threshold 0. NaN stays NaN.
///
/// ```
/// use cornu_layers::activations::{Activation, GeneralRelu};
///
/// let mut values = [9.0_f32, 3.0, 1.0, -3.0];
/// GeneralRelu::new(0.5, Some(6.0), 1.0)?.apply(&mut values, 4);
/// assert_eq!(values, [6.0, 3.0, 0.0, -2.0]);
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct GeneralRelu {
    negative_slope: f64,
    max_value: Option<f64>,
    threshold: f64,
}

impl GeneralRelu {
    /// The slope below the threshold, the largest value (`None` means that there is none), and the threshold.
    ///
    /// # Errors
    /// [`LayerError::Argument`] if one is negative or not finite.
    pub fn new(negative_slope: f64, max_value: Option<f64>, threshold: f64) -> Result<Self, LayerError> {
        let check = |argument, value| check_not_negative("ReLU", argument, value);
        Ok(Self {
            negative_slope: check("negative_slope", negative_slope)?,
            max_value: max_value.map(|value| check("max_value", value)).transpose()?,
            threshold: check("threshold", threshold)?,
        })
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have, and as [`GeneralRelu::new`].
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        let (slope, max_value) = (arguments.or("negative_slope", 0.0)?, arguments.get("max_value")?);
        let threshold = arguments.or("threshold", 0.0)?;
        arguments.finish()?;
        Self::new(slope, max_value, threshold)
    }

    /// The function and its arguments.
    pub(crate) fn config(&self) -> Config {
        let config = function("relu").with("negative_slope", self.negative_slope);
        config.with("max_value", self.max_value).with("threshold", self.threshold)
    }

    /// Slope, largest value and threshold.
    fn numbers<T: Scalar>(&self) -> (T, T, T) {
        (T::of(self.negative_slope), T::of(self.max_value.unwrap_or(f64::INFINITY)), T::of(self.threshold))
    }
}

impl<T: Scalar> Activation<T> for GeneralRelu {
    fn name(&self) -> &'static str {
        "relu"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        let (slope, most, threshold) = self.numbers::<T>();
        map(values, |x| {
            let above = if x <= threshold { T::zero() } else { x };
            let above = if above > most { most } else { above };
            let below = if x < threshold { x - threshold } else { T::zero() };
            // 0 · ∞ would be no number.
            if slope.is_zero() { above } else { above + slope * below }
        });
    }

    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        let (slope, most, threshold) = self.numbers::<T>();
        let leaky = self.negative_slope > 0.0 && self.max_value.is_none() && self.threshold == 0.0;
        let at_threshold = if leaky { T::one() } else { T::zero() };
        let at_most = match self.max_value {
            None => T::one(),
            Some(6.0) if self.threshold == 0.0 => T::zero(),
            Some(_) => T::of(0.5),
        };
        scale(gradient, from, |x| {
            let above = if x > most { T::zero() } else { T::one() };
            let above = if x == most { at_most } else { above };
            let low = if x < threshold { slope } else { at_threshold };
            if x <= threshold { low } else { above }
        });
    }

    fn get_config(&self) -> Option<Config> {
        Some(self.config())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn infinities() -> Result<(), LayerError> {
        for (slope, max_value, threshold, expected) in [
            (0.0, None, 0.0, [0.0, f64::INFINITY]),
            (0.0, Some(6.0), 0.5, [0.0, 6.0]),
            (0.5, Some(2.0), 1.0, [f64::NEG_INFINITY, 2.0]),
        ] {
            let mut values = [f64::NEG_INFINITY, f64::INFINITY];
            GeneralRelu::new(slope, max_value, threshold)?.apply(&mut values, 2);
            assert_eq!(values, expected);
        }
        Ok(())
    }
}
