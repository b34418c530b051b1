//! Layers as a user's crate would write them.

use cornu_initializers::Ones;
use cornu_layers::{Backward, Forward, Layer, LayerError, Role, Scratch, Weight, WeightSpec, single};
use cornu_tensor::{Scalar, Shape, Tensor};

/// Two inputs side by side: `(.., a)` and `(.., b)` give `(.., a + b)`.
#[derive(Debug, Clone)]
pub(crate) struct Concatenate;

impl<T: Scalar> Layer<T> for Concatenate {
    fn class_name(&self) -> &'static str {
        "Concatenate"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        match inputs {
            [a, b] if a.with_last(1)? == b.with_last(1)? => Ok(a.with_last(a.last_dim() + b.last_dim())?),
            [a, b] => Err(LayerError::Other {
                layer: "Concatenate".to_owned(),
                message: format!("expected inputs that differ in the last dimension alone. Received: {a} and {b}"),
            }),
            _ => Err(LayerError::InputCount { layer: "Concatenate", expected: "2".to_owned(), received: inputs.len() }),
        }
    }

    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let width = pass.output.shape().last_dim();
        let mut start = 0;
        for input in pass.inputs {
            let own = input.shape().last_dim();
            let rows = pass.output.as_mut_slice().chunks_exact_mut(width);
            for (into, from) in rows.zip(input.as_slice().chunks_exact(own)) {
                into[start..start + own].copy_from_slice(from);
            }
            start += own;
        }
        Ok(())
    }

    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        let width = pass.output.shape().last_dim();
        let mut start = 0;
        for (input, gradient) in pass.inputs.iter().zip(pass.input_gradients) {
            let own = input.shape().last_dim();
            if let Some(gradient) = gradient {
                let rows = pass.output_gradient.as_slice().chunks_exact(width);
                for (into, from) in gradient.as_mut_slice().chunks_exact_mut(own).zip(rows) {
                    into.copy_from_slice(&from[start..start + own]);
                }
            }
            start += own;
        }
        Ok(())
    }
}

/// `x · scale`, one learned number for all.
#[derive(Debug, Clone)]
pub(crate) struct Scale;

impl<T: Scalar> Layer<T> for Scale {
    fn class_name(&self) -> &'static str {
        "Scale"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        single("Scale", inputs)
    }

    fn weights(&self, _inputs: &[Shape]) -> Result<Vec<WeightSpec<T>>, LayerError> {
        Ok(vec![WeightSpec::new("scale", Role::Other, [], Ones)])
    }

    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let scale = pass.weights[0].as_slice()[0];
        for (y, &x) in pass.output.as_mut_slice().iter_mut().zip(pass.inputs[0].as_slice()) {
            *y = scale * x;
        }
        Ok(())
    }

    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        let (x, g) = (pass.inputs[0].as_slice(), pass.output_gradient.as_slice());
        let slope = x.iter().zip(g).fold(T::zero(), |sum, (&x, &g)| sum + x * g);
        pass.weight_gradients[0].as_mut_slice()[0] = slope;
        if let Some(gradient) = &mut pass.input_gradients[0] {
            let scale = pass.weights[0].as_slice()[0];
            for (d, &g) in gradient.as_mut_slice().iter_mut().zip(g) {
                *d = scale * g;
            }
        }
        Ok(())
    }
}

/// The same layer at every time step: `(time, ..)` gives `(time, ..)` of the inner layer.
#[derive(Debug, Clone)]
pub(crate) struct TimeDistributed<T: Scalar> {
    inner: Box<dyn Layer<T>>,
}

impl<T: Scalar> TimeDistributed<T> {
    pub(crate) fn new(inner: impl Layer<T> + 'static) -> Self {
        Self { inner: Box::new(inner) }
    }
}

/// A batch of sequences as a batch of their steps.
fn steps(shape: Shape) -> Result<Shape, LayerError> {
    Ok(shape.sample().sample().with_batch(shape.batch() * shape.sample().batch())?)
}

impl<T: Scalar> Layer<T> for TimeDistributed<T> {
    fn class_name(&self) -> &'static str {
        "TimeDistributed"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        let input = single("TimeDistributed", inputs)?;
        Ok(self.inner.output_shape(&[input.sample()])?.with_batch(input.batch())?)
    }

    fn weights(&self, inputs: &[Shape]) -> Result<Vec<WeightSpec<T>>, LayerError> {
        let weights = self.inner.weights(&[single("TimeDistributed", inputs)?.sample()])?;
        Ok(weights.into_iter().map(|weight| weight.within("layer")).collect())
    }

    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let shape = steps(pass.output.shape())?;
        self.inner.forward(Forward {
            weights: pass.weights,
            inputs: &[pass.inputs[0].reshaped(steps(pass.inputs[0].shape())?)?],
            output: cornu_tensor::ViewMut::new(shape, pass.output.as_mut_slice())?,
            mode: pass.mode.inner(0, true),
            scratch: &mut pass.scratch.inner(1)[0],
        })
    }

    fn backward(&self, mut pass: Backward<'_, T>) -> Result<(), LayerError> {
        let (input, output) = (steps(pass.inputs[0].shape())?, steps(pass.output.shape())?);
        let input_gradient = match &mut pass.input_gradients[0] {
            Some(gradient) => Some(cornu_tensor::ViewMut::new(input, gradient.as_mut_slice())?),
            None => None,
        };
        self.inner.backward(Backward {
            weights: pass.weights,
            inputs: &[pass.inputs[0].reshaped(input)?],
            output: pass.output.reshaped(output)?,
            output_gradient: cornu_tensor::ViewMut::new(output, pass.output_gradient.as_mut_slice())?,
            weight_gradients: pass.weight_gradients,
            input_gradients: &mut [input_gradient],
            trainable: pass.trainable,
            scratch: &mut pass.scratch.inner(1)[0],
        })
    }

    fn update_state(&self, weights: &mut [Weight<T>], scratch: &Scratch<T>) {
        if let Some(scratch) = scratch.inner_used().first() {
            self.inner.update_state(weights, scratch);
        }
    }
}

