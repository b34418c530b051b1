//! Keras's names of the regularizers, and what makes each from a config.

use std::sync::Arc;

use cornu_config::{Config, ConfigError, Entry};
use cornu_tensor::Scalar;

use super::{L1, L1L2, L2, MODULE, OrthogonalRegularizer, Regularizer};
use crate::LayerError;

type Shared<T> = Arc<dyn Regularizer<T>>;

/// One line a regularizer.
fn entries<T: Scalar>() -> [Entry<Shared<T>, LayerError>; 4] {
    [
        entry("L1", &["l1"], |c| share(L1::from_config(c))),
        entry("L2", &["l2"], |c| share(L2::from_config(c))),
        entry("L1L2", &["l1l2"], |c| share(L1L2::from_config(c))),
        entry("OrthogonalRegularizer", &["orthogonal_regularizer"], |c| share(OrthogonalRegularizer::from_config(c))),
    ]
}

fn entry<T: Scalar>(
    class_name: &'static str,
    names: &'static [&'static str],
    from_config: fn(&Config) -> Result<Shared<T>, LayerError>,
) -> Entry<Shared<T>, LayerError> {
    Entry { class_name, names, from_config }
}

fn share<T: Scalar>(made: Result<impl Regularizer<T> + 'static, LayerError>) -> Result<Shared<T>, LayerError> {
    made.map(|regularizer| Arc::new(regularizer) as Shared<T>)
}

/// The names that [`get`] knows; the class names (`"L1"`) work too.
#[must_use]
pub fn names() -> Vec<&'static str> {
    Entry::names(&entries::<f32>())
}

/// The regularizer of this name, with Keras's default arguments (`keras.regularizers.get`).
///
/// As in Keras, `"l1l2"` means factors of 0.
///
/// # Errors
/// [`LayerError::UnknownName`], with the names there are.
///
/// ```
/// use cornu_layers::config::Config;
/// use cornu_layers::regularizers::get;
///
/// let config = Config::new("keras.regularizers", "L2").with("l2", 0.01);
/// assert_eq!(get::<f64>("l2")?.get_config(), Some(config));
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
pub fn get<T: Scalar>(name: &str) -> Result<Arc<dyn Regularizer<T>>, LayerError> {
    match Entry::by_name(&entries(), name) {
        Some(entry) => (entry.from_config)(&entry.defaults()),
        None => Err(LayerError::UnknownName { family: "regularizer", known: names(), received: name.to_owned() }),
    }
}

/// The regularizer that Keras wrote so (`keras.regularizers.deserialize`).
///
/// # Errors
/// [`LayerError::Config`] for a class that is not here and for an argument that is not understood, and what the
/// regularizer says of an argument out of range.
pub fn from_config<T: Scalar>(config: &Config) -> Result<Arc<dyn Regularizer<T>>, LayerError> {
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
