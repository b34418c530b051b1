//! Steps of one size, by the sign of the momentum.

use cornu_config::Config;
use cornu_tensor::kernels::{Pass, run};
use cornu_tensor::{Scalar, Tensor};

use crate::argument::{decay, share};
use crate::common;
use crate::{
    Common, IntoLearningRate, Optimizer, OptimizerArguments, OptimizerError, Slot, Step, Variable, split_slots,
};

/// Steps of one size, by the sign of the momentum and the gradient (`keras.optimizers.Lion`).
///
/// `η` is the learning rate, `β₁` and `β₂` the decays, `g` the gradient; the sign of 0 is 0:
///
/// ```text
/// w ← w − η sign(β₁m + (1 − β₁)g)
/// m ← β₂m + (1 − β₂)g
/// ```
///
/// Keras's defaults are a learning rate of 0.001, `beta_1` 0.9 and `beta_2` 0.99. Source:
/// [Chen et al., 2023](https://arxiv.org/abs/2302.06675).
///
/// ```
/// use cornu_optimizers::{Lion, Optimizer};
/// use cornu_tensor::Tensor;
///
/// let lion = Lion::new(0.5)?;
/// let (mut w, mut slots) = ([1.0_f32, 1.0, 1.0], [Tensor::zeros([3])]);
/// lion.step(lion.at(0), &mut w, &[300.0, -2.0, 0.0], &mut slots)?;
/// assert_eq!(w, [0.5, 1.5, 1.0]);
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Lion {
    common: Common,
    beta_1: f64,
    beta_2: f64,
}

impl Lion {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "Lion";

    /// The learning rate: a number, or a schedule. Keras's default is 0.001.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn new(learning_rate: impl IntoLearningRate) -> Result<Self, OptimizerError> {
        Ok(Self { common: Common::new(Self::CLASS_NAME, learning_rate)?, ..Self::default() })
    }

    /// How much the momentum counts beside the gradient. Keras's default is 0.9. With 1, which Keras takes too, the gradient
    /// counts only through the momentum.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is not above 0, or above 1.
    pub fn beta_1(self, beta_1: f64) -> Result<Self, OptimizerError> {
        Ok(Self { beta_1: share(Self::CLASS_NAME, "beta_1", beta_1)?, ..self })
    }

    /// How much of the momentum stays. Keras's default is 0.99.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative, or 1 or more.
    pub fn beta_2(self, beta_2: f64) -> Result<Self, OptimizerError> {
        Ok(Self { beta_2: decay(Self::CLASS_NAME, "beta_2", beta_2)?, ..self })
    }

    /// The optimizer that a config describes.
    ///
    /// # Errors
    /// [`OptimizerError::Config`] or [`OptimizerError::Argument`].
    pub fn from_config(config: &Config) -> Result<Self, OptimizerError> {
        let mut arguments = config.arguments();
        let made = Self::default().beta_1(arguments.or("beta_1", 0.9)?)?.beta_2(arguments.or("beta_2", 0.99)?)?;
        let made = common::read(made, config, &mut arguments)?;
        arguments.finish()?;
        Ok(made)
    }
}

impl Default for Lion {
    fn default() -> Self {
        let common = Common::of(Self::CLASS_NAME, 0.001);
        Self { common, beta_1: 0.9, beta_2: 0.99 }
    }
}

impl OptimizerArguments for Lion {
    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
}

impl<T: Scalar> Optimizer<T> for Lion {
    fn name(&self) -> &str {
        "lion"
    }

    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        Slot::like(variable, &["momentum"])
    }

    fn get_config(&self) -> Option<Config> {
        let config = self.common.get_config("lion")?;
        Some(config.with("beta_1", self.beta_1).with("beta_2", self.beta_2))
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
        let [momentum] = split_slots("lion", &["momentum"], variable, gradient, slots)?;
        let (beta_1, beta_2) = (T::of(self.beta_1), T::of(self.beta_2));
        let rule =
            Rule { rate: at.learning_rate, beta_1, rest_1: T::one() - beta_1, beta_2, rest_2: T::one() - beta_2 };
        run(&rule, [variable, momentum], [gradient]);
        Ok(())
    }
}

/// The arithmetic of one step, in the variable's type.
struct Rule<T> {
    rate: T,
    beta_1: T,
    rest_1: T,
    beta_2: T,
    rest_2: T,
}

impl<T: Scalar> Pass<T, 2, 1> for Rule<T> {
    #[inline(always)]
    fn run(&self, [variable, momentum]: [&mut [T]; 2], [gradient]: [&[T]; 1]) {
        let &Self { rate, beta_1, rest_1, beta_2, rest_2 } = self;
        for ((w, m), &g) in variable.iter_mut().zip(momentum).zip(gradient) {
            let mean = *m * beta_1 + g * rest_1;
            // NaN stays NaN.
            *w -= rate
                * if mean > T::zero() {
                    T::one()
                } else if mean < T::zero() {
                    -T::one()
                } else {
                    mean
                };
            *m = *m * beta_2 + g * rest_2;
        }
    }
}
