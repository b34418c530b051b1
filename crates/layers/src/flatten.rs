//! All dimensions of a sample as one.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape};

use crate::arguments::fixed;
use crate::registry::{CHANNELS_LAST, LAYER_ARGUMENTS, MODULE};
use crate::{Backward, Forward, Layer, LayerError, single};

/// Makes one row of each sample (`keras.layers.Flatten`): input `(batch, a, b, …)`, output `(batch, a·b·…)`.
///
/// ```
/// use cornu_layers::{Built, Flatten};
/// use cornu_tensor::Tensor;
///
/// let flatten = Built::<f32>::new(Flatten::new(), &[[2, 3].into()], 0)?;
/// assert_eq!(flatten.call(&Tensor::zeros([10, 2, 3]))?.shape(), [10, 6].into());
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flatten;

impl Flatten {
    /// The layer; it has no arguments.
    #[must_use]
    pub fn new() -> Self {
        Self
    }

    /// From Keras's arguments. Channels are last; a file with the channels first is refused.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        arguments.skip(&LAYER_ARGUMENTS);
        fixed(&mut arguments, "Flatten", "data_format", &CHANNELS_LAST.into())?;
        arguments.finish()?;
        Ok(Self)
    }
}

/// The forward pass of a layer that changes the shape alone.
pub(crate) fn copy_forward<T: Scalar>(mut pass: Forward<'_, T>) {
    pass.output.as_mut_slice().copy_from_slice(pass.inputs[0].as_slice());
}

/// The backward pass of a layer that changes the shape alone.
pub(crate) fn copy_backward<T: Scalar>(pass: Backward<'_, T>) {
    if let Some(gradient) = &mut pass.input_gradients[0] {
        gradient.as_mut_slice().copy_from_slice(pass.output_gradient.as_slice());
    }
}

impl<T: Scalar> Layer<T> for Flatten {
    fn class_name(&self) -> &'static str {
        "Flatten"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        Ok([single("Flatten", inputs)?.size()].into())
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn forward(&self, pass: Forward<'_, T>) -> Result<(), LayerError> {
        copy_forward(pass);
        Ok(())
    }

    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        copy_backward(pass);
        Ok(())
    }

    fn get_config(&self) -> Option<Config> {
        Some(Config::new(MODULE, "Flatten").with("data_format", CHANNELS_LAST))
    }
}
