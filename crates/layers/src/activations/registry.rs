//! Keras's names of the activations, and what a file has of one.

use std::sync::Arc;

use cornu_config::{Arguments, Config, ConfigError, Entry, Value};
use cornu_tensor::Scalar;

use super::{
    Activation, Celu, Elu, Exponential, Gelu, GeneralRelu, Glu, HardShrink, HardSigmoid, HardSilu, HardTanh, LeakyRelu,
    Linear, LogSigmoid, LogSoftmax, Mish, Relu, Relu6, Selu, Sigmoid, Silu, SoftShrink, Softmax, Softplus, Softsign,
    SparsePlus, SparseSigmoid, Sparsemax, Squareplus, Tanh, TanhShrink, Threshold,
};
use crate::arguments::{component, fixed};
use crate::{Layer, LayerError};

type Function<T> = Arc<dyn Activation<T>>;

/// Every activation, one a line.
fn entries<T: Scalar>() -> [Entry<Function<T>, LayerError>; 30] {
    [
        entry(&["linear"], plain::<T, Linear>),
        entry(&["relu"], relu),
        entry(&["sigmoid"], plain::<T, Sigmoid>),
        entry(&["tanh"], plain::<T, Tanh>),
        entry(&["softmax"], by_row::<T, Softmax>),
        entry(&["softplus"], plain::<T, Softplus>),
        entry(&["softsign"], plain::<T, Softsign>),
        entry(&["elu"], |config| Ok(Arc::new(Elu::from_config(config)?))),
        entry(&["selu"], plain::<T, Selu>),
        entry(&["gelu"], |config| Ok(Arc::new(Gelu::from_config(config)?))),
        entry(&["silu", "swish"], plain::<T, Silu>),
        entry(&["leaky_relu"], |config| Ok(Arc::new(LeakyRelu::from_config(config)?))),
        entry(&["exponential"], plain::<T, Exponential>),
        entry(&["celu"], |config| Ok(Arc::new(Celu::from_config(config)?))),
        entry(&["glu"], by_row::<T, Glu>),
        entry(&["hard_shrink"], |config| Ok(Arc::new(HardShrink::from_config(config)?))),
        entry(&["hard_sigmoid"], plain::<T, HardSigmoid>),
        entry(&["hard_silu", "hard_swish"], plain::<T, HardSilu>),
        entry(&["hard_tanh"], plain::<T, HardTanh>),
        entry(&["log_sigmoid"], plain::<T, LogSigmoid>),
        entry(&["log_softmax"], by_row::<T, LogSoftmax>),
        entry(&["mish"], plain::<T, Mish>),
        entry(&["relu6"], plain::<T, Relu6>),
        entry(&["soft_shrink"], |config| Ok(Arc::new(SoftShrink::from_config(config)?))),
        entry(&["sparse_plus"], plain::<T, SparsePlus>),
        entry(&["sparse_sigmoid"], plain::<T, SparseSigmoid>),
        entry(&["sparsemax"], by_row::<T, Sparsemax>),
        entry(&["squareplus"], |config| Ok(Arc::new(Squareplus::from_config(config)?))),
        entry(&["tanh_shrink"], plain::<T, TanhShrink>),
        // Keras knows its name, but has no defaults for its arguments: it is not listed.
        Entry {
            class_name: "threshold",
            names: &[],
            from_config: |config| Ok(Arc::new(Threshold::from_config(config)?)),
        },
    ]
}

fn entry<T: Scalar>(
    names: &'static [&'static str],
    from_config: fn(&Config) -> Result<Function<T>, LayerError>,
) -> Entry<Function<T>, LayerError> {
    Entry { class_name: names.first().copied().unwrap_or_default(), names, from_config }
}

/// A function without arguments.
fn plain<T: Scalar, A: Activation<T> + Default + 'static>(config: &Config) -> Result<Function<T>, LayerError> {
    config.arguments().finish()?;
    Ok(Arc::new(A::default()))
}

/// A function of whole rows: of its axis, only −1 will do.
fn by_row<T: Scalar, A: Activation<T> + Default + 'static>(config: &Config) -> Result<Function<T>, LayerError> {
    let mut arguments = config.arguments();
    fixed(&mut arguments, "activation", "axis", &(-1).into())?;
    arguments.finish()?;
    Ok(Arc::new(A::default()))
}

/// Without arguments in the form that is made for that.
fn relu<T: Scalar>(config: &Config) -> Result<Function<T>, LayerError> {
    let relu = GeneralRelu::from_config(config)?;
    Ok(if relu == GeneralRelu::default() { Arc::new(Relu) } else { Arc::new(relu) })
}

/// The names that [`get`] knows. `"swish"` for silu and `"hard_swish"` for hard_silu work too, as in Keras.
#[must_use]
pub fn names() -> Vec<&'static str> {
    Entry::names(&entries::<f32>())
}

/// The activation of this name, with Keras's default arguments (`keras.activations.get`).
///
/// # Errors
/// [`LayerError::UnknownName`], with the names there are; [`LayerError::Config`] for `"threshold"`, whose arguments have
/// no defaults.
///
/// ```
/// use cornu_layers::activations::{Activation, get};
///
/// assert_eq!(get::<f32>("swish")?.name(), "silu");
/// assert!(get::<f32>("rleu").unwrap_err().to_string().ends_with("Received: \"rleu\""));
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
pub fn get<T: Scalar>(name: &str) -> Result<Arc<dyn Activation<T>>, LayerError> {
    let entries = entries::<T>();
    match Entry::by_name(&entries, name) {
        Some(entry) => (entry.from_config)(&entry.defaults()),
        None => {
            let (family, received) = ("activation", name.to_owned());
            Err(LayerError::UnknownName { family, known: names(), received })
        }
    }
}

