//! What follows a product with the kernel: bias, activation, activity penalty; the way back through them; and the
//! gradients of kernel and bias, where several threads each add up a part of the batch.

use std::sync::Arc;

use cornu_tensor::kernels::{add_to_rows, sum_rows};
use cornu_tensor::threads::Rows;
use cornu_tensor::{Scalar, Tensor, View};

use crate::activations::Activation;
use crate::arguments::KernelOptions;
use crate::{LayerError, Mode, Scratch, Weight, activity};

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

    /// Room for what comes before the activation, if the way back needs that: in a tensor of the layer's [`Scratch`].
    pub fn before<'a>(&self, tensor: &'a mut Tensor<T>, values: usize, mode: Mode) -> Option<&'a mut [T]> {
        if mode == Mode::Inference || !self.activation.needs_input() {
            return None;
        }
        tensor.resize([values]);
        Some(tensor.as_mut_slice())
    }

    /// Where the product goes: into the output, or where the activation halves it, into a tensor of the layer's
    /// [`Scratch`].
    pub fn room<'a>(&self, output: &'a mut [T], tensor: &'a mut Tensor<T>) -> &'a mut [T] {
        if !self.halves {
            return output;
        }
        tensor.resize([2 * output.len()]);
        tensor.as_mut_slice()
    }

    /// Where the activation halved the rows of [`KernelOptions::room`], of `width` values each, brings them to the output.
    pub fn narrow(&self, tensor: &Tensor<T>, output: &mut [T], width: usize) {
        if self.halves {
            narrow(tensor.as_slice(), output, width);
        }
    }

    /// The gradient with respect to the output, with room for that with respect to the product.
    pub fn widen<'a>(&self, gradient: &'a mut [T], tensor: &'a mut Tensor<T>, width: usize) -> &'a mut [T] {
        if !self.halves {
            return gradient;
        }
        tensor.resize([2 * gradient.len()]);
        widen(gradient, tensor.as_mut_slice(), width);
        tensor.as_mut_slice()
    }

    /// Adds the bias to some rows of a product and applies the activation; `before` takes what comes between the two.
    pub fn finish(&self, output: &mut [T], width: usize, bias: Option<&Weight<T>>, before: Option<&mut [T]>) {
        if let Some(bias) = bias {
            add_to_rows(output, bias.as_slice());
        }
        if let Some(before) = before {
            before.copy_from_slice(output);
        }
        self.activation.apply(output, width);
    }

    /// Takes the activity penalty on the whole output, which Keras divides by the size of the batch.
    pub fn penalize(&self, output: View<'_, T>, scratch: &mut Scratch<T>) {
        if let Some(regularizer) = &self.activity_regularizer {
            activity::penalize(&**regularizer, output, scratch);
        }
    }

    /// The way back through [`KernelOptions::penalize`], for the whole gradient.
    pub fn undo_penalty(&self, output: View<'_, T>, gradient: &mut [T]) {
        if let Some(regularizer) = &self.activity_regularizer {
            activity::undo_penalty(&**regularizer, output, gradient);
        }
    }

    /// The way back through [`KernelOptions::finish`] for some rows, from what [`KernelOptions::kept`] gave for them:
    /// turns the gradient with respect to the output into that with respect to the product, in place.
    pub fn undo(&self, from: &[T], gradient: &mut [T], width: usize) {
        self.activation.backward(from, gradient, width);
    }

    /// What the activation needs on the way back: the output, or what [`KernelOptions::before`] took.
    ///
    /// # Errors
    /// [`LayerError::Other`] if that was not left by a training pass over the same batch.
    pub fn kept<'a>(&self, layer: &str, output: View<'a, T>, tensor: &'a Tensor<T>) -> Result<&'a [T], LayerError> {
        if !self.activation.needs_input() {
            return Ok(output.as_slice());
        }
        let values = output.shape().size() * if self.halves { 2 } else { 1 };
        if tensor.len() != values {
            let message = format!(
                "expected the scratch of a training pass with an output of {values} values. Received: {}",
                tensor.len()
            );
            return Err(LayerError::Other { layer: layer.to_owned(), message });
        }
        Ok(tensor.as_slice())
    }

    /// The activation, if nothing follows it (an activity penalty is taken on its output) and the width stays.
    pub fn activation_apart(&self) -> Option<Arc<dyn Activation<T>>> {
        (self.activity_regularizer.is_none() && !self.halves).then(|| self.activation.clone())
    }
}

/// The first half of each row, `width` being that of the whole row.
pub(crate) fn narrow<T: Scalar>(rows: &[T], halves: &mut [T], width: usize) {
    let half = width / 2;
    for (row, to) in rows.chunks_exact(width.max(1)).zip(halves.chunks_exact_mut(half.max(1))) {
        to.copy_from_slice(&row[..half]);
    }
}

/// Brings the first half of each row to its place; the second half stays.
pub(crate) fn widen<T: Scalar>(halves: &[T], rows: &mut [T], width: usize) {
    let half = width / 2;
    for (row, from) in rows.chunks_exact_mut(width.max(1)).zip(halves.chunks_exact(half.max(1))) {
        row[..half].copy_from_slice(from);
    }
}

/// Where each chunk of a batch writes its share of the gradients of kernel and bias.
pub(crate) type Shares<'a, T> = (Rows<'a, T>, Rows<'a, T>);

/// Runs `f` on the shares of so many chunks, of `chunk` rows each, and adds them up, always in the same order. One
/// chunk writes into the gradients themselves, the others into `memory`.
pub(crate) fn add_shares<T: Scalar>(
    gradients: &mut [Tensor<T>],
    memory: &mut Tensor<T>,
    (chunks, chunk): (usize, usize),
    f: impl FnOnce(Shares<'_, T>) -> Result<(), LayerError>,
) -> Result<(), LayerError> {
    let mut gradients = gradients.iter_mut().map(|gradient| gradient.as_mut_slice());
    let (kernel, bias) = (gradients.next().unwrap_or_default(), gradients.next().unwrap_or_default());
    let (kernel_len, bias_len) = (kernel.len(), bias.len());
    if chunks == 1 {
        return f((Rows::for_chunks(kernel, kernel_len, chunk), Rows::for_chunks(bias, bias_len, chunk)));
    }
    memory.resize([chunks * (kernel_len + bias_len)]);
    let (kernels, biases) = memory.as_mut_slice().split_at_mut(chunks * kernel_len);
    f((Rows::for_chunks(kernels, kernel_len, chunk), Rows::for_chunks(biases, bias_len, chunk)))?;
    sum_rows(kernel, T::zero(), kernels);
    sum_rows(bias, T::zero(), biases);
    Ok(())
}
