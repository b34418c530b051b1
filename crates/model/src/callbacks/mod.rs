//! Callbacks: what watches a training, and may stop it or change its learning rate.

mod backup_and_restore;
mod csv_logger;
mod early_stopping;
mod file_name;
mod history;
mod lambda;
mod learning_rate_scheduler;
mod model_checkpoint;
mod monitor;
mod progress;
pub(crate) mod python;
mod reduce_lr_on_plateau;
mod save_freq;
mod swap_ema_weights;
#[cfg(feature = "tensorboard")]
mod tensorboard;
mod terminate_on_nan;
#[cfg(feature = "tensorboard")]
mod update_freq;
mod weight_recorder;

pub use backup_and_restore::BackupAndRestore;
use cornu_tensor::Scalar;
pub use csv_logger::CSVLogger;
pub use early_stopping::EarlyStopping;
pub use lambda::LambdaCallback;
pub use learning_rate_scheduler::LearningRateScheduler;
pub use model_checkpoint::ModelCheckpoint;
pub use monitor::MonitorMode;
pub(crate) use progress::Progress;
pub use progress::Verbose;
pub use reduce_lr_on_plateau::ReduceLROnPlateau;
pub use save_freq::SaveFreq;
pub use swap_ema_weights::SwapEMAWeights;
#[cfg(feature = "tensorboard")]
pub use tensorboard::TensorBoard;
pub use terminate_on_nan::TerminateOnNaN;
#[cfg(feature = "tensorboard")]
pub use update_freq::UpdateFreq;
pub use weight_recorder::WeightRecorder;

pub use crate::History;
use crate::{Logs, ModelError, Sequential};

/// How large a training is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrainingParams {
    /// The epoch at which it ends.
    pub epochs: usize,
    /// Batches an epoch; 0 as long as nobody knows, in the first epoch over a source that does not say it.
    pub steps: usize,
    /// The samples of the arrays; 0 for a source.
    pub samples: usize,
    /// Whether there is validation data. Not every epoch need be validated.
    pub validated: bool,
}

/// What a callback can see and do.
#[derive(Debug)]
pub struct Training<'a, T: Scalar> {
    pub(crate) model: &'a mut Sequential<T>,
    pub(crate) params: TrainingParams,
    pub(crate) stop: bool,
    pub(crate) initial_epoch: usize,
    /// In the first epoch: the batch to begin with, and the step at which that epoch had begun.
    pub(crate) midway: Option<(usize, u64)>,
    /// The step at which this epoch began: the order of its samples depends on it.
    pub(crate) epoch_iteration: u64,
}

impl<'a, T: Scalar> Training<'a, T> {
    /// A training that has not begun.
    pub(crate) fn new(model: &'a mut Sequential<T>, params: TrainingParams, initial_epoch: usize) -> Self {
        Self { model, params, stop: false, initial_epoch, midway: None, epoch_iteration: 0 }
    }

    /// Begins an epoch; gives back its first batch.
    pub(crate) fn begin_epoch(&mut self) -> usize {
        let (batch, iteration) = self.midway.take().unwrap_or((0, self.model.iterations()));
        self.epoch_iteration = iteration;
        batch
    }

    /// The epoch at which training begins, counted from 0.
    #[must_use]
    pub fn initial_epoch(&self) -> usize {
        self.initial_epoch
    }

