//! The exponential linear unit.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function, map, scale};
use crate::LayerError;

/// `x` for `x > 0`, `α·(eˣ − 1)` otherwise (`keras.activations.elu`, α = 1 by default).
///
/// Source: [Clevert et al., 2016](https://arxiv.org/abs/1511.07289).
///
/// ```
/// use cornu_layers::activations::{Activation, Elu};
///
/// let mut values = [3.0_f64, 0.0, -800.0];
/// Elu::new(2.0).apply(&mut values, 3);
/// assert_eq!(values, [3.0, 0.0, -2.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Elu {
    alpha: f64,
}

impl Elu {
    /// The limit for large negative values is `−alpha`; any number will do, as in Keras.
    #[must_use]
    pub fn new(alpha: f64) -> Self {
        Self { alpha }
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        let alpha = arguments.or("alpha", 1.0)?;
        arguments.finish()?;
        Ok(Self::new(alpha))
    }
}

impl Default for Elu {
    fn default() -> Self {
        Self::new(1.0)
    }
}

impl<T: Scalar> Activation<T> for Elu {
    fn name(&self) -> &'static str {
        "elu"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        let alpha = T::of(self.alpha);
        map(values, |x| if x > T::zero() { x } else { alpha * x.exp_m1() });
    }

    /// With a negative `alpha` the sign of the output does not tell that of the input.
    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        let alpha = T::of(self.alpha);
        scale(gradient, from, |x| if x > T::zero() { T::one() } else { alpha * x.exp() });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("elu").with("alpha", self.alpha))
    }
}
