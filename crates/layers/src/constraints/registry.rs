//! Keras's names of the constraints.

use std::sync::Arc;

use cornu_tensor::{ByName, ByValue, Scalar};

use super::{Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm};
use crate::LayerError;

/// The names that [`get`] knows; the class names (`"MaxNorm"`) work too.
pub const NAMES: [&str; 4] = ["max_norm", "min_max_norm", "non_neg", "unit_norm"];

/// The constraint of this name, with Keras's default arguments (`keras.constraints.get`).
///
/// # Errors
/// [`LayerError::UnknownName`], with the names there are.
///
/// ```
/// assert!(cornu_layers::constraints::get::<f32>("max_norm").is_ok());
/// ```
pub fn get<T: Scalar>(name: &str) -> Result<Arc<dyn Constraint<T>>, LayerError> {
    Ok(match name {
        "max_norm" | "MaxNorm" => Arc::new(MaxNorm::default()),
        "min_max_norm" | "MinMaxNorm" => Arc::new(MinMaxNorm::default()),
        "non_neg" | "NonNeg" => Arc::new(NonNeg),
        "unit_norm" | "UnitNorm" => Arc::new(UnitNorm::default()),
        _ => return Err(LayerError::UnknownName { family: "constraint", known: &NAMES, received: name.to_owned() }),
    })
}

/// What a layer takes as a constraint: Keras's name, or any [`Constraint`].
///
/// `How` is inferred: see [`ByName`] and [`ByValue`].
pub trait IntoConstraint<T: Scalar, How> {
    /// The constraint.
    ///
    /// # Errors
    /// [`LayerError::UnknownName`] for a name that no constraint has.
    fn into_constraint(self) -> Result<Arc<dyn Constraint<T>>, LayerError>;
}

impl<T: Scalar, C: Constraint<T> + 'static> IntoConstraint<T, ByValue> for C {
    fn into_constraint(self) -> Result<Arc<dyn Constraint<T>>, LayerError> {
        Ok(Arc::new(self))
    }
}

impl<T: Scalar> IntoConstraint<T, ByName> for &str {
    fn into_constraint(self) -> Result<Arc<dyn Constraint<T>>, LayerError> {
        get(self)
    }
}
