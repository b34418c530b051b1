//! Keras's names of the constraints, and what makes each from a config.

use std::sync::Arc;

use cornu_config::{Config, ConfigError, Entry};
use cornu_tensor::Scalar;

use super::{Constraint, MODULE, MaxNorm, MinMaxNorm, NonNeg, UnitNorm};
use crate::LayerError;

type Shared<T> = Arc<dyn Constraint<T>>;

/// One line a constraint.
fn entries<T: Scalar>() -> [Entry<Shared<T>, LayerError>; 4] {
    [
        entry("MaxNorm", &["max_norm"], |c| share(MaxNorm::from_config(c))),
        entry("MinMaxNorm", &["min_max_norm"], |c| share(MinMaxNorm::from_config(c))),
        entry("NonNeg", &["non_neg"], |c| share(NonNeg::from_config(c))),
        entry("UnitNorm", &["unit_norm"], |c| share(UnitNorm::from_config(c))),
    ]
}

fn entry<T: Scalar>(
    class_name: &'static str,
    names: &'static [&'static str],
    from_config: fn(&Config) -> Result<Shared<T>, LayerError>,
) -> Entry<Shared<T>, LayerError> {
    Entry { class_name, names, from_config }
}

fn share<T: Scalar>(made: Result<impl Constraint<T> + 'static, LayerError>) -> Result<Shared<T>, LayerError> {
    made.map(|constraint| Arc::new(constraint) as Shared<T>)
}

/// The names that [`get`] knows; the class names (`"MaxNorm"`) work too.
#[must_use]
pub fn names() -> Vec<&'static str> {
    Entry::names(&entries::<f32>())
}

/// The constraint of this name, with Keras's default arguments (`keras.constraints.get`).
///
/// # Errors
/// [`LayerError::UnknownName`], with the names there are.
///
/// ```
/// assert!(cornu_layers::constraints::get::<f32>("max_norm").is_ok());
/// ```
pub fn get<T: Scalar>(name: &str) -> Result<Arc<dyn Constraint<T>>, LayerError> {
    match Entry::by_name(&entries(), name) {
        Some(entry) => (entry.from_config)(&entry.defaults()),
        None => Err(LayerError::UnknownName { family: "constraint", known: names(), received: name.to_owned() }),
    }
}

/// The constraint that Keras wrote so (`keras.constraints.deserialize`).
///
/// # Errors
/// [`LayerError::Config`] for a class that is not here and for an argument that is not understood, and what the
/// constraint says of an argument out of range.
pub fn from_config<T: Scalar>(config: &Config) -> Result<Arc<dyn Constraint<T>>, LayerError> {
    let entries = entries();
    match Entry::by_class(&entries, config.class_name()) {
        Some(entry) => (entry.from_config)(config),
        None => Err(LayerError::Config(ConfigError::Class {
            family: MODULE,
            known: entries.each_ref().map(|entry| entry.class_name).join(", "),
            received: config.class_name().to_owned(),
        })),
    }
}

/// What a layer takes as a constraint: Keras's name, or any [`Constraint`].
pub trait IntoConstraint<T: Scalar> {
    /// The constraint.
    ///
    /// # Errors
    /// [`LayerError::UnknownName`] for a name that no constraint has.
    fn into_constraint(self) -> Result<Arc<dyn Constraint<T>>, LayerError>;
}

impl<T: Scalar, C: Constraint<T> + 'static> IntoConstraint<T> for C {
    fn into_constraint(self) -> Result<Arc<dyn Constraint<T>>, LayerError> {
        Ok(Arc::new(self))
    }
}

// One for each scalar type: for all at once, it would overlap with a `Constraint` that another crate could give `&str`.
impl IntoConstraint<f32> for &str {
    fn into_constraint(self) -> Result<Arc<dyn Constraint<f32>>, LayerError> {
        get(self)
    }
}

impl IntoConstraint<f64> for &str {
    fn into_constraint(self) -> Result<Arc<dyn Constraint<f64>>, LayerError> {
        get(self)
    }
}
