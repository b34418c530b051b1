//! Absolute values and squares together.

use cornu_config::Config;
use cornu_tensor::{Scalar, View};

use super::{L1, L2, MODULE, Regularizer};
use crate::LayerError;

/// `l1 · Σ|w| + l2 · Σw²` (`keras.regularizers.L1L2`). Where a factor is 0 its sum is not taken, not of an infinite value
/// either.
///
/// ```
/// use cornu_layers::regularizers::{L1L2, Regularizer};
/// use cornu_tensor::Tensor;
///
/// let penalty = L1L2::new(0.5, 0.25)?.penalty(Tensor::from([1.0_f64, -2.0]).view());
/// assert_eq!(penalty, 2.75); // 0.5 · (1 + 2) + 0.25 · (1² + 2²)
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct L1L2 {
    l1: L1,
    l2: L2,
}

impl L1L2 {
    /// The two factors.
    ///
    /// # Errors
    /// [`LayerError::Argument`] if one is negative or not finite.
    pub fn new(l1: f64, l2: f64) -> Result<Self, LayerError> {
        Ok(Self { l1: L1::new(l1)?, l2: L2::new(l2)? })
    }

    /// From what Keras writes of it; a factor that is left out is 0.
    ///
    /// # Errors
    /// [`LayerError::Config`] for an argument that is not understood, and as [`L1L2::new`].
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        let both = Self::new(arguments.or("l1", 0.0)?, arguments.or("l2", 0.0)?)?;
        arguments.finish()?;
        Ok(both)
    }
}

impl<T: Scalar> Regularizer<T> for L1L2 {
    fn penalty(&self, values: View<'_, T>) -> T {
        let mut penalty = T::zero();
        if self.l1.factor() != 0.0 {
            penalty += self.l1.penalty(values);
        }
        if self.l2.factor() != 0.0 {
            penalty += self.l2.penalty(values);
        }
        penalty
    }

    fn add_gradient(&self, values: View<'_, T>, gradient: &mut [T]) {
        if self.l1.factor() != 0.0 {
            self.l1.add_gradient(values, gradient);
        }
        if self.l2.factor() != 0.0 {
            self.l2.add_gradient(values, gradient);
        }
    }

    fn get_config(&self) -> Option<Config> {
        Some(Config::new(MODULE, "L1L2").with("l1", self.l1.factor()).with("l2", self.l2.factor()))
    }
}
