//! The mean of a function of each row.

use std::fmt;

use cornu_tensor::{Scalar, Shape, Tensor, View, labels};

use crate::{Mean, Metric, MetricError};

/// The mean of `f(y_true, y_pred)` over all rows seen, for a metric of one's own (`keras.metrics.MeanMetricWrapper`).
///
/// A row is the last dimension of the predictions. Labels have the shape of the predictions, or one class number a row.
/// There is one weight a sample or a row. For the mean of a loss there is [`MeanOfLoss`](crate::MeanOfLoss).
///
/// ```
/// use cornu_metrics::{MeanMetricWrapper, Metric};
/// use cornu_tensor::Tensor;
///
/// let difference = |t: &[f32], p: &[f32]| t.iter().zip(p).fold(0.0_f32, |worst, (t, p)| worst.max((t - p).abs()));
/// let mut worst = MeanMetricWrapper::from_fn("worst", difference);
/// let (y_true, y_pred) = (Tensor::from([[0.0, 1.0], [0.0, 0.0]]), Tensor::from([[3.0, 1.0], [0.0, -1.0]]));
/// worst.update(y_true.view(), y_pred.view(), None)?;
/// assert_eq!(worst.result(), 2.0);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct MeanMetricWrapper<F> {
    mean: Mean,
    f: F,
}

impl<F> fmt::Debug for MeanMetricWrapper<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeanMetricWrapper").field("mean", &self.mean).finish_non_exhaustive()
    }
}

impl<F> MeanMetricWrapper<F> {
    /// The mean of this function of a row of labels and a row of predictions. Nothing seen yet.
    #[must_use]
    pub fn from_fn<T: Scalar>(name: impl Into<String>, f: F) -> Self
    where
        F: Fn(&[T], &[T]) -> T,
    {
        Self { mean: Mean::new(name), f }
    }

    /// The mean so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.mean.result()
    }

    /// The shape of one value a row, and the lengths of the rows.
    fn rows(&self, y_true: Shape, y_pred: Shape) -> Result<(Shape, [usize; 2]), MetricError> {
        if let Ok(shape) = labels::aligned(y_true, y_pred) {
            return Ok((shape.outer(), [shape.last_dim(); 2]));
        }
        match labels::class_numbers(y_true, y_pred) {
            Ok(rows) => Ok((rows, [1, y_pred.last_dim()])),
            Err(_) => {
                let expected = "y_true of the shape of y_pred, or one class number a row";
                Err(MetricError::shapes(self.mean.name(), expected, y_true, y_pred))
            }
        }
    }
}

impl<T: Scalar, F: Fn(&[T], &[T]) -> T + Clone + Send + Sync> Metric<T> for MeanMetricWrapper<F> {
    fn name(&self) -> &str {
        self.mean.name()
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        self.rows(y_true, y_pred).map(drop)
    }

    fn update(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        let (shape, [t_width, p_width]) = self.rows(y_true.shape(), y_pred.shape())?;
        let rows = y_true.as_slice().chunks_exact(t_width).zip(y_pred.as_slice().chunks_exact(p_width));
        let f = &self.f;
        self.mean.add(shape, rows.map(|(t, p)| f(t, p).to_f64()), sample_weight)
    }

    fn may_fail(&self) -> bool {
        false
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
