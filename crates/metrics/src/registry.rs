//! Keras's names of the metrics.

use cornu_tensor::Scalar;

use crate::{
    AutoAccuracy, BinaryAccuracy, CategoricalAccuracy, MeanAbsoluteError, MeanSquaredError, Metric, MetricError,
    SparseCategoricalAccuracy,
};

/// The names that [`get`] knows, in Keras's snake case. The class names (`"BinaryAccuracy"`) and Keras's short
/// names (`"acc"`, `"mse"`, `"MSE"`, `"mae"`, `"MAE"`) work too.
pub const NAMES: [&str; 6] = [
    "accuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "mean_squared_error",
    "mean_absolute_error",
];

/// The metric of this name, with Keras's default arguments, as `compile(metrics=[name])` makes it: it bears the
/// name as it was given, and `"accuracy"` or `"acc"` is [`AutoAccuracy`].
///
/// # Errors
/// [`MetricError::UnknownName`], with the names there are.
///
/// ```
/// use cornu_metrics::get;
///
/// assert_eq!(get::<f32>("mse")?.name(), "mse");
/// assert!(get::<f32>("SparseCategoricalAccuracy").is_ok());
/// assert!(get::<f32>("auc").unwrap_err().to_string().ends_with("Received: \"auc\""));
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
pub fn get<T: Scalar>(name: &str) -> Result<Box<dyn Metric<T>>, MetricError> {
    Ok(match name {
        _ if ["accuracy", "acc"].iter().any(|own| name.eq_ignore_ascii_case(own)) => {
            Box::new(AutoAccuracy::new().with_name(name))
        }
        "binary_accuracy" | "BinaryAccuracy" => Box::new(BinaryAccuracy::new().with_name(name)),
        "categorical_accuracy" | "CategoricalAccuracy" => Box::new(CategoricalAccuracy::new().with_name(name)),
        "sparse_categorical_accuracy" | "SparseCategoricalAccuracy" => {
            Box::new(SparseCategoricalAccuracy::new().with_name(name))
        }
        "mean_squared_error" | "MeanSquaredError" | "mse" | "MSE" => Box::new(MeanSquaredError::new().with_name(name)),
        "mean_absolute_error" | "MeanAbsoluteError" | "mae" | "MAE" => {
            Box::new(MeanAbsoluteError::new().with_name(name))
        }
        _ => return Err(MetricError::UnknownName { received: name.to_owned() }),
    })
}

/// What can be given where a metric is wanted: a name, a metric, or a boxed metric.
///
/// ```
/// use cornu_metrics::{BinaryAccuracy, IntoMetric, MetricError};
///
/// fn name_of(metric: impl IntoMetric<f32>) -> Result<String, MetricError> {
///     Ok(metric.into_metric()?.name().to_owned())
/// }
/// assert_eq!(name_of("mae")?, "mae");
/// assert_eq!(name_of(BinaryAccuracy::new().with_name("yes_or_no"))?, "yes_or_no");
/// # Ok::<(), MetricError>(())
/// ```
pub trait IntoMetric<T: Scalar> {
    /// The metric.
    ///
    /// # Errors
    /// [`MetricError::UnknownName`] for a name that no metric has.
    fn into_metric(self) -> Result<Box<dyn Metric<T>>, MetricError>;
}

// One for each scalar type: for all at once, it would overlap with a `Metric` that another crate could give `&str`.
impl IntoMetric<f32> for &str {
    fn into_metric(self) -> Result<Box<dyn Metric<f32>>, MetricError> {
        get(self)
    }
}

impl IntoMetric<f64> for &str {
    fn into_metric(self) -> Result<Box<dyn Metric<f64>>, MetricError> {
        get(self)
    }
}

impl<T: Scalar, M: Metric<T> + 'static> IntoMetric<T> for M {
    fn into_metric(self) -> Result<Box<dyn Metric<T>>, MetricError> {
        Ok(Box::new(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_gives_a_metric_of_that_name() -> Result<(), MetricError> {
        for name in NAMES.into_iter().chain(["acc", "Accuracy", "MSE", "mse", "mae", "MAE", "BinaryAccuracy"]) {
            assert_eq!(get::<f64>(name)?.name(), name);
        }
        Ok(())
    }

    #[test]
    fn an_unknown_name_is_named() {
        let error = IntoMetric::<f32>::into_metric("auc").unwrap_err();
        assert_eq!(error, MetricError::UnknownName { received: "auc".to_owned() });
        assert!(error.to_string().contains("binary_accuracy, "));
    }
}
