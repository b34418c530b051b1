//! Weights of norm one.

use cornu_tensor::{Scalar, ViewMut};

use super::norms::rescale;
use super::{Axes, Constraint};

/// The weights along the axes get norm 1: `w / (ε + ‖w‖)` (`keras.constraints.UnitNorm`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UnitNorm {
    axes: Axes,
}

impl UnitNorm {
    /// The norm along these axes.
    #[must_use]
    pub fn new(axes: impl Into<Axes>) -> Self {
        Self { axes: axes.into() }
    }
}

impl<T: Scalar> Constraint<T> for UnitNorm {
    fn apply(&self, weight: ViewMut<'_, T>) {
        rescale(weight, self.axes, |_| T::one());
    }
}
