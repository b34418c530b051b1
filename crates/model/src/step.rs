//! One batch: a training step, and a test step.

use cornu_initializers::random;
use cornu_layers::{Backward, Mode, Weight, weight_gradients};
use cornu_losses::Loss;
use cornu_metrics::{Mean, Metric};
use cornu_optimizers::{OptimizerError, Update};
use cornu_tensor::kernels::map;
use cornu_tensor::{Scalar, Tensor, threads};

use crate::chain::{Chain, Link};
use crate::compile::{Compiled, NamedMetric, not_compiled};
use crate::data::{Batch, check_samples};
use crate::streams::LAYERS;
use crate::workspace::{Tail, Workspace};
use crate::{ModelError, Sequential};

/// The layers as they run in a step: the last one without its activation, where that is fused with the loss.
fn chain_for<'a, T: Scalar>(links: &'a [Link<T>], tail: Option<&'a Tail<T>>) -> Chain<'a, T> {
    Chain { links, last: tail.map(|tail| tail.layer.as_ref()) }
}

/// The loss on what these layers give: on the logits, where the last activation is fused with it.
fn loss_for<'a, T: Scalar>(loss: &'a dyn Loss<T>, tail: Option<&'a Tail<T>>) -> &'a dyn Loss<T> {
    tail.map_or(loss, |tail| tail.loss.as_ref())
}

/// How the layers of a model of this seed run in a training step.
fn training(seed: u64, step: u64, trainable: bool) -> Mode {
    Mode::Training { seed: random::derive(seed, LAYERS), step, trainable }
}

/// Whether gradients move a weight of this layer.
fn moves<T: Scalar>(model_trainable: bool, link: &Link<T>, weight: &Weight<T>) -> bool {
    model_trainable && link.trainable && weight.is_trainable()
}

/// The penalties on the weights. As in Keras, those of frozen layers do not count.
fn penalties<T: Scalar>(trainable: bool, links: &[Link<T>], weights: &[Weight<T>]) -> T {
    let of_link = |link: &Link<T>| {
        let own = weights[link.weights.clone()].iter().filter(|weight| moves(trainable, link, weight));
        own.fold(T::zero(), |sum, weight| sum + weight.penalty())
    };
    links.iter().fold(T::zero(), |sum, link| sum + of_link(link))
}

/// Takes the loss of a batch, and its predictions if anything is measured on them.
fn measure<T: Scalar>(
    mean_loss: &mut Mean,
    metrics: &mut [Box<dyn Metric<T>>],
    weighted: &mut [NamedMetric<T>],
    batch: Batch<'_, T>,
    (workspace, tail): (&mut Workspace<T>, Option<&Tail<T>>),
    loss: T,
) -> Result<(), ModelError> {
    mean_loss.update_value(loss.to_f64(), batch.x.shape().batch() as f64);
    if metrics.is_empty() && weighted.is_empty() {
        return Ok(());
    }
    let predictions = workspace.predictions(tail);
    metrics.iter_mut().try_for_each(|metric| metric.update(batch.y, predictions, None))?;
    weighted.iter_mut().try_for_each(|(_, metric)| metric.update(batch.y, predictions, batch.sample_weight))?;
    Ok(())
}

/// Forward, loss, backward. The loss comes back, with its penalties; the gradients in the workspace lack those of the
/// penalties on weights.
#[inline]
fn pass<T: Scalar>(
    chain: Chain<'_, T>,
    weights: &[Weight<T>],
    loss: &dyn Loss<T>,
    workspace: &mut Workspace<T>,
    batch: Batch<'_, T>,
    mode: Mode,
) -> Result<T, ModelError> {
    let trainable = matches!(mode, Mode::Training { trainable: true, .. });
    workspace.forward(chain, weights, batch.x, mode)?;

    let output = workspace.output.view();
    workspace.output_gradient.resize(output.shape());
    let gradient = workspace.output_gradient.as_mut_slice();
    let mut value = workspace.evaluator.value_and_gradient(loss, batch.y, output, batch.sample_weight, gradient)?;
    value += workspace.scratch.take_loss() + penalties(trainable, chain.links, weights);

    chain
        .backward(Backward {
            weights,
            inputs: &[batch.x],
            output,
            output_gradient: workspace.output_gradient.view_mut(),
            weight_gradients: &mut workspace.weight_gradients,
            input_gradients: &mut [None],
            trainable,
            scratch: &mut workspace.scratch,
        })
        .map_err(|error| chain.named(error))?;
    Ok(value)
}

