//! Training: the loop of `fit`.

use cornu_initializers::random;
use cornu_tensor::{Scalar, Tensor, View};

use crate::callbacks::{Callback, Progress, Training, TrainingParams, Verbose};
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
    /// gives nothing, training ends.
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
        let weights = by_class(train.y, fit.class_weight.as_ref(), fit.sample_weight)?;
        let train = Batch { sample_weight: weights.as_deref().or(train.sample_weight), ..train };
        let validator = match validation {
            Some(ValidationData::Arrays(x, y, sample_weight)) => {
                let batch = Batch { x: x.view(), y: y.view(), sample_weight };
                self.check(compiled, batch).map_err(|error| ModelError::Validation(Box::new(error)))?;
                Some(Validator::arrays(self, batch, &fit)?)
            }
            Some(ValidationData::Source(source)) => Some(Validator::source(self, source, &fit)?),
            None => rest.map(|rest| Validator::arrays(self, rest, &fit)).transpose()?,
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
        let validator = match fit.validation_data.take() {
            Some(ValidationData::Arrays(x, y, sample_weight)) => {
                let batch = Batch { x: x.view(), y: y.view(), sample_weight };
                let checked = self.check(self.compiled("fit_source")?, batch);
                checked.map_err(|error| ModelError::Validation(Box::new(error)))?;
                Some(Validator::arrays(self, batch, &fit)?)
            }
            Some(ValidationData::Source(source)) => Some(Validator::source(self, source, &fit)?),
            None => None,
        };
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
        let steps = feed.steps().unwrap_or(0);
        let params = TrainingParams { epochs: fit.epochs, steps, samples, validated: validator.is_some() };
        let mut progress = Progress::new(fit.verbose);
        let mut callbacks: Vec<&mut dyn Callback<T>> = Vec::new();
        callbacks.extend(fit.callbacks.iter_mut().map(|callback| &mut **callback as &mut dyn Callback<T>));
        callbacks.push(&mut progress); // last, as in Keras, to show what the others set in the logs
        let (mut history, mut logs, mut last_logs) = (History::default(), Logs::default(), Logs::default());
        let mut training = Training::new(self, params, fit.initial_epoch);
        let mut each = |training: &mut Training<'_, T>, f: &mut Step<'_, T>| {
            callbacks.iter_mut().try_for_each(|callback| f(&mut **callback, training))
        };

        each(&mut training, &mut |callback, training| callback.on_train_begin(training))?;
        // Of a training that is resumed: where its first epoch lies in a pass over the data.
        let mut skipped = feed.place_after(training.initial_epoch.saturating_sub(fit.initial_epoch));
        for epoch in training.initial_epoch..fit.epochs {
            let first_batch = training.begin_epoch();
            let (model, began) = (&*training.model, training.epoch_iteration);
            match std::mem::take(&mut skipped) {
                0 => feed.begin_epoch(model.shuffling_seed(began))?,
                skipped => feed.begin_pass(model.shuffling_seed(began.saturating_sub(skipped as u64)), skipped)?,
            }
            feed.skip(first_batch)?;
            let mut more = feed.advance_to(first_batch, epoch)?;
            if !more && first_batch > 0 {
                continue; // interrupted after its last batch
            }
            if !more && epoch > training.initial_epoch {
                warn(fit.verbose, "The source has no batches left, so training ends here.");
                break;
            }
            if !more {
                return Err(ModelError::NoBatches);
            }
            each(&mut training, &mut |callback, training| callback.on_epoch_begin(epoch, training))?;
            training.model.reset_metrics();
            let mut index = first_batch;
            while more {
                each(&mut training, &mut |callback, training| callback.on_train_batch_begin(index, training))?;
                let batch = feed.checked(training.model, None, index, Some(epoch))?;
                let loss = training.model.train_step(batch).map_err(feed.naming(index, Some(epoch)))?;
                training.model.log_metrics("", &mut logs);
                if history.is_first_nan(epoch, index, loss.to_f64()) {
                    warn_of_nan(fit.verbose, epoch, index);
                }
                each(&mut training, &mut |callback, training| callback.on_train_batch_end(index, &logs, training))?;
                index += 1;
                if training.stop {
                    break;
                }
                more = feed.advance_to(index, epoch)?;
            }
            if !training.stop {
                if feed.is_short(index) {
                    warn(fit.verbose, "The data ended before `steps_per_epoch` batches, so this epoch is shorter.");
                }
                if params.steps == 0 {
                    training.params.steps = index; // as Keras, which knows it from here on
                }
            }
            training.model.log_lists("", &mut logs);
            let mut logs = logs.clone();
            if let Some(validator) = validator.as_mut().filter(|_| fit.validation_freq.includes(epoch)) {
                each(&mut training, &mut |callback, training| callback.on_test_begin(training))?;
                validator.run(training.model, &mut logs, fit.verbose)?;
                each(&mut training, &mut |callback, training| callback.on_test_end(&logs, training))?;
            }
            each(&mut training, &mut |callback, training| callback.on_epoch_end(epoch, &mut logs, training))?;
            history.record(epoch, &logs);
            last_logs = logs;
            if training.stop {
                break;
            }
        }
        training.model.finalize_variable_values()?;
        each(&mut training, &mut |callback, training| callback.on_train_end(&last_logs, training))?;
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
    pub(crate) fn log_metrics(&self, prefix: &str, logs: &mut Logs) {
        if let Some(compiled) = &self.compiled {
            compiled.log(prefix, logs);
        }
    }

    /// Writes into the logs what the metrics have of several numbers.
    pub(crate) fn log_lists(&self, prefix: &str, logs: &mut Logs) {
        if let Some(compiled) = &self.compiled {
            compiled.log_lists(prefix, logs);
        }
    }
}

type Step<'s, T> = dyn FnMut(&mut dyn Callback<T>, &mut Training<'_, T>) -> Result<(), ModelError> + 's;

/// Says what the user should know.
pub(crate) fn warn(verbose: Verbose, text: &str) {
    if verbose != Verbose::Silent {
        eprintln!("\n{text}");
    }
}

/// Says once that the loss is no longer a number.
fn warn_of_nan(verbose: Verbose, epoch: usize, batch: usize) {
    if verbose != Verbose::Silent {
        eprintln!(
            "\nThe loss is NaN from epoch {}, batch {} on. A smaller learning rate or `from_logits` may help.",
            epoch + 1,
            batch + 1
        );
    }
}
