//! Single batches by hand.

use cornu_tensor::{Scalar, Tensor};

use crate::callbacks::Verbose;
use crate::data::{Batch, Batches};
use crate::feed::Feed;
use crate::{Evaluate, Logs, ModelError, Sequential};

impl<T: Scalar> Sequential<T> {
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
        self.log_metrics(logs);
        self.log_lists(logs);
        Ok(())
    }

    /// The loss and the metrics of one batch, in inference.
    ///
    /// # Errors
    /// [`ModelError`] for whatever does not fit.
    pub fn test_on_batch(&self, x: &Tensor<T>, y: &Tensor<T>, sample_weight: Option<&[T]>) -> Result<Logs, ModelError> {
        let data = Batch { x: x.view(), y: y.view(), sample_weight };
        self.check(self.compiled("test_on_batch")?, data)?;
        let samples = x.shape().batch();
        let feed = Feed::arrays(Batches::new(data, samples, false), None);
        self.test(feed, samples, Evaluate::new().verbose(Verbose::Silent))
    }
}
