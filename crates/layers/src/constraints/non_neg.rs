//! Weights that are not negative.

use cornu_config::Config;
use cornu_tensor::{Scalar, ViewMut};

use super::{Constraint, MODULE};
use crate::LayerError;

/// Every value below zero becomes zero (`keras.constraints.NonNeg`).
///
/// ```
/// use cornu_layers::constraints::{Constraint, NonNeg};
/// use cornu_tensor::Tensor;
///
/// let mut bias = Tensor::from([1.0_f32, 0.0, -2.0]);
/// NonNeg.apply(bias.view_mut());
/// assert_eq!(bias, Tensor::from([1.0, 0.0, 0.0]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NonNeg;

impl NonNeg {
    /// From what Keras writes of it; it has no arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for an argument.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        config.arguments().finish()?;
        Ok(Self)
    }
}

impl<T: Scalar> Constraint<T> for NonNeg {
    fn apply(&self, mut weight: ViewMut<'_, T>) {
        for value in weight.as_mut_slice() {
            if *value < T::zero() {
                *value = T::zero();
            }
        }
    }

    fn get_config(&self) -> Option<Config> {
        Some(Config::new(MODULE, "NonNeg"))
    }
}
