//! A penalty on the values that pass.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape};

use crate::activity::{penalize, undo_penalty};
use crate::flatten::{copy_backward, copy_forward};
use crate::registry::{LAYER_ARGUMENTS, MODULE};
use crate::regularizers::{L1L2, Regularizer};
use crate::{Backward, Forward, Layer, LayerError, single};

/// Passes its input on and adds `l1 · Σ|x| + l2 · Σx²` to the loss, divided by the size of the batch
/// (`keras.layers.ActivityRegularization`). The shape stays.
///
/// ```
/// use cornu_layers::{ActivityRegularization, Built, Mode, Scratch};
/// use cornu_tensor::Tensor;
///
/// let layer = Built::<f64>::new(ActivityRegularization::new(0.5, 0.25), &[[1].into()], 0)?;
/// let (x, mut scratch) = (Tensor::from([[1.0], [-2.0]]), Scratch::default());
/// assert_eq!(layer.call_all(&[x.view()], Mode::Inference, &mut scratch)?, x);
/// assert_eq!(scratch.take_loss(), 1.375); // (0.5 · (1 + 2) + 0.25 · (1² + 2²)) / 2
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ActivityRegularization {
    /// A factor that is wrong is reported when the layer is built.
    regularizer: Result<L1L2, LayerError>,
}

impl ActivityRegularization {
    /// The factors on absolute values and on squares, 0 or more. Any other is reported when the layer is built.
    #[must_use]
    pub fn new(l1: f64, l2: f64) -> Self {
        Self { regularizer: L1L2::new(l1, l2) }
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        arguments.skip(&LAYER_ARGUMENTS);
        let (l1, l2) = (arguments.or("l1", 0.0)?, arguments.or("l2", 0.0)?);
        arguments.finish()?;
        Ok(Self::new(l1, l2))
    }

    fn regularizer(&self) -> Result<&L1L2, LayerError> {
        self.regularizer.as_ref().map_err(Clone::clone)
    }
}

impl<T: Scalar> Layer<T> for ActivityRegularization {
    fn class_name(&self) -> &'static str {
        "ActivityRegularization"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        self.regularizer()?;
        single("ActivityRegularization", inputs)
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn forward(&self, pass: Forward<'_, T>) -> Result<(), LayerError> {
        penalize(self.regularizer()?, pass.inputs[0], pass.scratch);
        copy_forward(pass);
        Ok(())
    }

    fn backward(&self, mut pass: Backward<'_, T>) -> Result<(), LayerError> {
        undo_penalty(self.regularizer()?, pass.output, pass.output_gradient.as_mut_slice());
        copy_backward(pass);
        Ok(())
    }

    fn get_config(&self) -> Option<Config> {
        let factors = Regularizer::<T>::get_config(self.regularizer().ok()?)?;
        let config = Config::new(MODULE, "ActivityRegularization");
        Some(["l1", "l2"].iter().fold(config, |config, factor| config.with(factor, factors.get(factor).cloned())))
    }
}
