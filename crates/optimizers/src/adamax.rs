//! Adam with the largest gradient in place of the mean square.

use cornu_config::Config;
use cornu_tensor::kernels::{Pass, run};
use cornu_tensor::{Scalar, Tensor};

use crate::argument::{decay, not_negative};
use crate::common;
use crate::passes::power;
use crate::{
    Common, IntoLearningRate, Optimizer, OptimizerArguments, OptimizerError, Slot, Step, Variable, split_slots,
};

/// [`Adam`](crate::Adam) with the largest gradient of late in place of the mean square (`keras.optimizers.Adamax`).
///
/// `η` is the learning rate, `β₁` and `β₂` the decays, `ε` `epsilon`, `g` the gradient, `t` the step from 1:
///
/// ```text
/// m ← m + (g − m)(1 − β₁)
/// u ← max(β₂u, |g|)
/// w ← w − ηm / ((1 − β₁ᵗ)(u + ε))
/// ```
///
/// Keras's defaults are a learning rate of 0.001, `beta_1` 0.9, `beta_2` 0.999 and `epsilon` 1e-7. Source:
/// [Kingma and Ba, 2014](https://arxiv.org/abs/1412.6980), section 7.
///
/// ```
/// use cornu_optimizers::{Adamax, Optimizer};
/// use cornu_tensor::Tensor;
///
/// let adamax = Adamax::new(0.1)?;
/// let (mut w, mut slots) = ([1.0_f32, 1.0], [Tensor::zeros([2]), Tensor::zeros([2])]);
/// adamax.step(adamax.at(0), &mut w, &[300.0, -2.0], &mut slots)?;
/// assert!((w[0] - 0.9).abs() < 1e-5 && (w[1] - 1.1).abs() < 1e-5);
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Adamax {
    common: Common,
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
}

impl Adamax {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "Adamax";

    /// The learning rate: a number, or a schedule. Keras's default is 0.001.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn new(learning_rate: impl IntoLearningRate) -> Result<Self, OptimizerError> {
        Ok(Self { common: Common::new(Self::CLASS_NAME, learning_rate)?, ..Self::default() })
    }

    /// How much of the moving average of the gradient stays. Keras's default is 0.9.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative, or 1 or more.
    pub fn beta_1(self, beta_1: f64) -> Result<Self, OptimizerError> {
        Ok(Self { beta_1: decay(Self::CLASS_NAME, "beta_1", beta_1)?, ..self })
    }

    /// How much of the largest gradient stays. Keras's default is 0.999.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative, or 1 or more.
    pub fn beta_2(self, beta_2: f64) -> Result<Self, OptimizerError> {
        Ok(Self { beta_2: decay(Self::CLASS_NAME, "beta_2", beta_2)?, ..self })
    }

    /// Keeps the denominator away from 0. Keras's default is 1e-7.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn epsilon(self, epsilon: f64) -> Result<Self, OptimizerError> {
        Ok(Self { epsilon: not_negative(Self::CLASS_NAME, "epsilon", epsilon)?, ..self })
    }

    /// The optimizer that a config describes.
    ///
    /// # Errors
    /// [`OptimizerError::Config`] or [`OptimizerError::Argument`].
    pub fn from_config(config: &Config) -> Result<Self, OptimizerError> {
        let mut arguments = config.arguments();
        let made = Self::default()
            .beta_1(arguments.or("beta_1", 0.9)?)?
            .beta_2(arguments.or("beta_2", 0.999)?)?
            .epsilon(arguments.or("epsilon", 1e-7)?)?;
        let made = common::read(made, config, &mut arguments)?;
        arguments.finish()?;
        Ok(made)
    }
}

impl Default for Adamax {
    fn default() -> Self {
        let common = Common::of(Self::CLASS_NAME, 0.001);
        Self { common, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 }
    }
}

impl OptimizerArguments for Adamax {
    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
}

impl<T: Scalar> Optimizer<T> for Adamax {
    fn name(&self) -> &str {
        "adamax"
    }

    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        Slot::like(variable, &["momentum", "norm"])
    }

    fn get_config(&self) -> Option<Config> {
        let config = self.common.get_config("adamax")?;
        Some(config.with("beta_1", self.beta_1).with("beta_2", self.beta_2).with("epsilon", self.epsilon))
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
        let [momentum, norm] = split_slots("adamax", &["momentum", "norm"], variable, gradient, slots)?;
        let rule = Rule {
            rate: at.learning_rate,
            rest_1: T::of(1.0 - self.beta_1),
            beta_2: T::of(self.beta_2),
            correction: T::one() - power::<T>(self.beta_1, at.number()),
            epsilon: T::of(self.epsilon),
        };
        run(&rule, [variable, momentum, norm], [gradient]);
        Ok(())
    }
}

/// The arithmetic of one step, in the variable's type.
struct Rule<T> {
    rate: T,
    rest_1: T,
    beta_2: T,
    correction: T,
    epsilon: T,
}

impl<T: Scalar> Pass<T, 3, 1> for Rule<T> {
    #[inline(always)]
    fn run(&self, [variable, momentum, norm]: [&mut [T]; 3], [gradient]: [&[T]; 1]) {
        let &Self { rate, rest_1, beta_2, correction, epsilon } = self;
        for (((w, m), u), &g) in variable.iter_mut().zip(momentum).zip(norm).zip(gradient) {
            *m += (g - *m) * rest_1;
            let (old, new) = (beta_2 * *u, g.abs());
            *u = if old >= new { old } else { new };
            *w -= rate * *m / (correction * (*u + epsilon));
        }
    }
}
