//! A rectified linear unit that lets a little through, as a layer.

use std::sync::Arc;

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape};

use crate::activation::{apart, backward, forward};
use crate::activations::LeakyRelu;
use crate::registry::{LAYER_ARGUMENTS, MODULE};
use crate::{ActivationApart, Backward, Forward, Layer, LayerError, single};

/// `x` for `x ≥ 0`, `negative_slope·x` otherwise (`keras.layers.LeakyReLU`). The shape stays.
///
/// As in Keras the slope is 0.3 by default; that of the activation `"leaky_relu"` is 0.2.
///
/// ```
/// use cornu_layers::{Built, LeakyReLU};
/// use cornu_tensor::Tensor;
///
/// let leaky = Built::<f32>::new(LeakyReLU::new().negative_slope(0.5), &[[2].into()], 0)?;
/// assert_eq!(leaky.call(&Tensor::from([[-2.0, 3.0]]))?, Tensor::from([[-1.0, 3.0]]));
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeakyReLU {
    negative_slope: f64,
}

impl LeakyReLU {
    /// A layer with Keras's default.
    #[must_use]
    pub fn new() -> Self {
        Self { negative_slope: 0.3 }
    }

    /// The slope below zero, 0 or more; 0.3 by default. Any other is reported when the layer is built.
    #[must_use]
    pub fn negative_slope(self, negative_slope: f64) -> Self {
        Self { negative_slope }
    }

    /// From Keras's arguments; the old name `alpha` works too.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        arguments.skip(&LAYER_ARGUMENTS);
        let (slope, old) = (arguments.or("negative_slope", 0.3)?, arguments.get("alpha")?);
        arguments.finish()?;
        Ok(Self { negative_slope: old.unwrap_or(slope) })
    }

    fn function(&self) -> Result<LeakyRelu, LayerError> {
        LeakyRelu::new(self.negative_slope)
    }
}

impl Default for LeakyReLU {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Layer<T> for LeakyReLU {
    fn class_name(&self) -> &'static str {
        "LeakyReLU"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        self.function()?;
        single("LeakyReLU", inputs)
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn forward(&self, pass: Forward<'_, T>) -> Result<(), LayerError> {
        forward(&self.function()?, pass);
        Ok(())
    }

    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        backward(&self.function()?, pass);
        Ok(())
    }

    fn without_activation(&self) -> Option<ActivationApart<T>> {
        apart(Arc::new(self.function().ok()?))
    }

    fn get_config(&self) -> Option<Config> {
        Some(Config::new(MODULE, "LeakyReLU").with("negative_slope", self.negative_slope))
    }
}
