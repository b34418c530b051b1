//! Gradients divided by the root of the sum of their squares.

use cornu_config::Config;
use cornu_tensor::kernels::{Pass, run};
use cornu_tensor::{Scalar, Tensor};

use crate::argument::not_negative;
use crate::common;
use crate::{
    Common, IntoLearningRate, Optimizer, OptimizerArguments, OptimizerError, Slot, Step, Variable, split_slots,
};

/// Gradients divided by the root of the sum of all their squares (`keras.optimizers.Adagrad`): values that got large gradients
/// often move less and less.
///
/// `η` is the learning rate, `ε` `epsilon`, `g` the gradient; `a` begins as `initial_accumulator_value`:
///
/// ```text
/// a ← a + g²                     accumulator
/// w ← w − ηg / √(a + ε)
/// ```
///
/// Keras's defaults are a learning rate of 0.001, an `initial_accumulator_value` of 0.1 and `epsilon` 1e-7. Source:
/// [Duchi et al., 2011](https://jmlr.org/papers/v12/duchi11a.html).
///
/// ```
/// use cornu_optimizers::{Adagrad, Optimizer};
/// use cornu_tensor::Tensor;
///
/// let adagrad = Adagrad::new(0.5)?.epsilon(0.0)?;
/// let (mut w, mut slots) = ([1.0_f64], [Tensor::full([1], 9.0)]);
/// adagrad.step(adagrad.at(0), &mut w, &[4.0], &mut slots)?;
/// assert_eq!(w, [0.6]); // 1 − 0.5 · 4 / √(9 + 16)
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Adagrad {
    common: Common,
    initial_accumulator_value: f64,
    epsilon: f64,
}

impl Adagrad {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "Adagrad";

    /// The learning rate: a number, or a schedule. Keras's default is 0.001.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn new(learning_rate: impl IntoLearningRate) -> Result<Self, OptimizerError> {
        Ok(Self { common: Common::new(Self::CLASS_NAME, learning_rate)?, ..Self::default() })
    }

    /// What the sums of squares begin with. Keras's default is 0.1.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn initial_accumulator_value(self, initial_accumulator_value: f64) -> Result<Self, OptimizerError> {
        Ok(Self {
            initial_accumulator_value: not_negative(
                Self::CLASS_NAME,
                "initial_accumulator_value",
                initial_accumulator_value,
            )?,
            ..self
        })
    }

    /// Keeps the root away from 0. Keras's default is 1e-7.
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
            .initial_accumulator_value(arguments.or("initial_accumulator_value", 0.1)?)?
            .epsilon(arguments.or("epsilon", 1e-7)?)?;
        let made = common::read(made, config, &mut arguments)?;
        arguments.finish()?;
        Ok(made)
    }
}

impl Default for Adagrad {
    fn default() -> Self {
        let common = Common::of(Self::CLASS_NAME, 0.001);
        Self { common, initial_accumulator_value: 0.1, epsilon: 1e-7 }
    }
}

impl OptimizerArguments for Adagrad {
    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
}

impl<T: Scalar> Optimizer<T> for Adagrad {
    fn name(&self) -> &str {
        "adagrad"
    }

    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        vec![Slot::new("accumulator", variable.shape()).filled(self.initial_accumulator_value)]
    }

    fn get_config(&self) -> Option<Config> {
        let config = self.common.get_config("adagrad")?;
        Some(config.with("initial_accumulator_value", self.initial_accumulator_value).with("epsilon", self.epsilon))
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
        let [squares] = split_slots("adagrad", &["accumulator"], variable, gradient, slots)?;
        let rule = Rule { rate: at.learning_rate, epsilon: T::of(self.epsilon) };
        run(&rule, [variable, squares], [gradient]);
        Ok(())
    }
}

/// The arithmetic of one step, in the variable's type.
struct Rule<T> {
    rate: T,
    epsilon: T,
}

impl<T: Scalar> Pass<T, 2, 1> for Rule<T> {
    #[inline(always)]
    fn run(&self, [variable, squares]: [&mut [T]; 2], [gradient]: [&[T]; 1]) {
        let &Self { rate, epsilon } = self;
        for ((w, a), &g) in variable.iter_mut().zip(squares).zip(gradient) {
            *a += g * g;
            *w -= rate * g / (*a + epsilon).sqrt();
        }
    }
}
