//! One layer on its own, with its weights.

use cornu_initializers::random;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::{Backward, Forward, Layer, LayerError, Mode, Role, Scratch, Weight};

/// One layer with the weights that it asked for: to use a layer without a model, and to test one.
///
/// ```
/// use cornu_layers::{Built, Dense, KernelArguments};
/// use cornu_tensor::Tensor;
///
/// let mut dense = Built::<f32>::new(Dense::new(2).bias_initializer("ones"), &[[3].into()], 42)?;
/// assert_eq!(dense.bias(), Some(&Tensor::from([1.0, 1.0])));
/// dense.set_weights(&[Tensor::zeros([3, 2]), Tensor::from([5.0, 6.0])])?;
/// assert_eq!(dense.call(&Tensor::zeros([1, 3]))?, Tensor::from([[5.0, 6.0]]));
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Built<T: Scalar> {
    layer: Box<dyn Layer<T>>,
    inputs: Vec<Shape>,
    output: Shape,
    weights: Vec<Weight<T>>,
}

/// The result of [`Built::gradients`].
#[derive(Debug, Clone)]
pub struct Gradients<T> {
    /// The gradient of each weight; zeros for those that gradients do not move.
    pub weights: Vec<Tensor<T>>,
    /// The gradient of each input.
    pub inputs: Vec<Tensor<T>>,
}

impl<T: Scalar> Built<T> {
    /// Builds a layer for inputs of these shapes (of one sample) and draws its weights from this seed.
    ///
    /// # Errors
    /// [`LayerError`] if the layer was given a wrong argument or cannot take such inputs.
    pub fn new(layer: impl Layer<T> + 'static, inputs: &[Shape], seed: u64) -> Result<Self, LayerError> {
        Self::from_box(Box::new(layer), inputs, seed)
    }

    /// As [`Built::new`], for a layer whose type is not known.
    ///
    /// # Errors
    /// As [`Built::new`].
    pub fn from_box(mut layer: Box<dyn Layer<T>>, inputs: &[Shape], seed: u64) -> Result<Self, LayerError> {
        layer.build(inputs)?;
        let output = layer.output_shape(inputs)?;
        let weights = init_weights(layer.as_ref(), inputs, seed)?;
        Ok(Self { layer, inputs: inputs.to_vec(), output, weights })
    }

    /// The layer.
    #[must_use]
    pub fn layer(&self) -> &dyn Layer<T> {
        self.layer.as_ref()
    }

    /// The weights, in Keras's order.
    #[must_use]
    pub fn weights(&self) -> &[Weight<T>] {
        &self.weights
    }

    /// The kernel, if the layer has one.
    #[must_use]
    pub fn kernel(&self) -> Option<&Tensor<T>> {
        find(&self.weights, Role::Kernel)
    }

    /// The bias, if the layer has one.
    #[must_use]
    pub fn bias(&self) -> Option<&Tensor<T>> {
        find(&self.weights, Role::Bias)
    }

    /// The shape of one output sample.
    #[must_use]
    pub fn output_shape(&self) -> Shape {
        self.output
    }

    /// Copies of all weights, in Keras's order.
    #[must_use]
    pub fn get_weights(&self) -> Vec<Tensor<T>> {
        self.weights.iter().map(|weight| weight.value().clone()).collect()
    }

    /// Gives all weights new values. If one does not fit, none is changed.
    ///
    /// # Errors
    /// [`LayerError::WeightCount`] or [`LayerError::WeightShape`].
    pub fn set_weights(&mut self, values: &[Tensor<T>]) -> Result<(), LayerError> {
        set_weights(self.layer.class_name(), &mut self.weights, values)
    }

    /// The output for one input, in inference.
    ///
    /// # Errors
    /// [`LayerError::Batch`] if the samples do not have the shape that the layer was built for.
    pub fn call(&self, input: &Tensor<T>) -> Result<Tensor<T>, LayerError> {
        self.call_all(&[input.view()], Mode::Inference, &mut Scratch::default())
    }

