//! The exponential linear unit as a layer.

use std::sync::Arc;

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape};

use crate::activation::{apart, backward, forward};
use crate::activations::Elu;
use crate::registry::{LAYER_ARGUMENTS, MODULE};
use crate::{ActivationApart, Backward, Forward, Layer, LayerError, single};

/// `x` for `x > 0`, `alpha·(eˣ − 1)` otherwise (`keras.layers.ELU`). The shape stays.
///
/// ```
/// use cornu_layers::{Built, ELU};
/// use cornu_tensor::Tensor;
///
/// let elu = Built::<f32>::new(ELU::new().alpha(2.0), &[[2].into()], 0)?;
/// assert_eq!(elu.call(&Tensor::from([[-200.0, 3.0]]))?, Tensor::from([[-2.0, 3.0]]));
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ELU {
    alpha: f64,
}

impl ELU {
    /// A layer with Keras's default.
    #[must_use]
    pub fn new() -> Self {
        Self { alpha: 1.0 }
    }

    /// The limit for large negative values is `−alpha`; 1 by default.
    #[must_use]
    pub fn alpha(self, alpha: f64) -> Self {
        Self { alpha }
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        arguments.skip(&LAYER_ARGUMENTS);
        let alpha = arguments.or("alpha", 1.0)?;
        arguments.finish()?;
        Ok(Self { alpha })
    }
}

impl Default for ELU {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Layer<T> for ELU {
    fn class_name(&self) -> &'static str {
        "ELU"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        single("ELU", inputs)
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn forward(&self, pass: Forward<'_, T>) -> Result<(), LayerError> {
        forward(&Elu::new(self.alpha), pass);
        Ok(())
    }

    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        backward(&Elu::new(self.alpha), pass);
        Ok(())
    }

    fn without_activation(&self) -> Option<ActivationApart<T>> {
        apart(Arc::new(Elu::new(self.alpha)))
    }

    fn get_config(&self) -> Option<Config> {
        Some(Config::new(MODULE, "ELU").with("alpha", self.alpha))
    }
}
