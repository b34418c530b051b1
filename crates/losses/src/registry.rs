//! Keras's names and classes of the losses.

use cornu_config::{Config, ConfigError, Entry};
use cornu_tensor::Scalar;

use crate::{
    BinaryCrossentropy, BinaryFocalCrossentropy, CTC, CategoricalCrossentropy, CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy, CategoricalHinge, Circle, CosineSimilarity, Dice, Hinge, Huber, KLDivergence,
    LogCosh, Loss, LossError, MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredError,
    MeanSquaredLogarithmicError, Poisson, SparseCategoricalCrossentropy, SquaredHinge, Tversky,
};

type Boxed<T> = Result<Box<dyn Loss<T>>, LossError>;
type Losses<T> = Entry<Box<dyn Loss<T>>, LossError>;

/// Every loss of this crate that Keras has too: one line each.
#[rustfmt::skip]
fn entries<T: Scalar>() -> [Losses<T>; 22] {
    [
        entry("MeanSquaredError", &["mean_squared_error", "mse", "MSE"], |c| boxed(MeanSquaredError::from_config(c))),
        entry("MeanAbsoluteError", &["mean_absolute_error", "mae", "MAE"], |c| boxed(MeanAbsoluteError::from_config(c))),
        entry("MeanAbsolutePercentageError", &["mean_absolute_percentage_error", "mape", "MAPE"], |c| boxed(MeanAbsolutePercentageError::from_config(c))),
        entry("MeanSquaredLogarithmicError", &["mean_squared_logarithmic_error", "msle", "MSLE"], |c| boxed(MeanSquaredLogarithmicError::from_config(c))),
        entry("Huber", &["huber"], |c| boxed(Huber::from_config(c))),
        entry("LogCosh", &["log_cosh"], |c| boxed(LogCosh::from_config(c))),
        entry("CosineSimilarity", &["cosine_similarity"], |c| boxed(CosineSimilarity::from_config(c))),
        entry("BinaryCrossentropy", &["binary_crossentropy", "bce", "BCE"], |c| boxed(BinaryCrossentropy::from_config(c))),
        entry("BinaryFocalCrossentropy", &["binary_focal_crossentropy"], |c| boxed(BinaryFocalCrossentropy::from_config(c))),
        entry("CategoricalCrossentropy", &["categorical_crossentropy"], |c| boxed(CategoricalCrossentropy::from_config(c))),
        entry("CategoricalFocalCrossentropy", &["categorical_focal_crossentropy"], |c| boxed(CategoricalFocalCrossentropy::from_config(c))),
        entry("SparseCategoricalCrossentropy", &["sparse_categorical_crossentropy"], |c| boxed(SparseCategoricalCrossentropy::from_config(c))),
        entry("CategoricalGeneralizedCrossEntropy", &[], |c| boxed(CategoricalGeneralizedCrossEntropy::from_config(c))),
        entry("KLDivergence", &["kl_divergence", "kld", "KLD"], |c| boxed(KLDivergence::from_config(c))),
        entry("Poisson", &["poisson"], |c| boxed(Poisson::from_config(c))),
        entry("Hinge", &["hinge"], |c| boxed(Hinge::from_config(c))),
        entry("SquaredHinge", &["squared_hinge"], |c| boxed(SquaredHinge::from_config(c))),
        entry("CategoricalHinge", &["categorical_hinge"], |c| boxed(CategoricalHinge::from_config(c))),
        entry("Dice", &["dice"], |c| boxed(Dice::from_config(c))),
        entry("Tversky", &["tversky"], |c| boxed(Tversky::from_config(c))),
        entry("Circle", &["circle"], |c| boxed(Circle::from_config(c))),
        entry("CTC", &["ctc"], |c| boxed(CTC::from_config(c))),
    ]
}

fn entry<T: Scalar>(
    class_name: &'static str,
    names: &'static [&'static str],
    from_config: fn(&Config) -> Boxed<T>,
) -> Losses<T> {
    Entry { class_name, names, from_config }
}

fn boxed<T: Scalar, L: Loss<T> + 'static>(loss: Result<L, LossError>) -> Boxed<T> {
    Ok(Box::new(loss?))
}

/// The names that [`get`] lists, in Keras's snake case. The class names (`"MeanSquaredError"`) and Keras's short names
/// (`"mse"`, `"MSE"` …) work too.
///
/// ```
/// assert!(cornu_losses::names().contains(&"mean_squared_error"));
/// ```
#[must_use]
pub fn names() -> Vec<&'static str> {
    Entry::names(&entries::<f32>())
}

