//! Keras's names of the regularizers.

use std::sync::Arc;

use cornu_tensor::Scalar;

use super::{L1, L1L2, L2, Regularizer};
use crate::LayerError;

/// The names that [`get`] knows; the class names (`"L2"`) work too.
pub const NAMES: [&str; 3] = ["l1", "l2", "l1l2"];

/// The regularizer of this name, with Keras's default arguments (`keras.regularizers.get`).
///
/// As in Keras, `"l1l2"` means factors of 0.
///
/// # Errors
/// [`LayerError::UnknownName`], with the names there are.
///
/// ```
/// let l2 = cornu_layers::regularizers::get::<f64>("l2")?;
/// assert_eq!(l2.penalty(&[2.0]), 0.04);
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
pub fn get<T: Scalar>(name: &str) -> Result<Arc<dyn Regularizer<T>>, LayerError> {
    Ok(match name {
        "l1" | "L1" => Arc::new(L1::default()),
        "l2" | "L2" => Arc::new(L2::default()),
        "l1l2" | "L1L2" => Arc::new(L1L2::new(0.0, 0.0)?),
        _ => return Err(LayerError::UnknownName { family: "regularizer", known: &NAMES, received: name.to_owned() }),
    })
}

/// What a layer takes as a regularizer: Keras's name, or any [`Regularizer`].
pub trait IntoRegularizer<T: Scalar> {
    /// The regularizer.
    ///
    /// # Errors
    /// [`LayerError::UnknownName`] for a name that no regularizer has.
    fn into_regularizer(self) -> Result<Arc<dyn Regularizer<T>>, LayerError>;
}

impl<T: Scalar, R: Regularizer<T> + 'static> IntoRegularizer<T> for R {
    fn into_regularizer(self) -> Result<Arc<dyn Regularizer<T>>, LayerError> {
        Ok(Arc::new(self))
    }
}

// One for each scalar type: for all at once, it would overlap with a `Regularizer` that another crate could give `&str`.
impl IntoRegularizer<f32> for &str {
    fn into_regularizer(self) -> Result<Arc<dyn Regularizer<f32>>, LayerError> {
        get(self)
    }
}

impl IntoRegularizer<f64> for &str {
    fn into_regularizer(self) -> Result<Arc<dyn Regularizer<f64>>, LayerError> {
        get(self)
    }
}
