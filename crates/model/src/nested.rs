//! A model as a layer of another model.

use std::sync::Arc;

use cornu_layers::activations::Activation;
use cornu_layers::{Backward, Forward, Layer, LayerError, Scratch, Weight, WeightSpec, single};
use cornu_tensor::{Scalar, Shape};

use crate::Sequential;
use crate::chain::AtLayer;
use crate::sequential::DEFAULT_NAME;

impl<T: Scalar> Sequential<T> {
    /// The error of one of this model's layers, for the model around it.
    fn inner_error(&self, (index, source): AtLayer) -> LayerError {
        let name = self.links.get(index).map_or("", |link| &link.name);
        LayerError::Other { layer: format!("{}/{name}", self.name), message: source.to_string() }
    }
}

/// A model in a model. Its weights move to the model around it, with the values that they have if it was built
/// (two inner models of the same seed bring the same), and stand there under `inner layer/weight`. A layer that was
/// frozen stays frozen.
impl<T: Scalar> Layer<T> for Sequential<T> {
    fn class_name(&self) -> &'static str {
        "Sequential"
    }

    fn own_name(&self) -> Option<&str> {
        (self.name != DEFAULT_NAME).then_some(self.name.as_str())
    }

    fn fixed_input(&self) -> Option<Shape> {
        self.sample_shape()
    }

    fn build(&mut self, inputs: &[Shape]) -> Result<(), LayerError> {
        let input = single("Sequential", inputs)?;
        if self.links.is_empty() {
            let message = "expected at least one layer in a model in a model. Received: none".to_owned();
            return Err(LayerError::Other { layer: self.name.clone(), message });
        }
        match self.sample_shape() {
            Some(expected) if expected != input => {
                let expected = format!("samples of shape {expected}");
                Err(LayerError::Input { layer: "Sequential", expected, received: input })
            }
            Some(_) => Ok(()),
            None => self.lay_out(input).map_err(|error| self.inner_error(error)),
        }
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        let mut shape = single("Sequential", inputs)?;
        for (i, link) in self.links.iter().enumerate() {
            shape = link.layer.output_shape(&[shape]).map_err(|error| self.inner_error((i, error)))?;
        }
        Ok(shape)
    }

    fn weights(&self, _inputs: &[Shape]) -> Result<Vec<WeightSpec<T>>, LayerError> {
        let mut specs = Vec::new();
        for link in &self.links {
            let own: Vec<WeightSpec<T>> = if self.is_built() {
                self.weights[link.weights.clone()].iter().map(Weight::to_spec).collect()
            } else {
                link.layer.weights(&[link.input])?
            };
            let learns = self.trainable && link.trainable;
            specs.extend(own.into_iter().map(|spec| {
                let trainable = spec.is_trainable() && learns;
                spec.within(&link.name).trainable(trainable)
            }));
        }
        Ok(specs)
    }

    fn may_fail(&self) -> bool {
        self.links.iter().any(|link| link.layer.may_fail())
    }

    fn is_random(&self) -> bool {
        self.links.iter().any(|link| link.layer.is_random())
    }

    fn forward(&self, pass: Forward<'_, T>) -> Result<(), LayerError> {
        let Some(&input) = pass.inputs.first() else { return Ok(()) };
        self.chain()
            .forward(pass.weights, input, pass.output, pass.mode.learning(self.trainable), pass.scratch)
            .map_err(|error| self.inner_error(error))
    }

    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        let pass = Backward { trainable: pass.trainable && self.trainable, ..pass };
        self.chain().backward(pass).map_err(|error| self.inner_error(error))
    }

    fn update_state(&self, weights: &mut [Weight<T>], scratch: &Scratch<T>) {
        if self.trainable {
            self.chain().update_state(weights, scratch);
        }
    }

    fn without_activation(&self) -> Option<(Box<dyn Layer<T>>, Arc<dyn Activation<T>>)> {
        let mut linear = self.clone();
        let last = linear.links.last_mut()?;
        let (layer, activation) = last.layer.without_activation()?;
        last.layer = layer;
        Some((Box::new(linear), activation))
    }
}