/// The loss of this name, with Keras's default arguments (`keras.losses.get`).
///
/// # Errors
/// [`LossError::UnknownName`], with the names there are.
///
/// ```
/// use cornu_losses::get;
///
/// assert_eq!(get::<f32>("mse")?.name(), "mean_squared_error");
/// assert!(get::<f32>("MeanSquaredError").is_ok());
/// assert!(get::<f32>("square").unwrap_err().to_string().ends_with("Received: \"square\""));
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
pub fn get<T: Scalar>(name: &str) -> Result<Box<dyn Loss<T>>, LossError> {
    match Entry::by_name(&entries(), name) {
        Some(entry) => (entry.from_config)(&entry.defaults()),
        None => Err(LossError::UnknownName { received: name.to_owned() }),
    }
}

/// The loss of a config: of its class, with its arguments (`keras.losses.deserialize`). What is left out has Keras's
/// default.
///
/// # Errors
/// [`LossError::Config`] for a class or an argument that is not known, [`LossError::Argument`] for one outside its range.
///
/// ```
/// use cornu_losses::config::Config;
/// use cornu_losses::from_config;
///
/// let config = Config::new("keras.losses", "BinaryCrossentropy").with("label_smoothing", 0.1);
/// assert_eq!(from_config::<f32>(&config)?.name(), "binary_crossentropy");
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
pub fn from_config<T: Scalar>(config: &Config) -> Result<Box<dyn Loss<T>>, LossError> {
    let entries = entries();
    match Entry::by_class(&entries, config.class_name()) {
        Some(entry) => (entry.from_config)(config),
        None => Err(LossError::Config(ConfigError::Class {
            family: "keras.losses",
            known: entries.iter().map(|entry| entry.class_name).collect::<Vec<_>>().join(", "),
            received: config.class_name().to_owned(),
        })),
    }
}

/// What can be given where a loss is wanted: a name, a loss, or a boxed loss.
///
/// ```
/// use cornu_losses::{BinaryCrossentropy, IntoLoss, LossError};
///
/// fn name_of(loss: impl IntoLoss<f32>) -> Result<String, LossError> {
///     Ok(loss.into_loss()?.name().to_owned())
/// }
/// assert_eq!(name_of("mae")?, "mean_absolute_error");
/// assert_eq!(name_of(BinaryCrossentropy::new().from_logits(true))?, "binary_crossentropy");
/// # Ok::<(), LossError>(())
/// ```
pub trait IntoLoss<T: Scalar> {
    /// The loss.
    ///
    /// # Errors
    /// [`LossError::UnknownName`] for a name that no loss has.
    fn into_loss(self) -> Result<Box<dyn Loss<T>>, LossError>;
}

// One for each scalar type: for all at once, it would overlap with a `Loss` that another crate could give `&str`.
impl IntoLoss<f32> for &str {
    fn into_loss(self) -> Result<Box<dyn Loss<f32>>, LossError> {
        get(self)
    }
}

impl IntoLoss<f64> for &str {
    fn into_loss(self) -> Result<Box<dyn Loss<f64>>, LossError> {
        get(self)
    }
}

impl<T: Scalar, L: Loss<T> + 'static> IntoLoss<T> for L {
    fn into_loss(self) -> Result<Box<dyn Loss<T>>, LossError> {
        Ok(Box::new(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_gives_the_same_loss() -> Result<(), LossError> {
        for entry in entries::<f64>() {
            let config = get::<f64>(entry.class_name)?.get_config();
            assert_eq!(config.as_ref().map(Config::class_name), Some(entry.class_name));
            for name in entry.names {
                assert_eq!(get::<f64>(name)?.get_config(), config, "{name}");
            }
        }
        Ok(())
    }

    #[test]
    fn what_is_not_known_is_named() {
        let error = IntoLoss::<f32>::into_loss("square").unwrap_err();
        assert_eq!(error, LossError::UnknownName { received: "square".to_owned() });
        assert!(error.to_string().contains("mean_squared_error, "));
        let error = from_config::<f32>(&Config::new("my_package", "MyLoss")).unwrap_err().to_string();
        assert!(error.ends_with("Received: \"MyLoss\""), "{error}");
    }
}
