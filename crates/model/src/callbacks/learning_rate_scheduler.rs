//! A learning rate for each epoch.

use std::fmt;

use cornu_tensor::Scalar;

use super::progress::print;
use super::{Callback, Training};
use crate::{Logs, ModelError, python};

/// Sets the learning rate before every epoch to what a function makes of the epoch, counted from 0, and the rate so far
/// (`keras.callbacks.LearningRateScheduler`). The rate of the epoch goes into the logs as `learning_rate`.
///
/// A rate that is not a number, 0 or more, is an error, and so is an optimizer whose rates a schedule says.
///
/// ```
/// use cornu_layers::Dense;
/// use cornu_model::callbacks::{LearningRateScheduler, Verbose};
/// use cornu_model::{Compile, Fit, LayerArguments, sequential};
/// use cornu_tensor::Tensor;
///
/// let mut model = sequential![Dense::new(1).input_shape([1])]?;
/// model.compile(Compile::new("sgd", "mse"))?;
/// let (x, y) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[2.0], [4.0]]));
/// let mut scheduler = LearningRateScheduler::new(|epoch, rate| if epoch < 2 { rate } else { rate / 2.0 });
/// let history = model.fit(&x, &y, Fit::new().epochs(4).verbose(Verbose::Silent).callback(&mut scheduler))?;
/// assert_eq!(history.get("learning_rate"), Some(&[0.01, 0.01, 0.005, 0.0025][..]));
/// # Ok::<(), cornu_model::ModelError>(())
/// ```
pub struct LearningRateScheduler<'f> {
    schedule: Box<dyn FnMut(usize, f64) -> f64 + 'f>,
    verbose: bool,
}

impl fmt::Debug for LearningRateScheduler<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LearningRateScheduler").field("verbose", &self.verbose).finish_non_exhaustive()
    }
}

impl<'f> LearningRateScheduler<'f> {
    /// With this function of epoch and learning rate.
    #[must_use]
    pub fn new(schedule: impl FnMut(usize, f64) -> f64 + 'f) -> Self {
        Self { schedule: Box::new(schedule), verbose: false }
    }

    /// Whether it prints what it does; false by default.
    #[must_use]
    pub fn verbose(self, verbose: bool) -> Self {
        Self { verbose, ..self }
    }
}

impl<T: Scalar> Callback<T> for LearningRateScheduler<'_> {
    fn on_epoch_begin(&mut self, epoch: usize, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let rate = (self.schedule)(epoch, training.learning_rate());
        training.set_learning_rate(rate)?;
        if self.verbose {
            let (epoch, rate) = (epoch + 1, python::repr(rate));
            print(&format!("\nEpoch {epoch}: LearningRateScheduler setting learning rate to {rate}.\n"));
        }
        Ok(())
    }

    fn on_epoch_end(
        &mut self,
        _epoch: usize,
        logs: &mut Logs,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        logs.set("learning_rate", training.learning_rate());
        Ok(())
    }
}
