//! What follows a product with the kernel: bias, activation, activity penalty; and the way back through them.

use std::sync::Arc;

use cornu_tensor::{Scalar, View, ViewMut, kernels};

use crate::activations::Activation;
use crate::arguments::KernelOptions;
use crate::{LayerError, Mode, Scratch, Weight};

/// The kernel and the bias among a layer's weights.
pub type KernelAndBias<'a, T> = (&'a Weight<T>, Option<&'a Weight<T>>);

impl<T: Scalar> KernelOptions<T> {
    /// The kernel and the bias among the weights that the owner passed in.
    ///
    /// # Errors
    /// [`LayerError::WeightCount`] for another number of weights.
    pub fn split<'a>(&self, layer: &'static str, weights: &'a [Weight<T>]) -> Result<KernelAndBias<'a, T>, LayerError> {
        match (weights, self.use_bias) {
            ([kernel, bias], true) => Ok((kernel, Some(bias))),
            ([kernel], false) => Ok((kernel, None)),
            _ => {
                let expected = if self.use_bias { 2 } else { 1 };
                Err(LayerError::WeightCount { layer: layer.to_owned(), expected, received: weights.len() })
            }
        }
    }

    /// Adds the bias to the product in `output`, applies the activation and takes the activity
    /// penalty, which Keras divides by the size of the batch.
    ///
    /// In training, an activation that needs its input finds it in the layer's first tensor on the way back.
    pub fn finish(&self, output: &mut ViewMut<'_, T>, bias: Option<&Weight<T>>, mode: Mode, scratch: &mut Scratch<T>) {
        let (shape, output) = (output.shape(), output.as_mut_slice());
        if let Some(bias) = bias {
            kernels::add_to_rows(output, bias.as_slice());
        }
        if self.activation.needs_input() && mode != Mode::Inference {
            let [before] = scratch.tensors([[output.len()].into()]);
            before.as_mut_slice().copy_from_slice(output);
        }
        self.activation.apply(output, shape.last_dim());
        if let Some(regularizer) = &self.activity_regularizer {
            scratch.add_loss(regularizer.penalty(output) / T::of_count(shape.batch().max(1)));
        }
    }

    /// The way back through [`KernelOptions::finish`]: turns the gradient with respect to the output into that
    /// with respect to the product, in place.
    pub fn undo(&self, output: View<'_, T>, gradient: &mut [T], scratch: &Scratch<T>) {
        if let Some(regularizer) = &self.activity_regularizer {
            // The penalty is a mean over the batch: see it as a sum, and the rest of the loss so much larger.
            let batch = T::of_count(output.shape().batch());
            gradient.iter_mut().for_each(|g| *g *= batch);
            regularizer.add_gradient(output.as_slice(), gradient);
            gradient.iter_mut().for_each(|g| *g /= batch);
        }
        let before = scratch.tensor(0).filter(|_| self.activation.needs_input());
        let from = before.map_or(output.as_slice(), |tensor| tensor.as_slice());
        self.activation.backward(from, gradient, output.shape().last_dim());
    }

    /// The activation, if nothing follows it: an activity penalty is taken on its output.
    pub fn activation_apart(&self) -> Option<Arc<dyn Activation<T>>> {
        self.activity_regularizer.is_none().then(|| self.activation.clone())
    }
}
