//! The shape of a model's input.

use std::iter;

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape};

use crate::arguments::fixed;
use crate::flatten::{copy_backward, copy_forward};
use crate::registry::{LAYER_ARGUMENTS, MODULE};
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

    /// From Keras's arguments. Any batch will do, also where Keras was told its size.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have; [`LayerError::Argument`] if a dimension other than the
    /// batch is open.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        arguments.skip(&LAYER_ARGUMENTS);
        for argument in ["sparse", "ragged", "optional"] {
            fixed(&mut arguments, Self::CLASS_NAME, argument, &false.into())?;
        }
        let batch: Vec<Option<usize>> = arguments.required("batch_shape")?;
        arguments.finish()?;
        let sample = batch.get(1..).and_then(|sample| sample.iter().copied().collect::<Option<Vec<usize>>>());
        let Some(sample) = sample else {
            let (component, argument) = (Self::CLASS_NAME, "batch_shape");
            let (expected, received) = ("the batch, then dimensions of known size".to_owned(), format!("{batch:?}"));
            return Err(LayerError::Argument { component, argument, expected, received });
        };
        Ok(Self { shape: Shape::new(&sample)? })
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

    /// With the number type: an input says it differently from other layers.
    fn get_config(&self) -> Option<Config> {
        let sample = self.shape.dims().iter().map(|&dim| Some(dim));
        let config = Config::new(MODULE, Self::CLASS_NAME)
            .with("batch_shape", iter::once(None).chain(sample).collect::<Vec<Option<usize>>>())
            .with("dtype", T::DTYPE);
        Some(["sparse", "ragged", "optional"].iter().fold(config, |config, argument| config.with(argument, false)))
    }
}
