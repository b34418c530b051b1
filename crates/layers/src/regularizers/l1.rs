//! The sum of absolute values.

use cornu_tensor::Scalar;

use super::{Regularizer, check_factor, sign, sum};
use crate::LayerError;

/// `l1 · Σ|w|` (`keras.regularizers.L1`, 0.01 by default).
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
}

impl Default for L1 {
    fn default() -> Self {
        Self { l1: 0.01 }
    }
}

impl<T: Scalar> Regularizer<T> for L1 {
    fn penalty(&self, values: &[T]) -> T {
        T::of(self.l1 * sum(values, f64::abs))
    }

    fn add_gradient(&self, values: &[T], gradient: &mut [T]) {
        let l1 = T::of(self.l1);
        for (g, &w) in gradient.iter_mut().zip(values) {
            *g += l1 * sign(w);
        }
    }
}
