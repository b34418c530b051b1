//! Adam with Nesterov's momentum.

use cornu_config::Config;
use cornu_tensor::kernels::{Pass, run};
use cornu_tensor::{Scalar, Tensor};

use crate::argument::{decay, not_negative};
use crate::common;
use crate::passes::power;
use crate::slots::split_sized;
use crate::{Common, IntoLearningRate, Optimizer, OptimizerArguments, OptimizerError, Slot, Step, Variable};

/// [`Adam`](crate::Adam) with Nesterov's momentum (`keras.optimizers.Nadam`).
///
/// `η` is the learning rate, `β₁` and `β₂` the decays, `ε` `epsilon`, `g` the gradient, `t` the step from 1:
///
/// ```text
/// uₜ = β₁(1 − 0.96ᵗ/2)           U ← U·uₜ, which begins as 1
/// m ← m + (g − m)(1 − β₁)
/// v ← v + (g² − v)(1 − β₂)
/// m̂ = uₜ₊₁m / (1 − U·uₜ₊₁) + (1 − uₜ)g / (1 − U)
/// v̂ = v / (1 − β₂ᵗ)
/// w ← w − ηm̂ / (√v̂ + ε)
/// ```
///
/// Keras's defaults are a learning rate of 0.001, `beta_1` 0.9, `beta_2` 0.999 and `epsilon` 1e-7. Source:
/// [Dozat, 2015](http://cs229.stanford.edu/proj2015/054_report.pdf).
///
/// ```
/// use cornu_optimizers::{Nadam, Optimizer, Variable};
/// use cornu_tensor::Tensor;
///
/// let nadam = Nadam::new(0.1)?;
/// let mut w = [1.0_f64];
/// let slots = Optimizer::<f64>::slots(&nadam, &Variable::new("w", [1]));
/// let mut slots: Vec<Tensor<f64>> = slots.iter().map(|slot| slot.begin(&w)).collect();
/// nadam.step(nadam.at(0), &mut w, &[300.0], &mut slots)?;
/// assert!(w[0] < 0.9); // further than Adam, for the same gradient is expected again
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Nadam {
    common: Common,
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
}

impl Nadam {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "Nadam";

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

    /// How much of the moving average of its square stays. Keras's default is 0.999.
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

impl Default for Nadam {
    fn default() -> Self {
        let common = Common::of(Self::CLASS_NAME, 0.001);
        Self { common, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 }
    }
}

impl OptimizerArguments for Nadam {
    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
}

impl<T: Scalar> Optimizer<T> for Nadam {
    fn name(&self) -> &str {
        "nadam"
    }

    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        let mut slots = Slot::like(variable, &["momentum", "velocity"]);
        slots.push(Slot::new("u_product", []).filled(1.0).group(1).shared());
        slots
    }

    fn get_config(&self) -> Option<Config> {
        let config = self.common.get_config("nadam")?;
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
        let (lengths, one) = ([variable.len(), variable.len(), 1], T::one());
        let [momentum, velocity, product] = split_sized("nadam", &NAMES, lengths, variable, gradient, slots)?;
        let (beta_1, beta_2, half) = (T::of(self.beta_1), T::of(self.beta_2), T::of(0.5));
        let factor = |step: f64| beta_1 * (one - half * power::<T>(0.96, step));
        let (now, next) = (factor(at.number()), factor(at.number() + 1.0));
        let [product] = product else { return Ok(()) };
        *product *= now;
        let rule = Rule {
            rate: at.learning_rate,
            rest_1: one - beta_1,
            rest_2: one - beta_2,
            of_momentum: (next, one - *product * next),
            of_gradient: (one - now, one - *product),
            correction: one - power::<T>(self.beta_2, at.number()),
            epsilon: T::of(self.epsilon),
        };
        run(&rule, [variable, momentum, velocity], [gradient]);
        Ok(())
    }
}

const NAMES: [&str; 3] = ["momentum", "velocity", "u_product"];

/// The arithmetic of one step, in the variable's type. Momentum and gradient each have a factor and a divisor.
struct Rule<T> {
    rate: T,
    rest_1: T,
    rest_2: T,
    of_momentum: (T, T),
    of_gradient: (T, T),
    correction: T,
    epsilon: T,
}

impl<T: Scalar> Pass<T, 3, 1> for Rule<T> {
    #[inline(always)]
    fn run(&self, [variable, momentum, velocity]: [&mut [T]; 3], [gradient]: [&[T]; 1]) {
        let &Self { rate, rest_1, rest_2, of_momentum, of_gradient, correction, epsilon } = self;
        for (((w, m), v), &g) in variable.iter_mut().zip(momentum).zip(velocity).zip(gradient) {
            *m += (g - *m) * rest_1;
            *v += (g * g - *v) * rest_2;
            let mean = of_momentum.0 * *m / of_momentum.1 + of_gradient.0 * g / of_gradient.1;
            *w -= mean * rate / ((*v / correction).sqrt() + epsilon);
        }
    }
}
