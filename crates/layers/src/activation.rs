//! An activation as a layer of its own.

use std::sync::Arc;

use cornu_tensor::{Scalar, Shape};

use crate::activations::{Activation as Function, IntoActivation, Linear};
use crate::{ActivationApart, Backward, Forward, Layer, LayerError, single};

/// Applies an activation to its input (`keras.layers.Activation`). The shape stays.
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

    fn function(&self) -> Result<&Arc<dyn Function<T>>, LayerError> {
        self.function.as_ref().map_err(Clone::clone)
    }
}

impl<T: Scalar> Layer<T> for Activation<T> {
    fn class_name(&self) -> &'static str {
        "Activation"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        self.function()?;
        single("Activation", inputs)
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let width = pass.output.shape().last_dim();
        let output = pass.output.as_mut_slice();
        output.copy_from_slice(pass.inputs[0].as_slice());
        self.function()?.apply(output, width);
        Ok(())
    }

    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        let Some(input_gradient) = &mut pass.input_gradients[0] else { return Ok(()) };
        let function = self.function()?;
        let from = if function.needs_input() { pass.inputs[0] } else { pass.output };
        let gradient = input_gradient.as_mut_slice();
        gradient.copy_from_slice(pass.output_gradient.as_slice());
        function.backward(from.as_slice(), gradient, pass.output.shape().last_dim());
        Ok(())
    }

    fn without_activation(&self) -> Option<ActivationApart<T>> {
        let function = self.function().ok()?.clone();
        Some((Box::new(Self::new(Linear)), function))
    }
}
