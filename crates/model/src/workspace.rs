//! The memory of a step.

use std::sync::Arc;

use cornu_layers::activations::Activation;
use cornu_layers::{Layer, Mode, Scratch, Weight};
use cornu_losses::{Evaluator, Loss};
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::ModelError;
use crate::chain::Chain;

/// The last layer apart from its activation, and the loss on the logits between them.
#[derive(Debug, Clone)]
pub(crate) struct Tail<T: Scalar> {
    pub(crate) layer: Box<dyn Layer<T>>,
    pub(crate) activation: Arc<dyn Activation<T>>,
    pub(crate) loss: Box<dyn Loss<T>>,
}

/// The memory of a step, allocated at the first and used again by the others.
#[derive(Debug, Clone)]
pub(crate) struct Workspace<T> {
    pub(crate) scratch: Scratch<T>,
    /// The output of the last layer: logits, where its activation is fused with the loss.
    pub(crate) output: Tensor<T>,
    /// The activation of the logits, for the metrics; unused where nothing is fused.
    pub(crate) activated: Tensor<T>,
    pub(crate) output_gradient: Tensor<T>,
    pub(crate) weight_gradients: Vec<Tensor<T>>,
    pub(crate) evaluator: Evaluator<T>,
}

impl<T: Scalar> Default for Workspace<T> {
    fn default() -> Self {
        Self {
            scratch: Scratch::default(),
            output: Tensor::default(),
            activated: Tensor::default(),
            output_gradient: Tensor::default(),
            weight_gradients: Vec::new(),
            evaluator: Evaluator::new(),
        }
    }
}

impl<T: Scalar> Workspace<T> {
    /// Runs a batch forward into `output`.
    pub(crate) fn forward(
        &mut self,
        chain: Chain<'_, T>,
        weights: &[Weight<T>],
        x: View<'_, T>,
        mode: Mode,
    ) -> Result<(), ModelError> {
        self.scratch.take_loss(); // of a pass that failed halfway
        let end = chain.links.last().map_or_else(Shape::default, |link| link.output);
        self.output.resize(end.with_batch(x.shape().batch())?);
        chain
            .forward(weights, x, self.output.view_mut(), mode, &mut self.scratch)
            .map_err(|error| chain.named(error))?;
        Ok(())
    }

    /// What the model predicts for the last batch: where the tail is fused, the activation of the logits.
    pub(crate) fn predictions(&mut self, tail: Option<&Tail<T>>) -> View<'_, T> {
        let Some(tail) = tail else { return self.output.view() };
        self.activated.resize(self.output.shape());
        self.activated.as_mut_slice().copy_from_slice(self.output.as_slice());
        tail.activation.apply(self.activated.as_mut_slice(), self.output.shape().last_dim());
        self.activated.view()
    }
}
