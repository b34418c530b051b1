//! Learning-rate schedules (`keras.optimizers.schedules`): a learning rate for each step.
//!
//! A schedule is given where a learning rate is given.
//!
//! ```
//! use cornu_optimizers::schedules::{CosineDecay, LearningRateSchedule};
//! use cornu_optimizers::{Optimizer, SGD};
//!
//! let decay = CosineDecay::new(0.1, 100)?;
//! assert_eq!((decay.rate(0), decay.rate(50)), (0.1, 0.05));
//!
//! let mut sgd = SGD::new(decay)?;
//! // Who says the rate of every step does not get another.
//! assert!(Optimizer::<f32>::set_learning_rate(&mut sgd, 0.01).is_err());
//! # Ok::<(), cornu_optimizers::OptimizerError>(())
//! ```

mod cosine_decay;
mod cosine_decay_restarts;
mod exponential_decay;
mod inverse_time_decay;
mod piecewise_constant_decay;
mod polynomial_decay;

use std::fmt::Debug;
use std::sync::Arc;

use cornu_config::{Arguments, Config, ConfigError, Entry, Value};
pub use cosine_decay::CosineDecay;
pub use cosine_decay_restarts::CosineDecayRestarts;
pub use exponential_decay::ExponentialDecay;
pub use inverse_time_decay::InverseTimeDecay;
pub use piecewise_constant_decay::PiecewiseConstantDecay;
pub use polynomial_decay::PolynomialDecay;

use crate::OptimizerError;
use crate::argument::positive;

/// A learning rate for each step (`keras.optimizers.schedules.LearningRateSchedule`).
///
/// One's own:
/// ```
/// use cornu_optimizers::schedules::LearningRateSchedule;
/// use cornu_optimizers::{Adam, Optimizer};
///
/// /// Half the rate every thousand steps.
/// #[derive(Debug)]
/// struct Halving;
///
/// impl LearningRateSchedule for Halving {
///     fn rate(&self, step: u64) -> f64 {
///         0.1 * 0.5_f64.powf((step / 1000) as f64)
///     }
/// }
///
/// let adam: Box<dyn Optimizer<f32>> = Box::new(Adam::new(Halving)?);
/// assert_eq!(adam.at(2500).learning_rate, 0.025);
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
pub trait LearningRateSchedule: Debug + Send + Sync {
    /// The learning rate at a step, counted from 0.
    fn rate(&self, step: u64) -> f64;

    /// What Keras writes of it; `None`, the default, for one of one's own that no file can carry.
    fn get_config(&self) -> Option<Config> {
        None
    }
}

impl LearningRateSchedule for Arc<dyn LearningRateSchedule> {
    fn rate(&self, step: u64) -> f64 {
        (**self).rate(step)
    }

    fn get_config(&self) -> Option<Config> {
        (**self).get_config()
    }
}

impl LearningRateSchedule for Box<dyn LearningRateSchedule> {
    fn rate(&self, step: u64) -> f64 {
        (**self).rate(step)
    }

    fn get_config(&self) -> Option<Config> {
        (**self).get_config()
    }
}

type Shared = Arc<dyn LearningRateSchedule>;

/// The schedules, one line each. Keras knows them by their classes alone.
fn entries() -> [Entry<Shared, OptimizerError>; 6] {
    [
        entry(CosineDecay::CLASS_NAME, |config| Ok(Arc::new(CosineDecay::from_config(config)?))),
        entry(CosineDecayRestarts::CLASS_NAME, |config| Ok(Arc::new(CosineDecayRestarts::from_config(config)?))),
        entry(ExponentialDecay::CLASS_NAME, |config| Ok(Arc::new(ExponentialDecay::from_config(config)?))),
        entry(InverseTimeDecay::CLASS_NAME, |config| Ok(Arc::new(InverseTimeDecay::from_config(config)?))),
        entry(PiecewiseConstantDecay::CLASS_NAME, |config| Ok(Arc::new(PiecewiseConstantDecay::from_config(config)?))),
        entry(PolynomialDecay::CLASS_NAME, |config| Ok(Arc::new(PolynomialDecay::from_config(config)?))),
    ]
}

fn entry(
    class_name: &'static str,
    from_config: fn(&Config) -> Result<Shared, OptimizerError>,
) -> Entry<Shared, OptimizerError> {
    Entry { class_name, names: &[], from_config }
}

/// The schedule that a config describes (`keras.optimizers.schedules.deserialize`).
///
/// # Errors
/// [`OptimizerError::Config`] for a class that there is not or an argument that it does not have,
/// [`OptimizerError::Argument`] for an argument out of its range.
///
/// ```
/// use cornu_optimizers::config::Config;
/// use cornu_optimizers::schedules::from_config;
///
/// let config = Config::new("keras.optimizers.schedules", "ExponentialDecay")
///     .with("initial_learning_rate", 0.1)
///     .with("decay_steps", 10)
///     .with("decay_rate", 0.5);
/// assert_eq!(from_config(&config)?.rate(10), 0.05);
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
pub fn from_config(config: &Config) -> Result<Arc<dyn LearningRateSchedule>, OptimizerError> {
    let entries = entries();
    match Entry::by_class(&entries, config.class_name()) {
        Some(entry) => (entry.from_config)(config),
        None => Err(OptimizerError::Config(ConfigError::Class {
            family: "keras.optimizers.schedules",
            known: entries.map(|entry| entry.class_name).join(", "),
            received: config.class_name().to_owned(),
        })),
    }
}

/// The beginning of a schedule's config.
fn config(class_name: &str) -> Config {
    Config::new("keras.optimizers.schedules", class_name)
}

/// The name that was given, or Keras's default.
fn name(arguments: &mut Arguments<'_>, default: &str) -> Result<String, ConfigError> {
    arguments.or("name", default.to_owned())
}

/// A number of steps that something is divided by. Keras takes fractions too.
fn steps(schedule: &'static str, argument: &'static str, steps: f64) -> Result<f64, OptimizerError> {
    positive(schedule, argument, steps)
}

/// A number as Python writes one that was given as an integer: whole where it is whole.
pub(crate) fn written(steps: f64) -> Value {
    if steps.fract() == 0.0 && steps < 9e15 { Value::from(steps as u64) } else { Value::from(steps) }
}
