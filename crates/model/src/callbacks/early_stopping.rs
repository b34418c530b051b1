//! Ends a training that no longer gets better.

use cornu_tensor::{Scalar, Tensor};

use super::monitor::Monitor;
use super::progress::print;
use super::{Callback, MonitorMode, Training};
use crate::{Logs, ModelError};

/// Ends a training when a number has not got better for `patience` epochs
/// (`keras.callbacks.EarlyStopping`, with its defaults).
///
/// ```
/// use cornu_model::callbacks::EarlyStopping;
///
/// let stopping = EarlyStopping::<f32>::new("val_loss").patience(5).restore_best_weights(true);
/// assert_eq!(stopping.stopped_epoch(), None);
/// ```
#[derive(Debug, Clone)]
pub struct EarlyStopping<T> {
    monitor: Monitor,
    patience: usize,
    baseline: Option<f64>,
    restore_best_weights: bool,
    start_from_epoch: usize,
    verbose: bool,
    best: Option<f64>,
    best_epoch: usize,
    best_weights: Option<Vec<Tensor<T>>>,
    wait: usize,
    stopped_epoch: Option<usize>,
}

impl<T: Scalar> EarlyStopping<T> {
    /// Watches the number of this name, such as `val_loss`. One that an epoch does not measure is an error, where
    /// Keras only warns: `val_…` needs validation data.
    #[must_use]
    pub fn new(monitor: impl Into<String>) -> Self {
        Self {
            monitor: Monitor::new("EarlyStopping", monitor.into()),
            patience: 0,
            baseline: None,
            restore_best_weights: false,
            start_from_epoch: 0,
            verbose: false,
            best: None,
            best_epoch: 0,
            best_weights: None,
            wait: 0,
            stopped_epoch: None,
        }
    }

    /// By how much the number must get better to count; its sign means nothing. 0 by default.
    #[must_use]
    pub fn min_delta(mut self, min_delta: f64) -> Self {
        self.monitor.min_delta = min_delta.abs();
        self
    }

    /// The epochs without a better number after which training stops; 0 by default.
    #[must_use]
    pub fn patience(self, patience: usize) -> Self {
        Self { patience, ..self }
    }

    /// Which way is better; by default the name of the number tells.
    #[must_use]
    pub fn mode(mut self, mode: MonitorMode) -> Self {
        self.monitor.mode = mode;
        self
    }

    /// What the number must be better than for waiting to begin anew.
    #[must_use]
    pub fn baseline(self, baseline: f64) -> Self {
        Self { baseline: Some(baseline), ..self }
    }

    /// Whether the model gets the weights of the best epoch back at the end; false by default.
    #[must_use]
    pub fn restore_best_weights(self, restore: bool) -> Self {
        Self { restore_best_weights: restore, ..self }
    }

    /// The first epoch that is watched; 0 by default.
    #[must_use]
    pub fn start_from_epoch(self, epoch: usize) -> Self {
        Self { start_from_epoch: epoch, ..self }
    }

    /// Whether it prints what it does; false by default.
    #[must_use]
    pub fn verbose(self, verbose: bool) -> Self {
        Self { verbose, ..self }
    }

    /// The epoch in which training was stopped, if it was.
    #[must_use]
    pub fn stopped_epoch(&self) -> Option<usize> {
        self.stopped_epoch
    }

    /// The best epoch so far.
    #[must_use]
    pub fn best_epoch(&self) -> usize {
        self.best_epoch
    }
}

/// On `val_loss`.
impl<T: Scalar> Default for EarlyStopping<T> {
    fn default() -> Self {
        Self::new("val_loss")
    }
}

impl<T: Scalar> Callback<T> for EarlyStopping<T> {
    fn on_train_begin(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        self.monitor.begin(training.model())?;
        (self.wait, self.stopped_epoch, self.best, self.best_epoch, self.best_weights) = (0, None, None, 0, None);
        Ok(())
    }

    fn on_epoch_end(
        &mut self,
        epoch: usize,
        logs: &mut Logs,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        if self.monitor.is_missing_today(logs, training.params()) {
            return Ok(());
        }
        let value = self.monitor.value(logs)?;
        if epoch < self.start_from_epoch {
            return Ok(());
        }
        if self.restore_best_weights && self.best_weights.is_none() {
            self.best_weights = Some(training.model().get_weights());
            self.best_epoch = epoch;
        }
        self.wait += 1;
        if self.monitor.is_better(value, self.best)? {
            (self.best, self.best_epoch) = (Some(value), epoch);
            if self.restore_best_weights {
                self.best_weights = Some(training.model().get_weights());
            }
            if self.baseline.is_none() || self.monitor.is_better(value, self.baseline)? {
                self.wait = 0;
            }
            return Ok(());
        }
        if self.wait >= self.patience && epoch > 0 {
            self.stopped_epoch = Some(epoch);
            training.stop();
        }
        Ok(())
    }

    fn on_train_end(&mut self, _logs: &Logs, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if let Some(epoch) = self.stopped_epoch.filter(|_| self.verbose) {
            print(&format!("Epoch {}: early stopping\n", epoch + 1));
        }
        let Some(best) = self.best_weights.as_ref().filter(|_| self.restore_best_weights) else { return Ok(()) };
        if self.verbose {
            let epoch = self.best_epoch + 1;
            print(&format!("Restoring model weights from the end of the best epoch: {epoch}.\n"));
        }
        training.model_mut().set_weights(best)
    }
}
