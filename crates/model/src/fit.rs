//! Training: the loop of `fit`.

use std::io::{self, Write};

use cornu_initializers::random;
use cornu_tensor::{Scalar, Tensor, View};

use crate::callbacks::{CallbackList, ProgbarLogger, Training, TrainingParams, Verbose};
use crate::data::{Batch, Batches, batch_size, by_class};
use crate::feed::Feed;
use crate::fit_arguments::{Fit, ValidationData};
use crate::source::BatchSource;
use crate::streams::SHUFFLING;
use crate::validation::{Validator, split};
use crate::{History, Logs, ModelError, Sequential};

impl<T: Scalar> Sequential<T> {
    /// Trains the model on samples `x` and labels `y`, and gives back what was measured.
    ///
    /// A model that is not built yet is built for the samples. In each epoch: shuffled batches, for each of
    /// them one training step; then the validation, if there is one; then the callbacks.
    ///
    /// # Shapes
    /// `x` is `(samples, …)` with the shape that the model takes; `y` has one entry a sample, of the shape
    /// that the loss takes.
    ///
    /// # Errors
    /// [`ModelError`] for whatever does not fit. Samples, labels and weights are checked before the first
    /// step. After any error the model is as it was: where a callback, or a layer, a loss, an optimizer or a metric of
    /// one's own may fail later on, or a source of the validation, `fit` keeps a copy of weights and slots for that.
    pub fn fit(&mut self, x: &Tensor<T>, y: &Tensor<T>, fit: Fit<'_, T>) -> Result<History, ModelError> {
        let compiled = self.compiled("fit")?;
        let may_fail = !fit.callbacks.is_empty()
            || matches!(fit.validation_data, Some(ValidationData::Source(_)))
            || compiled.optimizer.may_fail()
            || compiled.loss.may_fail()
            || compiled.metrics_may_fail()
            || self.links.iter().any(|link| link.layer.may_fail());
        self.or_as_it_was(may_fail, |model| model.fit_arrays(x, y, fit))
    }

    /// Trains the model on the batches of a source, which need not lie in memory, and gives back what was measured.
    ///
    /// A model that is not built yet is built for the first batch. Every epoch begins the source with another seed and
    /// takes its batches to the end; with [`Fit::steps_per_epoch`] it takes so many, and the next epoch goes on from
    /// there. A source that ends within an epoch makes that epoch shorter, and the next one begins it anew. If that
    /// gives nothing, training ends. (A callback has then seen the epoch begin, but not end.)
    ///
    /// A training that goes on, with [`Fit::initial_epoch`] or
    /// [`BackupAndRestore`](crate::callbacks::BackupAndRestore), has the same bits as one that never stopped, if the
    /// source gives the same batches for the same seed and each pass over it has as many. What the earlier epochs have
    /// had of a pass is read and left out. A source that cannot begin anew, such as [`Stream`](crate::source::Stream), is
    /// taken as it is for the `initial_epoch`; give it from its beginning to a `BackupAndRestore`.
    ///
    /// `batch_size`, `shuffle` and the sample weights are the source's affair. `class_weight` counts for batches that
    /// have no sample weights.
    ///
    /// # Errors
    /// [`ModelError`] for whatever does not fit; [`ModelError::Batch`] names the batch that does not.
    /// [`ModelError::NoBatches`] for a source that gives none. After any error the model is as it was.
    pub fn fit_source(&mut self, source: &mut dyn BatchSource<T>, fit: Fit<'_, T>) -> Result<History, ModelError> {
        self.compiled("fit_source")?;
        self.or_as_it_was(true, |model| model.fit_batches(source, fit))
    }

    /// Does it. After an error the model is as it was, if a copy was kept or no weight has moved.
    pub(crate) fn or_as_it_was<R>(
        &mut self,
        may_fail: bool,
        work: impl FnOnce(&mut Self) -> Result<R, ModelError>,
    ) -> Result<R, ModelError> {
        let (before, was_built) = (may_fail.then(|| self.snapshot()), self.is_built());
        work(self).inspect_err(|_| match before {
            Some(before) => *self = before,
            None if self.is_built() && !was_built => self.unbuild(),
            None => {}
        })
    }

    /// Builds a model that is not built yet for these samples.
    pub(crate) fn build_for(&mut self, x: View<'_, T>) -> Result<(), ModelError> {
        if self.is_built() { Ok(()) } else { self.build(x.shape().sample()) }
    }

    fn fit_arrays(&mut self, x: &Tensor<T>, y: &Tensor<T>, mut fit: Fit<'_, T>) -> Result<History, ModelError> {
        fit.check()?;
        self.build_for(x.view())?;
        let all = Batch { x: x.view(), y: y.view(), sample_weight: fit.sample_weight };
        let compiled = self.compiled("fit")?;
        self.check(compiled, all)?;
        let validation = fit.validation_data.take();
        let (train, rest) = if validation.is_some() { (all, None) } else { split(all, fit.validation_split)? };
        // As in Keras, the classes weigh the training only, not the validation.
        let mut weights = Vec::new();
        let sample_weight = match &fit.class_weight {
            Some(classes) => Some(by_class(train.y, classes, fit.sample_weight, &mut weights)?),
            None => train.sample_weight,
        };
        let train = Batch { sample_weight, ..train };
        let validator = match rest {
            Some(rest) => Some(Validator::arrays(self, rest, &fit)?),
            None => Validator::given(self, validation, &fit)?,
        };
        let samples = train.x.shape().batch();
        let batches = Batches::new(train, batch_size(samples, fit.batch_size, fit.steps_per_epoch), fit.shuffle);
        let feed = Feed::arrays(batches, fit.steps_per_epoch);
        self.run(feed, validator, samples, fit)
    }

