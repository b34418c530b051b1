//! One layer after the other: the passes through a list of layers.
//!
//! The list runs in a [`Scratch`] as one layer would: it holds the outputs of all layers but the last, their
//! gradients, and the memory of each layer. So a model is a layer, and a model in a model costs nothing extra.

use std::ops::Range;

use cornu_layers::{Backward, Forward, Layer, LayerError, Mode, Scratch, Weight};
use cornu_tensor::{Scalar, Shape, View, ViewMut};

use crate::ModelError;

/// A layer in its place: its shapes are known, and where its weights lie among those of the list.
#[derive(Debug, Clone)]
pub(crate) struct Link<T: Scalar> {
    pub(crate) layer: Box<dyn Layer<T>>,
    pub(crate) name: String,
    pub(crate) trainable: bool,
    /// The shape of one input sample that the layer was said to have.
    pub(crate) declared: Option<Shape>,
    pub(crate) input: Shape,
    pub(crate) output: Shape,
    pub(crate) weights: Range<usize>,
    /// The multiply-adds that a sample costs at least: one for each weight and output.
    pub(crate) work: usize,
}

/// Layers one after the other; `last` stands in for the last layer, where it is given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chain<'a, T: Scalar> {
    pub(crate) links: &'a [Link<T>],
    pub(crate) last: Option<&'a dyn Layer<T>>,
}

/// An error of one of the layers, with its place.
pub(crate) type AtLayer = (usize, LayerError);

impl<'a, T: Scalar> Chain<'a, T> {
    /// The layer at a place.
    fn layer(&self, index: usize) -> &'a dyn Layer<T> {
        match self.last {
            Some(last) if index + 1 == self.links.len() => last,
            _ => self.links[index].layer.as_ref(),
        }
    }

    /// The multiply-adds that so many samples cost at least. Few samples mostly wait for the weights to come from memory,
    /// which is not worth as many threads.
    pub(crate) fn work(&self, samples: usize) -> usize {
        let each = self.links.iter().fold(0_usize, |sum, link| sum.saturating_add(link.work));
        if samples < 8 { each / 8 * samples } else { each.saturating_mul(samples) }
    }

    /// Names the layer that an error comes from.
    pub(crate) fn named(&self, (index, source): AtLayer) -> ModelError {
        ModelError::Layer { layer: self.links[index].name.clone(), source }
    }

    /// Runs a batch through all layers.
    pub(crate) fn forward(
        &self,
        weights: &[Weight<T>],
        input: View<'_, T>,
        output: ViewMut<'_, T>,
        mode: Mode,
        scratch: &mut Scratch<T>,
    ) -> Result<(), AtLayer> {
        let (count, batch) = (self.links.len(), input.shape().batch());
        let Some(between) = count.checked_sub(1) else { return Ok(()) };
        let (tensors, scratches) = scratch.lists(2 * between, count);
        let (outputs, _) = tensors.split_at_mut(between);
        let mut output = Some(output);
        for (i, (link, scratch)) in self.links.iter().zip(scratches).enumerate() {
            let at = |error: cornu_tensor::TensorError| (i, error.into());
            let (before, rest) = outputs.split_at_mut(i.min(between));
            let input = before.last().map_or(input, |tensor| tensor.view());
            let output = match rest.first_mut() {
                Some(tensor) => {
                    tensor.resize(link.output.with_batch(batch).map_err(at)?);
                    tensor.view_mut()
                }
                None => match output.take() {
                    Some(output) => output,
                    None => return Ok(()),
                },
            };
            let weights = &weights[link.weights.clone()];
            let mode = mode.inner(i as u64, link.trainable);
            self.layer(i)
                .forward(Forward { weights, inputs: &[input], output, mode, scratch })
                .map_err(|error| (i, error))?;
        }
        Ok(())
    }

    /// Brings the gradient with respect to the output back to all weights, and to the input if asked for.
    ///
    /// Layers below the lowest that may learn are left out when nobody asks for the input's gradient.
    pub(crate) fn backward(&self, pass: Backward<'_, T>) -> Result<(), AtLayer> {
        let Backward { weights, output_gradient, weight_gradients, input_gradients, scratch, .. } = pass;
        let (count, batch) = (self.links.len(), pass.output.shape().batch());
        let Some(between) = count.checked_sub(1) else { return Ok(()) };
        let (Some(&input), Some(input_gradient)) = (pass.inputs.first(), input_gradients.first_mut()) else {
            return Ok(());
        };
        let lowest = if input_gradient.is_some() { 0 } else { self.lowest_learning(weights, pass.trainable) };
        let (tensors, scratches) = scratch.lists(2 * between, count);
        let (outputs, gradients) = tensors.split_at_mut(between);
        let mut output_gradient = Some(output_gradient);
        for i in (lowest..count).rev() {
            let (link, at) = (&self.links[i], |error: cornu_tensor::TensorError| (i, error.into()));
            let (lower, upper) = gradients.split_at_mut(i.min(between));
            let gradient = match upper.first_mut() {
                Some(tensor) => tensor.view_mut(),
                None => match output_gradient.take() {
                    Some(gradient) => gradient,
                    None => return Ok(()),
                },
            };
            let below = match lower.last_mut() {
                Some(_) if i == lowest => None,
                Some(tensor) => {
                    tensor.resize(link.input.with_batch(batch).map_err(at)?);
                    Some(tensor.view_mut())
                }
                None => input_gradient.as_mut().map(ViewMut::reborrow),
            };
            let pass = Backward {
                weights: &weights[link.weights.clone()],
                inputs: &[i.checked_sub(1).map_or(input, |below| outputs[below].view())],
                output: outputs.get(i).map_or(pass.output, |tensor| tensor.view()),
                output_gradient: gradient,
                weight_gradients: &mut weight_gradients[link.weights.clone()],
                input_gradients: &mut [below],
                trainable: pass.trainable && link.trainable,
                scratch: &mut scratches[i],
            };
            self.layer(i).backward(pass).map_err(|error| (i, error))?;
        }
        Ok(())
    }

    /// The first layer with a weight that gradients move; the number of layers if there is none.
    fn lowest_learning(&self, weights: &[Weight<T>], trainable: bool) -> usize {
        let learns = |link: &Link<T>| link.trainable && weights[link.weights.clone()].iter().any(Weight::is_trainable);
        self.links.iter().position(|link| trainable && learns(link)).unwrap_or(self.links.len())
    }

    /// Lets each layer that may learn move what training updates without gradients.
    pub(crate) fn update_state(&self, weights: &mut [Weight<T>], scratch: &Scratch<T>) {
        for (i, (link, scratch)) in self.links.iter().zip(scratch.inner_used()).enumerate() {
            if link.trainable {
                self.layer(i).update_state(&mut weights[link.weights.clone()], scratch);
            }
        }
    }
}
