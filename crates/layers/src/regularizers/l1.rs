//! The sum of absolute values.

use cornu_config::Config;
use cornu_tensor::{Scalar, View};

use super::{MODULE, Regularizer, check_factor, sign, sum};
use crate::LayerError;

/// `l1 · Σ|w|` (`keras.regularizers.L1`, 0.01 by default).
///
/// ```
/// use cornu_layers::regularizers::{L1, Regularizer};
/// use cornu_tensor::Tensor;
///
/// let (l1, kernel, mut gradient) = (L1::new(0.5)?, Tensor::from([1.0_f64, -2.0]), [0.0; 2]);
/// l1.add_gradient(kernel.view(), &mut gradient);
/// assert_eq!(l1.penalty(kernel.view()), 1.5); // 0.5 · (1 + 2)
/// assert_eq!(gradient, [0.5, -0.5]);
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct L1 {
    l1: f64,
}

impl L1 {
    /// The factor.
    ///
    /// # Errors
    /// [`LayerError::Argument`] if it is negative or not finite.
    pub fn new(l1: f64) -> Result<Self, LayerError> {
        Ok(Self { l1: check_factor("L1", "l1", l1)? })
    }

    /// The factor.
    pub(super) fn factor(self) -> f64 {
        self.l1
    }

    /// From what Keras writes of it.
    ///
    /// # Errors
    /// [`LayerError::Config`] for an argument that is not understood, and as [`L1::new`].
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        let l1 = Self::new(arguments.or("l1", 0.01)?)?;
        arguments.finish()?;
        Ok(l1)
    }
}

impl Default for L1 {
    fn default() -> Self {
        Self { l1: 0.01 }
    }
}

impl<T: Scalar> Regularizer<T> for L1 {
    fn penalty(&self, values: View<'_, T>) -> T {
        T::of(self.l1 * sum(values, f64::abs))
    }

    fn add_gradient(&self, values: View<'_, T>, gradient: &mut [T]) {
        let l1 = T::of(self.l1);
        for (g, &w) in gradient.iter_mut().zip(values.as_slice()) {
            *g += l1 * sign(w);
        }
    }

    /// With the factor as the numbers of this type have it, as in Keras.
    fn get_config(&self) -> Option<Config> {
        Some(Config::new(MODULE, "L1").with("l1", T::of(self.l1).to_f64()))
    }
}
