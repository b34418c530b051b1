//! The sum of squares.

use cornu_config::Config;
use cornu_tensor::{Scalar, View};

use super::{MODULE, Regularizer, check_factor, sum};
use crate::LayerError;

/// `l2 · Σw²` (`keras.regularizers.L2`, 0.01 by default).
///
/// ```
/// use cornu_layers::regularizers::{L2, Regularizer};
/// use cornu_tensor::Tensor;
///
/// let (l2, kernel, mut gradient) = (L2::new(0.5)?, Tensor::from([1.0_f64, -2.0]), [0.0; 2]);
/// l2.add_gradient(kernel.view(), &mut gradient);
/// assert_eq!(l2.penalty(kernel.view()), 2.5); // 0.5 · (1² + 2²)
/// assert_eq!(gradient, [1.0, -2.0]);
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct L2 {
    l2: f64,
}

impl L2 {
    /// The factor.
    ///
    /// # Errors
    /// [`LayerError::Argument`] if it is negative or not finite.
    pub fn new(l2: f64) -> Result<Self, LayerError> {
        Ok(Self { l2: check_factor("L2", "l2", l2)? })
    }

    /// The factor.
    pub(super) fn factor(self) -> f64 {
        self.l2
    }

    /// From what Keras writes of it.
    ///
    /// # Errors
    /// [`LayerError::Config`] for an argument that is not understood, and as [`L2::new`].
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        let l2 = Self::new(arguments.or("l2", 0.01)?)?;
        arguments.finish()?;
        Ok(l2)
    }
}

impl Default for L2 {
    fn default() -> Self {
        Self { l2: 0.01 }
    }
}

impl<T: Scalar> Regularizer<T> for L2 {
    fn penalty(&self, values: View<'_, T>) -> T {
        T::of(self.l2 * sum(values, |w| w * w))
    }

    fn add_gradient(&self, values: View<'_, T>, gradient: &mut [T]) {
        let twice = T::of(2.0 * self.l2);
        for (g, &w) in gradient.iter_mut().zip(values.as_slice()) {
            *g += twice * w;
        }
    }

    fn get_config(&self) -> Option<Config> {
        Some(Config::new(MODULE, "L2").with("l2", self.l2))
    }
}