/// The sum of two layers of one input, the second of which may be frozen.
#[derive(Debug, Clone)]
pub(crate) struct Sum<T: Scalar> {
    layers: [Box<dyn Layer<T>>; 2],
    second_learns: bool,
}

impl<T: Scalar> Sum<T> {
    pub(crate) fn new(first: impl Layer<T> + 'static, second: impl Layer<T> + 'static, second_learns: bool) -> Self {
        Self { layers: [Box::new(first), Box::new(second)], second_learns }
    }

    fn learns(&self) -> [bool; 2] {
        [true, self.second_learns]
    }
}

/// How many of the weights are those of the first layer.
fn first_count<T: Scalar>(weights: &[Weight<T>]) -> usize {
    weights.iter().take_while(|weight| weight.name().starts_with("first/")).count()
}

impl<T: Scalar> Layer<T> for Sum<T> {
    fn class_name(&self) -> &'static str {
        "Sum"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        let [first, second] = [self.layers[0].output_shape(inputs)?, self.layers[1].output_shape(inputs)?];
        if first != second {
            let message = format!("expected outputs of one shape. Received: {first} and {second}");
            return Err(LayerError::Other { layer: "Sum".to_owned(), message });
        }
        Ok(first)
    }

    fn weights(&self, inputs: &[Shape]) -> Result<Vec<WeightSpec<T>>, LayerError> {
        let mut weights = Vec::new();
        for ((layer, name), learns) in self.layers.iter().zip(["first", "second"]).zip(self.learns()) {
            weights.extend(layer.weights(inputs)?.into_iter().map(|weight| {
                let trainable = weight.is_trainable() && learns;
                weight.within(name).trainable(trainable)
            }));
        }
        Ok(weights)
    }

    /// The scratch holds both outputs; in the backward pass also a gradient of the output for each layer (a
    /// layer may overwrite it) and one of the input.
    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let shape = pass.output.shape();
        let (outputs, inner) = pass.scratch.parts([shape, shape], 2);
        let (first, second) = pass.weights.split_at(first_count(pass.weights));
        let parts = self.layers.iter().zip([first, second]).zip(outputs).zip(inner).zip(self.learns());
        for (index, ((((layer, weights), output), scratch), learns)) in (0..).zip(parts) {
            let mode = pass.mode.inner(index, learns);
            layer.forward(Forward { weights, inputs: pass.inputs, output: output.view_mut(), mode, scratch })?;
        }
        let [a, b] = pass.scratch.tensors([shape, shape]);
        for ((y, &a), &b) in pass.output.as_mut_slice().iter_mut().zip(a.as_slice()).zip(b.as_slice()) {
            *y = a + b;
        }
        Ok(())
    }

    fn backward(&self, mut pass: Backward<'_, T>) -> Result<(), LayerError> {
        let (shape, input) = (pass.output.shape(), pass.inputs[0].shape());
        let ([first, second, copy, input_copy], inner) = pass.scratch.parts([shape, shape, shape, input], 2);
        let count = first_count(pass.weights);
        let (weights, gradients) = (pass.weights.split_at(count), pass.weight_gradients.split_at_mut(count));
        let wanted = pass.input_gradients[0].is_some();
        copy.as_mut_slice().copy_from_slice(pass.output_gradient.as_slice());
        self.layers[0].backward(Backward {
            weights: weights.0,
            inputs: pass.inputs,
            output: first.view(),
            output_gradient: copy.view_mut(),
            weight_gradients: gradients.0,
            input_gradients: &mut [wanted.then(|| input_copy.view_mut())],
            trainable: pass.trainable,
            scratch: &mut inner[0],
        })?;
        self.layers[1].backward(Backward {
            weights: weights.1,
            inputs: pass.inputs,
            output: second.view(),
            output_gradient: pass.output_gradient.reborrow(),
            weight_gradients: gradients.1,
            input_gradients: &mut [pass.input_gradients[0].as_mut().map(|gradient| gradient.reborrow())],
            trainable: pass.trainable && self.second_learns,
            scratch: &mut inner[1],
        })?;
        if let Some(gradient) = &mut pass.input_gradients[0] {
            add(gradient.as_mut_slice(), input_copy);
        }
        Ok(())
    }

    fn update_state(&self, weights: &mut [Weight<T>], scratch: &Scratch<T>) {
        let count = first_count(weights);
        let (first, second) = weights.split_at_mut(count);
        let parts = self.layers.iter().zip([first, second]).zip(scratch.inner_used()).zip(self.learns());
        for (((layer, weights), scratch), learns) in parts {
            if learns {
                layer.update_state(weights, scratch);
            }
        }
    }
}

/// `into += other`
pub(crate) fn add<T: Scalar>(into: &mut [T], other: &Tensor<T>) {
    for (into, &value) in into.iter_mut().zip(other.as_slice()) {
        *into += value;
    }
}
