//! Measuring a model, and single batches by hand.

use cornu_optimizers::OptimizerState;
use cornu_tensor::{Scalar, Tensor};

use crate::callbacks::{Progress, Verbose};
use crate::compile::Compiled;
use crate::data::{Batch, Batches, at_least_one};
use crate::workspace::Workspace;
use crate::{Logs, ModelError, Sequential};

/// The arguments of [`Sequential::evaluate`], in Keras's words and with its defaults.
#[derive(Debug, Clone, Copy)]
pub struct Evaluate<'a, T> {
    batch_size: usize,
    verbose: Verbose,
    sample_weight: Option<&'a [T]>,
}

impl<T> Default for Evaluate<'_, T> {
    fn default() -> Self {
        Self { batch_size: 32, verbose: Verbose::Auto, sample_weight: None }
    }
}

impl<'a, T: Scalar> Evaluate<'a, T> {
    /// Keras's defaults: batches of 32.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The samples of a batch; 32 by default.
    #[must_use]
    pub fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size, ..self }
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

impl<T: Scalar> Compiled<T> {
    /// The same loss and metrics with memory of their own; nothing to train with.
    pub(crate) fn for_test(&self) -> Self {
        Self {
            optimizer: self.optimizer.clone(),
            loss: self.loss.clone(),
            metrics: self.metrics.clone(),
            mean_loss: self.mean_loss.clone(),
            tail: self.tail.clone(),
            state: OptimizerState::default(),
            workspace: Workspace::default(),
        }
    }

    /// Writes loss and metrics into the logs.
    pub(crate) fn log(&self, prefix: &str, logs: &mut Logs) {
        logs.set_measured(prefix, "loss", self.mean_loss.result());
        for metric in &self.metrics {
            logs.set_measured(prefix, metric.name(), metric.result());
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
        at_least_one("evaluate", "batch_size", evaluate.batch_size)?;
        let data = Batch { x: x.view(), y: y.view(), sample_weight: evaluate.sample_weight };
        self.test("evaluate", data, evaluate.batch_size, evaluate.verbose)
    }

    /// Loss and metrics over samples in batches of this size.
    fn test(
        &self,
        function: &'static str,
        data: Batch<'_, T>,
        batch_size: usize,
        verbose: Verbose,
    ) -> Result<Logs, ModelError> {
        let mut compiled = self.compiled(function)?.for_test();
        self.check(&compiled, data)?;
        compiled.reset_metrics();
        let mut batches = Batches::new(data, batch_size, false);
        let (mut logs, mut progress) = (Logs::default(), Progress::new(verbose));
        let steps = batches.len();
        progress.begin(steps);
        for index in 0..steps {
            self.test_step(&mut compiled, batches.get(index)?)?;
            compiled.log("", &mut logs);
            progress.tell(index + 1, &logs, index + 1 == steps);
        }
        Ok(logs)
    }

    /// One training step on a batch; the loss and the metrics of this batch come back in `logs`.
    ///
    /// After the first call for a batch size, Cornu allocates nothing (the crate `gemm`, which takes the larger
    /// products, does).
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
        Ok(())
    }

    /// The loss and the metrics of one batch, in inference.
    ///
    /// # Errors
    /// [`ModelError`] for whatever does not fit.
    pub fn test_on_batch(&self, x: &Tensor<T>, y: &Tensor<T>, sample_weight: Option<&[T]>) -> Result<Logs, ModelError> {
        let data = Batch { x: x.view(), y: y.view(), sample_weight };
        self.test("test_on_batch", data, data.x.shape().batch(), Verbose::Silent)
    }
}