    /// Lets training begin at another epoch. It counts in [`Callback::on_train_begin`] alone.
    pub fn set_initial_epoch(&mut self, epoch: usize) {
        (self.initial_epoch, self.midway) = (epoch, None);
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &Sequential<T> {
        self.model
    }

    /// The model, to change its weights.
    #[must_use]
    pub fn model_mut(&mut self) -> &mut Sequential<T> {
        self.model
    }

    /// How large the training is.
    #[must_use]
    pub fn params(&self) -> TrainingParams {
        self.params
    }

    /// The optimizer's learning rate; of a schedule, that of the next step.
    #[must_use]
    pub fn learning_rate(&self) -> f64 {
        self.model.learning_rate().unwrap_or(0.0)
    }

    /// Gives the optimizer another learning rate.
    ///
    /// # Errors
    /// [`ModelError::Optimizer`] for a rate that is not a number, 0 or more, and if a schedule says the rates.
    pub fn set_learning_rate(&mut self, rate: f64) -> Result<(), ModelError> {
        self.model.set_learning_rate(rate)
    }

    /// Ends the training (Keras's `stop_training`): after this batch, if it is asked for during an epoch. The epoch
    /// still ends, with its validation.
    pub fn stop(&mut self) {
        self.stop = true;
    }
}

/// What watches a training (`keras.callbacks.Callback`). Every method does nothing by default.
///
/// An error from a callback ends the training, and the model is as it was before it.
///
/// ```
/// use cornu_layers::Dense;
/// use cornu_model::{Compile, Fit, LayerArguments, Logs, ModelError, sequential};
/// use cornu_model::callbacks::{Callback, Training, Verbose};
/// use cornu_tensor::{Scalar, Tensor};
///
/// /// Halves the learning rate after every epoch.
/// struct Halving;
///
/// impl<T: Scalar> Callback<T> for Halving {
///     fn on_epoch_end(
///         &mut self, _epoch: usize, logs: &mut Logs, training: &mut Training<'_, T>,
///     ) -> Result<(), ModelError> {
///         let rate = training.learning_rate() / 2.0;
///         logs.set("learning_rate", rate);
///         training.set_learning_rate(rate)
///     }
/// }
///
/// let mut model = sequential![Dense::new(1).input_shape([1])]?;
/// model.compile(Compile::new("sgd", "mse"))?;
/// let (x, y) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[2.0], [4.0]]));
/// let mut halving = Halving;
/// let fit = Fit::new().epochs(2).verbose(Verbose::Silent).callback(&mut halving);
/// let history = model.fit(&x, &y, fit)?;
/// assert_eq!(history.get("learning_rate"), Some(&[0.005, 0.0025][..]));
/// # Ok::<(), ModelError>(())
/// ```
pub trait Callback<T: Scalar> {
    /// Before the first epoch.
    ///
    /// # Errors
    /// Whatever the callback reports.
    fn on_train_begin(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let _ = training;
        Ok(())
    }

    /// After the last epoch; `logs` are those of the last epoch.
    ///
    /// # Errors
    /// Whatever the callback reports.
    fn on_train_end(&mut self, logs: &Logs, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let _ = (logs, training);
        Ok(())
    }

    /// Before an epoch, counted from 0.
    ///
    /// # Errors
    /// Whatever the callback reports.
    fn on_epoch_begin(&mut self, epoch: usize, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let _ = (epoch, training);
        Ok(())
    }

    /// After an epoch and its validation. What is set in `logs` goes into the history.
    ///
    /// # Errors
    /// Whatever the callback reports.
    fn on_epoch_end(
        &mut self,
        epoch: usize,
        logs: &mut Logs,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        let _ = (epoch, logs, training);
        Ok(())
    }

    /// Before the validation of an epoch.
    ///
    /// # Errors
    /// Whatever the callback reports.
    fn on_test_begin(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let _ = training;
        Ok(())
    }

    /// After the validation of an epoch; `logs` are those of the epoch, with what the validation gave under `val_…`.
    ///
    /// # Errors
    /// Whatever the callback reports.
    fn on_test_end(&mut self, logs: &Logs, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let _ = (logs, training);
        Ok(())
    }

    /// Before a training batch, counted from 0 in its epoch.
    ///
    /// # Errors
    /// Whatever the callback reports.
    fn on_train_batch_begin(&mut self, batch: usize, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let _ = (batch, training);
        Ok(())
    }

    /// After a training batch; `logs` are the means of the epoch so far.
    ///
    /// # Errors
    /// Whatever the callback reports.
    fn on_train_batch_end(
        &mut self,
        batch: usize,
        logs: &Logs,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        let _ = (batch, logs, training);
        Ok(())
    }
}

/// The error for an argument of a callback.
fn refused(callback: &str, expected: impl std::fmt::Display, received: impl std::fmt::Display) -> ModelError {
    let message = format!("expected {expected}. Received: {received}");
    ModelError::Callback { callback: callback.to_owned(), message }
}
