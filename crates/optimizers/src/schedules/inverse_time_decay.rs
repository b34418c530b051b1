//! A rate that is divided by a number that grows with the steps.

use cornu_config::Config;

use super::{LearningRateSchedule, config, name, steps, written};
use crate::OptimizerError;
use crate::argument::not_negative;

/// A rate that decays as the inverse of the time (`keras.optimizers.schedules.InverseTimeDecay`):
/// `η(t) = η₀ / (1 + r·t/s)`, where `η₀` is `initial_learning_rate`, `r` `decay_rate` and `s` `decay_steps`. With
/// `staircase`, `t/s` is rounded down.
///
/// ```
/// use cornu_optimizers::schedules::{InverseTimeDecay, LearningRateSchedule};
///
/// let decay = InverseTimeDecay::new(0.1, 10, 1.0)?;
/// assert_eq!([decay.rate(0), decay.rate(10), decay.rate(30)], [0.1, 0.05, 0.025]);
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct InverseTimeDecay {
    initial_learning_rate: f64,
    decay_steps: f64,
    decay_rate: f64,
    staircase: bool,
    name: String,
}

impl InverseTimeDecay {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "InverseTimeDecay";

    /// The first rate, and by how much its divisor grows in so many steps.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if a rate is negative or not finite, or for no steps.
    pub fn new(initial_learning_rate: f64, decay_steps: u64, decay_rate: f64) -> Result<Self, OptimizerError> {
        Self::checked(initial_learning_rate, decay_steps as f64, decay_rate)
    }

    fn checked(initial_learning_rate: f64, decay_steps: f64, decay_rate: f64) -> Result<Self, OptimizerError> {
        let class = Self::CLASS_NAME;
        Ok(Self {
            initial_learning_rate: not_negative(class, "initial_learning_rate", initial_learning_rate)?,
            decay_steps: steps(class, "decay_steps", decay_steps)?,
            decay_rate: not_negative(class, "decay_rate", decay_rate)?,
            staircase: false,
            name: class.to_owned(),
        })
    }

    /// Whether the rate stays the same for `decay_steps` steps each. Keras's default is false.
    #[must_use]
    pub fn staircase(self, staircase: bool) -> Self {
        Self { staircase, ..self }
    }

    /// The schedule that a config describes.
    ///
    /// # Errors
    /// [`OptimizerError::Config`] or [`OptimizerError::Argument`].
    pub fn from_config(config: &Config) -> Result<Self, OptimizerError> {
        let mut arguments = config.arguments();
        let made = Self::checked(
            arguments.required("initial_learning_rate")?,
            arguments.required("decay_steps")?,
            arguments.required("decay_rate")?,
        )?;
        let made =
            Self { name: name(&mut arguments, &made.name)?, ..made }.staircase(arguments.or("staircase", false)?);
        arguments.finish()?;
        Ok(made)
    }
}

impl LearningRateSchedule for InverseTimeDecay {
    fn rate(&self, step: u64) -> f64 {
        let part = step as f64 / self.decay_steps;
        self.initial_learning_rate / (1.0 + self.decay_rate * if self.staircase { part.floor() } else { part })
    }

    fn get_config(&self) -> Option<Config> {
        Some(
            config(Self::CLASS_NAME)
                .with("initial_learning_rate", self.initial_learning_rate)
                .with("decay_steps", written(self.decay_steps))
                .with("decay_rate", self.decay_rate)
                .with("staircase", self.staircase)
                .with("name", self.name.as_str()),
        )
    }
}
