//! Prediction with Keras's arguments, and from sources.

use std::fmt;

use cornu_layers::Scratch;
use cornu_tensor::{Scalar, Tensor};

use crate::callbacks::{Callback, CallbackList, ProgbarLogger, Training, TrainingParams, Verbose};
use crate::data::{Batch, Batches, all_at_least_one, batch_size};
use crate::feed::Feed;
use crate::fit::warn;
use crate::source::BatchSource;
use crate::tester::SEED;
use crate::{ModelError, Sequential};

/// The arguments of [`Sequential::predict_with`] and [`Sequential::predict_source`], in Keras's words and with its
/// defaults.
pub struct Predict<'a, T: Scalar> {
    batch_size: Option<usize>,
    steps: Option<usize>,
    verbose: Verbose,
    callbacks: Vec<&'a mut dyn Callback<T>>,
}

impl<T: Scalar> fmt::Debug for Predict<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Predict")
            .field("batch_size", &self.batch_size)
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}

impl<T: Scalar> Default for Predict<'_, T> {
    fn default() -> Self {
        Self { batch_size: None, steps: None, verbose: Verbose::Auto, callbacks: Vec::new() }
    }
}

impl<'a, T: Scalar> Predict<'a, T> {
    /// Keras's defaults: batches of 32.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The samples of a batch; by default as many as [`Predict::steps`] needs for all, and 32 without it. A source has
    /// batches of its own.
    #[must_use]
    pub fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size: Some(batch_size), ..self }
    }

    /// The batches to predict for, from the first on; all there are by default.
    #[must_use]
    pub fn steps(self, steps: usize) -> Self {
        Self { steps: Some(steps), ..self }
    }

    /// What is printed.
    #[must_use]
    pub fn verbose(self, verbose: Verbose) -> Self {
        Self { verbose, ..self }
    }

    /// One more callback. It is lent, so that what it saw can be asked for afterwards.
    #[must_use]
    pub fn callback(mut self, callback: &'a mut dyn Callback<T>) -> Self {
        self.callbacks.push(callback);
        self
    }

    /// Whether the numbers make sense.
    fn check(&self, function: &'static str) -> Result<(), ModelError> {
        all_at_least_one(function, [("batch_size", self.batch_size), ("steps", self.steps)])
    }
}

impl<T: Scalar> Sequential<T> {
    /// The model's outputs for samples `x`, batch by batch, in inference: shape `(samples, …)`.
    ///
    /// # Errors
    /// As [`Sequential::predict`]; [`ModelError::Argument`] for a batch size or steps of 0; whatever a callback reports.
    ///
    /// ```
    /// use cornu_layers::Dense;
    /// use cornu_model::callbacks::{LambdaCallback, Verbose};
    /// use cornu_model::{LayerArguments, Predict, sequential};
    /// use cornu_tensor::Tensor;
    ///
    /// let model = sequential![Dense::new(2).input_shape([1])]?;
    /// let x = Tensor::from_fn([10, 1], |i| i as f32);
    /// let mut seen = Vec::new();
    /// let mut watch = LambdaCallback::new().on_predict_batch_end(|batch, outputs, _| seen.push((batch, outputs.shape())));
    /// let predict = Predict::new().batch_size(4).verbose(Verbose::Silent).callback(&mut watch);
    /// let predictions = model.predict_with(&x, predict)?;
    /// # drop(watch);
    /// assert_eq!(predictions.shape(), [10, 2].into());
    /// assert_eq!(seen, [(0, [4, 2].into()), (1, [4, 2].into()), (2, [2, 2].into())]);
    /// # Ok::<(), cornu_model::ModelError>(())
    /// ```
    pub fn predict_with(&self, x: &Tensor<T>, predict: Predict<'_, T>) -> Result<Tensor<T>, ModelError> {
        predict.check("predict_with")?;
        self.outputs_for(x.view())?;
        let samples = x.shape().batch();
        let size = batch_size(samples, predict.batch_size, predict.steps);
        let data = Batch { x: x.view(), y: x.view(), sample_weight: None }; // nobody looks at the labels
        self.predict_on(Feed::arrays(Batches::new(data, size, false), predict.steps), samples, predict)
    }

    /// The model's outputs for the samples of a source, one batch after the other, in inference: shape `(samples, …)`.
    /// The labels are not looked at. The source begins anew, with seed 0.
    ///
    /// # Errors
    /// [`ModelError::NotBuilt`]; [`ModelError::Batch`] for a batch that does not fit; [`ModelError::NoBatches`];
    /// [`ModelError::Argument`] for 0 steps, and for none where the source has no end; whatever a callback reports.
    ///
    /// ```
    /// use cornu_layers::Dense;
    /// use cornu_model::callbacks::Verbose;
    /// use cornu_model::source::Stream;
    /// use cornu_model::{LayerArguments, Predict, sequential};
    /// use cornu_tensor::Tensor;
    ///
    /// let model = sequential![Dense::new(2).input_shape([1])]?;
    /// let batches = (0..3).map(|i| (Tensor::full([4, 1], i as f32), Tensor::default()));
    /// let predictions = model.predict_source(&mut Stream::new(batches), Predict::new().verbose(Verbose::Silent))?;
    /// assert_eq!(predictions.shape(), [12, 2].into());
    /// # Ok::<(), cornu_model::ModelError>(())
    /// ```
    pub fn predict_source(
        &self,
        source: &mut dyn BatchSource<T>,
        predict: Predict<'_, T>,
    ) -> Result<Tensor<T>, ModelError> {
        self.shapes("weights")?;
        predict.check("predict_source")?;
        self.predict_on(Feed::source(source, None, predict.steps, ("predict_source", "steps"))?, 0, predict)
    }

    /// The outputs for the batches of a feed.
    fn predict_on(
        &self,
        mut feed: Feed<'_, T>,
        samples: usize,
        mut predict: Predict<'_, T>,
    ) -> Result<Tensor<T>, ModelError> {
        let params = TrainingParams::of_one_pass(feed.steps(), samples, predict.verbose);
        let mut progress = ProgbarLogger::new();
        let mut callbacks = CallbackList::new(&mut predict.callbacks, &mut progress, params.verbose);
        let mut training = Training::of_lent(self, params);
        let (mut scratch, mut output, mut outputs) = (Scratch::default(), Tensor::default(), Vec::new());
        let (mut index, mut rows) = (0, 0);

        callbacks.each(|callback| callback.on_predict_begin(&mut training))?;
        feed.begin_pass(SEED)?;
        while feed.advance_to(index, None)? {
            callbacks.each(|callback| callback.on_predict_batch_begin(index, &mut training))?;
            let (model, name) = (training.model(), feed.naming(index, None));
            let x = feed.batch().map_err(&name)?.x;
            output.resize(model.outputs_for(x).map_err(&name)?);
            model.predict_in_blocks(x, output.view_mut(), &mut scratch).map_err(&name)?;
            outputs.extend_from_slice(output.as_slice());
            rows += x.shape().batch();
            callbacks.each(|callback| callback.on_predict_batch_end(index, output.view(), &mut training))?;
            index += 1;
            if training.stop_predicting {
                break;
            }
        }
        if index == 0 {
            return Err(ModelError::NoBatches);
        }
        callbacks.each(|callback| callback.on_predict_end(&mut training))?;
        if feed.is_short(index) && !training.stop_predicting {
            warn(params.verbose, "The data ended before `steps` batches.");
        }
        Ok(Tensor::new(training.model().shapes("weights")?.1.with_batch(rows)?, outputs)?)
    }
}
