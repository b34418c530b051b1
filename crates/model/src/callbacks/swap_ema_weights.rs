//! The averages in place of the weights, for a while.

use cornu_tensor::Scalar;

use super::{Callback, Training, refused};
use crate::compile::Compiled;
use crate::{Logs, ModelError, Sequential};

/// Validates with the moving averages that the optimizer keeps of the weights (`keras.callbacks.SwapEMAWeights`): they take
/// each other's place before the validation, and again after it. The optimizer must have `use_ema`.
///
/// With [`SwapEMAWeights::swap_on_epoch`] they also take each other's place from the end of an epoch to the beginning of the
/// next, so that a [`ModelCheckpoint`](super::ModelCheckpoint) after this callback saves the averages. Where something may
/// stop the training, or a [`BackupAndRestore`](super::BackupAndRestore) is used, let it come before this callback.
///
/// ```
/// use cornu_layers::Dense;
/// use cornu_model::callbacks::{SwapEMAWeights, Verbose};
/// use cornu_model::{Compile, Evaluate, Fit, LayerArguments, sequential};
/// use cornu_optimizers::{OptimizerArguments, SGD};
/// use cornu_tensor::Tensor;
///
/// let mut model = sequential![Dense::new(1).input_shape([1])]?;
/// model.compile(Compile::new(SGD::new(0.1)?.use_ema(true), "mse"))?;
/// let (x, y) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[2.0], [4.0]]));
/// let mut swap = SwapEMAWeights::new();
/// let fit = Fit::new().epochs(3).validation_data(&x, &y).verbose(Verbose::Silent).callback(&mut swap);
/// let history = model.fit(&x, &y, fit)?;
/// // Training ends with the averages.
/// assert_eq!(history.last("val_loss"), model.evaluate(&x, &y, Default::default())?.get("loss"));
/// // Given to `evaluate`, it lets that measure the averages of a model that is still in training.
/// let measured = model.evaluate(&x, &y, Evaluate::new().callback(&mut swap))?;
/// assert_eq!(history.last("val_loss"), measured.get("loss"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct SwapEMAWeights {
    swap_on_epoch: bool,
    is_swapped: bool,
}

impl SwapEMAWeights {
    /// With Keras's default: for the validation alone.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the averages also stay in the model from the end of an epoch to the beginning of the next; false by default.
    #[must_use]
    pub fn swap_on_epoch(self, swap_on_epoch: bool) -> Self {
        Self { swap_on_epoch, ..self }
    }

    fn swap<T: Scalar>(&mut self, training: &mut Training<'_, T>) {
        training.model_mut().with_averages(|weight, average| weight.swap_with_slice(average));
        self.is_swapped = !self.is_swapped;
    }
}

impl<T: Scalar> Sequential<T> {
    /// Visits each weight that training moves, with its moving average.
    fn with_averages(&mut self, mut visit: impl FnMut(&mut [T], &mut [T])) {
        let trained = self.trained();
        let Self { weights, compiled: Some(Compiled { state, .. }), .. } = self else { return };
        let weights = weights.iter_mut().filter(|weight| weight.is_trainable());
        for (index, (weight, _)) in weights.zip(trained).enumerate().filter(|(_, (_, trained))| *trained) {
            if let Some(average) = state.average_mut(index).filter(|average| average.len() == weight.shape().size()) {
                visit(weight.as_mut_slice(), average.as_mut_slice());
            }
        }
    }
}

impl<T: Scalar> Callback<T> for SwapEMAWeights {
    fn on_train_begin(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        self.is_swapped = false;
        training.model_mut().build_optimizer();
        let state = training.model_mut().compiled.as_mut().map(|compiled| &mut compiled.state);
        if state.is_some_and(|state| !state.is_empty() && state.average_mut(0).is_none()) {
            return Err(refused("SwapEMAWeights", "an optimizer with `use_ema`", "use_ema=false"));
        }
        Ok(())
    }

    fn on_epoch_begin(&mut self, _epoch: usize, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if self.swap_on_epoch && self.is_swapped {
            self.swap(training);
        }
        Ok(())
    }

    fn on_epoch_end(
        &mut self,
        epoch: usize,
        _logs: &mut Logs,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        if self.swap_on_epoch && !self.is_swapped {
            self.swap(training);
            if training.stop || epoch + 1 == training.params.epochs {
                // Training ends with the averages, which now stand in the weights.
                training.model_mut().with_averages(|weight, average| average.copy_from_slice(weight));
            }
        }
        Ok(())
    }

    fn on_test_begin(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if !self.is_swapped {
            self.swap(training);
        }
        Ok(())
    }

    fn on_test_end(&mut self, _logs: &Logs, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        if self.is_swapped {
            self.swap(training);
        }
        Ok(())
    }

    fn on_train_end(&mut self, _logs: &Logs, _training: &mut Training<'_, T>) -> Result<(), ModelError> {
        self.is_swapped = false;
        Ok(())
    }
}
