//! Probabilities along any axes, as a layer.

use std::sync::Arc;

use cornu_config::{Config, Value};
use cornu_tensor::{Scalar, Shape};

use crate::activation::apart;
use crate::activations::{self, Activation};
use crate::features::batch_axis;
use crate::lanes::Lanes;
use crate::registry::{LAYER_ARGUMENTS, MODULE};
use crate::{ActivationApart, Backward, Forward, Layer, LayerError, single};

/// `e^xᵢ / Σⱼ e^xⱼ` over the values along one axis, or several (`keras.layers.Softmax`). The shape stays.
///
/// ```
/// use cornu_layers::{Built, Softmax};
/// use cornu_tensor::Tensor;
///
/// let softmax = Built::<f32>::new(Softmax::new().axis(1), &[[2, 1].into()], 0)?;
/// assert_eq!(softmax.call(&Tensor::zeros([1, 2, 1]))?.as_slice(), [0.5, 0.5]);
/// let over_images = Built::<f32>::new(Softmax::new().axis([1, 2]), &[[2, 2, 3].into()], 0)?;
/// assert_eq!(over_images.call(&Tensor::zeros([1, 2, 2, 3]))?.as_slice(), [0.25; 12]);
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Softmax {
    axis: SoftmaxAxis,
}

/// One axis, or a list of axes, as Keras writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoftmaxAxis {
    /// One axis.
    One(isize),
    /// Several axes.
    Several(Vec<isize>),
}

impl From<isize> for SoftmaxAxis {
    fn from(axis: isize) -> Self {
        Self::One(axis)
    }
}

impl<const N: usize> From<[isize; N]> for SoftmaxAxis {
    fn from(axes: [isize; N]) -> Self {
        Self::Several(axes.to_vec())
    }
}

impl From<Vec<isize>> for SoftmaxAxis {
    fn from(axes: Vec<isize>) -> Self {
        Self::Several(axes)
    }
}

impl SoftmaxAxis {
    fn as_slice(&self) -> &[isize] {
        match self {
            Self::One(axis) => std::slice::from_ref(axis),
            Self::Several(axes) => axes,
        }
    }
}

impl Softmax {
    /// Along the last axis.
    #[must_use]
    pub fn new() -> Self {
        Self { axis: SoftmaxAxis::One(-1) }
    }

    /// Along this axis or these, the batch being axis 0; a negative one counts from the end. −1 by default. One that the
    /// input does not have is reported when the layer is built.
    #[must_use]
    pub fn axis(self, axis: impl Into<SoftmaxAxis>) -> Self {
        Self { axis: axis.into() }
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        arguments.skip(&LAYER_ARGUMENTS);
        let axis = match arguments.or("axis", -1) {
            Ok(axis) => SoftmaxAxis::One(axis),
            Err(_) => SoftmaxAxis::Several(arguments.required("axis")?),
        };
        arguments.finish()?;
        Ok(Self { axis })
    }

    /// What is summed over in samples of this shape, if they have the axes.
    fn lanes(&self, sample: Shape) -> Result<Lanes, LayerError> {
        let (axes, rank) = (self.axis.as_slice(), sample.rank());
        let mut seen = 0_u64;
        for &axis in axes {
            match batch_axis(axis, rank).map(|axis| 1 << axis) {
                Some(bit) if seen & bit == 0 => seen |= bit,
                _ => seen = u64::MAX,
            }
        }
        if axes.is_empty() || seen == u64::MAX {
            return Err(LayerError::Argument {
                component: "Softmax",
                argument: "axis",
                expected: format!("axes of (batch, …) other than the batch, each once, for samples of shape {sample}"),
                received: format!("{axes:?}"),
            });
        }
        Ok(Lanes::new(sample, |axis| seen >> (axis + 1) & 1 == 1))
    }
}

impl Default for Softmax {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Layer<T> for Softmax {
    fn class_name(&self) -> &'static str {
        "Softmax"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        let input = single("Softmax", inputs)?;
        self.lanes(input)?;
        Ok(input)
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let sample = pass.output.shape().sample();
        let (lanes, size) = (self.lanes(sample)?, sample.size());
        let (input, output) = (pass.inputs[0].as_slice(), pass.output.as_mut_slice());
        if lanes.in_order() {
            output.copy_from_slice(input);
            activations::Softmax.apply(output, lanes.width());
            return Ok(());
        }
        let [rows] = pass.scratch.tensors([[input.len()].into()]);
        lanes.gather(size, input, rows.as_mut_slice());
        activations::Softmax.apply(rows.as_mut_slice(), lanes.width());
        lanes.scatter(size, rows.as_slice(), output);
        Ok(())
    }

    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        let Some(input_gradient) = &mut pass.input_gradients[0] else { return Ok(()) };
        let sample = pass.output.shape().sample();
        let (lanes, size) = (self.lanes(sample)?, sample.size());
        let (output, gradient) = (pass.output.as_slice(), pass.output_gradient.as_slice());
        let below = input_gradient.as_mut_slice();
        if lanes.in_order() {
            below.copy_from_slice(gradient);
            activations::Softmax.backward(output, below, lanes.width());
            return Ok(());
        }
        let [rows, gradients] = pass.scratch.tensors([[output.len()], [output.len()]].map(Shape::from));
        lanes.gather(size, output, rows.as_mut_slice());
        lanes.gather(size, gradient, gradients.as_mut_slice());
        activations::Softmax.backward(rows.as_slice(), gradients.as_mut_slice(), lanes.width());
        lanes.scatter(size, gradients.as_slice(), below);
        Ok(())
    }

    fn without_activation(&self) -> Option<ActivationApart<T>> {
        (self.axis.as_slice() == [-1]).then(|| apart(Arc::new(activations::Softmax)))?
    }

    fn get_config(&self) -> Option<Config> {
        let axis = match &self.axis {
            SoftmaxAxis::One(axis) => Value::from(*axis),
            SoftmaxAxis::Several(axes) => Value::from(axes.clone()),
        };
        Some(Config::new(MODULE, "Softmax").with("axis", axis))
    }
}
