//! Keras's names of the optimizers.

use cornu_tensor::Scalar;

use crate::{Adam, Optimizer, OptimizerError, RMSprop, SGD};

/// The names that [`get`] knows. As in Keras, upper and lower case are the same: `"Adam"` and `"SGD"` work too.
pub const NAMES: [&str; 3] = ["sgd", "rmsprop", "adam"];

/// The optimizer of this name, with Keras's default arguments (`keras.optimizers.get`).
///
/// # Errors
/// [`OptimizerError::UnknownName`], with the names there are.
///
/// ```
/// use cornu_optimizers::get;
///
/// assert_eq!(get::<f32>("adam")?.learning_rate(), 0.001);
/// assert!(get::<f32>("RMSprop").is_ok());
/// assert!(get::<f32>("adams").unwrap_err().to_string().ends_with("Received: \"adams\""));
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
pub fn get<T: Scalar>(name: &str) -> Result<Box<dyn Optimizer<T>>, OptimizerError> {
    Ok(match name.to_lowercase().as_str() {
        "sgd" => Box::new(SGD::default()),
        "rmsprop" => Box::new(RMSprop::default()),
        "adam" => Box::new(Adam::default()),
        _ => return Err(OptimizerError::UnknownName { received: name.to_owned() }),
    })
}

/// What can be given where an optimizer is wanted: a name, an optimizer, or a boxed optimizer.
///
/// ```
/// use cornu_optimizers::{IntoOptimizer, OptimizerError, SGD};
///
/// fn rate_of(optimizer: impl IntoOptimizer<f32>) -> Result<f64, OptimizerError> {
///     Ok(optimizer.into_optimizer()?.learning_rate())
/// }
/// assert_eq!(rate_of("sgd")?, 0.01);
/// assert_eq!(rate_of(SGD::new(0.5)?)?, 0.5);
/// # Ok::<(), OptimizerError>(())
/// ```
pub trait IntoOptimizer<T: Scalar> {
    /// The optimizer.
    ///
    /// # Errors
    /// [`OptimizerError::UnknownName`] for a name that no optimizer has.
    fn into_optimizer(self) -> Result<Box<dyn Optimizer<T>>, OptimizerError>;
}

// One for each scalar type: for all at once, it would overlap with an `Optimizer` that another crate could give `&str`.
impl IntoOptimizer<f32> for &str {
    fn into_optimizer(self) -> Result<Box<dyn Optimizer<f32>>, OptimizerError> {
        get(self)
    }
}

impl IntoOptimizer<f64> for &str {
    fn into_optimizer(self) -> Result<Box<dyn Optimizer<f64>>, OptimizerError> {
        get(self)
    }
}

impl<T: Scalar, O: Optimizer<T> + 'static> IntoOptimizer<T> for O {
    fn into_optimizer(self) -> Result<Box<dyn Optimizer<T>>, OptimizerError> {
        Ok(Box::new(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_gives_the_optimizer_of_that_name() -> Result<(), OptimizerError> {
        for name in NAMES {
            assert_eq!(get::<f64>(name)?.name(), name);
            assert_eq!(get::<f32>(&name.to_uppercase())?.name(), name);
        }
        Ok(())
    }

    #[test]
    fn an_unknown_name_is_named() {
        let error = IntoOptimizer::<f32>::into_optimizer("Adams").unwrap_err();
        assert_eq!(error, OptimizerError::UnknownName { received: "Adams".to_owned() });
        assert!(error.to_string().contains("sgd, rmsprop, adam"));
    }
}
