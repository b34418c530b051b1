//! The progress, as a callback.

use cornu_tensor::{Scalar, View};

use super::progress::{Progress, header, print};
use super::{Callback, Training, TrainingParams, Verbose};
use crate::{Logs, ModelError};

/// Prints the progress of each epoch, of an evaluation or of a prediction (`keras.callbacks.ProgbarLogger`), as their
/// `verbose` says. A terminal that cannot be written to is no reason to stop.
///
/// `fit`, `evaluate` and `predict_with` have one of their own, after all other callbacks. One that is given takes its
/// place, and shows what the callbacks before it have set in the logs. A bar of another make takes it too, with
/// [`Callback::shows_progress`].
///
/// ```
/// use cornu_layers::Dense;
/// use cornu_model::callbacks::{ProgbarLogger, Verbose};
/// use cornu_model::{Compile, Fit, LayerArguments, sequential};
/// use cornu_tensor::Tensor;
///
/// let mut model = sequential![Dense::new(1).input_shape([1])]?;
/// model.compile(Compile::new("sgd", "mse"))?;
/// let (x, y) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[2.0], [4.0]]));
/// let mut progress = ProgbarLogger::new();
/// // Prints `1/1 - 0s - 17us/step - loss: 9.5148`.
/// model.fit(&x, &y, Fit::new().verbose(Verbose::Line).callback(&mut progress))?;
/// # Ok::<(), cornu_model::ModelError>(())
/// ```
#[derive(Debug, Default)]
pub struct ProgbarLogger {
    progress: Progress,
    /// The batches seen in this row.
    seen: usize,
    in_training: bool,
}

impl ProgbarLogger {
    /// Nothing is printed yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn begin(&mut self, params: TrainingParams) {
        self.seen = 0;
        self.progress.begin(params.verbose, params.steps);
    }

    fn tell(&mut self, batch: usize, logs: &Logs) {
        self.seen = batch + 1;
        self.progress.tell(self.seen, logs);
    }

    fn end(&mut self, logs: &Logs) {
        self.progress.end(self.seen, logs);
    }
}

impl<T: Scalar> Callback<T> for ProgbarLogger {
    fn shows_progress(&self) -> bool {
        true
    }

    fn on_train_begin(&mut self, _training: &mut Training<'_, T>) -> Result<(), ModelError> {
        self.in_training = true;
        Ok(())
    }

    fn on_train_end(&mut self, _logs: &Logs, _training: &mut Training<'_, T>) -> Result<(), ModelError> {
        self.in_training = false;
        Ok(())
    }

    fn on_epoch_begin(&mut self, epoch: usize, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let params = training.params();
        self.begin(params);
        if params.verbose != Verbose::Silent {
            print(&header(epoch, params.epochs));
        }
        Ok(())
    }

    fn on_train_batch_end(
        &mut self,
        batch: usize,
        logs: &Logs,
        _training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        self.tell(batch, logs);
        Ok(())
    }

    fn on_epoch_end(
        &mut self,
        _epoch: usize,
        logs: &mut Logs,
        _training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        self.end(logs);
        Ok(())
    }

    fn on_test_begin(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if !self.in_training {
            self.begin(training.params());
        }
        Ok(())
    }

    fn on_test_batch_end(
        &mut self,
        batch: usize,
        logs: &Logs,
        _training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        if !self.in_training {
            self.tell(batch, logs);
        }
        Ok(())
    }

    fn on_test_end(&mut self, logs: &Logs, _training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if !self.in_training {
            self.end(logs);
        }
        Ok(())
    }

    fn on_predict_begin(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        self.begin(training.params());
        Ok(())
    }

    fn on_predict_batch_end(
        &mut self,
        batch: usize,
        _outputs: View<'_, T>,
        _training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        self.tell(batch, &Logs::default());
        Ok(())
    }

    fn on_predict_end(&mut self, _training: &mut Training<'_, T>) -> Result<(), ModelError> {
        self.end(&Logs::default());
        Ok(())
    }
}
