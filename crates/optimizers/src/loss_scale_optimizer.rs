//! An optimizer around another that scales the loss as far as the gradients allow.

use cornu_config::Config;
use cornu_tensor::{Scalar, Tensor};

use crate::argument::{error, positive};
use crate::{Common, IntoOptimizer, Optimizer, OptimizerArguments, OptimizerError, Slot, Step, Variable, from_config};

/// Scales the loss, and so the gradients, as far as these stay finite (`keras.optimizers.LossScaleOptimizer`): against
/// gradients so small that they would be lost.
///
/// A step whose gradients are not all finite is left out, and the scale halved. After `dynamic_growth_steps` steps with
/// finite gradients it is doubled. The inner optimizer gets the gradients divided by the scale. The arguments of
/// [`OptimizerArguments`], and the learning rate, are those of the inner optimizer.
///
/// An [`OptimizerState`](crate::OptimizerState) does all this; a single [`Optimizer::step`] is that of the inner optimizer.
///
/// Keras's defaults are an `initial_scale` of 2¹⁵ and 2000 `dynamic_growth_steps`.
///
/// ```
/// use cornu_optimizers::{LossScaleOptimizer, OptimizerState, SGD};
/// use cornu_tensor::Tensor;
///
/// let sgd = LossScaleOptimizer::new(SGD::new(0.5)?)?.initial_scale(8.0)?;
/// let mut w = Tensor::<f32>::zeros([1]);
/// let mut state = OptimizerState::new(&sgd, [("w", &w)]);
/// state.apply(&sgd, &mut [(w.as_mut_slice(), &mut [f32::INFINITY])])?;
/// assert_eq!((w.as_slice(), state.iteration()), (&[0.0][..], 0)); // left out; the scale is now 4
/// state.apply(&sgd, &mut [(w.as_mut_slice(), &mut [4.0])])?;
/// assert_eq!((w.as_slice(), state.iteration()), (&[-0.5][..], 1));
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct LossScaleOptimizer<T: Scalar> {
    inner: Box<dyn Optimizer<T>>,
    initial_scale: f64,
    dynamic_growth_steps: u64,
    name: Option<String>,
}

impl<T: Scalar> LossScaleOptimizer<T> {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "LossScaleOptimizer";

    /// Around this optimizer. As in Keras, a `loss_scale_factor` of its own is dropped.
    ///
    /// # Errors
    /// [`OptimizerError::UnknownName`] for a name that no optimizer has.
    pub fn new(inner: impl IntoOptimizer<T>) -> Result<Self, OptimizerError> {
        let mut inner = inner.into_optimizer()?;
        inner.common_mut().loss_scale_factor = None;
        Ok(Self { inner, initial_scale: 32768.0, dynamic_growth_steps: 2000, name: None })
    }

    /// The first scale. Keras's default is 2¹⁵.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is not above 0 or not finite.
    pub fn initial_scale(self, initial_scale: f64) -> Result<Self, OptimizerError> {
        Ok(Self { initial_scale: positive(Self::CLASS_NAME, "initial_scale", initial_scale)?, ..self })
    }

    /// The steps with finite gradients after which the scale is doubled. Keras's default is 2000.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is 0.
    pub fn dynamic_growth_steps(self, dynamic_growth_steps: u64) -> Result<Self, OptimizerError> {
        if dynamic_growth_steps == 0 {
            return Err(error(Self::CLASS_NAME, "dynamic_growth_steps", "a whole number, 1 or more", 0));
        }
        Ok(Self { dynamic_growth_steps, ..self })
    }

    /// The optimizer inside.
    #[must_use]
    pub fn inner_optimizer(&self) -> &dyn Optimizer<T> {
        self.inner.as_ref()
    }

    /// The optimizer that a config describes.
    ///
    /// # Errors
    /// [`OptimizerError::Config`] or [`OptimizerError::Argument`].
    pub fn from_config(config: &Config) -> Result<Self, OptimizerError> {
        let mut arguments = config.arguments();
        let inner: Config = arguments.required("inner_optimizer")?;
        let mut made = Self::new(from_config(&inner)?)?
            .initial_scale(arguments.or("initial_scale", 32768.0)?)?
            .dynamic_growth_steps(arguments.or("dynamic_growth_steps", 2000)?)?;
        made.name = arguments.get("name")?;
        arguments.finish()?;
        Ok(made)
    }
}

impl<T: Scalar> OptimizerArguments for LossScaleOptimizer<T> {
    fn common(&self) -> &Common {
        self.inner.common()
    }

    fn common_mut(&mut self) -> &mut Common {
        self.inner.common_mut()
    }
}

impl<T: Scalar> Optimizer<T> for LossScaleOptimizer<T> {
    fn name(&self) -> &str {
        "lossscaleoptimizer"
    }

    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        self.inner.slots(variable)
    }

    fn weight_decay_of(&self, variable: &Variable) -> Option<f64> {
        self.inner.weight_decay_of(variable)
    }

    fn dynamic_loss_scale(&self) -> Option<(f64, u64)> {
        Some((self.initial_scale, self.dynamic_growth_steps))
    }

    fn get_config(&self) -> Option<Config> {
        Some(
            Config::new("keras.optimizers", Self::CLASS_NAME)
                .with("name", self.name.as_deref().unwrap_or("loss_scale_optimizer"))
                .with("inner_optimizer", self.inner.get_config()?)
                .with("initial_scale", self.initial_scale)
                .with("dynamic_growth_steps", self.dynamic_growth_steps),
        )
    }

    fn may_fail(&self) -> bool {
        self.inner.may_fail()
    }

    fn step(
        &self,
        at: Step<T>,
        variable: &mut [T],
        gradient: &[T],
        slots: &mut [Tensor<T>],
    ) -> Result<(), OptimizerError> {
        self.inner.step(at, variable, gradient, slots)
    }
}