/// The weights of a model and their gradients.
struct Moving<'a, T: Scalar> {
    trainable: bool,
    links: &'a [Link<T>],
    weights: &'a mut [Weight<T>],
    gradients: &'a mut [Tensor<T>],
}

impl<T: Scalar> Moving<'_, T> {
    /// One step of the optimizer, which may want to see all gradients before the first weight moves.
    fn apply(&mut self, mut update: Update<'_, T>) -> Result<(), ModelError> {
        let (scale, all_first) = (update.loss_scale(), update.needs_all());
        let complete = |weight: &Weight<T>, gradient: &mut [T]| {
            weight.add_penalty_gradient(gradient);
            // As if the loss had been scaled.
            if let Some(scale) = scale {
                map(gradient, |g| g * scale);
            }
        };
        if all_first {
            self.each(|index, weight, gradient| {
                complete(weight, gradient);
                update.see(index, gradient)
            })?;
        }
        self.each(|index, weight, gradient| {
            if !all_first {
                complete(weight, gradient);
            }
            update.step(index, weight.as_mut_slice(), gradient)?;
            weight.constrain();
            Ok(())
        })?;
        update.finish();
        Ok(())
    }

    /// Each weight that gradients move, with its place among those that they can move, and its gradient.
    #[inline]
    fn each(
        &mut self,
        mut visit: impl FnMut(usize, &mut Weight<T>, &mut [T]) -> Result<(), OptimizerError>,
    ) -> Result<(), OptimizerError> {
        let mut index = 0;
        for link in self.links {
            for i in link.weights.clone() {
                let (weight, gradient) = (&mut self.weights[i], self.gradients[i].as_mut_slice());
                if moves(self.trainable, link, weight) {
                    visit(index, weight, gradient)?;
                }
                index += usize::from(weight.is_trainable());
            }
        }
        Ok(())
    }
}

impl<T: Scalar> Sequential<T> {
    /// Makes gradients for the weights, if they are not there.
    fn prepare_gradients(&mut self) {
        let Self { weights, compiled: Some(compiled), .. } = self else { return };
        if compiled.workspace.weight_gradients.len() != weights.len() {
            compiled.workspace.weight_gradients = weight_gradients(weights);
        }
    }

    /// One training step: forward, loss, backward, metrics, penalties, optimizer, constraints, moving statistics.
    ///
    /// The batch was checked. The loss comes back. An error that does not come from the optimizer changes no weight.
    pub(crate) fn train_step(&mut self, batch: Batch<'_, T>) -> Result<T, ModelError> {
        threads::inside(self.chain().work(batch.x.shape().batch()), || self.train_step_here(batch))
    }

    /// The training step, on this thread and those that help it.
    fn train_step_here(&mut self, batch: Batch<'_, T>) -> Result<T, ModelError> {
        // At every step: a callback may have changed the layers.
        check_samples(self.shapes("weights")?.0, batch.x)?;
        self.build_optimizer();
        self.prepare_gradients();
        let Self { name, seed, trainable, links, weights, compiled, .. } = self;
        let Some(compiled) = compiled else { return Err(not_compiled(name, "a training step")) };
        let Compiled { optimizer, loss, metrics, weighted_metrics, mean_loss, tail, state, workspace } = compiled;
        let (chain, mode) = (chain_for(links, tail.as_ref()), training(*seed, state.iteration(), *trainable));
        let loss = loss_for(loss.as_ref(), tail.as_ref());

        let value = pass(chain, weights, loss, workspace, batch, mode)?;
        measure(mean_loss, metrics, weighted_metrics, batch, (workspace, tail.as_ref()), value)?;

        let mut moving = Moving { trainable: *trainable, links, weights, gradients: &mut workspace.weight_gradients };
        moving.apply(state.begin(optimizer.as_ref()))?;
        if *trainable {
            chain.update_state(weights, &workspace.scratch);
        }
        Ok(value)
    }

