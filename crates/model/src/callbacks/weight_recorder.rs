//! Every weight at every epoch.

use cornu_tensor::{Scalar, Tensor};

use super::{Callback, Training};
use crate::{Logs, ModelError};

/// Records all weights before the first epoch and after every epoch: `moments()[0]` are the weights before
/// training, `moments()[e + 1]` those after the `e`-th epoch.
///
/// ```
/// use cornu_layers::Dense;
/// use cornu_model::callbacks::{Verbose, WeightRecorder};
/// use cornu_model::{Compile, Fit, LayerArguments, sequential};
/// use cornu_tensor::Tensor;
///
/// let mut model = sequential![Dense::new(1).input_shape([1])]?;
/// model.compile(Compile::new("sgd", "mse"))?;
/// let mut recorder = WeightRecorder::new();
/// let (x, y) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[2.0], [4.0]]));
/// model.fit(&x, &y, Fit::new().epochs(3).verbose(Verbose::Silent).callback(&mut recorder))?;
/// assert_eq!(recorder.moments().len(), 4);
/// assert_eq!(recorder.paths(), ["sequential/dense/kernel", "sequential/dense/bias"]);
/// assert_eq!(recorder.moments()[3], model.get_weights());
/// # Ok::<(), cornu_model::ModelError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct WeightRecorder<T> {
    paths: Vec<String>,
    moments: Vec<Vec<Tensor<T>>>,
}

impl<T: Scalar> WeightRecorder<T> {
    /// Nothing recorded yet.
    #[must_use]
    pub fn new() -> Self {
        Self { paths: Vec::new(), moments: Vec::new() }
    }

    /// The paths of the weights, in the order of each moment.
    #[must_use]
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// All weights at each moment.
    #[must_use]
    pub fn moments(&self) -> &[Vec<Tensor<T>>] {
        &self.moments
    }
}

impl<T: Scalar> Callback<T> for WeightRecorder<T> {
    fn on_train_begin(&mut self, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        self.paths = training.model().named_weights().map(|weight| weight.path).collect();
        self.moments = vec![training.model().get_weights()];
        Ok(())
    }

    fn on_epoch_end(
        &mut self,
        _epoch: usize,
        _logs: &mut Logs,
        training: &mut Training<'_, T>,
    ) -> Result<(), ModelError> {
        self.moments.push(training.model().get_weights());
        Ok(())
    }
}
