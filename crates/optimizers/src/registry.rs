//! Keras's names and classes of the optimizers.

use cornu_config::{Config, ConfigError, Entry};
use cornu_tensor::Scalar;

use crate::{
    Adadelta, Adafactor, Adagrad, Adam, AdamW, Adamax, Ftrl, Lamb, Lion, LossScaleOptimizer, Muon, Nadam, Optimizer,
    OptimizerError, RMSprop, SGD, ScheduleFreeAdamW,
};

type Boxed<T> = Box<dyn Optimizer<T>>;

/// The optimizers, one line each. Keras knows no name of `Lamb`, and `LossScaleOptimizer` needs an argument.
fn entries<T: Scalar>() -> [Entry<Boxed<T>, OptimizerError>; 15] {
    [
        entry("SGD", &["sgd"], |config| Ok(Box::new(SGD::from_config(config)?))),
        entry("RMSprop", &["rmsprop"], |config| Ok(Box::new(RMSprop::from_config(config)?))),
        entry("Adam", &["adam"], |config| Ok(Box::new(Adam::from_config(config)?))),
        entry("AdamW", &["adamw"], |config| Ok(Box::new(AdamW::from_config(config)?))),
        entry("Adadelta", &["adadelta"], |config| Ok(Box::new(Adadelta::from_config(config)?))),
        entry("Adagrad", &["adagrad"], |config| Ok(Box::new(Adagrad::from_config(config)?))),
        entry("Adamax", &["adamax"], |config| Ok(Box::new(Adamax::from_config(config)?))),
        entry("Adafactor", &["adafactor"], |config| Ok(Box::new(Adafactor::from_config(config)?))),
        entry("Nadam", &["nadam"], |config| Ok(Box::new(Nadam::from_config(config)?))),
        entry("Ftrl", &["ftrl"], |config| Ok(Box::new(Ftrl::from_config(config)?))),
        entry("Lion", &["lion"], |config| Ok(Box::new(Lion::from_config(config)?))),
        entry("Lamb", &[], |config| Ok(Box::new(Lamb::from_config(config)?))),
        entry("Muon", &["muon"], |config| Ok(Box::new(Muon::from_config(config)?))),
        entry("ScheduleFreeAdamW", &["schedulefreeadamw"], |config| {
            Ok(Box::new(ScheduleFreeAdamW::from_config(config)?))
        }),
        entry("LossScaleOptimizer", &[], |config| Ok(Box::new(LossScaleOptimizer::from_config(config)?))),
    ]
}

fn entry<T: Scalar>(
    class_name: &'static str,
    names: &'static [&'static str],
    from_config: fn(&Config) -> Result<Boxed<T>, OptimizerError>,
) -> Entry<Boxed<T>, OptimizerError> {
    Entry { class_name, names, from_config }
}

/// The names that [`get`] knows. As in Keras, upper and lower case are the same: `"Adam"` and `"SGD"` work too.
#[must_use]
pub fn names() -> Vec<&'static str> {
    Entry::names(&entries::<f32>())
}

/// The optimizer of this name, with Keras's default arguments (`keras.optimizers.get`).
///
/// # Errors
/// [`OptimizerError::UnknownName`], with the names there are.
///
/// ```
/// use cornu_optimizers::get;
///
/// assert_eq!(get::<f32>("adam")?.learning_rate(), 0.001);
/// assert!(get::<f32>("RMSprop").is_ok());
/// assert!(get::<f32>("adams").unwrap_err().to_string().ends_with("Received: \"adams\""));
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
pub fn get<T: Scalar>(name: &str) -> Result<Box<dyn Optimizer<T>>, OptimizerError> {
    match Entry::by_name(&entries(), &name.to_lowercase()) {
        Some(entry) => (entry.from_config)(&entry.defaults()),
        None => Err(OptimizerError::UnknownName { received: name.to_owned() }),
    }
}

/// The optimizer that a config describes (`keras.optimizers.deserialize`).
///
/// # Errors
/// [`OptimizerError::Config`] for a class that there is not or an argument that it does not have,
/// [`OptimizerError::Argument`] for an argument out of its range.
///
/// ```
/// use cornu_optimizers::config::Config;
/// use cornu_optimizers::{Optimizer, from_config};
///
/// let config = Config::new("keras.optimizers", "Adam").with("learning_rate", 0.5).with("clipnorm", 1.0);
/// let adam: Box<dyn Optimizer<f32>> = from_config(&config)?;
/// assert_eq!(adam.get_config().and_then(|config| config.get("clipnorm")?.as_f64()), Some(1.0));
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
pub fn from_config<T: Scalar>(config: &Config) -> Result<Box<dyn Optimizer<T>>, OptimizerError> {
    let entries = entries();
    match Entry::by_class(&entries, config.class_name()) {
        Some(entry) => (entry.from_config)(config),
        None => Err(OptimizerError::Config(ConfigError::Class {
            family: "keras.optimizers",
            known: entries.map(|entry| entry.class_name).join(", "),
            received: config.class_name().to_owned(),
        })),
    }
}

/// What can be given where an optimizer is wanted: a name, an optimizer, or a boxed optimizer.
///
/// ```
/// use cornu_optimizers::{IntoOptimizer, OptimizerError, SGD};
///
/// fn rate_of(optimizer: impl IntoOptimizer<f32>) -> Result<f64, OptimizerError> {
///     Ok(optimizer.into_optimizer()?.learning_rate())
/// }
/// assert_eq!(rate_of("sgd")?, 0.01);
/// assert_eq!(rate_of(SGD::new(0.5)?)?, 0.5);
/// # Ok::<(), OptimizerError>(())
/// ```
pub trait IntoOptimizer<T: Scalar> {
    /// The optimizer.
    ///
    /// # Errors
    /// [`OptimizerError::UnknownName`] for a name that no optimizer has.
    fn into_optimizer(self) -> Result<Box<dyn Optimizer<T>>, OptimizerError>;
}

// One for each scalar type: for all at once, it would overlap with an `Optimizer` that another crate could give `&str`.
impl IntoOptimizer<f32> for &str {
    fn into_optimizer(self) -> Result<Box<dyn Optimizer<f32>>, OptimizerError> {
        get(self)
    }
}

impl IntoOptimizer<f64> for &str {
    fn into_optimizer(self) -> Result<Box<dyn Optimizer<f64>>, OptimizerError> {
        get(self)
    }
}

impl<T: Scalar, O: Optimizer<T> + 'static> IntoOptimizer<T> for O {
    fn into_optimizer(self) -> Result<Box<dyn Optimizer<T>>, OptimizerError> {
        Ok(Box::new(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_gives_the_optimizer_of_that_name() -> Result<(), OptimizerError> {
        for name in names() {
            assert_eq!(get::<f64>(name)?.name(), name);
            assert_eq!(get::<f32>(&name.to_uppercase())?.name(), name);
        }
        Ok(())
    }

    #[test]
    fn an_unknown_name_is_named() {
        let error = IntoOptimizer::<f32>::into_optimizer("Adams").unwrap_err();
        assert_eq!(error, OptimizerError::UnknownName { received: "Adams".to_owned() });
        assert!(error.to_string().contains("sgd, rmsprop, adam"));
    }
}
