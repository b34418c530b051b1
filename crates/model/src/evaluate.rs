//! Measuring a model, and single batches by hand.

use cornu_optimizers::OptimizerState;
use cornu_tensor::{Scalar, Tensor};

use crate::callbacks::{Progress, Verbose};
use crate::compile::Compiled;
use crate::data::{Batch, Batches, at_least_one, batch_size};
use crate::feed::Feed;
use crate::fit::warn;
use crate::source::BatchSource;
use crate::workspace::Workspace;
use crate::{Logs, ModelError, Sequential};

/// The arguments of [`Sequential::evaluate`], in Keras's words and with its defaults.
#[derive(Debug, Clone, Copy)]
pub struct Evaluate<'a, T> {
    batch_size: Option<usize>,
    steps: Option<usize>,
    verbose: Verbose,
    sample_weight: Option<&'a [T]>,
}

impl<T> Default for Evaluate<'_, T> {
    fn default() -> Self {
        Self { batch_size: None, steps: None, verbose: Verbose::Auto, sample_weight: None }
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
}

impl<T> Evaluate<'_, T> {
    fn check(&self, function: &'static str) -> Result<(), ModelError> {
        let numbers = [("batch_size", self.batch_size), ("steps", self.steps)];
        let mut given = numbers.into_iter().filter_map(|(argument, value)| Some((argument, value?)));
        given.try_for_each(|(argument, value)| at_least_one(function, argument, value))
    }
}

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
        let size = batch_size(x.shape().batch(), evaluate.batch_size, evaluate.steps);
        self.test(Feed::arrays(Batches::new(data, size, false), evaluate.steps), evaluate.verbose)
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
        self.test(Feed::source(source, None, evaluate.steps, ("evaluate_source", "steps"))?, evaluate.verbose)
    }

    /// Loss and metrics over the batches of a feed.
    fn test(&self, mut feed: Feed<'_, T>, verbose: Verbose) -> Result<Logs, ModelError> {
        let mut compiled = self.compiled("evaluate")?.for_test();
        let (mut logs, mut progress) = (Logs::default(), Progress::new(verbose));
        progress.begin(feed.steps().unwrap_or(0));
        let batches = self.test_on(&mut compiled, &mut feed, 0, |index, compiled| {
            compiled.log("", &mut logs);
            progress.tell(index + 1, &logs, false);
        })?;
        compiled.log_lists("", &mut logs);
        progress.end(batches, &logs);
        if feed.is_short(batches) {
            warn(verbose, "The data ended before `steps` batches.");
        }
        Ok(logs)
    }

    /// Measures the batches of a feed from the first on; gives back how many there were.
    pub(crate) fn test_on(
        &self,
        compiled: &mut Compiled<T>,
        feed: &mut Feed<'_, T>,
        seed: u64,
        mut after: impl FnMut(usize, &Compiled<T>),
    ) -> Result<usize, ModelError> {
        compiled.reset_metrics();
        feed.begin_pass(seed, 0)?;
        let mut batches = 0;
        while feed.advance_to(batches, None)? {
            let batch = feed.checked(self, Some(compiled), batches, None)?;
            self.test_step(compiled, batch).map_err(feed.naming(batches, None))?;
            after(batches, compiled);
            batches += 1;
        }
        if batches == 0 { Err(ModelError::NoBatches) } else { Ok(batches) }
    }

    /// One training step on a batch; the loss and the metrics of this batch come back in `logs`.
    ///
    /// After the first call for a batch size, nothing is allocated.
    ///
    /// # Errors
    /// [`ModelError`] for whatever does not fit; the weights are then as they were. (A user's own optimizer that
    /// fails between two weights leaves the first one moved: [`Sequential::fit`] restores it.)
    ///
    /// ```
    /// use cornu_layers::{Dense, KernelArguments};
    /// use cornu_model::{Compile, LayerArguments, Logs, sequential};
    /// use cornu_tensor::Tensor;
    ///
    /// let mut model = sequential![Dense::new(1).kernel_initializer("zeros").input_shape([1])]?;
    /// model.compile(Compile::new("sgd", "mse"))?;
    /// let mut logs = Logs::default();
    /// model.train_on_batch(&Tensor::from([[1.0]]), &Tensor::from([[2.0]]), None, &mut logs)?;
    /// assert_eq!(logs.get("loss"), Some(4.0));
    /// # Ok::<(), cornu_model::ModelError>(())
    /// ```
    pub fn train_on_batch(
        &mut self,
        x: &Tensor<T>,
        y: &Tensor<T>,
        sample_weight: Option<&[T]>,
        logs: &mut Logs,
    ) -> Result<(), ModelError> {
        let batch = Batch { x: x.view(), y: y.view(), sample_weight };
        let was_built = self.is_built();
        self.compiled("train_on_batch")?;
        let trained = self.build_for(batch.x).and_then(|()| {
            self.check(self.compiled("train_on_batch")?, batch)?;
            self.reset_metrics();
            self.train_step(batch)
        });
        if trained.is_err() && self.is_built() && !was_built {
            self.unbuild();
        }
        trained?;
        self.log_metrics("", logs);
        self.log_lists("", logs);
        Ok(())
    }

    /// The loss and the metrics of one batch, in inference.
    ///
    /// # Errors
    /// [`ModelError`] for whatever does not fit.
    pub fn test_on_batch(&self, x: &Tensor<T>, y: &Tensor<T>, sample_weight: Option<&[T]>) -> Result<Logs, ModelError> {
        let data = Batch { x: x.view(), y: y.view(), sample_weight };
        self.check(self.compiled("test_on_batch")?, data)?;
        self.test(Feed::arrays(Batches::new(data, data.x.shape().batch(), false), None), Verbose::Silent)
    }
}
