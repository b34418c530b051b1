//! Adam that needs no schedule: it averages its own path.

use cornu_config::Config;
use cornu_tensor::kernels::{Pass, run};
use cornu_tensor::{Scalar, Tensor};

use crate::argument::{decay, not_negative, share};
use crate::common;
use crate::passes::power;
use crate::{
    Common, IntoLearningRate, Optimizer, OptimizerArguments, OptimizerError, Slot, Step, Variable, split_slots,
};

/// Adam that needs no schedule, for it averages its own path (`keras.optimizers.ScheduleFreeAdamW`).
///
/// `η` is the learning rate (times `t/warmup_steps` during the warm-up), `β₁` and `β₂` the decays, `ε` `epsilon`, `g` the
/// gradient, `t` the step from 1. `z`, the slot `momentum`, begins as the variable `y`:
///
/// ```text
/// v ← v + (g² − v)(1 − β₂)
/// x = (y − (1 − β₁)z) / β₁                   the average of the path so far
/// z ← z − ηg / (√(v/(1 − β₂ᵗ)) + ε)
/// x ← (1 − 1/t)x + z/t
/// y ← (1 − β₁)z + β₁x
/// ```
///
/// Keras's defaults are a learning rate of 0.0025, `beta_1` 0.9, `beta_2` 0.999, `epsilon` 1e-8, no warm-up, and no weight
/// decay. Source: [Defazio et al., 2024](https://arxiv.org/abs/2405.15682).
///
/// ```
/// use cornu_optimizers::{Optimizer, ScheduleFreeAdamW};
/// use cornu_tensor::Tensor;
///
/// let optimizer = ScheduleFreeAdamW::new(0.1)?;
/// let mut w = [1.0_f64];
/// let mut slots = [Tensor::from([1.0]), Tensor::zeros([1])];
/// optimizer.step(optimizer.at(0), &mut w, &[300.0], &mut slots)?;
/// assert!((w[0] - 0.9).abs() < 1e-6);
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ScheduleFreeAdamW {
    common: Common,
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
    warmup_steps: u64,
}

impl ScheduleFreeAdamW {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "ScheduleFreeAdamW";

    /// The learning rate: a number, or a schedule. Keras's default is 0.0025.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn new(learning_rate: impl IntoLearningRate) -> Result<Self, OptimizerError> {
        Ok(Self { common: Common::new(Self::CLASS_NAME, learning_rate)?, ..Self::default() })
    }

    /// How much the average counts beside the last point of the path. Keras's default is 0.9.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is not above 0, or above 1.
    pub fn beta_1(self, beta_1: f64) -> Result<Self, OptimizerError> {
        Ok(Self { beta_1: share(Self::CLASS_NAME, "beta_1", beta_1)?, ..self })
    }

    /// How much of the moving average of its square stays. Keras's default is 0.999.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative, or 1 or more.
    pub fn beta_2(self, beta_2: f64) -> Result<Self, OptimizerError> {
        Ok(Self { beta_2: decay(Self::CLASS_NAME, "beta_2", beta_2)?, ..self })
    }

    /// Keeps the denominator away from 0. Keras's default is 1e-8.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn epsilon(self, epsilon: f64) -> Result<Self, OptimizerError> {
        Ok(Self { epsilon: not_negative(Self::CLASS_NAME, "epsilon", epsilon)?, ..self })
    }

    /// In how many steps the learning rate grows to its full height. Keras's default is 0.
    #[must_use]
    pub fn warmup_steps(self, warmup_steps: u64) -> Self {
        Self { warmup_steps, ..self }
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
            .epsilon(arguments.or("epsilon", 1e-8)?)?
            .warmup_steps(arguments.or("warmup_steps", 0)?);
        let made = common::read(made, config, &mut arguments)?;
        arguments.finish()?;
        Ok(made)
    }
}

impl Default for ScheduleFreeAdamW {
    fn default() -> Self {
        let common = Common::of(Self::CLASS_NAME, 0.0025);
        Self { common, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8, warmup_steps: 0 }
    }
}

impl OptimizerArguments for ScheduleFreeAdamW {
    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
}

impl<T: Scalar> Optimizer<T> for ScheduleFreeAdamW {
    fn name(&self) -> &str {
        "schedulefreeadamw"
    }

    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        let [momentum, velocity] = ["momentum", "velocity"].map(|name| Slot::new(name, variable.shape()));
        vec![momentum.copied(), velocity]
    }

    fn get_config(&self) -> Option<Config> {
        let config = self.common.get_config("schedule_free_adam_w")?;
        Some(
            config
                .with("beta_1", self.beta_1)
                .with("beta_2", self.beta_2)
                .with("epsilon", self.epsilon)
                .with("warmup_steps", self.warmup_steps),
        )
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
        let names = &["momentum", "velocity"];
        let [path, velocity] = split_slots("schedulefreeadamw", names, variable, gradient, slots)?;
        let (one, step) = (T::one(), T::of(at.number()));
        let mut rate = at.learning_rate;
        if self.warmup_steps > 0 {
            let part = step / T::of(self.warmup_steps as f64);
            rate *= if part < one { part } else { one };
        }
        let (beta_1, beta_2, weight) = (T::of(self.beta_1), T::of(self.beta_2), one / step);
        let rule = Rule {
            rate,
            beta_1,
            rest_1: one - beta_1,
            rest_2: one - beta_2,
            correction: one - power::<T>(self.beta_2, at.number()),
            epsilon: T::of(self.epsilon),
            weight,
        };
        run(&rule, [variable, path, velocity], [gradient]);
        Ok(())
    }
}

/// The arithmetic of one step, in the variable's type.
struct Rule<T> {
    rate: T,
    beta_1: T,
    rest_1: T,
    rest_2: T,
    correction: T,
    epsilon: T,
    weight: T,
}

impl<T: Scalar> Pass<T, 3, 1> for Rule<T> {
    #[inline(always)]
    fn run(&self, [variable, path, velocity]: [&mut [T]; 3], [gradient]: [&[T]; 1]) {
        let &Self { rate, beta_1, rest_1, rest_2, correction, epsilon, weight } = self;
        for (((y, z), v), &g) in variable.iter_mut().zip(path).zip(velocity).zip(gradient) {
            *v += (g * g - *v) * rest_2;
            let average = (*y - rest_1 * *z) / beta_1;
            *z -= rate * g / ((*v / correction).sqrt() + epsilon);
            let average = (T::one() - weight) * average + weight * *z;
            *y = rest_1 * *z + beta_1 * average;
        }
    }
}
