//! Keras's names of the losses.

use cornu_tensor::Scalar;

use crate::{
    BinaryCrossentropy, CategoricalCrossentropy, Loss, LossError, MeanAbsoluteError, MeanSquaredError,
    SparseCategoricalCrossentropy,
};

/// The names that [`get`] knows, in Keras's snake case. The class names (`"MeanSquaredError"`) and Keras's
/// short names (`"mse"`, `"MSE"`, `"mae"`, `"MAE"`, `"bce"`, `"BCE"`) work too.
pub const NAMES: [&str; 5] = [
    "mean_squared_error",
    "mean_absolute_error",
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
];

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
/// assert!(get::<f32>("hinge").unwrap_err().to_string().ends_with("Received: \"hinge\""));
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
pub fn get<T: Scalar>(name: &str) -> Result<Box<dyn Loss<T>>, LossError> {
    Ok(match name {
        "mean_squared_error" | "MeanSquaredError" | "mse" | "MSE" => Box::new(MeanSquaredError::new()),
        "mean_absolute_error" | "MeanAbsoluteError" | "mae" | "MAE" => Box::new(MeanAbsoluteError::new()),
        "binary_crossentropy" | "BinaryCrossentropy" | "bce" | "BCE" => Box::new(BinaryCrossentropy::new()),
        "categorical_crossentropy" | "CategoricalCrossentropy" => Box::new(CategoricalCrossentropy::new()),
        "sparse_categorical_crossentropy" | "SparseCategoricalCrossentropy" => {
            Box::new(SparseCategoricalCrossentropy::new())
        }
        _ => return Err(LossError::UnknownName { received: name.to_owned() }),
    })
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
    fn every_name_gives_the_loss_of_that_name() -> Result<(), LossError> {
        for name in NAMES {
            assert_eq!(get::<f64>(name)?.name(), name);
        }
        Ok(())
    }

    #[test]
    fn aliases() -> Result<(), LossError> {
        let aliases = [
            ("MeanSquaredError", "mse", "MSE"),
            ("MeanAbsoluteError", "mae", "MAE"),
            ("BinaryCrossentropy", "bce", "BCE"),
            ("CategoricalCrossentropy", "categorical_crossentropy", "categorical_crossentropy"),
            ("SparseCategoricalCrossentropy", "sparse_categorical_crossentropy", "sparse_categorical_crossentropy"),
        ];
        for ((class, short, upper), name) in aliases.into_iter().zip(NAMES) {
            for alias in [class, short, upper] {
                assert_eq!(get::<f32>(alias)?.name(), name);
            }
        }
        Ok(())
    }

    #[test]
    fn an_unknown_name_is_named() {
        let error = IntoLoss::<f32>::into_loss("hinge").unwrap_err();
        assert_eq!(error, LossError::UnknownName { received: "hinge".to_owned() });
        assert!(error.to_string().contains("mean_squared_error, "));
    }
}
