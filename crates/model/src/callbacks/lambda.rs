//! A callback from closures.

use std::fmt;

use cornu_tensor::{Scalar, View};

use super::{Callback, Training};
use crate::{Logs, ModelError};

type AtBegin<'f, T> = Box<dyn FnMut(&mut Training<'_, T>) + 'f>;
type AtEnd<'f, T> = Box<dyn FnMut(&Logs, &mut Training<'_, T>) + 'f>;
type AtNumber<'f, T> = Box<dyn FnMut(usize, &mut Training<'_, T>) + 'f>;
type AtEpochEnd<'f, T> = Box<dyn FnMut(usize, &mut Logs, &mut Training<'_, T>) + 'f>;
type AtBatchEnd<'f, T> = Box<dyn FnMut(usize, &Logs, &mut Training<'_, T>) + 'f>;
type AtOutputs<'f, T> = Box<dyn FnMut(usize, View<'_, T>, &mut Training<'_, T>) + 'f>;

/// A callback from closures, each with the arguments of the method of its name
/// (`keras.callbacks.LambdaCallback`).
///
/// ```
/// use cornu_model::callbacks::LambdaCallback;
///
/// let mut losses = Vec::new();
/// let callback = LambdaCallback::<f32>::new().on_epoch_end(|_epoch, logs, training| {
///     losses.push(logs.get("loss"));
///     if losses.len() == 3 {
///         training.stop();
///     }
/// });
/// # drop(callback);
/// ```
pub struct LambdaCallback<'f, T: Scalar> {
    train_begin: Option<AtBegin<'f, T>>,
    train_end: Option<AtEnd<'f, T>>,
    epoch_begin: Option<AtNumber<'f, T>>,
    epoch_end: Option<AtEpochEnd<'f, T>>,
    train_batch_begin: Option<AtNumber<'f, T>>,
    train_batch_end: Option<AtBatchEnd<'f, T>>,
    test_begin: Option<AtBegin<'f, T>>,
    test_end: Option<AtEnd<'f, T>>,
    test_batch_begin: Option<AtNumber<'f, T>>,
    test_batch_end: Option<AtBatchEnd<'f, T>>,
    predict_begin: Option<AtBegin<'f, T>>,
    predict_end: Option<AtBegin<'f, T>>,
    predict_batch_begin: Option<AtNumber<'f, T>>,
    predict_batch_end: Option<AtOutputs<'f, T>>,
}

impl<T: Scalar> Default for LambdaCallback<'_, T> {
    fn default() -> Self {
        Self {
            train_begin: None,
            train_end: None,
            epoch_begin: None,
            epoch_end: None,
            train_batch_begin: None,
            train_batch_end: None,
            test_begin: None,
            test_end: None,
            test_batch_begin: None,
            test_batch_end: None,
            predict_begin: None,
            predict_end: None,
            predict_batch_begin: None,
            predict_batch_end: None,
        }
    }
}

impl<T: Scalar> fmt::Debug for LambdaCallback<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LambdaCallback").finish_non_exhaustive()
    }
}

