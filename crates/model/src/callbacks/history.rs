//! The history of a training, as a callback.

use cornu_tensor::Scalar;

use super::{Callback, Training};
use crate::{History, Logs, ModelError};

/// Records what was measured in every epoch (`keras.callbacks.History`). [`Sequential::fit`](crate::Sequential::fit) does so
/// by itself and gives its history back; as a callback of one's own, it has what stood in the logs at its place among the
/// callbacks.
///
/// ```
/// use cornu_layers::Dense;
/// use cornu_model::callbacks::{History, Verbose};
/// use cornu_model::{Compile, Fit, LayerArguments, sequential};
/// use cornu_tensor::Tensor;
///
/// let mut model = sequential![Dense::new(1).input_shape([1])]?;
/// model.compile(Compile::new("sgd", "mse"))?;
/// let (x, y) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[2.0], [4.0]]));
/// let mut history = History::default();
/// let given = model.fit(&x, &y, Fit::new().epochs(3).verbose(Verbose::Silent).callback(&mut history))?;
/// assert_eq!(history, given);
/// # Ok::<(), cornu_model::ModelError>(())
/// ```
impl<T: Scalar> Callback<T> for History {
    fn on_train_begin(&mut self, _training: &mut Training<'_, T>) -> Result<(), ModelError> {
        *self = Self::default();
        Ok(())
    }

    fn on_epoch_end(
        &mut self,
        epoch: usize,
        logs: &mut Logs,
        _training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        self.record(epoch, logs);
        Ok(())
    }
}
