//! The batches of an evaluation or a validation.

use cornu_optimizers::OptimizerState;
use cornu_tensor::Scalar;

use crate::callbacks::{CallbackList, Training};
use crate::compile::Compiled;
use crate::feed::Feed;
use crate::fit::warn;
use crate::workspace::Workspace;
use crate::{Logs, ModelError, Sequential};

/// The seed with which every evaluation and every prediction begins its source.
pub(crate) const SEED: u64 = 0;

impl<T: Scalar> Compiled<T> {
    /// The same loss and metrics with memory of their own; nothing to train with.
    pub(crate) fn for_test(&self) -> Self {
        Self {
            optimizer: self.optimizer.clone(),
            loss: self.loss.clone(),
            metrics: self.metrics.clone(),
            weighted_metrics: self.weighted_metrics.clone(),
            mean_loss: self.mean_loss.clone(),
            tail: self.tail.clone(),
            state: OptimizerState::default(),
            workspace: Workspace::default(),
        }
    }
}

/// Loss and metrics over the batches of a feed, with memory of their own.
pub(crate) struct Tester<'a, T: Scalar> {
    compiled: Compiled<T>,
    feed: Feed<'a, T>,
    /// The argument that says how many batches.
    argument: &'static str,
}

impl<'a, T: Scalar> Tester<'a, T> {
    pub(crate) fn new(model: &Sequential<T>, feed: Feed<'a, T>, argument: &'static str) -> Result<Self, ModelError> {
        Ok(Self { compiled: model.compiled("evaluate")?.for_test(), feed, argument })
    }

    /// Measures the batches from the first on.
    pub(crate) fn run(
        &mut self,
        training: &mut Training<'_, T>,
        callbacks: &mut CallbackList<'_, T>,
    ) -> Result<Logs, ModelError> {
        let Self { compiled, feed, argument } = self;
        training.stop_evaluating = false;
        callbacks.each(|callback| callback.on_test_begin(training))?;
        // A callback may have changed it.
        compiled.find_tail(training.model().links.last().map(|link| link.layer.as_ref()));
        compiled.reset_metrics();
        feed.begin_pass(SEED)?;
        let (mut logs, mut index) = (Logs::default(), 0);
        while feed.advance_to(index, None)? {
            callbacks.each(|callback| callback.on_test_batch_begin(index, training))?;
            let batch = feed.checked(training.model(), Some(compiled), index, None)?;
            training.model().test_step(compiled, batch).map_err(feed.naming(index, None))?;
            compiled.log(&mut logs);
            callbacks.each(|callback| callback.on_test_batch_end(index, &logs, training))?;
            index += 1;
            if training.stop_evaluating {
                break;
            }
        }
        if index == 0 {
            return Err(ModelError::NoBatches);
        }
        compiled.log_lists(&mut logs);
        callbacks.each(|callback| callback.on_test_end(&logs, training))?;
        if feed.is_short(index) && !training.stop_evaluating {
            warn(training.params.verbose, &format!("The data ended before `{argument}` batches."));
        }
        Ok(logs)
    }
}
