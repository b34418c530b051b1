//! Adam's step, scaled to the size of the variable.

use cornu_config::Config;
use cornu_tensor::kernels::{Pass, run};
use cornu_tensor::{Scalar, Tensor};

use crate::argument::{decay, not_negative};
use crate::common;
use crate::passes::{power, sum, sum_of_squares};
use crate::{
    Common, IntoLearningRate, Optimizer, OptimizerArguments, OptimizerError, Slot, Step, Variable, split_slots,
};

/// [`Adam`](crate::Adam)'s step, scaled to the size of the variable (`keras.optimizers.Lamb`).
///
/// `η` is the learning rate, `β₁` and `β₂` the decays, `ε` `epsilon`, `g` the gradient, `t` the step from 1:
///
/// ```text
/// m ← m + (g − m)(1 − β₁)
/// v ← v + (g² − v)(1 − β₂)
/// s = m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)
/// w ← w − η s ‖w‖/‖s‖            the ratio is 1 where a norm is 0
/// ```
///
/// Keras's defaults are a learning rate of 0.001, `beta_1` 0.9, `beta_2` 0.999 and `epsilon` 1e-7. Source:
/// [You et al., 2019](https://arxiv.org/abs/1904.00962).
///
/// ```
/// use cornu_optimizers::{Lamb, Optimizer};
/// use cornu_tensor::Tensor;
///
/// let lamb = Lamb::new(0.1)?;
/// let (mut w, mut slots) = ([6.0_f64, 8.0], [Tensor::zeros([2]), Tensor::zeros([2])]);
/// lamb.step(lamb.at(0), &mut w, &[0.0, -7.0], &mut slots)?;
/// assert!((w[1] - 9.0).abs() < 1e-6 && w[0] == 6.0); // a tenth of the norm, 10
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Lamb {
    common: Common,
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
}

impl Lamb {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "Lamb";

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

impl Default for Lamb {
    fn default() -> Self {
        let common = Common::of(Self::CLASS_NAME, 0.001);
        Self { common, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 }
    }
}

impl OptimizerArguments for Lamb {
    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
}

impl<T: Scalar> Optimizer<T> for Lamb {
    fn name(&self) -> &str {
        "lamb"
    }

    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        Slot::like(variable, &["momentum", "velocity"])
    }

    fn get_config(&self) -> Option<Config> {
        let config = self.common.get_config("lamb")?;
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
        let names = &["momentum", "velocity"];
        let [momentum, velocity] = split_slots("lamb", names, variable, gradient, slots)?;
        let moments = Moments { rest_1: T::of(1.0 - self.beta_1), rest_2: T::of(1.0 - self.beta_2) };
        run(&moments, [&mut *momentum, &mut *velocity], [gradient]);

        let correction = |beta| T::one() - power::<T>(beta, at.number());
        let (corrections, epsilon) = ((correction(self.beta_1), correction(self.beta_2)), T::of(self.epsilon));
        let direction = Direction { corrections, epsilon };
        let squares = sum(momentum, velocity, |m, v| {
            let step = direction.at(m, v);
            step * step
        });
        let (weight, step) = (T::of(sum_of_squares(variable).sqrt()), T::of(squares.sqrt()));
        let ratio = if weight > T::zero() && step > T::zero() { weight / step } else { T::one() };
        run(&Rule { direction, factor: ratio * at.learning_rate }, [variable], [momentum, velocity]);
        Ok(())
    }
}

/// The moving averages.
struct Moments<T> {
    rest_1: T,
    rest_2: T,
}

impl<T: Scalar> Pass<T, 2, 1> for Moments<T> {
    #[inline(always)]
    fn run(&self, [momentum, velocity]: [&mut [T]; 2], [gradient]: [&[T]; 1]) {
        for ((m, v), &g) in momentum.iter_mut().zip(velocity).zip(gradient) {
            *m += (g - *m) * self.rest_1;
            *v += (g * g - *v) * self.rest_2;
        }
    }
}

/// The step before it is scaled.
#[derive(Clone, Copy)]
struct Direction<T> {
    corrections: (T, T),
    epsilon: T,
}

impl<T: Scalar> Direction<T> {
    #[inline(always)]
    fn at(self, m: T, v: T) -> T {
        m / self.corrections.0 / ((v / self.corrections.1).sqrt() + self.epsilon)
    }
}

struct Rule<T> {
    direction: Direction<T>,
    factor: T,
}

impl<T: Scalar> Pass<T, 1, 2> for Rule<T> {
    #[inline(always)]
    fn run(&self, [variable]: [&mut [T]; 1], [momentum, velocity]: [&[T]; 2]) {
        let &Self { direction, factor } = self;
        for ((w, &m), &v) in variable.iter_mut().zip(momentum).zip(velocity) {
            *w -= factor * direction.at(m, v);
        }
    }
}
