//! Training: the arguments of `fit`, and its loop.

use cornu_initializers::random;
use cornu_tensor::{Scalar, Tensor, View};

use crate::callbacks::{Callback, Progress, Training, TrainingParams, Verbose};
use crate::compile::Compiled;
use crate::data::{Batch, Batches, ClassWeight, at_least_one, class_weights, rows};
use crate::streams::SHUFFLING;
use crate::{History, Logs, ModelError, Sequential};

/// Samples, labels and sample weights.
type ValidationData<'a, T> = (&'a Tensor<T>, &'a Tensor<T>, Option<&'a [T]>);

/// The arguments of [`Sequential::fit`], in Keras's words and with its defaults.
///
/// ```
/// use cornu_model::Fit;
/// use cornu_model::callbacks::Verbose;
///
/// let fit = Fit::<f32>::new().epochs(20).batch_size(16).validation_split(0.2).verbose(Verbose::Line);
/// ```
pub struct Fit<'a, T: Scalar> {
    batch_size: usize,
    epochs: usize,
    initial_epoch: usize,
    shuffle: bool,
    verbose: Verbose,
    validation_split: f64,
    validation_data: Option<ValidationData<'a, T>>,
    validation_batch_size: Option<usize>,
    validation_freq: usize,
    sample_weight: Option<&'a [T]>,
    class_weight: Option<ClassWeight>,
    callbacks: Vec<&'a mut dyn Callback<T>>,
}

impl<T: Scalar> std::fmt::Debug for Fit<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fit")
            .field("epochs", &self.epochs)
            .field("batch_size", &self.batch_size)
            .finish_non_exhaustive()
    }
}

impl<T: Scalar> Default for Fit<'_, T> {
    fn default() -> Self {
        Self {
            batch_size: 32,
            epochs: 1,
            initial_epoch: 0,
            shuffle: true,
            verbose: Verbose::Auto,
            validation_split: 0.0,
            validation_data: None,
            validation_batch_size: None,
            validation_freq: 1,
            sample_weight: None,
            class_weight: None,
            callbacks: Vec::new(),
        }
    }
}

