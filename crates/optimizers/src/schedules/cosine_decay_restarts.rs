//! A rate that goes down along half a cosine, and begins anew again and again.

use std::f64::consts::PI;

use cornu_config::Config;

use super::{LearningRateSchedule, config, name, steps, written};
use crate::OptimizerError;
use crate::argument::{error, not_negative};

/// A rate that goes down along half a cosine and begins anew again and again
/// (`keras.optimizers.schedules.CosineDecayRestarts`).
///
/// `η₀` is `initial_learning_rate`, `α` `alpha`. The first time lasts `first_decay_steps`, each other `t_mul` times as long
/// as the one before; it begins with `m_mul` times the height. At the part `p` of the time after `i` restarts:
///
/// ```text
/// η = η₀ ((1 − α) m_mulⁱ (1 + cos(πp))/2 + α)
/// ```
///
/// Keras's defaults are a `t_mul` of 2, an `m_mul` of 1 and an `alpha` of 0. Source:
/// [Loshchilov and Hutter, 2016](https://arxiv.org/abs/1608.03983).
///
/// ```
/// use cornu_optimizers::schedules::{CosineDecayRestarts, LearningRateSchedule};
///
/// let decay = CosineDecayRestarts::new(0.5, 100)?;
/// assert_eq!([decay.rate(0), decay.rate(50), decay.rate(100), decay.rate(200)], [0.5, 0.25, 0.5, 0.25]);
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CosineDecayRestarts {
    initial_learning_rate: f64,
    first_decay_steps: f64,
    t_mul: f64,
    m_mul: f64,
    alpha: f64,
    name: String,
}

impl CosineDecayRestarts {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "CosineDecayRestarts";

    /// The first rate, and in how many steps it goes down for the first time.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if the rate is negative or not finite, or for no steps.
    pub fn new(initial_learning_rate: f64, first_decay_steps: u64) -> Result<Self, OptimizerError> {
        Self::checked(initial_learning_rate, first_decay_steps as f64)
    }

    fn checked(initial_learning_rate: f64, first_decay_steps: f64) -> Result<Self, OptimizerError> {
        let class = Self::CLASS_NAME;
        Ok(Self {
            initial_learning_rate: not_negative(class, "initial_learning_rate", initial_learning_rate)?,
            first_decay_steps: steps(class, "first_decay_steps", first_decay_steps)?,
            t_mul: 2.0,
            m_mul: 1.0,
            alpha: 0.0,
            name: "SGDRDecay".to_owned(),
        })
    }

    /// How much longer each time lasts than the one before. Keras's default is 2. (Below 1, which Keras takes, the times
    /// would come to an end.)
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is below 1 or not finite.
    pub fn t_mul(self, t_mul: f64) -> Result<Self, OptimizerError> {
        if !t_mul.is_finite() || t_mul < 1.0 {
            return Err(error(Self::CLASS_NAME, "t_mul", "a finite number, 1 or more", t_mul));
        }
        Ok(Self { t_mul, ..self })
    }

    /// How much higher each time begins than the one before. Keras's default is 1.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn m_mul(self, m_mul: f64) -> Result<Self, OptimizerError> {
        Ok(Self { m_mul: not_negative(Self::CLASS_NAME, "m_mul", m_mul)?, ..self })
    }

    /// The part of the rate that is left at the end of each time. Keras's default is 0.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn alpha(self, alpha: f64) -> Result<Self, OptimizerError> {
        Ok(Self { alpha: not_negative(Self::CLASS_NAME, "alpha", alpha)?, ..self })
    }

    /// The schedule that a config describes.
    ///
    /// # Errors
    /// [`OptimizerError::Config`] or [`OptimizerError::Argument`].
    pub fn from_config(config: &Config) -> Result<Self, OptimizerError> {
        let mut arguments = config.arguments();
        let initial_learning_rate = arguments.required("initial_learning_rate")?;
        let made = Self::checked(initial_learning_rate, arguments.required("first_decay_steps")?)?
            .t_mul(arguments.or("t_mul", 2.0)?)?
            .m_mul(arguments.or("m_mul", 1.0)?)?
            .alpha(arguments.or("alpha", 0.0)?)?;
        let made = Self { name: name(&mut arguments, &made.name)?, ..made };
        arguments.finish()?;
        Ok(made)
    }

    /// The restarts before a step, and the part of the time that has passed since the last.
    ///
    /// A restart is taken to be at its very step: where a rounded logarithm would miss it, it is put right.
    fn restarts(&self, step: u64) -> (f64, f64) {
        let passed = step as f64 / self.first_decay_steps;
        let t = self.t_mul;
        if t == 1.0 {
            return (passed.floor(), passed.fract());
        }
        let part = |restarts: f64| (passed - (1.0 - t.powf(restarts)) / (1.0 - t)) / t.powf(restarts);
        let restarts = ((1.0 - passed * (1.0 - t)).ln() / t.ln()).floor();
        match part(restarts) {
            part if part >= 1.0 - 1e-9 => (restarts + 1.0, 0.0),
            part => (restarts, part.max(0.0)),
        }
    }
}

impl LearningRateSchedule for CosineDecayRestarts {
    fn rate(&self, step: u64) -> f64 {
        let (restarts, part) = self.restarts(step);
        let cosine = 0.5 * self.m_mul.powf(restarts) * (1.0 + (PI * part).cos());
        self.initial_learning_rate * ((1.0 - self.alpha) * cosine + self.alpha)
    }

    fn get_config(&self) -> Option<Config> {
        Some(
            config(Self::CLASS_NAME)
                .with("initial_learning_rate", self.initial_learning_rate)
                .with("first_decay_steps", written(self.first_decay_steps))
                .with("t_mul", self.t_mul)
                .with("m_mul", self.m_mul)
                .with("alpha", self.alpha)
                .with("name", self.name.as_str()),
        )
    }
}