    /// The output for any number of inputs; `scratch` then holds what [`Built::gradients`] needs.
    ///
    /// # Errors
    /// As [`Built::call`], and [`LayerError::InputCount`].
    pub fn call_all(
        &self,
        inputs: &[View<'_, T>],
        mode: Mode,
        scratch: &mut Scratch<T>,
    ) -> Result<Tensor<T>, LayerError> {
        let batch = self.check(inputs)?;
        let mut output = Tensor::zeros(self.output.with_batch(batch)?);
        scratch.samples = None;
        let pass = Forward { weights: &self.weights, inputs, output: output.view_mut(), mode, scratch };
        self.layer.forward(pass)?;
        scratch.samples = (mode != Mode::Inference).then_some(batch);
        Ok(output)
    }

    /// The gradients of weights and inputs, for a gradient with respect to the output of the last
    /// [`Built::call_all`] in training.
    ///
    /// # Errors
    /// As [`Built::call_all`]; [`LayerError::Batch`] if a gradient of another shape came;
    /// [`LayerError::Scratch`] if the scratch is not that of a training pass over as many samples.
    pub fn gradients(
        &self,
        inputs: &[View<'_, T>],
        output: &Tensor<T>,
        output_gradient: &Tensor<T>,
        scratch: &mut Scratch<T>,
    ) -> Result<Gradients<T>, LayerError> {
        let batch = self.check(inputs)?;
        for tensor in [output, output_gradient] {
            if tensor.shape() != self.output.with_batch(batch)? {
                let layer = format!("the output of {}", self.layer.class_name());
                let (expected, received) = (Box::new(self.output), tensor.shape());
                return Err(LayerError::Batch { layer, expected, received });
            }
        }
        if scratch.samples != Some(batch) {
            let layer = self.layer.class_name();
            return Err(LayerError::Scratch { layer, expected: batch, received: scratch.samples.unwrap_or(0) });
        }
        let mut output_gradient = output_gradient.clone();
        let mut gradients = Gradients {
            weights: weight_gradients(&self.weights),
            inputs: inputs.iter().map(|input| Tensor::zeros(input.shape())).collect(),
        };
        let mut input_gradients: Vec<_> = gradients.inputs.iter_mut().map(|g| Some(g.view_mut())).collect();
        self.layer.backward(Backward {
            weights: &self.weights,
            inputs,
            output: output.view(),
            output_gradient: output_gradient.view_mut(),
            weight_gradients: &mut gradients.weights,
            input_gradients: &mut input_gradients,
            trainable: true,
            scratch,
        })?;
        Ok(gradients)
    }

    /// Lets the layer move the weights that training updates without gradients, after a training pass.
    pub fn update_state(&mut self, scratch: &Scratch<T>) {
        self.layer.update_state(&mut self.weights, scratch);
    }

    /// The number of samples, if every input has the shape that the layer was built for.
    fn check(&self, inputs: &[View<'_, T>]) -> Result<usize, LayerError> {
        let layer = self.layer.class_name();
        if inputs.len() != self.inputs.len() {
            let expected = self.inputs.len().to_string();
            return Err(LayerError::InputCount { layer, expected, received: inputs.len() });
        }
        let batch = inputs.first().map_or(0, |input| input.shape().batch());
        for (input, &expected) in inputs.iter().zip(&self.inputs) {
            if input.shape() != expected.with_batch(batch)? {
                let (layer, expected, received) = (layer.to_owned(), Box::new(expected), input.shape());
                return Err(LayerError::Batch { layer, expected, received });
            }
        }
        Ok(batch)
    }
}

/// The weights that a layer asks for, each drawn from a stream of its own under the seed.
///
/// # Errors
/// As [`Layer::weights`], and [`LayerError::Initializer`].
pub fn init_weights<T: Scalar>(
    layer: &dyn Layer<T>,
    inputs: &[Shape],
    seed: u64,
) -> Result<Vec<Weight<T>>, LayerError> {
    (0..).zip(layer.weights(inputs)?).map(|(index, spec)| spec.init(random::derive(seed, index))).collect()
}

/// Zeros for the gradient of each weight.
#[must_use]
pub fn weight_gradients<T: Scalar>(weights: &[Weight<T>]) -> Vec<Tensor<T>> {
    weights.iter().map(|weight| Tensor::zeros(weight.shape())).collect()
}

/// Gives all weights new values. If one does not fit, none is changed.
///
/// # Errors
/// [`LayerError::WeightCount`] or [`LayerError::WeightShape`].
pub fn set_weights<T: Scalar>(owner: &str, weights: &mut [Weight<T>], values: &[Tensor<T>]) -> Result<(), LayerError> {
    if weights.len() != values.len() {
        let (layer, expected, received) = (owner.to_owned(), weights.len(), values.len());
        return Err(LayerError::WeightCount { layer, expected, received });
    }
    for (weight, value) in weights.iter().zip(values) {
        weight.check(value)?;
    }
    weights.iter_mut().zip(values).try_for_each(|(weight, value)| weight.set(value))
}

/// The first weight of this role.
#[must_use]
pub fn find<T: Scalar>(weights: &[Weight<T>], role: Role) -> Option<&Tensor<T>> {
    weights.iter().find(|weight| weight.role() == role).map(Weight::value)
}