impl<'a, T: Scalar> Fit<'a, T> {
    /// Keras's defaults: one epoch, batches of 32, shuffled.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The samples of a batch; 32 by default.
    #[must_use]
    pub fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size, ..self }
    }

    /// The epoch at which training ends, counted from 0; 1 by default.
    #[must_use]
    pub fn epochs(self, epochs: usize) -> Self {
        Self { epochs, ..self }
    }

    /// The epoch at which training begins; 0 by default.
    #[must_use]
    pub fn initial_epoch(self, initial_epoch: usize) -> Self {
        Self { initial_epoch, ..self }
    }

    /// Whether the samples are put in a new order for every epoch; true by default. The order depends on the
    /// model's seed and on the steps taken so far.
    #[must_use]
    pub fn shuffle(self, shuffle: bool) -> Self {
        Self { shuffle, ..self }
    }

    /// What is printed.
    #[must_use]
    pub fn verbose(self, verbose: Verbose) -> Self {
        Self { verbose, ..self }
    }

    /// The share of the samples, from the end and before any shuffling, that is kept for validation; 0 by
    /// default.
    #[must_use]
    pub fn validation_split(self, validation_split: f64) -> Self {
        Self { validation_split, ..self }
    }

    /// Samples and labels for validation. They go before a validation split.
    #[must_use]
    pub fn validation_data(self, x: &'a Tensor<T>, y: &'a Tensor<T>) -> Self {
        Self { validation_data: Some((x, y, None)), ..self }
    }

    /// As [`Fit::validation_data`], with a weight for each sample.
    #[must_use]
    pub fn weighted_validation_data(self, x: &'a Tensor<T>, y: &'a Tensor<T>, sample_weight: &'a [T]) -> Self {
        Self { validation_data: Some((x, y, Some(sample_weight))), ..self }
    }

    /// The samples of a batch of the validation; the batch size of the training by default.
    #[must_use]
    pub fn validation_batch_size(self, batch_size: usize) -> Self {
        Self { validation_batch_size: Some(batch_size), ..self }
    }

    /// After how many epochs each the model is validated; 1, after every epoch, by default.
    #[must_use]
    pub fn validation_freq(self, epochs: usize) -> Self {
        Self { validation_freq: epochs, ..self }
    }

    /// How much each sample counts in the loss: one number a sample, or one for each value of the loss.
    #[must_use]
    pub fn sample_weight(self, sample_weight: &'a [T]) -> Self {
        Self { sample_weight: Some(sample_weight), ..self }
    }

    /// How much the samples of each class count in the loss; 1 for a class that is not named. A class that no label
    /// has is left out, as in Keras.
    #[must_use]
    pub fn class_weight(self, class_weight: impl Into<ClassWeight>) -> Self {
        Self { class_weight: Some(class_weight.into()), ..self }
    }

    /// One more callback. It is lent, so that what it saw can be asked for afterwards.
    #[must_use]
    pub fn callback(mut self, callback: &'a mut dyn Callback<T>) -> Self {
        self.callbacks.push(callback);
        self
    }
}

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
    /// one's own may fail later on, `fit` keeps a copy of weights and slots for that.
    pub fn fit(&mut self, x: &Tensor<T>, y: &Tensor<T>, fit: Fit<'_, T>) -> Result<History, ModelError> {
        let compiled = self.compiled("fit")?;
        let may_fail = !fit.callbacks.is_empty()
            || compiled.optimizer.may_fail()
            || compiled.loss.may_fail()
            || compiled.metrics.iter().any(|metric| metric.may_fail())
            || self.links.iter().any(|link| link.layer.may_fail());
        let (before, was_built) = (may_fail.then(|| self.snapshot()), self.is_built());
        self.try_fit(x, y, fit).inspect_err(|_| match before {
            Some(before) => *self = before,
            None if self.is_built() && !was_built => self.unbuild(),
            None => {}
        })
    }

    /// Builds a model that is not built yet for these samples.
    pub(crate) fn build_for(&mut self, x: View<'_, T>) -> Result<(), ModelError> {
        if self.is_built() { Ok(()) } else { self.build(x.shape().sample()) }
    }

    fn try_fit(&mut self, x: &Tensor<T>, y: &Tensor<T>, mut fit: Fit<'_, T>) -> Result<History, ModelError> {
        let validation_batch_size = fit.validation_batch_size.unwrap_or(fit.batch_size);
        at_least_one("fit", "batch_size", fit.batch_size)?;
        at_least_one("fit", "validation_batch_size", validation_batch_size)?;
        at_least_one("fit", "validation_freq", fit.validation_freq)?;
        self.build_for(x.view())?;
        let all = Batch { x: x.view(), y: y.view(), sample_weight: fit.sample_weight };
        let compiled = self.compiled("fit")?;
        self.check(compiled, all)?;
        let (train, validation) = split(all, fit.validation_data, fit.validation_split)?;
        if let Some(validation) = validation {
            self.check(compiled, validation).map_err(|error| ModelError::Validation(Box::new(error)))?;
        }
        // As in Keras, the classes weigh the training only, not the validation.
        let by_class = sample_weights(train.y, &fit)?;
        let train = Batch { sample_weight: by_class.as_deref().or(train.sample_weight), ..train };

        let mut batches = Batches::new(train, fit.batch_size, fit.shuffle);
        let params = TrainingParams {
            epochs: fit.epochs,
            steps: batches.len(),
            samples: train.x.shape().batch(),
            validated: validation.is_some(),
        };
        let mut progress = Progress::new(fit.verbose);
        let mut callbacks: Vec<&mut dyn Callback<T>> = Vec::new();
        callbacks.extend(fit.callbacks.iter_mut().map(|callback| &mut **callback as &mut dyn Callback<T>));
        callbacks.push(&mut progress); // last, as in Keras, to show what the others set in the logs
        let mut validator = Validator::new(self, validation, validation_batch_size)?;
        let (mut history, mut logs, mut last_logs) = (History::default(), Logs::default(), Logs::default());
        let mut training = Training::new(self, params, fit.initial_epoch);
        let mut each = |training: &mut Training<'_, T>, f: &mut Step<'_, T>| {
            callbacks.iter_mut().try_for_each(|callback| f(&mut **callback, training))
        };

        each(&mut training, &mut |callback, training| callback.on_train_begin(training))?;
        for epoch in training.initial_epoch..fit.epochs {
            each(&mut training, &mut |callback, training| callback.on_epoch_begin(epoch, training))?;
            let first_batch = training.begin_epoch();
            batches.shuffle(training.model.shuffling_seed(training.epoch_iteration));
            training.model.reset_metrics();
            for index in first_batch..batches.len() {
                each(&mut training, &mut |callback, training| callback.on_train_batch_begin(index, training))?;
                let loss = training.model.train_step(batches.get(index)?)?;
                training.model.log_metrics("", &mut logs);
                if history.is_first_nan(epoch, index, loss.to_f64()) {
                    warn_of_nan(fit.verbose, epoch, index);
                }
                each(&mut training, &mut |callback, training| callback.on_train_batch_end(index, &logs, training))?;
                if training.stop {
                    break;
                }
            }
            let mut logs = logs.clone();
            if params.validated && (epoch + 1).is_multiple_of(fit.validation_freq) {
                each(&mut training, &mut |callback, training| callback.on_test_begin(training))?;
                validator.run(training.model, &mut logs)?;
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
}

type Step<'s, T> = dyn FnMut(&mut dyn Callback<T>, &mut Training<'_, T>) -> Result<(), ModelError> + 's;

/// The weights that the classes give the samples, if they were asked for.
fn sample_weights<T: Scalar>(y: View<'_, T>, fit: &Fit<'_, T>) -> Result<Option<Vec<T>>, ModelError> {
    match (&fit.class_weight, fit.sample_weight) {
        (Some(_), Some(weights)) => Err(ModelError::Argument {
            function: "fit",
            argument: "class_weight",
            expected: "given without `sample_weight`".to_owned(),
            received: format!("both, with {} sample weights", weights.len()),
        }),
        (Some(_), None) if y.shape().rank() > 2 => Err(ModelError::Argument {
            function: "fit",
            argument: "class_weight",
            expected: "given for labels of one or two dimensions".to_owned(),
            received: format!("class weights, and `y` of shape {}", y.shape()),
        }),
        (Some(classes), None) => Ok(Some(class_weights(y, classes))),
        (None, _) => Ok(None),
    }
}

/// The samples to train on, and those to validate on.
fn split<'a, T: Scalar>(
    all: Batch<'a, T>,
    validation_data: Option<ValidationData<'a, T>>,
    validation_split: f64,
) -> Result<(Batch<'a, T>, Option<Batch<'a, T>>), ModelError> {
    if let Some((x, y, sample_weight)) = validation_data {
        return Ok((all, Some(Batch { x: x.view(), y: y.view(), sample_weight })));
    }
    if validation_split == 0.0 {
        return Ok((all, None));
    }
    let samples = all.x.shape().batch();
    let at = (samples as f64 * (1.0 - validation_split)).floor();
    if !(0.0..1.0).contains(&validation_split) || at < 1.0 || at >= samples as f64 {
        return Err(ModelError::Argument {
            function: "fit",
            argument: "validation_split",
            expected: format!("a number from 0 to 1 that leaves samples on both sides of {samples}"),
            received: validation_split.to_string(),
        });
    }
    let at = at as usize;
    Ok((rows(all, 0..at)?, Some(rows(all, at..samples)?)))
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

/// The validation of each epoch, with memory of its own.
struct Validator<'a, T: Scalar> {
    parts: Option<(Compiled<T>, Batches<'a, T>)>,
}

impl<'a, T: Scalar> Validator<'a, T> {
    fn new(model: &Sequential<T>, data: Option<Batch<'a, T>>, batch_size: usize) -> Result<Self, ModelError> {
        let Some(data) = data else { return Ok(Self { parts: None }) };
        Ok(Self { parts: Some((model.compiled("fit")?.for_test(), Batches::new(data, batch_size, false))) })
    }

    fn run(&mut self, model: &Sequential<T>, logs: &mut Logs) -> Result<(), ModelError> {
        let Some((compiled, batches)) = &mut self.parts else { return Ok(()) };
        compiled.find_tail(model.links.last().map(|link| link.layer.as_ref())); // a callback may have changed it
        compiled.reset_metrics();
        for index in 0..batches.len() {
            model.test_step(compiled, batches.get(index)?)?;
        }
        compiled.log("val_", logs);
        Ok(())
    }
}
