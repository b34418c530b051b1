//! Follow the regularized leader.

use cornu_config::Config;
use cornu_tensor::kernels::{Pass, run};
use cornu_tensor::{Scalar, Tensor};

use crate::argument::{error, not_negative};
use crate::common;
use crate::{
    Common, IntoLearningRate, Optimizer, OptimizerArguments, OptimizerError, Slot, Step, Variable, split_slots,
};

/// Follow the regularized leader (`keras.optimizers.Ftrl`): for sparse linear models, with values that stay exactly 0.
///
/// `η` is the learning rate, `p` minus `learning_rate_power`, `λ₁`, `λ₂` and `λₛ` the strengths of the `l1`, `l2` and
/// `l2_shrinkage` regularization, `g` the gradient; `a` begins as `initial_accumulator_value`:
///
/// ```text
/// q = (a + g²)ᵖ                                       a is the accumulator
/// z ← z + g + 2λₛw − (q − aᵖ)w / η                    linear
/// w ← (clip(z, −λ₁, λ₁) − z) / (q/η + 2λ₂ + β/η)
/// a ← a + g²
/// ```
///
/// Keras's defaults are a learning rate of 0.001, a `learning_rate_power` of −0.5, an `initial_accumulator_value` of 0.1, and 0
/// for the rest. Source: [McMahan et al., 2013](https://research.google/pubs/ad-click-prediction-a-view-from-the-trenches/).
///
/// ```
/// use cornu_optimizers::{Ftrl, Optimizer};
/// use cornu_tensor::Tensor;
///
/// let ftrl = Ftrl::new(0.1)?.l1_regularization_strength(1.0)?;
/// let (mut w, mut slots) = ([0.0_f64, 0.0], [Tensor::full([2], 0.1), Tensor::zeros([2])]);
/// ftrl.step(ftrl.at(0), &mut w, &[0.5, 2.0], &mut slots)?;
/// assert!(w[0] == 0.0 && w[1] < 0.0);
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Ftrl {
    common: Common,
    learning_rate_power: f64,
    initial_accumulator_value: f64,
    l1_regularization_strength: f64,
    l2_regularization_strength: f64,
    l2_shrinkage_regularization_strength: f64,
    beta: f64,
}

impl Ftrl {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "Ftrl";

    /// The learning rate: a number, or a schedule. Keras's default is 0.001.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn new(learning_rate: impl IntoLearningRate) -> Result<Self, OptimizerError> {
        Ok(Self { common: Common::new(Self::CLASS_NAME, learning_rate)?, ..Self::default() })
    }

    /// How the learning rate falls with the sum of squares; 0 for a rate that stays. Keras's default is −0.5.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is above 0 or not finite.
    pub fn learning_rate_power(self, learning_rate_power: f64) -> Result<Self, OptimizerError> {
        Ok(Self {
            learning_rate_power: not_positive(Self::CLASS_NAME, "learning_rate_power", learning_rate_power)?,
            ..self
        })
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

    /// The penalty on absolute values. Keras's default is 0.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn l1_regularization_strength(self, l1_regularization_strength: f64) -> Result<Self, OptimizerError> {
        Ok(Self {
            l1_regularization_strength: not_negative(
                Self::CLASS_NAME,
                "l1_regularization_strength",
                l1_regularization_strength,
            )?,
            ..self
        })
    }

    /// The penalty on squares. Keras's default is 0.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn l2_regularization_strength(self, l2_regularization_strength: f64) -> Result<Self, OptimizerError> {
        Ok(Self {
            l2_regularization_strength: not_negative(
                Self::CLASS_NAME,
                "l2_regularization_strength",
                l2_regularization_strength,
            )?,
            ..self
        })
    }

    /// The penalty on squares that goes into the gradient. Keras's default is 0.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn l2_shrinkage_regularization_strength(
        self,
        l2_shrinkage_regularization_strength: f64,
    ) -> Result<Self, OptimizerError> {
        Ok(Self {
            l2_shrinkage_regularization_strength: not_negative(
                Self::CLASS_NAME,
                "l2_shrinkage_regularization_strength",
                l2_shrinkage_regularization_strength,
            )?,
            ..self
        })
    }

    /// The paper's β: slows the first steps. Keras's default is 0.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn beta(self, beta: f64) -> Result<Self, OptimizerError> {
        Ok(Self { beta: not_negative(Self::CLASS_NAME, "beta", beta)?, ..self })
    }

    /// The optimizer that a config describes.
    ///
    /// # Errors
    /// [`OptimizerError::Config`] or [`OptimizerError::Argument`].
    pub fn from_config(config: &Config) -> Result<Self, OptimizerError> {
        let mut arguments = config.arguments();
        let made = Self::default()
            .learning_rate_power(arguments.or("learning_rate_power", -0.5)?)?
            .initial_accumulator_value(arguments.or("initial_accumulator_value", 0.1)?)?
            .l1_regularization_strength(arguments.or("l1_regularization_strength", 0.0)?)?
            .l2_regularization_strength(arguments.or("l2_regularization_strength", 0.0)?)?
            .l2_shrinkage_regularization_strength(arguments.or("l2_shrinkage_regularization_strength", 0.0)?)?
            .beta(arguments.or("beta", 0.0)?)?;
        let made = common::read(made, config, &mut arguments)?;
        arguments.finish()?;
        Ok(made)
    }
}