    /// The weights that gradients move, each with its layer, in their order.
    pub(crate) fn moving(&mut self) -> impl Iterator<Item = (&Link<T>, &mut Weight<T>)> {
        let Self { trainable, links, weights, .. } = self;
        let trainable = *trainable;
        let of_weights = links.iter().flat_map(|link| link.weights.clone().map(move |_| link));
        of_weights.zip(weights).filter(move |(link, weight)| moves(trainable, link, weight))
    }

    /// The loss of a training step with these values for all weights that gradients move, and its gradient with respect to
    /// them. The weights take the values, and nothing else changes.
    ///
    /// The batch was checked.
    pub(crate) fn loss_at(&mut self, batch: Batch<'_, T>, values: &[T], gradient: &mut [T]) -> Result<T, ModelError> {
        self.set_moving(values);
        self.prepare_gradients();
        let Self { name, seed, trainable, links, weights, compiled, .. } = self;
        let Some(compiled) = compiled else { return Err(not_compiled(name, "a loss")) };
        let Compiled { loss, tail, state, workspace, .. } = compiled;
        let (chain, mode) = (chain_for(links, tail.as_ref()), training(*seed, state.iteration(), *trainable));
        let value = pass(chain, weights, loss_for(loss.as_ref(), tail.as_ref()), workspace, batch, mode)?;
        let mut rest = gradient;
        let mut moving = Moving { trainable: *trainable, links, weights, gradients: &mut workspace.weight_gradients };
        moving.each(|_, weight, own| {
            weight.add_penalty_gradient(own);
            let (into, after) = std::mem::take(&mut rest).split_at_mut(own.len());
            into.copy_from_slice(own);
            rest = after;
            Ok(())
        })?;
        Ok(value)
    }

    /// Gives the weights that gradients move these values, one after the other.
    pub(crate) fn set_moving(&mut self, mut values: &[T]) {
        for (_, weight) in self.moving() {
            let (own, rest) = values.split_at(weight.as_slice().len());
            weight.as_mut_slice().copy_from_slice(own);
            values = rest;
        }
    }

    /// Moves what training updates without gradients, as often, after a pass with the weights as they are.
    pub(crate) fn update_statistics(&mut self, batch: Batch<'_, T>, times: usize) -> Result<(), ModelError> {
        let Self { name, seed, trainable, links, weights, compiled, .. } = self;
        let Some(compiled) = compiled else { return Err(not_compiled(name, "a training step")) };
        let Compiled { tail, state, workspace, .. } = compiled;
        let (chain, mode) = (chain_for(links, tail.as_ref()), training(*seed, state.iteration(), *trainable));
        workspace.forward(chain, weights, batch.x, mode)?;
        for _ in 0..times {
            chain.update_state(weights, &workspace.scratch);
        }
        Ok(())
    }

    /// One test step: forward in inference, loss, metrics. The loss comes back.
    pub(crate) fn test_step(&self, compiled: &mut Compiled<T>, batch: Batch<'_, T>) -> Result<T, ModelError> {
        threads::inside(self.chain().work(batch.x.shape().batch()), || self.test_step_here(compiled, batch))
    }

    /// The test step, on this thread and those that help it.
    fn test_step_here(&self, compiled: &mut Compiled<T>, batch: Batch<'_, T>) -> Result<T, ModelError> {
        check_samples(self.shapes("weights")?.0, batch.x)?;
        let Compiled { loss, metrics, weighted_metrics, mean_loss, tail, workspace, .. } = compiled;
        let chain = chain_for(&self.links, tail.as_ref());
        workspace.forward(chain, &self.weights, batch.x, Mode::Inference)?;
        let loss = loss_for(loss.as_ref(), tail.as_ref());
        let mut value = workspace.evaluator.value(loss, batch.y, workspace.output.view(), batch.sample_weight)?;
        value += workspace.scratch.take_loss() + penalties(self.trainable, &self.links, &self.weights);
        measure(mean_loss, metrics, weighted_metrics, batch, (workspace, tail.as_ref()), value)?;
        Ok(value)
    }
}
