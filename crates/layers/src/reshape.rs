//! Another shape for the same values.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape};

use crate::flatten::{copy_backward, copy_forward};
use crate::registry::{LAYER_ARGUMENTS, MODULE};
use crate::{Backward, Forward, Layer, LayerError, single};

/// Gives each sample another shape (`keras.layers.Reshape`): input `(batch, …)`, output
/// `(batch, target_shape…)`. One dimension of the target may be −1: it is worked out from the others.
///
/// ```
/// use cornu_layers::{Built, Reshape};
/// use cornu_tensor::Tensor;
///
/// let reshape = Built::<f32>::new(Reshape::new([8, -1, 1]), &[[64].into()], 0)?;
/// assert_eq!(reshape.call(&Tensor::zeros([10, 64]))?.shape(), [10, 8, 8, 1].into());
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reshape {
    target: Vec<isize>,
}

impl Reshape {
    /// The shape of one sample, without the batch. One that does not fit is reported when the layer is built.
    #[must_use]
    pub fn new(target_shape: impl Into<Vec<isize>>) -> Self {
        Self { target: target_shape.into() }
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        arguments.skip(&LAYER_ARGUMENTS);
        let target: Vec<isize> = arguments.required("target_shape")?;
        arguments.finish()?;
        Ok(Self::new(target))
    }

    /// The target shape for samples of so many values, if there is one.
    fn resolve(&self, size: usize) -> Option<Shape> {
        let fixed = self.target.iter().filter(|&&dim| dim != -1);
        let product = fixed.clone().try_fold(1_usize, |n, &dim| n.checked_mul(usize::try_from(dim).ok()?))?;
        let open = self.target.len() - fixed.count();
        let rest = match open {
            0 => 1,
            1 if product > 0 => size / product,
            _ => return None,
        };
        let dims: Vec<usize> = self.target.iter().map(|&dim| usize::try_from(dim).unwrap_or(rest)).collect();
        Shape::new(&dims).ok().filter(|shape| shape.size() == size)
    }
}

impl<T: Scalar> Layer<T> for Reshape {
    fn class_name(&self) -> &'static str {
        "Reshape"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        let input = single("Reshape", inputs)?;
        self.resolve(input.size()).ok_or_else(|| LayerError::Argument {
            component: "Reshape",
            argument: "target_shape",
            expected: format!("dimensions (at most one of them −1) that hold the {} values of {input}", input.size()),
            received: format!("{:?}", self.target),
        })
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn forward(&self, pass: Forward<'_, T>) -> Result<(), LayerError> {
        copy_forward(pass);
        Ok(())
    }

    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        copy_backward(pass);
        Ok(())
    }

    fn get_config(&self) -> Option<Config> {
        Some(Config::new(MODULE, "Reshape").with("target_shape", self.target.clone()))
    }
}
