//! A rate that goes down to another along a power.

use cornu_config::Config;

use super::{LearningRateSchedule, config, name, steps, written};
use crate::OptimizerError;
use crate::argument::not_negative;

/// A rate that goes down to another along a power (`keras.optimizers.schedules.PolynomialDecay`):
/// `η(t) = (η₀ − η₁)(1 − t/s)ᵖ + η₁`, where `η₀` is `initial_learning_rate`, `η₁` `end_learning_rate`, `s` `decay_steps`
/// and `p` `power`.
///
/// From step `s` on the rate is `η₁`. With `cycle`, `s` is replaced by its first multiple that `t` does not pass: the rate
/// goes up and down again, more slowly each time.
///
/// ```
/// use cornu_optimizers::schedules::{LearningRateSchedule, PolynomialDecay};
///
/// let decay = PolynomialDecay::new(0.5, 100)?.end_learning_rate(0.25)?;
/// assert_eq!([decay.rate(0), decay.rate(50), decay.rate(200)], [0.5, 0.375, 0.25]);
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PolynomialDecay {
    initial_learning_rate: f64,
    decay_steps: f64,
    end_learning_rate: f64,
    power: f64,
    cycle: bool,
    name: String,
}

impl PolynomialDecay {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "PolynomialDecay";

    /// The first rate, and in how many steps it goes down.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if the rate is negative or not finite, or for no steps.
    pub fn new(initial_learning_rate: f64, decay_steps: u64) -> Result<Self, OptimizerError> {
        Self::checked(initial_learning_rate, decay_steps as f64)
    }

    fn checked(initial_learning_rate: f64, decay_steps: f64) -> Result<Self, OptimizerError> {
        let class = Self::CLASS_NAME;
        Ok(Self {
            initial_learning_rate: not_negative(class, "initial_learning_rate", initial_learning_rate)?,
            decay_steps: steps(class, "decay_steps", decay_steps)?,
            end_learning_rate: 0.0001,
            power: 1.0,
            cycle: false,
            name: class.to_owned(),
        })
    }

    /// The last rate. Keras's default is 0.0001.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn end_learning_rate(self, end_learning_rate: f64) -> Result<Self, OptimizerError> {
        let end_learning_rate = not_negative(Self::CLASS_NAME, "end_learning_rate", end_learning_rate)?;
        Ok(Self { end_learning_rate, ..self })
    }

    /// The power. Keras's default is 1: a straight line.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn power(self, power: f64) -> Result<Self, OptimizerError> {
        Ok(Self { power: not_negative(Self::CLASS_NAME, "power", power)?, ..self })
    }

    /// Whether the rate goes up again after its last step. Keras's default is false.
    #[must_use]
    pub fn cycle(self, cycle: bool) -> Self {
        Self { cycle, ..self }
    }

    /// The schedule that a config describes.
    ///
    /// # Errors
    /// [`OptimizerError::Config`] or [`OptimizerError::Argument`].
    pub fn from_config(config: &Config) -> Result<Self, OptimizerError> {
        let mut arguments = config.arguments();
        let made = Self::checked(arguments.required("initial_learning_rate")?, arguments.required("decay_steps")?)?
            .end_learning_rate(arguments.or("end_learning_rate", 0.0001)?)?
            .power(arguments.or("power", 1.0)?)?
            .cycle(arguments.or("cycle", false)?);
        let made = Self { name: name(&mut arguments, &made.name)?, ..made };
        arguments.finish()?;
        Ok(made)
    }
}

impl LearningRateSchedule for PolynomialDecay {
    fn rate(&self, step: u64) -> f64 {
        let step = step as f64;
        let part = if self.cycle {
            step / (self.decay_steps * (step / self.decay_steps).ceil().max(1.0))
        } else {
            step.min(self.decay_steps) / self.decay_steps
        };
        let range = self.initial_learning_rate - self.end_learning_rate;
        range * (1.0 - part).powf(self.power) + self.end_learning_rate
    }

    fn get_config(&self) -> Option<Config> {
        Some(
            config(Self::CLASS_NAME)
                .with("initial_learning_rate", self.initial_learning_rate)
                .with("decay_steps", written(self.decay_steps))
                .with("end_learning_rate", self.end_learning_rate)
                .with("power", self.power)
                .with("cycle", self.cycle)
                .with("name", self.name.as_str()),
        )
    }
}
