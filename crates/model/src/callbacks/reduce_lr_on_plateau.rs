//! A smaller learning rate when nothing gets better.

use cornu_tensor::Scalar;

use super::monitor::Monitor;
use super::progress::print;
use super::{Callback, MonitorMode, Training, refused};
use crate::{Logs, ModelError, python};

/// Multiplies the learning rate by `factor` when a number has not got better for `patience` epochs
/// (`keras.callbacks.ReduceLROnPlateau`, with its defaults). The rate of the epoch goes into the logs as `learning_rate`.
///
/// A number that an epoch does not measure is an error, where Keras only warns. So is an optimizer whose rates a schedule
/// says, before the first step. (Keras finds out when it is to reduce a rate.)
///
/// ```
/// use cornu_model::callbacks::ReduceLROnPlateau;
///
/// let reduce = ReduceLROnPlateau::new("val_loss").factor(0.2).patience(5).min_lr(0.001);
/// ```
#[derive(Debug, Clone)]
pub struct ReduceLROnPlateau {
    monitor: Monitor,
    factor: f64,
    patience: usize,
    verbose: bool,
    cooldown: usize,
    min_lr: f64,
    best: Option<f64>,
    cooling: usize,
    wait: usize,
}

const NAME: &str = "ReduceLROnPlateau";

impl ReduceLROnPlateau {
    /// Watches the number of this name, such as `val_loss`.
    #[must_use]
    pub fn new(monitor: impl Into<String>) -> Self {
        let mut monitor = Monitor::new(NAME, monitor.into());
        monitor.min_delta = 1e-4;
        Self {
            monitor,
            factor: 0.1,
            patience: 10,
            verbose: false,
            cooldown: 0,
            min_lr: 0.0,
            best: None,
            cooling: 0,
            wait: 0,
        }
    }

    /// By what the learning rate is multiplied, from 0 to less than 1; 0.1 by default.
    #[must_use]
    pub fn factor(self, factor: f64) -> Self {
        Self { factor, ..self }
    }

    /// The epochs without a better number after which the rate is reduced; 10 by default.
    #[must_use]
    pub fn patience(self, patience: usize) -> Self {
        Self { patience, ..self }
    }

    /// Whether it prints what it does; false by default.
    #[must_use]
    pub fn verbose(self, verbose: bool) -> Self {
        Self { verbose, ..self }
    }

    /// Which way is better; by default the number tells.
    #[must_use]
    pub fn mode(mut self, mode: MonitorMode) -> Self {
        self.monitor.mode = mode;
        self
    }

    /// By how much the number must get better to count; its sign means nothing. 0.0001 by default.
    #[must_use]
    pub fn min_delta(mut self, min_delta: f64) -> Self {
        self.monitor.min_delta = min_delta.abs();
        self
    }

    /// The epochs after a reduction in which waiting does not begin anew; 0 by default.
    #[must_use]
    pub fn cooldown(self, cooldown: usize) -> Self {
        Self { cooldown, ..self }
    }

    /// The least learning rate; 0 by default.
    #[must_use]
    pub fn min_lr(self, min_lr: f64) -> Self {
        Self { min_lr, ..self }
    }

    /// Reduces the rate, if it is not the least already.
    fn reduce<T: Scalar>(&mut self, epoch: usize, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let old = training.learning_rate();
        if old <= self.min_lr {
            return Ok(());
        }
        let new = (old * self.factor).max(self.min_lr);
        training.set_learning_rate(new)?;
        if self.verbose {
            let (epoch, new) = (epoch + 1, python::repr(new));
            print(&format!("\nEpoch {epoch}: ReduceLROnPlateau reducing learning rate to {new}.\n"));
        }
        (self.cooling, self.wait) = (self.cooldown, 0);
        Ok(())
    }
}

/// On `val_loss`.
impl Default for ReduceLROnPlateau {
    fn default() -> Self {
        Self::new("val_loss")
    }
}

impl<T: Scalar> Callback<T> for ReduceLROnPlateau {
    fn on_train_begin(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if !(0.0..1.0).contains(&self.factor) {
            let received = format!("factor={}", python::repr(self.factor));
            return Err(refused(NAME, "`factor` to be from 0 to less than 1", received));
        }
        if !self.min_lr.is_finite() || self.min_lr < 0.0 {
            let received = format!("min_lr={}", python::repr(self.min_lr));
            return Err(refused(NAME, "`min_lr` to be a finite number, 0 or more", received));
        }
        self.monitor.begin(training.model())?;
        // Rather now than after many epochs: a schedule lets nobody else say the rates.
        training.set_learning_rate(training.learning_rate())?;
        (self.best, self.cooling, self.wait) = (None, 0, 0);
        Ok(())
    }

    fn on_epoch_end(
        &mut self,
        epoch: usize,
        logs: &mut Logs,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        logs.set("learning_rate", training.learning_rate());
        if self.monitor.is_missing_today(logs, training.params()) {
            return Ok(());
        }
        let value = self.monitor.value(logs)?;
        if self.cooling > 0 {
            (self.cooling, self.wait) = (self.cooling - 1, 0);
        }
        if self.monitor.is_better(value, self.best)? {
            (self.best, self.wait) = (Some(value), 0);
        } else if self.cooling == 0 {
            self.wait += 1;
            if self.wait >= self.patience {
                self.reduce(epoch, training)?;
            }
        }
        Ok(())
    }
}
