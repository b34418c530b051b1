//! Rates that follow one another, each for a stretch of steps.

use cornu_config::Config;

use super::{LearningRateSchedule, config, name};
use crate::OptimizerError;
use crate::argument::{error, not_negative};

/// A rate that stays the same up to each boundary (`keras.optimizers.schedules.PiecewiseConstantDecay`): the first of
/// `values` up to the first of `boundaries`, that step included, and the last after the last.
///
/// ```
/// use cornu_optimizers::schedules::{LearningRateSchedule, PiecewiseConstantDecay};
///
/// let decay = PiecewiseConstantDecay::new([100, 200], [1.0, 0.5, 0.1])?;
/// assert_eq!([decay.rate(100), decay.rate(101), decay.rate(200), decay.rate(201)], [1.0, 0.5, 0.5, 0.1]);
/// assert!(PiecewiseConstantDecay::new([100, 200], [1.0, 0.5]).is_err());
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PiecewiseConstantDecay {
    boundaries: Vec<u64>,
    values: Vec<f64>,
    name: String,
}

impl PiecewiseConstantDecay {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "PiecewiseConstantDecay";

    /// The last steps of all rates but the last, and the rates.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if there is no boundary, if the boundaries do not grow, if there is not one value
    /// more than boundaries, or if a value is negative or not finite.
    pub fn new(
        boundaries: impl IntoIterator<Item = u64>,
        values: impl IntoIterator<Item = f64>,
    ) -> Result<Self, OptimizerError> {
        let class = Self::CLASS_NAME;
        let (boundaries, values) = (Vec::from_iter(boundaries), Vec::from_iter(values));
        if boundaries.is_empty() || !boundaries.is_sorted() {
            let received = format!("{boundaries:?}");
            return Err(error(class, "boundaries", "one step or more, each no earlier than the one before", received));
        }
        if boundaries.len() + 1 != values.len() {
            let received = format!("{values:?}, for {} boundaries", boundaries.len());
            return Err(error(class, "values", "one more than there are boundaries", received));
        }
        for &value in &values {
            not_negative(class, "values", value)?;
        }
        Ok(Self { boundaries, values, name: "PiecewiseConstant".to_owned() })
    }

    /// The schedule that a config describes. As in Keras, fractions of steps are cut off.
    ///
    /// # Errors
    /// [`OptimizerError::Config`] or [`OptimizerError::Argument`].
    pub fn from_config(config: &Config) -> Result<Self, OptimizerError> {
        let mut arguments = config.arguments();
        let boundaries: Vec<f64> = arguments.required("boundaries")?;
        for &boundary in &boundaries {
            not_negative(Self::CLASS_NAME, "boundaries", boundary)?;
        }
        let values: Vec<f64> = arguments.required("values")?;
        let made = Self::new(boundaries.into_iter().map(|boundary| boundary as u64), values)?;
        let made = Self { name: name(&mut arguments, &made.name)?, ..made };
        arguments.finish()?;
        Ok(made)
    }
}

impl LearningRateSchedule for PiecewiseConstantDecay {
    fn rate(&self, step: u64) -> f64 {
        let passed = self.boundaries.partition_point(|&boundary| boundary < step);
        self.values.get(passed).copied().unwrap_or(0.0)
    }

    fn get_config(&self) -> Option<Config> {
        Some(
            config(Self::CLASS_NAME)
                .with("boundaries", self.boundaries.clone())
                .with("values", self.values.clone())
                .with("name", self.name.as_str()),
        )
    }
}
