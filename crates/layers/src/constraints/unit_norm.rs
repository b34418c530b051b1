//! Weights of norm one.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, ViewMut};

use super::norms::rescale;
use super::{Axes, Constraint, MODULE};
use crate::LayerError;

/// The weights along the axes get norm 1: `w / (ε + ‖w‖)` (`keras.constraints.UnitNorm`).
///
/// ```
/// use cornu_layers::constraints::{Constraint, UnitNorm};
/// use cornu_tensor::Tensor;
///
/// let mut kernel = Tensor::from([[3.0_f64], [4.0]]); // the norm is 5
/// UnitNorm::default().apply(kernel.view_mut());
/// assert!((kernel.as_slice()[0] - 0.6).abs() < 1e-6);
/// assert!((kernel.as_slice()[1] - 0.8).abs() < 1e-6);
/// ```
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

    /// From what Keras writes of it.
    ///
    /// # Errors
    /// [`LayerError::Config`] for an argument that is not understood.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        let constraint = Self::new(Axes::read(config, &mut arguments)?);
        arguments.finish()?;
        Ok(constraint)
    }
}

impl<T: Scalar> Constraint<T> for UnitNorm {
    fn check(&self, shape: Shape) -> Result<(), LayerError> {
        self.axes.check("UnitNorm", shape)
    }

    fn apply(&self, weight: ViewMut<'_, T>) {
        rescale(weight, self.axes, |_| T::one());
    }

    fn get_config(&self) -> Option<Config> {
        self.axes.write(Config::new(MODULE, "UnitNorm"))
    }
}
