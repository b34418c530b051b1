//! The shape of a model's input.

use cornu_tensor::{Scalar, Shape};

use crate::flatten::{copy_backward, copy_forward};
use crate::{Backward, Forward, Layer, LayerError, single};

/// Says what shape one sample has (`keras.Input`, `keras.layers.InputLayer`), without the batch.
///
/// As the first layer of a model it lets the model be built at once. It computes nothing.
///
/// ```
/// use cornu_layers::{Input, Layer};
///
/// let input = Input::new([28, 28, 1]);
/// assert_eq!(Layer::<f32>::fixed_input(&input), Some([28, 28, 1].into()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input {
    shape: Shape,
}

impl Input {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "InputLayer";

    /// Samples of this shape.
    #[must_use]
    pub fn new(shape: impl Into<Shape>) -> Self {
        Self { shape: shape.into() }
    }
}

impl<T: Scalar> Layer<T> for Input {
    fn class_name(&self) -> &'static str {
        Self::CLASS_NAME
    }

    fn fixed_input(&self) -> Option<Shape> {
        Some(self.shape)
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        let input = single("Input", inputs)?;
        if input != self.shape {
            let expected = format!("samples of shape {}", self.shape);
            return Err(LayerError::Input { layer: "Input", expected, received: input });
        }
        Ok(input)
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
}
