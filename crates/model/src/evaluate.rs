//! Measuring a model.

use std::fmt;

use cornu_tensor::{Scalar, Tensor};

use crate::callbacks::{Callback, CallbackList, ProgbarLogger, Training, TrainingParams, Verbose};
use crate::data::{Batch, Batches, all_at_least_one, batch_size};
use crate::feed::Feed;
use crate::source::BatchSource;
use crate::tester::Tester;
use crate::{Logs, ModelError, Sequential};

/// The arguments of [`Sequential::evaluate`] and [`Sequential::evaluate_source`], in Keras's words and with its
/// defaults.
pub struct Evaluate<'a, T: Scalar> {
    pub(crate) batch_size: Option<usize>,
    pub(crate) steps: Option<usize>,
    pub(crate) verbose: Verbose,
    pub(crate) sample_weight: Option<&'a [T]>,
    pub(crate) callbacks: Vec<&'a mut dyn Callback<T>>,
}

impl<T: Scalar> fmt::Debug for Evaluate<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evaluate")
            .field("batch_size", &self.batch_size)
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}

impl<T: Scalar> Default for Evaluate<'_, T> {
    fn default() -> Self {
        let (verbose, callbacks) = (Verbose::Auto, Vec::new());
        Self { batch_size: None, steps: None, verbose, sample_weight: None, callbacks }
    }
}

impl<'a, T: Scalar> Evaluate<'a, T> {
    /// Keras's defaults: batches of 32.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The samples of a batch; by default as many as [`Evaluate::steps`] needs for all, and 32 without it. A source has
    /// batches of its own.
    #[must_use]
    pub fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size: Some(batch_size), ..self }
    }

    /// The batches to measure, from the first on; all there are by default.
    #[must_use]
    pub fn steps(self, steps: usize) -> Self {
        Self { steps: Some(steps), ..self }
    }

    /// What is printed.
    #[must_use]
    pub fn verbose(self, verbose: Verbose) -> Self {
        Self { verbose, ..self }
    }

    /// How much each sample counts in the loss.
    #[must_use]
    pub fn sample_weight(self, sample_weight: &'a [T]) -> Self {
        Self { sample_weight: Some(sample_weight), ..self }
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
    /// The loss and the metrics over samples `x` and labels `y`, in inference.
    ///
    /// # Errors
    /// [`ModelError`] for whatever does not fit.
    ///
    /// ```
    /// use cornu_layers::Dense;
    /// use cornu_model::callbacks::Verbose;
    /// use cornu_model::{Compile, Evaluate, LayerArguments, sequential};
    /// use cornu_tensor::Tensor;
    ///
    /// let mut model = sequential![Dense::new(1).input_shape([1])]?;
    /// model.compile(Compile::new("sgd", "mse").metric("mae"))?;
    /// let (x, y) = (Tensor::from([[0.0], [0.0]]), Tensor::from([[1.0], [3.0]]));
    /// let measured = model.evaluate(&x, &y, Evaluate::new().verbose(Verbose::Silent))?;
    /// assert_eq!(measured.get("loss"), Some(5.0));
    /// assert_eq!(measured.get("mae"), Some(2.0));
    /// # Ok::<(), cornu_model::ModelError>(())
    /// ```
    pub fn evaluate(&self, x: &Tensor<T>, y: &Tensor<T>, evaluate: Evaluate<'_, T>) -> Result<Logs, ModelError> {
        evaluate.check("evaluate")?;
        let data = Batch { x: x.view(), y: y.view(), sample_weight: evaluate.sample_weight };
        self.check(self.compiled("evaluate")?, data)?;
        let samples = x.shape().batch();
        let size = batch_size(samples, evaluate.batch_size, evaluate.steps);
        self.test(Feed::arrays(Batches::new(data, size, false), evaluate.steps), samples, evaluate)
    }

    /// The loss and the metrics over the batches of a source, in inference. The source begins anew, with seed 0.
    ///
    /// # Errors
    /// [`ModelError`] for whatever does not fit; [`ModelError::Batch`] names the batch that does not.
    /// [`ModelError::NoBatches`] for a source that gives none, [`ModelError::Argument`] for one without an end and
    /// without [`Evaluate::steps`], and for sample weights: those are the source's.
    pub fn evaluate_source(
        &self,
        source: &mut dyn BatchSource<T>,
        evaluate: Evaluate<'_, T>,
    ) -> Result<Logs, ModelError> {
        self.compiled("evaluate_source")?;
        evaluate.check("evaluate_source")?;
        if let Some(weights) = evaluate.sample_weight {
            return Err(ModelError::Argument {
                function: "evaluate_source",
                argument: "sample_weight",
                expected: "given with arrays alone".to_owned(),
                received: format!("{} sample weights", weights.len()),
            });
        }
        self.test(Feed::source(source, None, evaluate.steps, ("evaluate_source", "steps"))?, 0, evaluate)
    }

    /// Loss and metrics over the batches of a feed.
    pub(crate) fn test(
        &self,
        feed: Feed<'_, T>,
        samples: usize,
        mut evaluate: Evaluate<'_, T>,
    ) -> Result<Logs, ModelError> {
        let params = TrainingParams::of_one_pass(feed.steps(), samples, evaluate.verbose);
        let mut progress = ProgbarLogger::new();
        let mut callbacks = CallbackList::new(&mut evaluate.callbacks, &mut progress, params.verbose);
        Tester::new(self, feed, "steps")?.run(&mut Training::of_lent(self, params), &mut callbacks)
    }
}
