//! Keras's names of the initializers, and what makes each from a config.

use std::sync::Arc;

use cornu_config::{Config, ConfigError, Entry};
use cornu_tensor::Scalar;

use crate::given::constant;
use crate::{
    GlorotNormal, GlorotUniform, HeNormal, HeUniform, Identity, Initializer, InitializerError, LecunNormal,
    LecunUniform, MODULE, Ones, Orthogonal, RandomNormal, RandomUniform, STFT, TruncatedNormal, VarianceScaling, Zeros,
};

type Shared<T> = Arc<dyn Initializer<T>>;

/// One line an initializer.
fn entries<T: Scalar>() -> [Entry<Shared<T>, InitializerError>; 16] {
    [
        entry("Zeros", &["zeros", "zero"], |c| share(Zeros::from_config(c))),
        entry("Ones", &["ones", "one"], |c| share(Ones::from_config(c))),
        entry("Constant", &["constant"], constant),
        entry("RandomNormal", &["random_normal", "normal"], |c| share(RandomNormal::from_config(c))),
        entry("RandomUniform", &["random_uniform", "uniform"], |c| share(RandomUniform::from_config(c))),
        entry("TruncatedNormal", &["truncated_normal"], |c| share(TruncatedNormal::from_config(c))),
        entry("VarianceScaling", &["variance_scaling"], |c| share(VarianceScaling::from_config(c))),
        entry("GlorotNormal", &["glorot_normal"], |c| share(GlorotNormal::from_config(c))),
        entry("GlorotUniform", &["glorot_uniform"], |c| share(GlorotUniform::from_config(c))),
        entry("HeNormal", &["he_normal"], |c| share(HeNormal::from_config(c))),
        entry("HeUniform", &["he_uniform"], |c| share(HeUniform::from_config(c))),
        entry("LecunNormal", &["lecun_normal"], |c| share(LecunNormal::from_config(c))),
        entry("LecunUniform", &["lecun_uniform"], |c| share(LecunUniform::from_config(c))),
        entry("Orthogonal", &["orthogonal", "OrthogonalInitializer"], |c| share(Orthogonal::from_config(c))),
        entry("Identity", &["identity", "IdentityInitializer"], |c| share(Identity::from_config(c))),
        entry("STFT", &["stft", "STFTInitializer"], |c| share(STFT::from_config(c))),
    ]
}

fn entry<T: Scalar>(
    class_name: &'static str,
    names: &'static [&'static str],
    from_config: fn(&Config) -> Result<Shared<T>, InitializerError>,
) -> Entry<Shared<T>, InitializerError> {
    Entry { class_name, names, from_config }
}

fn share<T: Scalar>(
    made: Result<impl Initializer<T> + 'static, InitializerError>,
) -> Result<Shared<T>, InitializerError> {
    made.map(|initializer| Arc::new(initializer) as Shared<T>)
}

/// The names that [`get`] knows, in Keras's snake case. The class names (`"GlorotUniform"`) and Keras's
/// aliases (`"zero"`, `"one"`, `"normal"`, `"uniform"` …) work too.
#[must_use]
pub fn names() -> Vec<&'static str> {
    Entry::names(&entries::<f32>())
}

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
    match Entry::by_name(&entries(), name) {
        Some(entry) => (entry.from_config)(&entry.defaults()),
        None => Err(InitializerError::UnknownName { received: name.to_owned() }),
    }
}

/// The initializer that Keras wrote so (`keras.initializers.deserialize`).
///
/// # Errors
/// [`InitializerError::Config`] for a class that is not here and for an argument that is not understood, and what the
/// initializer says of an argument out of range.
///
/// ```
/// use cornu_initializers::config::Config;
/// use cornu_initializers::from_config;
///
/// let config = Config::new("keras.initializers", "Constant").with("value", 0.5);
/// assert_eq!(from_config::<f32>(&config)?.get_config(), Some(config));
/// # Ok::<(), cornu_initializers::InitializerError>(())
/// ```
pub fn from_config<T: Scalar>(config: &Config) -> Result<Arc<dyn Initializer<T>>, InitializerError> {
    let entries = entries();
    match Entry::by_class(&entries, config.class_name()) {
        Some(entry) => (entry.from_config)(config),
        None => Err(InitializerError::Config(ConfigError::Class {
            family: MODULE,
            known: entries.each_ref().map(|entry| entry.class_name).join(", "),
            received: config.class_name().to_owned(),
        })),
    }
}
