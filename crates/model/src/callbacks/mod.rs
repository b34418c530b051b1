//! Callbacks: what watches a training, and may stop it or change its learning rate.

mod backup_and_restore;
mod callback_list;
mod csv_logger;
mod early_stopping;
mod file_name;
mod history;
mod lambda;
mod learning_rate_scheduler;
mod model_checkpoint;
mod monitor;
mod progbar_logger;
mod progress;
mod reduce_lr_on_plateau;
mod save_freq;
mod swap_ema_weights;
#[cfg(feature = "tensorboard")]
mod tensorboard;
mod terminate_on_nan;
mod training;
#[cfg(feature = "tensorboard")]
mod update_freq;
mod verbose;
mod weight_recorder;

pub use backup_and_restore::BackupAndRestore;
pub(crate) use callback_list::CallbackList;
use cornu_tensor::{Scalar, View};
pub use csv_logger::CSVLogger;
pub use early_stopping::EarlyStopping;
pub use lambda::LambdaCallback;
pub use learning_rate_scheduler::LearningRateScheduler;
pub use model_checkpoint::ModelCheckpoint;
pub use monitor::MonitorMode;
pub use progbar_logger::ProgbarLogger;
pub use reduce_lr_on_plateau::ReduceLROnPlateau;
pub use save_freq::SaveFreq;
pub use swap_ema_weights::SwapEMAWeights;
#[cfg(feature = "tensorboard")]
pub use tensorboard::TensorBoard;
pub use terminate_on_nan::TerminateOnNaN;
pub use training::{Training, TrainingParams};
#[cfg(feature = "tensorboard")]
pub use update_freq::UpdateFreq;
pub use verbose::Verbose;
pub use weight_recorder::WeightRecorder;

pub use crate::History;
use crate::{Logs, ModelError};

/// What watches a training, an evaluation or a prediction (`keras.callbacks.Callback`). Every method does nothing by
/// default.
///
/// An error from a callback ends what it watches, and the model is as it was before it.
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

    /// Before an evaluation, and before the validation of an epoch.
    ///
    /// # Errors
    /// Whatever the callback reports.
    fn on_test_begin(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let _ = training;
        Ok(())
    }

    /// After an evaluation or a validation; `logs` are what it gave, under the names `loss`, `accuracy` … in both.
    ///
    /// # Errors
    /// Whatever the callback reports.
    fn on_test_end(&mut self, logs: &Logs, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let _ = (logs, training);
        Ok(())
    }

    /// Before a prediction.
    ///
    /// # Errors
    /// Whatever the callback reports.
    fn on_predict_begin(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let _ = training;
        Ok(())
    }

    /// After a prediction.
    ///
    /// # Errors
    /// Whatever the callback reports.
    fn on_predict_end(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let _ = training;
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

    /// Before a batch of an evaluation or a validation, counted from 0.
    ///
    /// # Errors
    /// Whatever the callback reports.
    fn on_test_batch_begin(&mut self, batch: usize, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let _ = (batch, training);
        Ok(())
    }

    /// After a batch of an evaluation or a validation; `logs` are the means of its batches so far.
    ///
    /// # Errors
    /// Whatever the callback reports.
    fn on_test_batch_end(
        &mut self,
        batch: usize,
        logs: &Logs,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        let _ = (batch, logs, training);
        Ok(())
    }

    /// Before a batch of a prediction, counted from 0.
    ///
    /// # Errors
    /// Whatever the callback reports.
    fn on_predict_batch_begin(&mut self, batch: usize, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let _ = (batch, training);
        Ok(())
    }

    /// After a batch of a prediction, with the outputs for it: shape `(samples, …)`.
    ///
    /// # Errors
    /// Whatever the callback reports.
    fn on_predict_batch_end(
        &mut self,
        batch: usize,
        outputs: View<'_, T>,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        let _ = (batch, outputs, training);
        Ok(())
    }

    /// Whether it shows the progress, so that no [`ProgbarLogger`] need do it; false by default.
    fn shows_progress(&self) -> bool {
        false
    }
}

/// The error for an argument of a callback.
fn refused(callback: &str, expected: impl std::fmt::Display, received: impl std::fmt::Display) -> ModelError {
    let message = format!("expected {expected}. Received: {received}");
    ModelError::Callback { callback: callback.to_owned(), message }
}
