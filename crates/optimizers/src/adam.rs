//! Steps from moving averages of the gradient and of its square.

use cornu_config::Config;
use cornu_tensor::kernels::{Pass, run};
use cornu_tensor::{Scalar, Tensor};

use crate::argument::{decay, not_negative};
use crate::common;
use crate::passes::power;
use crate::{
    Common, IntoLearningRate, Optimizer, OptimizerArguments, OptimizerError, Slot, Step, Variable, split_slots,
};

/// Steps from moving averages of the gradient and of its square (`keras.optimizers.Adam`).
///
/// `η` is the learning rate, `β₁` and `β₂` the decays, `ε` `epsilon`, `g` the gradient, `t` the step from 1:
///
/// ```text
/// m ← m + (g − m)(1 − β₁)
/// v ← v + (g² − v)(1 − β₂)
/// v̂ ← max(v̂, v)                  only for AMSGrad, which uses v̂ in place of v below
/// α = η √(1 − β₂ᵗ) / (1 − β₁ᵗ)
/// w ← w − αm / (√v + ε)
/// ```
///
/// Keras's defaults are a learning rate of 0.001, `beta_1` 0.9, `beta_2` 0.999, `epsilon` 1e-7. The epsilon is
/// "epsilon hat" of the paper, outside the root, as in Keras. Sources:
/// [Kingma and Ba, 2014](https://arxiv.org/abs/1412.6980), and for AMSGrad
/// [Reddi et al., 2018](https://openreview.net/forum?id=ryQu7f-RZ).
///
/// ```
/// use cornu_optimizers::{Adam, Optimizer};
/// use cornu_tensor::Tensor;
///
/// let adam = Adam::new(0.1)?.beta_1(0.9)?.beta_2(0.999)?;
/// let (mut w, mut slots) = ([1.0_f32, 1.0], [Tensor::zeros([2]), Tensor::zeros([2])]);
/// adam.step(adam.at(0), &mut w, &[300.0, -2.0], &mut slots)?;
/// // The first step is the learning rate, whatever the scale of the gradient.
/// assert!((w[0] - 0.9).abs() < 1e-5 && (w[1] - 1.1).abs() < 1e-5);
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Adam {
    pub(crate) common: Common,
    /// That of the optimizer that this one steps for.
    pub(crate) name: &'static str,
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
    amsgrad: bool,
}

impl Adam {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "Adam";

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
        Ok(Self { beta_1: decay(self.common.class_name(), "beta_1", beta_1)?, ..self })
    }

    /// How much of the moving average of its square stays. Keras's default is 0.999.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative, or 1 or more.
    pub fn beta_2(self, beta_2: f64) -> Result<Self, OptimizerError> {
        Ok(Self { beta_2: decay(self.common.class_name(), "beta_2", beta_2)?, ..self })
    }

    /// Keeps the denominator away from 0. Keras's default is 1e-7. With 0, a gradient that was always 0 gives
    /// NaN.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn epsilon(self, epsilon: f64) -> Result<Self, OptimizerError> {
        Ok(Self { epsilon: not_negative(self.common.class_name(), "epsilon", epsilon)?, ..self })
    }

    /// Whether the denominator never shrinks (AMSGrad). Keras's default is false.
    #[must_use]
    pub fn amsgrad(self, amsgrad: bool) -> Self {
        Self { amsgrad, ..self }
    }

    /// The optimizer that a config describes.
    ///
    /// # Errors
    /// [`OptimizerError::Config`] or [`OptimizerError::Argument`].
    pub fn from_config(config: &Config) -> Result<Self, OptimizerError> {
        Self::default().read(config)
    }

    /// The same with the arguments of a config, as far as it has them.
    pub(crate) fn read(self, config: &Config) -> Result<Self, OptimizerError> {
        let mut arguments = config.arguments();
        let made = self
            .beta_1(arguments.or("beta_1", 0.9)?)?
            .beta_2(arguments.or("beta_2", 0.999)?)?
            .epsilon(arguments.or("epsilon", 1e-7)?)?
            .amsgrad(arguments.or("amsgrad", false)?);
        let made = common::read(made, config, &mut arguments)?;
        arguments.finish()?;
        Ok(made)
    }

    /// What Keras writes of an optimizer of this kind that it gives this name.
    pub(crate) fn config(&self, default_name: &str) -> Option<Config> {
        let config = self.common.get_config(default_name)?.with("beta_1", self.beta_1).with("beta_2", self.beta_2);
        Some(config.with("epsilon", self.epsilon).with("amsgrad", self.amsgrad))
    }
}