impl<'f, T: Scalar> LambdaCallback<'f, T> {
    /// Does nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Before the first epoch.
    #[must_use]
    pub fn on_train_begin(self, f: impl FnMut(&mut Training<'_, T>) + 'f) -> Self {
        Self { train_begin: Some(Box::new(f)), ..self }
    }

    /// After the last epoch.
    #[must_use]
    pub fn on_train_end(self, f: impl FnMut(&Logs, &mut Training<'_, T>) + 'f) -> Self {
        Self { train_end: Some(Box::new(f)), ..self }
    }

    /// Before an epoch.
    #[must_use]
    pub fn on_epoch_begin(self, f: impl FnMut(usize, &mut Training<'_, T>) + 'f) -> Self {
        Self { epoch_begin: Some(Box::new(f)), ..self }
    }

    /// After an epoch.
    #[must_use]
    pub fn on_epoch_end(self, f: impl FnMut(usize, &mut Logs, &mut Training<'_, T>) + 'f) -> Self {
        Self { epoch_end: Some(Box::new(f)), ..self }
    }

    /// Before a training batch.
    #[must_use]
    pub fn on_train_batch_begin(self, f: impl FnMut(usize, &mut Training<'_, T>) + 'f) -> Self {
        Self { train_batch_begin: Some(Box::new(f)), ..self }
    }

    /// After a training batch.
    #[must_use]
    pub fn on_train_batch_end(self, f: impl FnMut(usize, &Logs, &mut Training<'_, T>) + 'f) -> Self {
        Self { train_batch_end: Some(Box::new(f)), ..self }
    }

    /// Before an evaluation or a validation.
    #[must_use]
    pub fn on_test_begin(self, f: impl FnMut(&mut Training<'_, T>) + 'f) -> Self {
        Self { test_begin: Some(Box::new(f)), ..self }
    }

    /// After an evaluation or a validation.
    #[must_use]
    pub fn on_test_end(self, f: impl FnMut(&Logs, &mut Training<'_, T>) + 'f) -> Self {
        Self { test_end: Some(Box::new(f)), ..self }
    }

    /// Before a batch of an evaluation or a validation.
    #[must_use]
    pub fn on_test_batch_begin(self, f: impl FnMut(usize, &mut Training<'_, T>) + 'f) -> Self {
        Self { test_batch_begin: Some(Box::new(f)), ..self }
    }

    /// After a batch of an evaluation or a validation.
    #[must_use]
    pub fn on_test_batch_end(self, f: impl FnMut(usize, &Logs, &mut Training<'_, T>) + 'f) -> Self {
        Self { test_batch_end: Some(Box::new(f)), ..self }
    }

    /// Before a prediction.
    #[must_use]
    pub fn on_predict_begin(self, f: impl FnMut(&mut Training<'_, T>) + 'f) -> Self {
        Self { predict_begin: Some(Box::new(f)), ..self }
    }

    /// After a prediction.
    #[must_use]
    pub fn on_predict_end(self, f: impl FnMut(&mut Training<'_, T>) + 'f) -> Self {
        Self { predict_end: Some(Box::new(f)), ..self }
    }

    /// Before a batch of a prediction.
    #[must_use]
    pub fn on_predict_batch_begin(self, f: impl FnMut(usize, &mut Training<'_, T>) + 'f) -> Self {
        Self { predict_batch_begin: Some(Box::new(f)), ..self }
    }

    /// After a batch of a prediction, with its outputs.
    #[must_use]
    pub fn on_predict_batch_end(self, f: impl FnMut(usize, View<'_, T>, &mut Training<'_, T>) + 'f) -> Self {
        Self { predict_batch_end: Some(Box::new(f)), ..self }
    }
}

impl<T: Scalar> Callback<T> for LambdaCallback<'_, T> {
    fn on_train_begin(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if let Some(f) = &mut self.train_begin {
            f(training);
        }
        Ok(())
    }

    fn on_train_end(&mut self, logs: &Logs, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if let Some(f) = &mut self.train_end {
            f(logs, training);
        }
        Ok(())
    }

    fn on_epoch_begin(&mut self, epoch: usize, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if let Some(f) = &mut self.epoch_begin {
            f(epoch, training);
        }
        Ok(())
    }

    fn on_epoch_end(
        &mut self,
        epoch: usize,
        logs: &mut Logs,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        if let Some(f) = &mut self.epoch_end {
            f(epoch, logs, training);
        }
        Ok(())
    }

    fn on_train_batch_begin(&mut self, batch: usize, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if let Some(f) = &mut self.train_batch_begin {
            f(batch, training);
        }
        Ok(())
    }

    fn on_train_batch_end(
        &mut self,
        batch: usize,
        logs: &Logs,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        if let Some(f) = &mut self.train_batch_end {
            f(batch, logs, training);
        }
        Ok(())
    }

    fn on_test_begin(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if let Some(f) = &mut self.test_begin {
            f(training);
        }
        Ok(())
    }

    fn on_test_end(&mut self, logs: &Logs, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if let Some(f) = &mut self.test_end {
            f(logs, training);
        }
        Ok(())
    }

    fn on_test_batch_begin(&mut self, batch: usize, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if let Some(f) = &mut self.test_batch_begin {
            f(batch, training);
        }
        Ok(())
    }

    fn on_test_batch_end(
        &mut self,
        batch: usize,
        logs: &Logs,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        if let Some(f) = &mut self.test_batch_end {
            f(batch, logs, training);
        }
        Ok(())
    }

    fn on_predict_begin(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if let Some(f) = &mut self.predict_begin {
            f(training);
        }
        Ok(())
    }

    fn on_predict_end(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if let Some(f) = &mut self.predict_end {
            f(training);
        }
        Ok(())
    }

    fn on_predict_batch_begin(&mut self, batch: usize, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if let Some(f) = &mut self.predict_batch_begin {
            f(batch, training);
        }
        Ok(())
    }

    fn on_predict_batch_end(
        &mut self,
        batch: usize,
        outputs: View<'_, T>,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        if let Some(f) = &mut self.predict_batch_end {
            f(batch, outputs, training);
        }
        Ok(())
    }
}
