//! The intersection over the union of classes.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::class_matrix::{ClassMatrix, targets};
use crate::registry::read_name;
use crate::{Metric, MetricError};

/// The mean of `TP / (TP + FP + FN)` over given classes (`keras.metrics.IoU`).
///
/// Labels and predictions are class numbers of the same shape, unless [`sparse_y_true`](Self::sparse_y_true) or
/// [`sparse_y_pred`](Self::sparse_y_pred) says that they have one more dimension, the last, whose largest value stands
/// at the class. Only classes that were seen count, in labels or in predictions; numbers that are no class do not.
/// There is one weight a sample, or one for each index of further leading dimensions, up to one a place; with whole
/// numbers as [`dtype`](Self::dtype), the default, what is behind their point is cut off.
///
/// ```
/// use cornu_metrics::{IoU, Metric};
/// use cornu_tensor::Tensor;
///
/// let mut iou = IoU::new(2, [0])?.dtype("float32")?;
/// let (y_true, y_pred) = (Tensor::from([0.0, 0.0, 1.0, 1.0]), Tensor::from([0.0, 1.0, 0.0, 1.0]));
/// iou.update(y_true.view(), y_pred.view(), Some(&[0.3, 0.3, 0.3, 0.1]))?;
/// assert!((iou.result() - 0.3 / 0.9).abs() < 1e-6);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct IoU {
    matrix: ClassMatrix,
    target_class_ids: Vec<usize>,
}

impl IoU {
    /// The mean over these classes, of so many. Nothing seen yet.
    ///
    /// # Errors
    /// [`MetricError::Argument`] for no class, or one that is not below `num_classes`.
    pub fn new(num_classes: usize, target_class_ids: impl Into<Vec<usize>>) -> Result<Self, MetricError> {
        let target_class_ids = targets("IoU", num_classes, target_class_ids.into())?;
        Ok(Self { matrix: ClassMatrix::new("IoU", "io_u", num_classes)?, target_class_ids })
    }

    /// A label whose places do not count, often −1 or 255. It need not be a class.
    #[must_use]
    pub fn ignore_class(self, class: i64) -> Self {
        Self { matrix: ClassMatrix { ignore_class: Some(class), ..self.matrix }, ..self }
    }

    /// Whether labels are class numbers (the default), not rows whose largest value stands at the class.
    #[must_use]
    pub fn sparse_y_true(self, sparse: bool) -> Self {
        Self { matrix: ClassMatrix { sparse_y_true: sparse, ..self.matrix }, ..self }
    }

    /// Whether predictions are class numbers, not rows whose largest value stands at the class. They are by default.
    #[must_use]
    pub fn sparse_y_pred(self, sparse: bool) -> Self {
        Self { matrix: ClassMatrix { sparse_y_pred: sparse, ..self.matrix }, ..self }
    }

    /// The type that weights are summed in: `"int32"`, the default, `"int64"`, `"float32"` or `"float64"`. Whole
    /// numbers cut off what is behind the point of a weight, as in Keras.
    ///
    /// # Errors
    /// [`MetricError::Argument`] for another type.
    pub fn dtype(self, dtype: &str) -> Result<Self, MetricError> {
        Ok(Self { matrix: self.matrix.dtype("IoU", dtype)?, ..self })
    }

    /// Another name than `"io_u"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { matrix: ClassMatrix { name: name.into(), ..self.matrix }, ..self }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments that are missing or of another type or name, and those of the builders.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read_name(config, "io_u")?;
        let num_classes = arguments.required("num_classes")?;
        let mut matrix = ClassMatrix::read("IoU", &name, num_classes, &mut arguments)?;
        matrix.sparse_y_true = arguments.or("sparse_y_true", true)?;
        matrix.sparse_y_pred = arguments.or("sparse_y_pred", true)?;
        let target_class_ids = targets("IoU", num_classes, arguments.required("target_class_ids")?)?;
        arguments.finish()?;
        Ok(Self { matrix, target_class_ids })
    }

    /// The mean so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.matrix.mean_iou(self.target_class_ids.iter().copied())
    }
}

impl<T: Scalar> Metric<T> for IoU {
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
        self.matrix.update(y_true, y_pred, sample_weight)
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
        let ids = self.target_class_ids.clone();
        let config = self.matrix.write("IoU").with("target_class_ids", ids);
        Some(config.with("sparse_y_true", self.matrix.sparse_y_true).with("sparse_y_pred", self.matrix.sparse_y_pred))
    }
}