/// The activation with these arguments: the class is Keras's name of the function, as [`Activation::get_config`] gives it.
///
/// # Errors
/// [`LayerError::Config`] for a function that there is not, or arguments that it does not have.
///
/// ```
/// use cornu_layers::activations::{Activation, from_config};
/// use cornu_layers::config::Config;
///
/// let elu = from_config::<f32>(&Config::new("keras.activations", "elu").with("alpha", 0.5))?;
/// let mut values = [1.0, -200.0];
/// elu.apply(&mut values, 2);
/// assert_eq!(values, [1.0, -0.5]);
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
pub fn from_config<T: Scalar>(config: &Config) -> Result<Arc<dyn Activation<T>>, LayerError> {
    let entries = entries::<T>();
    match Entry::by_class(&entries, config.class_name()) {
        Some(entry) => (entry.from_config)(config),
        None => {
            let (known, received) = (names().join(", "), config.class_name().to_owned());
            Err(ConfigError::Class { family: "keras.activations", known, received }.into())
        }
    }
}

/// The functions whose arguments Keras writes as a layer: as functions they have no arguments in a file.
const LAYERS: [(&str, &str); 3] = [("relu", "ReLU"), ("leaky_relu", "LeakyReLU"), ("elu", "ELU")];

/// What a Keras file has of an activation (`keras.activations.serialize`): its name; with arguments other than the
/// defaults the layer that does the same, if there is one; `None` for what no file can carry.
///
/// ```
/// use cornu_layers::activations::{Gelu, LeakyRelu, Relu, serialize};
///
/// assert_eq!(serialize::<f32>(&Relu), Some("relu".into()));
/// let layer = serialize::<f32>(&LeakyRelu::new(0.5)?);
/// assert_eq!(layer.as_ref().and_then(|layer| layer["class_name"].as_str()), Some("LeakyReLU"));
/// assert_eq!(serialize::<f32>(&Gelu::new(true)), None);
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[must_use]
pub fn serialize<T: Scalar>(activation: &dyn Activation<T>) -> Option<Value> {
    let config = activation.get_config()?;
    let entries = entries::<T>();
    let entry = Entry::by_class(&entries, config.class_name())?;
    let default = (entry.from_config)(&entry.defaults()).ok().and_then(|default| default.get_config());
    if default.as_ref() == Some(&config) {
        return Some(entry.class_name.into());
    }
    let (_, layer) = LAYERS.iter().find(|(name, _)| *name == entry.class_name)?;
    let Value::Object(arguments) = config.into_arguments() else { return None };
    let layer = Config::new("keras.layers", layer);
    Some(arguments.into_iter().fold(layer, |layer, (argument, value)| layer.with(&argument, value)).into())
}

/// The activation that [`serialize`] wrote: a name, or a layer that is nothing but an activation
/// (`keras.activations.deserialize`).
///
/// # Errors
/// As [`get`] and [`crate::from_config`]; [`LayerError::Argument`] for another layer.
///
/// ```
/// use cornu_layers::activations::{Activation, deserialize};
///
/// assert_eq!(deserialize::<f32>(&"gelu".into())?.name(), "gelu");
/// assert!(deserialize::<f32>(&0.5.into()).is_err());
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
pub fn deserialize<T: Scalar>(value: &Value) -> Result<Arc<dyn Activation<T>>, LayerError> {
    let config = Config::new("keras.activations", "Activation").with("activation", value.clone());
    read(&mut config.arguments(), "activation")
}

/// The activation that stands among a layer's arguments; `null` means none.
pub(crate) fn read<T: Scalar>(
    arguments: &mut Arguments<'_>,
    argument: &'static str,
) -> Result<Arc<dyn Activation<T>>, LayerError> {
    Ok(component(arguments, argument, get, from_layer)?.unwrap_or_else(|| Arc::new(Linear)))
}

/// The activation of a layer that is nothing else.
fn from_layer<T: Scalar>(config: &Config) -> Result<Arc<dyn Activation<T>>, LayerError> {
    let nothing = Layer::<T>::get_config(&crate::Activation::<T>::new(Linear));
    match crate::from_config::<T>(config)?.without_activation() {
        Some((rest, activation)) if rest.get_config() == nothing => Ok(activation),
        _ => Err(LayerError::Argument {
            component: "a layer",
            argument: "activation",
            expected: "the name of an activation, or a layer that is nothing but an activation".to_owned(),
            received: config.class_name().to_owned(),
        }),
    }
}

/// What a layer takes as its `activation`: Keras's name, or any [`Activation`].
pub trait IntoActivation<T: Scalar> {
    /// The activation.
    ///
    /// # Errors
    /// [`LayerError::UnknownName`] for a name that no activation has.
    fn into_activation(self) -> Result<Arc<dyn Activation<T>>, LayerError>;
}

impl<T: Scalar, A: Activation<T> + 'static> IntoActivation<T> for A {
    fn into_activation(self) -> Result<Arc<dyn Activation<T>>, LayerError> {
        Ok(Arc::new(self))
    }
}

// One for each scalar type: for all at once, it would overlap with a `Activation` that another crate could give `&str`.
impl IntoActivation<f32> for &str {
    fn into_activation(self) -> Result<Arc<dyn Activation<f32>>, LayerError> {
        get(self)
    }
}

impl IntoActivation<f64> for &str {
    fn into_activation(self) -> Result<Arc<dyn Activation<f64>>, LayerError> {
        get(self)
    }
}