    fn fit_batches(&mut self, source: &mut dyn BatchSource<T>, mut fit: Fit<'_, T>) -> Result<History, ModelError> {
        fit.check()?;
        fit.check_for_source()?;
        let class_weight = fit.class_weight.take();
        let mut feed = Feed::source(source, class_weight, fit.steps_per_epoch, ("fit_source", "steps_per_epoch"))?;
        if !self.is_built() {
            let sample = feed.peek(self.shuffling_seed(self.iterations()))?;
            self.build(sample)?;
        }
        let validation = fit.validation_data.take();
        let validator = Validator::given(self, validation, &fit)?;
        self.run(feed, validator, 0, fit)
    }

    /// The epochs.
    fn run(
        &mut self,
        mut feed: Feed<'_, T>,
        mut validator: Option<Validator<'_, T>>,
        samples: usize,
        mut fit: Fit<'_, T>,
    ) -> Result<History, ModelError> {
        let (steps, validated, verbose) = (feed.steps().unwrap_or(0), validator.is_some(), fit.verbose.resolved());
        let params = TrainingParams { epochs: fit.epochs, steps, samples, validated, verbose };
        let mut progress = ProgbarLogger::new();
        let mut callbacks = CallbackList::new(&mut fit.callbacks, &mut progress, verbose);
        let (mut history, mut logs, mut last_logs) = (History::default(), Logs::default(), Logs::default());
        let mut training = Training::new(self, params, fit.initial_epoch);

        callbacks.each(|callback| callback.on_train_begin(&mut training))?;
        feed.begin_at(training.initial_epoch, fit.initial_epoch);
        for epoch in training.initial_epoch..fit.epochs {
            callbacks.each(|callback| callback.on_epoch_begin(epoch, &mut training))?;
            let first_batch = training.begin_epoch();
            let (model, began) = (training.model(), training.epoch_iteration);
            let mut more = feed.begin_epoch(epoch, began, |step| model.shuffling_seed(step))?;
            if !more && epoch > training.initial_epoch {
                warn(verbose, "The source has no batches left, so training ends here.");
                break;
            }
            if !more {
                return Err(ModelError::NoBatches);
            }
            for index in 1..=first_batch {
                more = more && feed.advance_to(index, epoch)?; // the batches before an interruption
            }
            if !more {
                continue; // interrupted after its last batch
            }
            training.model_mut().reset_metrics();
            let mut index = first_batch;
            while more {
                callbacks.each(|callback| callback.on_train_batch_begin(index, &mut training))?;
                let model = training.model_mut();
                let batch = feed.checked(model, None, index, Some(epoch))?;
                let loss = model.train_step(batch).map_err(feed.naming(index, Some(epoch)))?;
                model.log_metrics(&mut logs);
                if history.is_first_nan(epoch, index, loss.to_f64()) {
                    warn_of_nan(verbose, epoch, index);
                }
                callbacks.each(|callback| callback.on_train_batch_end(index, &logs, &mut training))?;
                index += 1;
                if training.stop {
                    break;
                }
                more = feed.advance_to(index, epoch)?;
            }
            if !training.stop {
                if feed.is_short(index) {
                    warn(verbose, "The data ended before `steps_per_epoch` batches, so this epoch is shorter.");
                }
                if params.steps == 0 {
                    training.params.steps = index; // as Keras, which knows it from here on
                }
            }
            training.model().log_lists(&mut logs);
            let mut logs = logs.clone();
            if let Some(validator) = validator.as_mut().filter(|_| fit.validation_freq.includes(epoch)) {
                validator.run(&mut training, &mut callbacks, &mut logs)?;
            }
            callbacks.each(|callback| callback.on_epoch_end(epoch, &mut logs, &mut training))?;
            history.record(epoch, &logs);
            last_logs = logs;
            if training.stop {
                break;
            }
        }
        training.model_mut().finalize_variable_values()?;
        callbacks.each(|callback| callback.on_train_end(&last_logs, &mut training))?;
        Ok(history)
    }

    /// The seed of the order of an epoch that begins at this step.
    fn shuffling_seed(&self, iteration: u64) -> u64 {
        random::derive(random::derive(self.seed, SHUFFLING), iteration)
    }

    pub(crate) fn reset_metrics(&mut self) {
        if let Some(compiled) = &mut self.compiled {
            compiled.reset_metrics();
        }
    }

    /// Writes loss and metrics into the logs.
    pub(crate) fn log_metrics(&self, logs: &mut Logs) {
        if let Some(compiled) = &self.compiled {
            compiled.log(logs);
        }
    }

    /// Writes into the logs what the metrics have of several numbers.
    pub(crate) fn log_lists(&self, logs: &mut Logs) {
        if let Some(compiled) = &self.compiled {
            compiled.log_lists(logs);
        }
    }
}

/// Says what the user should know. A closed standard error is no reason to stop training.
pub(crate) fn warn(verbose: Verbose, text: &str) {
    if verbose != Verbose::Silent {
        let _ = writeln!(io::stderr(), "\n{text}");
    }
}

/// Says once that the loss is no longer a number.
fn warn_of_nan(verbose: Verbose, epoch: usize, batch: usize) {
    let (epoch, batch) = (epoch + 1, batch + 1);
    let advice = "A smaller learning rate or `from_logits` may help.";
    warn(verbose, &format!("The loss is NaN from epoch {epoch}, batch {batch} on. {advice}"));
}
