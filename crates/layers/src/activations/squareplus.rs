//! A smooth form of the rectified linear unit without exponentials.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, check_not_negative, function, map, scale};
use crate::LayerError;

/// `(x + √(x² + b))/2` (`keras.activations.squareplus`, b = 4 by default).
///
/// Source: [Barron, 2021](https://arxiv.org/abs/2112.11687).
///
/// ```
/// use cornu_layers::activations::{Activation, Squareplus};
///
/// let mut values = [0.0_f64, 1.5, -1.5];
/// Squareplus::default().apply(&mut values, 3);
/// assert_eq!(values, [1.0, 2.0, 0.5]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Squareplus {
    b: f64,
}

impl Squareplus {
    /// The larger `b`, the smoother.
    ///
    /// # Errors
    /// [`LayerError::Argument`] if it is negative or not finite.
    pub fn new(b: f64) -> Result<Self, LayerError> {
        Ok(Self { b: check_not_negative("Squareplus", "b", b)? })
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have, and as [`Squareplus::new`].
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        let b = arguments.or("b", 4.0)?;
        arguments.finish()?;
        Self::new(b)
    }
}

impl Default for Squareplus {
    fn default() -> Self {
        Self { b: 4.0 }
    }
}

impl<T: Scalar> Activation<T> for Squareplus {
    fn name(&self) -> &'static str {
        "squareplus"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        let (b, two) = (T::of(self.b), T::of(2.0));
        map(values, |x| (x + (x * x + b).sqrt()) / two);
    }

    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        let (b, half) = (T::of(self.b), T::of(0.5));
        scale(gradient, from, |x| half + half * (x / (x * x + b).sqrt()));
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("squareplus").with("b", self.b))
    }
}
