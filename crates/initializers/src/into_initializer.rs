//! An initializer as an argument: Keras's name of it, or the initializer itself.

use std::sync::Arc;

use cornu_tensor::Scalar;

use crate::{Initializer, InitializerError, get};

/// What a layer takes as an initializer: Keras's name, or any [`Initializer`].
///
/// ```
/// use cornu_initializers::{Initializer, IntoInitializer, Zeros, random};
///
/// fn bias(initializer: impl IntoInitializer<f32>) -> Vec<f32> {
///     let initializer = initializer.into_initializer().unwrap();
///     initializer.init([2].into(), &mut random::generator(0)).unwrap().into_vec()
/// }
/// assert_eq!(bias("zeros"), bias(Zeros));
/// ```
pub trait IntoInitializer<T: Scalar> {
    /// The initializer.
    ///
    /// # Errors
    /// [`InitializerError::UnknownName`] for a name that no initializer has.
    fn into_initializer(self) -> Result<Arc<dyn Initializer<T>>, InitializerError>;
}

impl<T: Scalar, I: Initializer<T> + 'static> IntoInitializer<T> for I {
    fn into_initializer(self) -> Result<Arc<dyn Initializer<T>>, InitializerError> {
        Ok(Arc::new(self))
    }
}

// One for each scalar type: for all at once, it would overlap with an `Initializer` that another crate could give `&str`.
impl IntoInitializer<f32> for &str {
    fn into_initializer(self) -> Result<Arc<dyn Initializer<f32>>, InitializerError> {
        get(self)
    }
}

impl IntoInitializer<f64> for &str {
    fn into_initializer(self) -> Result<Arc<dyn Initializer<f64>>, InitializerError> {
        get(self)
    }
}
