//! The mean of a loss.

use cornu_config::Config;
use cornu_losses::{Loss, LossError};
use cornu_tensor::threads::with_memory;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::written;
use crate::weights::Weights;
use crate::{Mean, Metric, MetricError};

/// The mean of a loss's values over all rows seen. Its reduction does not matter.
///
/// This is what Keras makes of a function of `keras.losses` that is given as a metric
/// (`keras.metrics.MeanMetricWrapper(keras.losses.huber)`), and on it stand the metrics that are the mean of a loss.
/// There is one weight a sample or a row. It has no config: not all losses write their arguments.
///
/// ```
/// use cornu_losses::MeanSquaredError;
/// use cornu_metrics::{MeanOfLoss, Metric};
/// use cornu_tensor::Tensor;
///
/// let mut error = MeanOfLoss::new("error", MeanSquaredError::new());
/// let (y_true, y_pred) = (Tensor::from([[0.0, 1.0], [0.0, 0.0]]), Tensor::from([[1.0, 1.0], [0.0, 2.0]]));
/// error.update(y_true.view(), y_pred.view(), Some(&[1.0, 0.0]))?;
/// assert_eq!(error.result(), 0.5);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MeanOfLoss<L> {
    pub(crate) mean: Mean,
    pub(crate) loss: L,
}

impl<L> MeanOfLoss<L> {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(name: impl Into<String>, loss: L) -> Self {
        Self { mean: Mean::new(name), loss }
    }

    /// Another name. What was seen is forgotten.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { mean: Mean::new(name), ..self }
    }

    /// The name.
    pub(crate) fn name(&self) -> &str {
        self.mean.name()
    }

    /// The mean so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }

    pub(crate) fn reset(&mut self) {
        self.mean.reset();
    }

    pub(crate) fn variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        self.mean.variables()
    }

    /// The shape of the values.
    pub(crate) fn shape<T: Scalar>(&self, y_true: Shape, y_pred: Shape) -> Result<Shape, MetricError>
    where
        L: Loss<T>,
    {
        self.loss.values_shape(y_true, y_pred).map_err(|error| self.named(error))
    }

    /// What Keras writes of a metric of this class, with these arguments of the loss.
    pub(crate) fn written<T: Scalar>(&self, class_name: &str, arguments: &[&str]) -> Option<Config>
    where
        L: Loss<T>,
    {
        let of_loss = self.loss.get_config()?;
        let value = |argument: &str| of_loss.get(argument).cloned().unwrap_or_default();
        let config = written::<T>(class_name, self.mean.name());
        Some(arguments.iter().fold(config, |config, argument| config.with(argument, value(argument))))
    }

    /// Takes in the values of a batch, times `sign`.
    pub(crate) fn add<T: Scalar>(
        &mut self,
        (y_true, y_pred): (View<'_, T>, View<'_, T>),
        sample_weight: Option<&[T]>,
        sign: f64,
    ) -> Result<(), MetricError>
    where
        L: Loss<T>,
    {
        let shape = self.shape(y_true.shape(), y_pred.shape())?;
        let weights = Weights::new(shape, sample_weight)?;
        self.loss.check(y_true, y_pred.shape()).map_err(|error| self.named(error))?;
        let size = shape.size();
        with_memory(2 * size, |memory| {
            let (values, of_rows) = memory.split_at_mut(size);
            self.loss.values(y_true, y_pred, values);
            let values = values.iter().map(|value| sign * value.to_f64());
            if sample_weight.is_none() {
                // Rows that the loss leaves out count as 0 here, as in Keras.
                return self.mean.add::<T>(shape, values, None);
            }
            of_rows.iter_mut().enumerate().for_each(|(row, weight)| *weight = T::of(weights.of(row)));
            self.loss.mask(y_true, of_rows);
            self.mean.add(shape, values, Some(of_rows))
        })
    }

    /// The loss's error with the name of the metric.
    fn named(&self, error: LossError) -> MetricError {
        match error {
            LossError::Shapes { expected, y_true, y_pred, .. } => {
                MetricError::Shapes { metric: self.mean.name().to_owned(), expected, y_true, y_pred }
            }
            other => other.into(),
        }
    }
}

impl<T: Scalar, L: Loss<T> + Clone> Metric<T> for MeanOfLoss<L> {
    fn name(&self) -> &str {
        self.mean.name()
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        self.shape(y_true, y_pred).map(drop)
    }

    fn update(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        self.add((y_true, y_pred), sample_weight, 1.0)
    }

    fn result(&self) -> f64 {
        self.result()
    }

    fn reset(&mut self) {
        self.mean.reset();
    }

    fn variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        self.mean.variables()
    }
}
