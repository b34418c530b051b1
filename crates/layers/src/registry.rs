//! Keras's classes of layers, and what a file has of one.

use cornu_config::{Config, ConfigError, Entry};
use cornu_tensor::Scalar;

use crate::{
    Activation, ActivityRegularization, BatchNormalization, Conv2D, Dense, Dropout, ELU, Flatten, Input, Layer,
    LayerError, LeakyReLU, MaxPooling2D, PReLU, ReLU, Reshape, Softmax,
};

/// Keras's module of the layers.
pub(crate) const MODULE: &str = "keras.layers";

/// Where an image has its channels: the only place that Cornu has for them.
pub(crate) const CHANNELS_LAST: &str = "channels_last";

/// The arguments that every layer of Keras takes. They belong to its place in a model, which gives them: a layer's
/// `from_config` passes over them, and [`serialize`] writes them.
pub const LAYER_ARGUMENTS: [&str; 3] = ["name", "trainable", "dtype"];

type Boxed<T> = Box<dyn Layer<T>>;

/// Every layer, one a line.
fn entries<T: Scalar>() -> [Entry<Boxed<T>, LayerError>; 15] {
    [
        entry("Activation", |config| Ok(Box::new(Activation::from_config(config)?))),
        entry("ActivityRegularization", |config| Ok(Box::new(ActivityRegularization::from_config(config)?))),
        entry("BatchNormalization", |config| Ok(Box::new(BatchNormalization::from_config(config)?))),
        entry("Conv2D", |config| Ok(Box::new(Conv2D::from_config(config)?))),
        entry("Dense", |config| Ok(Box::new(Dense::from_config(config)?))),
        entry("Dropout", |config| Ok(Box::new(Dropout::from_config(config)?))),
        entry("ELU", |config| Ok(Box::new(ELU::from_config(config)?))),
        entry("Flatten", |config| Ok(Box::new(Flatten::from_config(config)?))),
        entry(Input::CLASS_NAME, |config| Ok(Box::new(Input::from_config(config)?))),
        entry("LeakyReLU", |config| Ok(Box::new(LeakyReLU::from_config(config)?))),
        entry("MaxPooling2D", |config| Ok(Box::new(MaxPooling2D::from_config(config)?))),
        entry("PReLU", |config| Ok(Box::new(PReLU::from_config(config)?))),
        entry("ReLU", |config| Ok(Box::new(ReLU::from_config(config)?))),
        entry("Reshape", |config| Ok(Box::new(Reshape::from_config(config)?))),
        entry("Softmax", |config| Ok(Box::new(Softmax::from_config(config)?))),
    ]
}

/// Keras knows layers by their class alone.
fn entry<T: Scalar>(
    class_name: &'static str,
    from_config: fn(&Config) -> Result<Boxed<T>, LayerError>,
) -> Entry<Boxed<T>, LayerError> {
    Entry { class_name, names: &[], from_config }
}

/// The classes that [`from_config`] knows.
#[must_use]
pub fn class_names() -> Vec<&'static str> {
    entries::<f32>().iter().map(|entry| entry.class_name).collect()
}

/// The layer of this class with these arguments (`keras.layers.deserialize`). Name, number type and whether it may learn
/// belong to its place in a model: they are passed over.
///
/// # Errors
/// [`LayerError::Config`] for a class that there is not, or arguments that it does not have, and the error of what cannot
/// be made. An argument outside its range is reported when the layer is built.
///
/// ```
/// use cornu_layers::config::Config;
/// use cornu_layers::{Built, from_config};
///
/// let config = Config::new("keras.layers", "Dense").with("units", 4).with("activation", "relu");
/// let dense = Built::from_box(from_config::<f32>(&config)?, &[[2].into()], 0)?;
/// assert_eq!(dense.kernel().map(|k| k.shape()), Some([2, 4].into()));
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
pub fn from_config<T: Scalar>(config: &Config) -> Result<Box<dyn Layer<T>>, LayerError> {
    let entries = entries::<T>();
    match Entry::by_class(&entries, config.class_name()) {
        Some(entry) => (entry.from_config)(config),
        None => {
            let (known, received) = (class_names().join(", "), config.class_name().to_owned());
            Err(ConfigError::Class { family: MODULE, known, received }.into())
        }
    }
}

/// What a Keras file has of a layer in its place (`keras.layers.serialize`): [`Layer::get_config`] with the layer's name
/// in its model, whether it may learn, and the number type. `None` for a layer that no file can carry.
///
/// ```
/// use cornu_layers::{Flatten, serialize};
///
/// let config = serialize::<f32>(&Flatten::new(), "flatten_1", true).map(|config| config.into_arguments());
/// assert_eq!(config.as_ref().map(|config| &config["name"]), Some(&"flatten_1".into()));
/// assert_eq!(config.as_ref().map(|config| &config["dtype"]["config"]["name"]), Some(&"float32".into()));
/// ```
#[must_use]
pub fn serialize<T: Scalar>(layer: &dyn Layer<T>, name: &str, trainable: bool) -> Option<Config> {
    let config = layer.get_config()?.with("name", name);
    if config.get("dtype").is_some() {
        // An input writes its number type itself, and cannot learn.
        return Some(config);
    }
    let dtype = Config::new("keras", "DTypePolicy").with("name", T::DTYPE);
    Some(config.with("trainable", trainable).with("dtype", dtype))
}
