//! The rectified linear unit as a layer, with its arguments.

use std::sync::Arc;

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape};

use crate::activation::{apart, backward, forward};
use crate::activations::GeneralRelu;
use crate::registry::{LAYER_ARGUMENTS, MODULE};
use crate::{ActivationApart, Backward, Forward, Layer, LayerError, single};

/// `max_value` above `max_value`, `x` above `threshold`, `negative_slope·(x − threshold)` below (`keras.layers.ReLU`; see
/// [`GeneralRelu`]). The shape stays. An argument that is wrong is reported when the layer is built.
///
/// ```
/// use cornu_layers::{Built, ReLU};
/// use cornu_tensor::Tensor;
///
/// let relu = Built::<f32>::new(ReLU::new().max_value(6.0).negative_slope(0.5), &[[3].into()], 0)?;
/// assert_eq!(relu.call(&Tensor::from([[-2.0, 3.0, 9.0]]))?, Tensor::from([[-1.0, 3.0, 6.0]]));
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ReLU {
    negative_slope: f64,
    max_value: Option<f64>,
    threshold: f64,
}

impl ReLU {
    /// `max(x, 0)`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The largest value, 0 or more; none by default.
    #[must_use]
    pub fn max_value(self, max_value: f64) -> Self {
        Self { max_value: Some(max_value), ..self }
    }

    /// The slope below the threshold, 0 or more; 0 by default.
    #[must_use]
    pub fn negative_slope(self, negative_slope: f64) -> Self {
        Self { negative_slope, ..self }
    }

    /// What is no larger counts as below, 0 or more; 0 by default.
    #[must_use]
    pub fn threshold(self, threshold: f64) -> Self {
        Self { threshold, ..self }
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        arguments.skip(&LAYER_ARGUMENTS);
        let (negative_slope, max_value) = (arguments.or("negative_slope", 0.0)?, arguments.get("max_value")?);
        let threshold = arguments.or("threshold", 0.0)?;
        arguments.finish()?;
        Ok(Self { negative_slope, max_value, threshold })
    }

    fn function(&self) -> Result<GeneralRelu, LayerError> {
        GeneralRelu::new(self.negative_slope, self.max_value, self.threshold)
    }
}

impl<T: Scalar> Layer<T> for ReLU {
    fn class_name(&self) -> &'static str {
        "ReLU"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        self.function()?;
        single("ReLU", inputs)
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
        let config = Config::new(MODULE, "ReLU").with("negative_slope", self.negative_slope);
        Some(config.with("max_value", self.max_value).with("threshold", self.threshold))
    }
}
