//! Adam with weight decay.

use cornu_config::{Config, ConfigError};
use cornu_tensor::{Scalar, Tensor};

use crate::{Adam, Common, IntoLearningRate, Optimizer, OptimizerArguments, OptimizerError, Slot, Step, Variable};

/// Adam with weight decay (`keras.optimizers.AdamW`): [`Adam`], with a [`weight_decay`](OptimizerArguments::weight_decay) of
/// 0.004 by default. The decay does not go through the averages: `w ← w − ηλw`, and then Adam's step.
///
/// Source: [Loshchilov and Hutter, 2017](https://arxiv.org/abs/1711.05101).
///
/// ```
/// use cornu_optimizers::{AdamW, OptimizerArguments, OptimizerState};
/// use cornu_tensor::Tensor;
///
/// let adamw = AdamW::new(0.1)?.weight_decay(0.5)?.exclude_from_weight_decay(["bias"]);
/// let (mut kernel, mut bias) = (Tensor::<f64>::full([1], 2.0), Tensor::full([1], 2.0));
/// let mut state = OptimizerState::new(&adamw, [("dense/kernel", &kernel), ("dense/bias", &bias)]);
/// state.apply(&adamw, &mut [(kernel.as_mut_slice(), &mut [0.0]), (bias.as_mut_slice(), &mut [0.0])])?;
/// assert_eq!((kernel.as_slice(), bias.as_slice()), (&[1.9][..], &[2.0][..])); // 2 − 0.1 · 0.5 · 2
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct AdamW {
    adam: Adam,
}

impl AdamW {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "AdamW";

    /// The learning rate: a number, or a schedule. Keras's default is 0.001.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn new(learning_rate: impl IntoLearningRate) -> Result<Self, OptimizerError> {
        let mut made = Self::default();
        made.common_mut().set_learning_rate(learning_rate)?;
        Ok(made)
    }

    /// As [`Adam::beta_1`].
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative, or 1 or more.
    pub fn beta_1(self, beta_1: f64) -> Result<Self, OptimizerError> {
        Ok(Self { adam: self.adam.beta_1(beta_1)? })
    }

    /// As [`Adam::beta_2`].
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative, or 1 or more.
    pub fn beta_2(self, beta_2: f64) -> Result<Self, OptimizerError> {
        Ok(Self { adam: self.adam.beta_2(beta_2)? })
    }

    /// As [`Adam::epsilon`].
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn epsilon(self, epsilon: f64) -> Result<Self, OptimizerError> {
        Ok(Self { adam: self.adam.epsilon(epsilon)? })
    }

    /// As [`Adam::amsgrad`].
    #[must_use]
    pub fn amsgrad(self, amsgrad: bool) -> Self {
        Self { adam: self.adam.amsgrad(amsgrad) }
    }

    /// The optimizer that a config describes.
    ///
    /// # Errors
    /// [`OptimizerError::Config`], also for a weight decay of `null`, or [`OptimizerError::Argument`].
    pub fn from_config(config: &Config) -> Result<Self, OptimizerError> {
        let made = Self { adam: Self::default().adam.read(config)? };
        if made.common().weight_decay.is_none() {
            let class_name = Self::CLASS_NAME.to_owned();
            return Err(ConfigError::Missing { class_name, argument: "weight_decay" }.into());
        }
        Ok(made)
    }
}

impl Default for AdamW {
    fn default() -> Self {
        let mut adam = Adam::default();
        adam.name = "adamw";
        adam.common = Common::of(Self::CLASS_NAME, 0.001).decaying(0.004);
        Self { adam }
    }
}

impl OptimizerArguments for AdamW {
    fn common(&self) -> &Common {
        &self.adam.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.adam.common
    }
}

impl<T: Scalar> Optimizer<T> for AdamW {
    fn name(&self) -> &str {
        self.adam.name
    }

    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        Optimizer::<T>::slots(&self.adam, variable)
    }

    fn get_config(&self) -> Option<Config> {
        self.adam.config("adam_w")
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn step(
        &self,
        at: Step<T>,
        variable: &mut [T],
        gradient: &[T],
        slots: &mut [Tensor<T>],
    ) -> Result<(), OptimizerError> {
        self.adam.step(at, variable, gradient, slots)
    }
}
