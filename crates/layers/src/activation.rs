//! An activation as a layer of its own.

use std::sync::Arc;

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape};

use crate::activations::{self, Activation as Function, IntoActivation, Linear};
use crate::affine::{narrow, widen};
use crate::registry::{LAYER_ARGUMENTS, MODULE};
use crate::{ActivationApart, Backward, Forward, Layer, LayerError, single};

/// Applies an activation to its input (`keras.layers.Activation`). The shape stays, but for `glu`: that halves the last
/// dimension.
///
/// ```
/// use cornu_layers::{Activation, Built};
/// use cornu_tensor::Tensor;
///
/// let relu = Built::<f32>::new(Activation::new("relu"), &[[2].into()], 0)?;
/// assert_eq!(relu.call(&Tensor::from([[-1.0, 2.0]]))?, Tensor::from([[0.0, 2.0]]));
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Activation<T> {
    /// A name that is unknown is reported when the layer is built.
    function: Result<Arc<dyn Function<T>>, LayerError>,
}

impl<T: Scalar> Activation<T> {
    /// Keras's name of an activation, or the activation itself.
    #[must_use]
    pub fn new(activation: impl IntoActivation<T>) -> Self {
        Self { function: activation.into_activation() }
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have, and as [`activations::deserialize`].
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        arguments.skip(&LAYER_ARGUMENTS);
        let function = activations::read(&mut arguments, "activation")?;
        arguments.finish()?;
        Ok(Self { function: Ok(function) })
    }

    fn function(&self) -> Result<&Arc<dyn Function<T>>, LayerError> {
        self.function.as_ref().map_err(Clone::clone)
    }
}

/// The forward pass of a layer that is nothing but an activation.
pub(crate) fn forward<T: Scalar>(function: &dyn Function<T>, mut pass: Forward<'_, T>) {
    let input = pass.inputs[0];
    let width = input.shape().last_dim();
    let output = pass.output.as_mut_slice();
    if function.halves() {
        let [rows] = pass.scratch.tensors([input.shape()]);
        rows.as_mut_slice().copy_from_slice(input.as_slice());
        function.apply(rows.as_mut_slice(), width);
        return narrow(rows.as_slice(), output, width);
    }
    output.copy_from_slice(input.as_slice());
    function.apply(output, width);
}

/// The backward pass of a layer that is nothing but an activation.
pub(crate) fn backward<T: Scalar>(function: &dyn Function<T>, pass: Backward<'_, T>) {
    let Some(input_gradient) = &mut pass.input_gradients[0] else { return };
    let from = if function.needs_input() { pass.inputs[0] } else { pass.output };
    let width = pass.inputs[0].shape().last_dim();
    let (gradient, output_gradient) = (input_gradient.as_mut_slice(), pass.output_gradient.as_slice());
    if function.halves() {
        widen(output_gradient, gradient, width);
    } else {
        gradient.copy_from_slice(output_gradient);
    }
    function.backward(from.as_slice(), gradient, width);
}

/// Such a layer without its activation, and that activation.
pub(crate) fn apart<T: Scalar>(function: Arc<dyn Function<T>>) -> Option<ActivationApart<T>> {
    (!function.halves()).then(|| -> ActivationApart<T> { (Box::new(Activation::new(Linear)), function) })
}

impl<T: Scalar> Layer<T> for Activation<T> {
    fn class_name(&self) -> &'static str {
        "Activation"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        let function = self.function()?;
        let input = single("Activation", inputs)?;
        if !function.halves() {
            return Ok(input);
        }
        match input.dims() {
            [.., width] if width.is_multiple_of(2) => Ok(input.with_last(width / 2)?),
            _ => {
                let expected = format!("an even last dimension, for the activation {} halves it", function.name());
                Err(LayerError::Input { layer: "Activation", expected, received: input })
            }
        }
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn forward(&self, pass: Forward<'_, T>) -> Result<(), LayerError> {
        forward(self.function()?.as_ref(), pass);
        Ok(())
    }

    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        backward(self.function()?.as_ref(), pass);
        Ok(())
    }

    fn without_activation(&self) -> Option<ActivationApart<T>> {
        apart(self.function().ok()?.clone())
    }

    fn get_config(&self) -> Option<Config> {
        let activation = activations::serialize(self.function().ok()?.as_ref())?;
        Some(Config::new(MODULE, "Activation").with("activation", activation))
    }
}
