//! Steps scaled by the steps before.

use cornu_config::Config;
use cornu_tensor::kernels::{Pass, run};
use cornu_tensor::{Scalar, Tensor};

use crate::argument::{decay, not_negative};
use crate::common;
use crate::{
    Common, IntoLearningRate, Optimizer, OptimizerArguments, OptimizerError, Slot, Step, Variable, split_slots,
};

/// Steps scaled by the root mean square of the steps before, over that of the gradients (`keras.optimizers.Adadelta`).
///
/// `η` is the learning rate, `ρ` the decay `rho`, `ε` `epsilon`, `g` the gradient:
///
/// ```text
/// a ← ρa + (1 − ρ)g²             accumulated_grad
/// s = √(d + ε) g / √(a + ε)
/// d ← ρd + (1 − ρ)s²             accumulated_delta_var
/// w ← w − ηs
/// ```
///
/// Keras's defaults are a learning rate of 0.001 (the paper's is 1), `rho` 0.95 and `epsilon` 1e-7. Source:
/// [Zeiler, 2012](https://arxiv.org/abs/1212.5701).
///
/// ```
/// use cornu_optimizers::{Adadelta, Optimizer};
/// use cornu_tensor::Tensor;
///
/// let adadelta = Adadelta::new(1.0)?.rho(0.0)?;
/// let (mut w, mut slots) = ([1.0_f64], [Tensor::zeros([1]), Tensor::full([1], 4.0)]);
/// adadelta.step(adadelta.at(0), &mut w, &[10.0], &mut slots)?;
/// assert!((w[0] + 1.0).abs() < 1e-6); // a step as long as the last ones, √4
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Adadelta {
    common: Common,
    rho: f64,
    epsilon: f64,
}

impl Adadelta {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "Adadelta";

    /// The learning rate: a number, or a schedule. Keras's default is 0.001.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn new(learning_rate: impl IntoLearningRate) -> Result<Self, OptimizerError> {
        Ok(Self { common: Common::new(Self::CLASS_NAME, learning_rate)?, ..Self::default() })
    }

    /// How much of the moving averages stays. Keras's default is 0.95.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative, or 1 or more.
    pub fn rho(self, rho: f64) -> Result<Self, OptimizerError> {
        Ok(Self { rho: decay(Self::CLASS_NAME, "rho", rho)?, ..self })
    }

    /// Keeps the roots away from 0. Keras's default is 1e-7.
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
        let made = Self::default().rho(arguments.or("rho", 0.95)?)?.epsilon(arguments.or("epsilon", 1e-7)?)?;
        let made = common::read(made, config, &mut arguments)?;
        arguments.finish()?;
        Ok(made)
    }
}

impl Default for Adadelta {
    fn default() -> Self {
        let common = Common::of(Self::CLASS_NAME, 0.001);
        Self { common, rho: 0.95, epsilon: 1e-7 }
    }
}

impl OptimizerArguments for Adadelta {
    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
}

impl<T: Scalar> Optimizer<T> for Adadelta {
    fn name(&self) -> &str {
        "adadelta"
    }

    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        Slot::like(variable, &["accumulated_grad", "accumulated_delta_var"])
    }

    fn get_config(&self) -> Option<Config> {
        let config = self.common.get_config("adadelta")?;
        Some(config.with("rho", self.rho).with("epsilon", self.epsilon))
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
        let names = &["accumulated_grad", "accumulated_delta_var"];
        let [gradients, steps] = split_slots("adadelta", names, variable, gradient, slots)?;
        let rule = Rule {
            rate: at.learning_rate,
            rho: T::of(self.rho),
            rest: T::of(1.0 - self.rho),
            epsilon: T::of(self.epsilon),
        };
        run(&rule, [variable, gradients, steps], [gradient]);
        Ok(())
    }
}

/// The arithmetic of one step, in the variable's type.
struct Rule<T> {
    rate: T,
    rho: T,
    rest: T,
    epsilon: T,
}

impl<T: Scalar> Pass<T, 3, 1> for Rule<T> {
    #[inline(always)]
    fn run(&self, [variable, gradients, steps]: [&mut [T]; 3], [gradient]: [&[T]; 1]) {
        let &Self { rate, rho, rest, epsilon } = self;
        for (((w, a), d), &g) in variable.iter_mut().zip(gradients).zip(steps).zip(gradient) {
            *a = rho * *a + rest * (g * g);
            let step = (*d + epsilon).sqrt() * g / (*a + epsilon).sqrt();
            *d = rho * *d + rest * (step * step);
            *w -= rate * step;
        }
    }
}
