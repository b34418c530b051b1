//! The continuously differentiable exponential linear unit.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function, map, scale};
use crate::LayerError;

/// `x` for `x > 0`, `α·(e^(x/α) − 1)` otherwise (`keras.activations.celu`, α = 1 by default).
///
/// Source: [Barron, 2017](https://arxiv.org/abs/1704.07483).
///
/// ```
/// use cornu_layers::activations::{Activation, Celu};
///
/// let mut values = [3.0_f64, 0.0, -800.0];
/// Celu::new(2.0)?.apply(&mut values, 3);
/// assert_eq!(values, [3.0, 0.0, -2.0]);
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Celu {
    alpha: f64,
}

impl Celu {
    /// The limit for large negative values is `−alpha`.
    ///
    /// # Errors
    /// [`LayerError::Argument`] if it is 0 or not finite.
    pub fn new(alpha: f64) -> Result<Self, LayerError> {
        if !alpha.is_finite() || alpha == 0.0 {
            let (argument, expected) = ("alpha", "a finite number other than 0".to_owned());
            return Err(LayerError::Argument { component: "Celu", argument, expected, received: alpha.to_string() });
        }
        Ok(Self { alpha })
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have, and as [`Celu::new`].
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        let alpha = arguments.or("alpha", 1.0)?;
        arguments.finish()?;
        Self::new(alpha)
    }
}

impl Default for Celu {
    fn default() -> Self {
        Self { alpha: 1.0 }
    }
}

impl<T: Scalar> Activation<T> for Celu {
    fn name(&self) -> &'static str {
        "celu"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        let alpha = T::of(self.alpha);
        map(values, |x| if x > T::zero() { x } else { alpha * (x / alpha).exp_m1() });
    }

    /// With a negative `alpha` the sign of the output does not tell that of the input.
    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        let alpha = T::of(self.alpha);
        scale(gradient, from, |x| if x > T::zero() { T::one() } else { (x / alpha).fast_exp() });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("celu").with("alpha", self.alpha))
    }
}
