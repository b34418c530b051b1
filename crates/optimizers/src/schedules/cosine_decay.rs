//! A rate that goes down along half a cosine, after it has gone up if that is asked for.

use std::f64::consts::PI;

use cornu_config::Config;

use super::{LearningRateSchedule, config, name, steps, written};
use crate::OptimizerError;
use crate::argument::not_negative;

/// A rate that goes down along half a cosine (`keras.optimizers.schedules.CosineDecay`).
///
/// `η₀` is `initial_learning_rate`, `s` `decay_steps`, `α` `alpha`, `η₁` `warmup_target`, `u` `warmup_steps`:
///
/// ```text
/// η(t) = η₀ ((1 − α)(1 + cos(π t/s))/2 + α)             up to step s, and what it is there from then on
/// η(t) = (η₁ − η₀) t/u + η₀ before step u               only with a warmup_target; after it the line above,
///                                                       from η₁ in place of η₀, with t − u in place of t
/// ```
///
/// Keras's defaults are an `alpha` of 0 and no warm-up. Source:
/// [Loshchilov and Hutter, 2016](https://arxiv.org/abs/1608.03983).
///
/// ```
/// use cornu_optimizers::schedules::{CosineDecay, LearningRateSchedule};
///
/// let decay = CosineDecay::new(0.0, 100)?.warmup_target(0.5)?.warmup_steps(10).alpha(0.5)?;
/// assert_eq!([decay.rate(0), decay.rate(5), decay.rate(10), decay.rate(1000)], [0.0, 0.25, 0.5, 0.25]);
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CosineDecay {
    initial_learning_rate: f64,
    decay_steps: f64,
    alpha: f64,
    warmup_target: Option<f64>,
    warmup_steps: f64,
    name: String,
}

impl CosineDecay {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "CosineDecay";

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
            alpha: 0.0,
            warmup_target: None,
            warmup_steps: 0.0,
            name: class.to_owned(),
        })
    }

    /// The part of the rate that is left at the end. Keras's default is 0.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn alpha(self, alpha: f64) -> Result<Self, OptimizerError> {
        Ok(Self { alpha: not_negative(Self::CLASS_NAME, "alpha", alpha)?, ..self })
    }

    /// The rate that the warm-up ends with and the decay begins with. Keras's default is none: no warm-up.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn warmup_target(self, warmup_target: f64) -> Result<Self, OptimizerError> {
        let warmup_target = Some(not_negative(Self::CLASS_NAME, "warmup_target", warmup_target)?);
        Ok(Self { warmup_target, ..self })
    }

    /// The steps of the warm-up. Keras's default is 0. Without a [`CosineDecay::warmup_target`] it means nothing.
    #[must_use]
    pub fn warmup_steps(self, warmup_steps: u64) -> Self {
        Self { warmup_steps: warmup_steps as f64, ..self }
    }

    /// The schedule that a config describes.
    ///
    /// # Errors
    /// [`OptimizerError::Config`] or [`OptimizerError::Argument`].
    pub fn from_config(config: &Config) -> Result<Self, OptimizerError> {
        let mut arguments = config.arguments();
        let mut made = Self::checked(arguments.required("initial_learning_rate")?, arguments.required("decay_steps")?)?
            .alpha(arguments.or("alpha", 0.0)?)?;
        if let Some(target) = arguments.get("warmup_target")? {
            made = made.warmup_target(target)?;
        }
        made.warmup_steps = not_negative(Self::CLASS_NAME, "warmup_steps", arguments.or("warmup_steps", 0.0)?)?;
        made.name = name(&mut arguments, &made.name)?;
        arguments.finish()?;
        Ok(made)
    }

    /// The decay from this rate, at this step of it.
    fn decay(&self, from: f64, step: f64) -> f64 {
        let cosine = 0.5 * (1.0 + (PI * step.min(self.decay_steps) / self.decay_steps).cos());
        from * ((1.0 - self.alpha) * cosine + self.alpha)
    }
}

impl LearningRateSchedule for CosineDecay {
    fn rate(&self, step: u64) -> f64 {
        let step = step as f64;
        match self.warmup_target {
            None => self.decay(self.initial_learning_rate, step),
            Some(target) if step < self.warmup_steps => {
                let range = target - self.initial_learning_rate;
                range * (step / self.warmup_steps) + self.initial_learning_rate
            }
            Some(target) => self.decay(target, step - self.warmup_steps),
        }
    }

    fn get_config(&self) -> Option<Config> {
        Some(
            config(Self::CLASS_NAME)
                .with("initial_learning_rate", self.initial_learning_rate)
                .with("decay_steps", written(self.decay_steps))
                .with("alpha", self.alpha)
                .with("name", self.name.as_str())
                .with("warmup_target", self.warmup_target)
                .with("warmup_steps", written(self.warmup_steps)),
        )
    }
}
