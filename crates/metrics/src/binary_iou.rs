//! The intersection over the union of two classes, divided by a threshold.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::class_matrix::{ClassMatrix, targets};
use crate::registry::read_name;
use crate::{Metric, MetricError};

/// The mean of `TP / (TP + FP + FN)` over the classes 0 and 1, or one of them, where predictions from a threshold on
/// mean 1 (`keras.metrics.BinaryIoU`).
///
/// The threshold is 0.5 unless [`threshold`](Self::threshold) sets another. Labels are 0 or 1, of the shape of the
/// predictions; `(n,)` and `(n, 1)` fit each other. Only classes that were seen count, in labels or in predictions;
/// numbers that are no class do not. There is one weight a sample, or one for each index of further leading dimensions,
/// up to one a place; with whole numbers as [`dtype`](Self::dtype), the default, what is behind their point is cut off.
///
/// ```
/// use cornu_metrics::{BinaryIoU, Metric};
/// use cornu_tensor::Tensor;
///
/// let mut iou = BinaryIoU::new([0, 1])?.threshold(0.3)?;
/// let (y_true, y_pred) = (Tensor::from([0.0, 1.0, 0.0, 1.0]), Tensor::from([0.1, 0.2, 0.4, 0.7]));
/// iou.update(y_true.view(), y_pred.view(), None)?;
/// assert!((iou.result() - 1.0 / 3.0).abs() < 1e-6);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct BinaryIoU {
    matrix: ClassMatrix,
    target_class_ids: Vec<usize>,
    threshold: f64,
}

impl BinaryIoU {
    /// The mean over these classes: `[0]`, `[1]` or `[0, 1]`. Nothing seen yet.
    ///
    /// # Errors
    /// [`MetricError::Argument`] for no class, or one that is not 0 or 1.
    pub fn new(target_class_ids: impl Into<Vec<usize>>) -> Result<Self, MetricError> {
        let target_class_ids = targets("BinaryIoU", 2, target_class_ids.into())?;
        Ok(Self { matrix: ClassMatrix::new("BinaryIoU", "binary_io_u", 2)?, target_class_ids, threshold: 0.5 })
    }

    /// The value from which on a prediction means 1.
    ///
    /// # Errors
    /// [`MetricError::Argument`] if it is not finite.
    pub fn threshold(self, threshold: f64) -> Result<Self, MetricError> {
        if !threshold.is_finite() {
            return MetricError::argument("BinaryIoU", "threshold", "a finite number", threshold);
        }
        Ok(Self { threshold, ..self })
    }

    /// The type that weights are summed in: `"int32"`, the default, `"int64"`, `"float32"` or `"float64"`. Whole
    /// numbers cut off what is behind the point of a weight, as in Keras.
    ///
    /// # Errors
    /// [`MetricError::Argument`] for another type.
    pub fn dtype(self, dtype: &str) -> Result<Self, MetricError> {
        Ok(Self { matrix: self.matrix.dtype("BinaryIoU", dtype)?, ..self })
    }

    /// Another name than `"binary_io_u"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { matrix: ClassMatrix { name: name.into(), ..self.matrix }, ..self }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments that are missing or of another type or name, and those of the builders.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read_name(config, "binary_io_u")?;
        let mut iou = Self::new(arguments.or("target_class_ids", vec![0, 1])?)?.with_name(name);
        iou = iou.threshold(arguments.or("threshold", 0.5)?)?.dtype(&arguments.or("dtype", "int32".to_owned())?)?;
        arguments.finish()?;
        Ok(iou)
    }

    /// The mean so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.matrix.mean_iou(self.target_class_ids.iter().copied())
    }
}

impl<T: Scalar> Metric<T> for BinaryIoU {
    fn name(&self) -> &str {
        &self.matrix.name
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        self.matrix.check(y_true, y_pred).map(drop)
    }

    fn update(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        let shape = self.matrix.check(y_true.shape(), y_pred.shape())?;
        let threshold = T::of(self.threshold);
        let pairs = y_true.as_slice().iter().zip(y_pred.as_slice());
        let pairs = pairs.map(|(t, &p)| (t.to_f64(), if p >= threshold { 1.0 } else { 0.0 }));
        self.matrix.add(shape, pairs, sample_weight)
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn result(&self) -> f64 {
        self.result()
    }

    fn reset(&mut self) {
        self.matrix.reset();
    }

    fn variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        self.matrix.variables()
    }

    fn get_config(&self) -> Option<Config> {
        let config = Config::new("keras.metrics", "BinaryIoU").with("name", self.matrix.name.as_str());
        let config = config.with("dtype", self.matrix.dtype.as_str()).with("threshold", self.threshold);
        Some(config.with("target_class_ids", self.target_class_ids.clone()))
    }
}
