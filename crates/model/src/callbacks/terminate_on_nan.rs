//! Ends a training whose loss is no longer a number.

use cornu_tensor::Scalar;

use super::progress::print;
use super::{Callback, Training, refused};
use crate::{Logs, ModelError, python};

/// Ends a training after the first batch whose loss is NaN or infinite (`keras.callbacks.TerminateOnNaN`). As elsewhere, the
/// loss of a batch is the mean of the epoch so far.
///
/// ```
/// use cornu_layers::Dense;
/// use cornu_model::callbacks::{TerminateOnNaN, Verbose};
/// use cornu_model::{Compile, Fit, LayerArguments, sequential};
/// use cornu_tensor::Tensor;
///
/// let mut model = sequential![Dense::new(1).input_shape([1])]?;
/// model.compile(Compile::new("sgd", "mse"))?;
/// let (x, y) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[f32::NAN], [4.0]]));
/// let mut terminate = TerminateOnNaN::new();
/// let history = model.fit(&x, &y, Fit::new().epochs(9).verbose(Verbose::Silent).callback(&mut terminate))?;
/// assert_eq!(history.epochs(), [0]);
/// # Ok::<(), cornu_model::ModelError>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct TerminateOnNaN {
    raise_error: bool,
}

impl TerminateOnNaN {
    /// With Keras's defaults: training ends in order, with what the other callbacks do at its end.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether training ends with an error, and the model is as it was before; false by default.
    #[must_use]
    pub fn raise_error(self, raise_error: bool) -> Self {
        Self { raise_error }
    }
}

impl<T: Scalar> Callback<T> for TerminateOnNaN {
    fn on_train_batch_end(
        &mut self,
        batch: usize,
        logs: &Logs,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        match logs.get("loss") {
            Some(loss) if !loss.is_finite() && self.raise_error => {
                let received = format!("{} in batch {batch}", python::repr(loss));
                Err(refused("TerminateOnNaN", "a finite loss", received))
            }
            Some(loss) if !loss.is_finite() => {
                print(&format!("Batch {batch}: Invalid loss, terminating training\n"));
                training.stop();
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
