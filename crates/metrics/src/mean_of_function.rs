//! The mean of a function that a file names.

use cornu_config::{Config, Value};
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::read;
use crate::{MeanOfLoss, Metric, MetricError, from_config};

/// The mean of a function of `keras.losses` or `keras.metrics` with arguments, as a config of `MeanMetricWrapper` names it
/// in `fn`. It writes what was read.
#[derive(Debug, Clone)]
pub(crate) struct MeanOfFunction<T: Scalar> {
    mean: Box<dyn Metric<T>>,
    config: Config,
}

/// The functions of `keras.metrics` that are no losses, and the classes that are their means.
const FUNCTIONS: [(&str, &str); 7] = [
    ("binary_accuracy", "BinaryAccuracy"),
    ("categorical_accuracy", "CategoricalAccuracy"),
    ("concordance_correlation", "ConcordanceCorrelation"),
    ("pearson_correlation", "PearsonCorrelation"),
    ("sparse_categorical_accuracy", "SparseCategoricalAccuracy"),
    ("sparse_top_k_categorical_accuracy", "SparseTopKCategoricalAccuracy"),
    ("top_k_categorical_accuracy", "TopKCategoricalAccuracy"),
];

impl<T: Scalar> MeanOfFunction<T> {
    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Argument`] if `fn` is no function, [`MetricError::Loss`] if it is not known or lacks an argument.
    pub(crate) fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read(config, "mean_metric_wrapper")?;
        let function = arguments.required::<Value>("fn")?;
        // A function is written as {"class_name": "function", "config": its name}.
        let Some(function) = function.as_str().or_else(|| function.get("config")?.as_str()) else {
            return MetricError::argument(
                "MeanMetricWrapper",
                "fn",
                "a function of keras.losses or keras.metrics",
                function,
            );
        };
        // What is not its own is the function's.
        let with_arguments = |class_name: &str| match config.clone().into_arguments() {
            Value::Object(arguments) => arguments
                .into_iter()
                .filter(|(name, _)| !["name", "dtype", "fn"].contains(&&**name))
                .fold(Config::new("", class_name), |of_function, (name, value)| of_function.with(&name, value)),
            _ => Config::new("", class_name),
        };
        let mean: Box<dyn Metric<T>> = match FUNCTIONS.iter().find(|(name, _)| *name == function) {
            Some((_, class)) => from_config(&with_arguments(class).with("name", name.as_str()))?,
            None => {
                let class = cornu_losses::get::<T>(function)?.get_config();
                let class = class.as_ref().map_or(function, Config::class_name);
                Box::new(MeanOfLoss::new(name.as_str(), cornu_losses::from_config(&with_arguments(class))?))
            }
        };
        Ok(Self { mean, config: config.clone().with("name", name) })
    }
}

impl<T: Scalar> Metric<T> for MeanOfFunction<T> {
    fn name(&self) -> &str {
        self.mean.name()
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        self.mean.check(y_true, y_pred)
    }

    fn update(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        self.mean.update(y_true, y_pred, sample_weight)
    }

    fn may_fail(&self) -> bool {
        self.mean.may_fail()
    }

    fn result(&self) -> f64 {
        self.mean.result()
    }

    fn reset(&mut self) {
        self.mean.reset();
    }

    fn variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        self.mean.variables()
    }

    fn get_config(&self) -> Option<Config> {
        Some(self.config.clone())
    }
}
