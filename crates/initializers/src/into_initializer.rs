//! An initializer as an argument: Keras's name of it, or the initializer itself.

use std::sync::Arc;

use cornu_tensor::{ByName, ByValue, Scalar};

use crate::{Initializer, InitializerError, get};

/// What a layer takes as an initializer: Keras's name, or any [`Initializer`].
///
/// `How` is inferred: see [`ByName`] and [`ByValue`].
///
/// ```
/// use cornu_initializers::{Initializer, IntoInitializer, Zeros, random};
///
/// fn bias<How>(initializer: impl IntoInitializer<f32, How>) -> Vec<f32> {
///     let initializer = initializer.into_initializer().unwrap();
///     initializer.init([2].into(), &mut random::generator(0)).unwrap().into_vec()
/// }
/// assert_eq!(bias("zeros"), bias(Zeros));
/// ```
pub trait IntoInitializer<T: Scalar, How> {
    /// The initializer.
    ///
    /// # Errors
    /// [`InitializerError::UnknownName`] for a name that no initializer has.
    fn into_initializer(self) -> Result<Arc<dyn Initializer<T>>, InitializerError>;
}

impl<T: Scalar, I: Initializer<T> + 'static> IntoInitializer<T, ByValue> for I {
    fn into_initializer(self) -> Result<Arc<dyn Initializer<T>>, InitializerError> {
        Ok(Arc::new(self))
    }
}

impl<T: Scalar> IntoInitializer<T, ByName> for &str {
    fn into_initializer(self) -> Result<Arc<dyn Initializer<T>>, InitializerError> {
        get(self)
    }
}
