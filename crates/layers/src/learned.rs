//! What was chosen for one weight: how it begins, its penalty, and what it must keep to.

use std::sync::Arc;

use cornu_config::{Arguments, Config, Value};
use cornu_initializers::{Initializer, IntoInitializer};
use cornu_tensor::{Scalar, Shape};

use crate::arguments::{component, keep_error};
use crate::constraints::{self, Constraint, IntoConstraint};
use crate::regularizers::{self, IntoRegularizer, Regularizer};
use crate::{LayerError, Role, WeightSpec};

/// What was chosen for one weight.
#[derive(Debug, Clone)]
pub(crate) struct Learned<T> {
    initializer: Arc<dyn Initializer<T>>,
    regularizer: Option<Arc<dyn Regularizer<T>>>,
    constraint: Option<Arc<dyn Constraint<T>>>,
}

/// Keras's names of the three arguments: initializer, regularizer, constraint.
pub(crate) type Names = [&'static str; 3];

/// Where the first error of a layer's arguments is kept.
type Error = Option<LayerError>;

impl<T: Scalar> Learned<T> {
    /// A weight that begins so.
    pub(crate) fn new(initializer: impl Initializer<T> + 'static) -> Self {
        Self { initializer: Arc::new(initializer), regularizer: None, constraint: None }
    }

    pub(crate) fn initializer(&mut self, initializer: impl IntoInitializer<T>, error: &mut Error) {
        if let Some(initializer) = keep_error(error, initializer.into_initializer()) {
            self.initializer = initializer;
        }
    }

    pub(crate) fn regularizer(&mut self, regularizer: impl IntoRegularizer<T>, error: &mut Error) {
        self.regularizer = keep_error(error, regularizer.into_regularizer());
    }

    pub(crate) fn constraint(&mut self, constraint: impl IntoConstraint<T>, error: &mut Error) {
        self.constraint = keep_error(error, constraint.into_constraint());
    }

    /// The weight, of this name and shape.
    pub(crate) fn weight(&self, name: &str, role: Role, shape: impl Into<Shape>) -> WeightSpec<T> {
        WeightSpec::new(name, role, shape, self.initializer.clone())
            .regularizer(self.regularizer.clone())
            .constraint(self.constraint.clone())
    }

    /// Writes the three arguments; none if no file can carry one of them.
    pub(crate) fn write(&self, config: Config, [initializer, regularizer, constraint]: Names) -> Option<Config> {
        let config = config.with(initializer, self.initializer.get_config()?);
        let config = config.with(regularizer, written(self.regularizer.as_ref(), |own| own.get_config())?);
        Some(config.with(constraint, written(self.constraint.as_ref(), |own| own.get_config())?))
    }

    /// Reads the three arguments.
    pub(crate) fn read(
        &mut self,
        arguments: &mut Arguments<'_>,
        [initializer, regularizer, constraint]: Names,
    ) -> Result<(), LayerError> {
        if let Some(initializer) = read_initializer(arguments, initializer)? {
            self.initializer = initializer;
        }
        self.regularizer = read_regularizer(arguments, regularizer)?;
        self.constraint = component(arguments, constraint, constraints::get, constraints::from_config)?;
        Ok(())
    }
}

/// The initializer that stands among a layer's arguments.
pub(crate) fn read_initializer<T: Scalar>(
    arguments: &mut Arguments<'_>,
    argument: &'static str,
) -> Result<Option<Arc<dyn Initializer<T>>>, LayerError> {
    component(arguments, argument, cornu_initializers::get, cornu_initializers::from_config)
}

/// The regularizer that stands among a layer's arguments.
pub(crate) fn read_regularizer<T: Scalar>(
    arguments: &mut Arguments<'_>,
    argument: &'static str,
) -> Result<Option<Arc<dyn Regularizer<T>>>, LayerError> {
    component(arguments, argument, regularizers::get, regularizers::from_config)
}

/// What is written of a component: `null` if there is none. None if no file can carry it.
pub(crate) fn written<C>(component: Option<&C>, get_config: impl Fn(&C) -> Option<Config>) -> Option<Value> {
    component.map_or(Some(Value::Null), |component| get_config(component).map(Value::from))
}
