//! The mean of a loss that a file names.

use cornu_config::{Config, Value};
use cornu_losses::Loss;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::read;
use crate::{MeanOfLoss, Metric, MetricError};

/// The mean of a function of `keras.losses` with arguments, as a config of `MeanMetricWrapper` names it in `fn`. It
/// writes what was read.
#[derive(Debug, Clone)]
pub(crate) struct MeanOfFunction<T: Scalar> {
    mean: MeanOfLoss<Box<dyn Loss<T>>>,
    config: Config,
}

impl<T: Scalar> MeanOfFunction<T> {
    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Argument`] if `fn` is no function, [`MetricError::Loss`] if it is not known or lacks an argument.
    pub(crate) fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read(config, "mean_metric_wrapper")?;
        let function = arguments.required::<Value>("fn")?;
        // A function is written as {"class_name": "function", "config": its name}.
        let loss = match function.as_str().or_else(|| function.get("config")?.as_str()) {
            Some(function) => cornu_losses::get::<T>(function)?.get_config(),
            None => None,
        };
        let Some(loss) = loss else {
            return MetricError::argument("MeanMetricWrapper", "fn", "a function of keras.losses", function);
        };
        // What is not its own is the function's.
        let mut of_loss = Config::new("keras.losses", loss.class_name());
        if let Value::Object(arguments) = config.clone().into_arguments() {
            for (argument, value) in
                arguments.into_iter().filter(|(name, _)| !["name", "dtype", "fn"].contains(&&**name))
            {
                of_loss = of_loss.with(&argument, value);
            }
        }
        let loss = cornu_losses::from_config(&of_loss)?;
        Ok(Self { config: config.clone().with("name", name.as_str()), mean: MeanOfLoss::new(name, loss) })
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
