//! Keras's names of the initializers.

use std::sync::Arc;

use cornu_tensor::Scalar;

use crate::{
    Constant, GlorotNormal, GlorotUniform, HeNormal, HeUniform, Identity, Initializer, InitializerError, LecunNormal,
    LecunUniform, Ones, Orthogonal, RandomNormal, RandomUniform, TruncatedNormal, VarianceScaling, Zeros,
};

/// The names that [`get`] knows, in Keras's snake case. The class names (`"GlorotUniform"`) and Keras's
/// aliases (`"zero"`, `"one"`, `"normal"`, `"uniform"` …) work too.
pub const NAMES: [&str; 15] = [
    "zeros",
    "ones",
    "constant",
    "random_normal",
    "random_uniform",
    "truncated_normal",
    "variance_scaling",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "orthogonal",
    "identity",
];

/// The initializer of this name, with Keras's default arguments (`keras.initializers.get`).
///
/// # Errors
/// [`InitializerError::UnknownName`], with the names there are.
///
/// ```
/// use cornu_initializers::get;
///
/// assert!(get::<f32>("glorot_uniform").is_ok());
/// assert!(get::<f32>("GlorotUniform").is_ok());
/// assert!(get::<f32>("xavier").unwrap_err().to_string().ends_with("Received: \"xavier\""));
/// ```
pub fn get<T: Scalar>(name: &str) -> Result<Arc<dyn Initializer<T>>, InitializerError> {
    Ok(match name {
        "zeros" | "Zeros" | "zero" => Arc::new(Zeros),
        "ones" | "Ones" | "one" => Arc::new(Ones),
        "constant" | "Constant" => Arc::new(Constant::default()),
        "random_normal" | "RandomNormal" | "normal" => Arc::new(RandomNormal::default()),
        "random_uniform" | "RandomUniform" | "uniform" => Arc::new(RandomUniform::default()),
        "truncated_normal" | "TruncatedNormal" => Arc::new(TruncatedNormal::default()),
        "variance_scaling" | "VarianceScaling" => Arc::new(VarianceScaling::default()),
        "glorot_normal" | "GlorotNormal" => Arc::new(GlorotNormal::new()),
        "glorot_uniform" | "GlorotUniform" => Arc::new(GlorotUniform::new()),
        "he_normal" | "HeNormal" => Arc::new(HeNormal::new()),
        "he_uniform" | "HeUniform" => Arc::new(HeUniform::new()),
        "lecun_normal" | "LecunNormal" => Arc::new(LecunNormal::new()),
        "lecun_uniform" | "LecunUniform" => Arc::new(LecunUniform::new()),
        "orthogonal" | "Orthogonal" | "OrthogonalInitializer" => Arc::new(Orthogonal::default()),
        "identity" | "Identity" | "IdentityInitializer" => Arc::new(Identity::default()),
        _ => return Err(InitializerError::UnknownName { received: name.to_owned() }),
    })
}
