//! Keras's names of the constraints.

use std::sync::Arc;

use cornu_tensor::Scalar;

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