/// `α`: the learning rate with the correction for averages that began at 0. As in Keras, it is computed in
/// the variable's type.
pub(crate) fn corrected_rate<T: Scalar>(at: Step<T>, beta_1: f64, beta_2: f64) -> T {
    let (one, step) = (T::one(), at.number());
    at.learning_rate * (one - power::<T>(beta_2, step)).sqrt() / (one - power::<T>(beta_1, step))
}

impl Default for Adam {
    fn default() -> Self {
        Self {
            common: Common::of(Self::CLASS_NAME, 0.001),
            name: "adam",
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-7,
            amsgrad: false,
        }
    }
}

impl OptimizerArguments for Adam {
    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
}

impl<T: Scalar> Optimizer<T> for Adam {
    fn name(&self) -> &str {
        self.name
    }

    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        let mut slots = Slot::like(variable, &["momentum", "velocity"]);
        if self.amsgrad {
            slots.push(Slot::new("velocity_hat", variable.shape()).group(1));
        }
        slots
    }

    fn get_config(&self) -> Option<Config> {
        self.config("adam")
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
        let rule = Rule {
            alpha: corrected_rate(at, self.beta_1, self.beta_2),
            epsilon: T::of(self.epsilon),
            rest_1: T::of(1.0 - self.beta_1),
            rest_2: T::of(1.0 - self.beta_2),
        };
        if self.amsgrad {
            let names = &["momentum", "velocity", "velocity_hat"];
            let [momentum, velocity, velocity_hat] = split_slots(self.name, names, variable, gradient, slots)?;
            run(&rule, [variable, momentum, velocity, velocity_hat], [gradient]);
        } else {
            let [momentum, velocity] = split_slots(self.name, &["momentum", "velocity"], variable, gradient, slots)?;
            run(&rule, [variable, momentum, velocity], [gradient]);
        }
        Ok(())
    }
}

/// The arithmetic of one step, in the variable's type.
pub(crate) struct Rule<T> {
    pub(crate) alpha: T,
    pub(crate) epsilon: T,
    pub(crate) rest_1: T,
    pub(crate) rest_2: T,
}

impl<T: Scalar> Pass<T, 3, 1> for Rule<T> {
    #[inline(always)]
    fn run(&self, [variable, momentum, velocity]: [&mut [T]; 3], [gradient]: [&[T]; 1]) {
        let &Self { alpha, epsilon, rest_1, rest_2 } = self;
        for (((w, m), v), &g) in variable.iter_mut().zip(momentum).zip(velocity).zip(gradient) {
            *m += (g - *m) * rest_1;
            *v += (g * g - *v) * rest_2;
            *w -= *m * alpha / (v.sqrt() + epsilon);
        }
    }
}

/// AMSGrad: the denominator never shrinks.
impl<T: Scalar> Pass<T, 4, 1> for Rule<T> {
    #[inline(always)]
    fn run(&self, [variable, momentum, velocity, velocity_hat]: [&mut [T]; 4], [gradient]: [&[T]; 1]) {
        let &Self { alpha, epsilon, rest_1, rest_2 } = self;
        let values = variable.iter_mut().zip(momentum).zip(velocity).zip(velocity_hat).zip(gradient);
        for ((((w, m), v), v_hat), &g) in values {
            *m += (g - *m) * rest_1;
            *v += (g * g - *v) * rest_2;
            *v_hat = if *v_hat >= *v { *v_hat } else { *v };
            *w -= *m * alpha / (v_hat.sqrt() + epsilon);
        }
    }
}
