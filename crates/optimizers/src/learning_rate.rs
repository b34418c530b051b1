//! The learning rate: a number, or a schedule.

use std::sync::Arc;

use cornu_config::{Arguments, Config, Value};

use crate::OptimizerError;
use crate::argument::not_negative;
use crate::schedules::{self, LearningRateSchedule};

/// A learning rate: a number, or a schedule that says one for each step.
#[derive(Debug, Clone)]
pub enum LearningRate {
    /// The same at every step, until it is set to another.
    Number(f64),
    /// One for each step.
    Schedule(Arc<dyn LearningRateSchedule>),
}

impl LearningRate {
    /// The learning rate at a step, counted from 0.
    #[must_use]
    #[inline]
    pub fn at(&self, step: u64) -> f64 {
        match self {
            Self::Number(rate) => *rate,
            Self::Schedule(schedule) => schedule.rate(step),
        }
    }

    /// A number is checked; a schedule has checked its own arguments.
    pub(crate) fn checked(self, optimizer: &'static str) -> Result<Self, OptimizerError> {
        match self {
            Self::Number(rate) => Ok(Self::Number(not_negative(optimizer, "learning_rate", rate)?)),
            schedule @ Self::Schedule(_) => Ok(schedule),
        }
    }

    /// As Keras writes it: the number as a float32 has it, or the schedule's config; `None` for a schedule of one's own.
    pub(crate) fn to_value(&self) -> Option<Value> {
        Some(match self {
            Self::Number(rate) => f64::from(*rate as f32).into(),
            Self::Schedule(schedule) => schedule.get_config()?.into(),
        })
    }

    /// As a file has it, if it has one.
    pub(crate) fn read(arguments: &mut Arguments<'_>) -> Result<Option<Self>, OptimizerError> {
        match arguments.get::<Value>("learning_rate")? {
            None => Ok(None),
            Some(Value::Object(_)) => {
                let config: Config = arguments.required("learning_rate")?;
                Ok(Some(Self::Schedule(schedules::from_config(&config)?)))
            }
            Some(_) => Ok(Some(Self::Number(arguments.required("learning_rate")?))),
        }
    }
}

/// What can be given where a learning rate is wanted: a number, or a schedule.
///
/// ```
/// use cornu_optimizers::schedules::ExponentialDecay;
/// use cornu_optimizers::{Adam, SGD};
///
/// let adam = Adam::new(0.01)?;
/// let sgd = SGD::new(ExponentialDecay::new(0.1, 1000, 0.5)?)?;
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
pub trait IntoLearningRate {
    /// The learning rate.
    fn into_learning_rate(self) -> LearningRate;
}

impl IntoLearningRate for f64 {
    fn into_learning_rate(self) -> LearningRate {
        LearningRate::Number(self)
    }
}

impl IntoLearningRate for LearningRate {
    fn into_learning_rate(self) -> LearningRate {
        self
    }
}

impl<S: LearningRateSchedule + 'static> IntoLearningRate for S {
    fn into_learning_rate(self) -> LearningRate {
        LearningRate::Schedule(Arc::new(self))
    }
}