impl Default for Ftrl {
    fn default() -> Self {
        let common = Common::of(Self::CLASS_NAME, 0.001);
        Self {
            common,
            learning_rate_power: -0.5,
            initial_accumulator_value: 0.1,
            l1_regularization_strength: 0.0,
            l2_regularization_strength: 0.0,
            l2_shrinkage_regularization_strength: 0.0,
            beta: 0.0,
        }
    }
}

impl OptimizerArguments for Ftrl {
    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
}

impl<T: Scalar> Optimizer<T> for Ftrl {
    fn name(&self) -> &str {
        "ftrl"
    }

    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        let [squares, linear] = ["accumulator", "linear"].map(|name| Slot::new(name, variable.shape()));
        vec![squares.filled(self.initial_accumulator_value), linear]
    }

    fn get_config(&self) -> Option<Config> {
        let config = self.common.get_config("ftrl")?;
        Some(
            config
                .with("learning_rate_power", self.learning_rate_power)
                .with("initial_accumulator_value", self.initial_accumulator_value)
                .with("l1_regularization_strength", self.l1_regularization_strength)
                .with("l2_regularization_strength", self.l2_regularization_strength)
                .with("l2_shrinkage_regularization_strength", self.l2_shrinkage_regularization_strength)
                .with("beta", self.beta),
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
        let names = &["accumulator", "linear"];
        let [squares, linear] = split_slots("ftrl", names, variable, gradient, slots)?;
        let rate = at.learning_rate;
        let rule = Rule {
            rate,
            power: T::of(-self.learning_rate_power),
            l1: T::of(self.l1_regularization_strength),
            l2: T::of(2.0) * (T::of(self.l2_regularization_strength) + T::of(self.beta) / (T::of(2.0) * rate)),
            shrinkage: T::of(2.0 * self.l2_shrinkage_regularization_strength),
        };
        run(&rule, [variable, squares, linear], [gradient]);
        Ok(())
    }
}

/// A power of the learning rate.
fn not_positive(optimizer: &'static str, argument: &'static str, value: f64) -> Result<f64, OptimizerError> {
    if value.is_finite() && value <= 0.0 {
        return Ok(value);
    }
    Err(error(optimizer, argument, "a finite number, 0 or less", value))
}

/// The arithmetic of one step, in the variable's type.
struct Rule<T> {
    rate: T,
    power: T,
    l1: T,
    l2: T,
    shrinkage: T,
}

impl<T: Scalar> Pass<T, 3, 1> for Rule<T> {
    #[inline(always)]
    fn run(&self, [variable, squares, linear]: [&mut [T]; 3], [gradient]: [&[T]; 1]) {
        let &Self { rate, power, l1, l2, shrinkage } = self;
        let is_root = power == T::of(0.5);
        let raised = |sum: T| if is_root { sum.sqrt() } else { sum.powf(power) };
        for (((w, a), z), &g) in variable.iter_mut().zip(squares).zip(linear).zip(gradient) {
            let sum = *a + g * g;
            let new = raised(sum);
            *z += g + shrinkage * *w - (new - raised(*a)) / rate * *w;
            let clipped = if *z > l1 {
                l1
            } else if *z < -l1 {
                -l1
            } else {
                *z
            };
            *w = (clipped - *z) / (new / rate + l2);
            *a = sum;
        }
    }
}
