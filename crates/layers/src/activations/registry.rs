//! Keras's names of the activations.

use std::sync::Arc;

use cornu_tensor::Scalar;

use super::{
    Activation, Elu, Exponential, Gelu, LeakyRelu, Linear, Relu, Selu, Sigmoid, Silu, Softmax, Softplus, Softsign, Tanh,
};
use crate::LayerError;

/// The names that [`get`] knows. `"swish"` for silu works too, as in Keras.
pub const NAMES: [&str; 13] = [
    "linear",
    "relu",
    "sigmoid",
    "tanh",
    "softmax",
    "softplus",
    "softsign",
    "elu",
    "selu",
    "gelu",
    "silu",
    "leaky_relu",
    "exponential",
];

/// The activation of this name, with Keras's default arguments (`keras.activations.get`).
///
/// # Errors
/// [`LayerError::UnknownName`], with the names there are.
///
/// ```
/// use cornu_layers::activations::{Activation, get};
///
/// assert_eq!(get::<f32>("swish")?.name(), "silu");
/// assert!(get::<f32>("rleu").unwrap_err().to_string().ends_with("Received: \"rleu\""));
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
pub fn get<T: Scalar>(name: &str) -> Result<Arc<dyn Activation<T>>, LayerError> {
    Ok(match name {
        "linear" => Arc::new(Linear),
        "relu" => Arc::new(Relu),
        "sigmoid" => Arc::new(Sigmoid),
        "tanh" => Arc::new(Tanh),
        "softmax" => Arc::new(Softmax),
        "softplus" => Arc::new(Softplus),
        "softsign" => Arc::new(Softsign),
        "elu" => Arc::new(Elu::default()),
        "selu" => Arc::new(Selu),
        "gelu" => Arc::new(Gelu::default()),
        "silu" | "swish" => Arc::new(Silu),
        "leaky_relu" => Arc::new(LeakyRelu::default()),
        "exponential" => Arc::new(Exponential),
        _ => {
            return Err(LayerError::UnknownName {
                family: "activation",
                known: NAMES.to_vec(),
                received: name.to_owned(),
            });
        }
    })
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
