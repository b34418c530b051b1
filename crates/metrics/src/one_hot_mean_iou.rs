//! The mean intersection over the union, of one-hot labels.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::class_matrix::ClassMatrix;
use crate::registry::read_name;
use crate::{Metric, MetricError};

/// The mean of `TP / (TP + FP + FN)` over all classes, for labels and predictions whose last dimension holds the
/// classes (`keras.metrics.OneHotMeanIoU`).
///
/// The largest value of a row stands at the class, of equal ones the first. [`sparse_y_pred`](Self::sparse_y_pred):
/// predictions are class numbers, one a row of the labels. Only classes that were seen count, in labels or in
/// predictions; numbers that are no class do not. There is one weight a sample, or one for each index of further
/// leading dimensions, up to one a place; with whole numbers as [`dtype`](Self::dtype), the default, what is behind
/// their point is cut off.
///
/// ```
/// use cornu_metrics::{Metric, OneHotMeanIoU};
/// use cornu_tensor::Tensor;
///
/// let mut iou = OneHotMeanIoU::new(3)?;
/// let y_true = Tensor::from([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]);
/// let y_pred = Tensor::from([[0.2, 0.3, 0.5], [0.1, 0.2, 0.7], [0.5, 0.3, 0.1], [0.1, 0.4, 0.5]]);
/// iou.update(y_true.view(), y_pred.view(), None)?;
/// assert!((iou.result() - (0.0 + 0.0 + 1.0 / 3.0) / 3.0).abs() < 1e-6);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct OneHotMeanIoU {
    matrix: ClassMatrix,
}

impl OneHotMeanIoU {
    /// So many classes. Nothing seen yet.
    ///
    /// # Errors
    /// [`MetricError::Argument`] for no class, or more than can be held.
    pub fn new(num_classes: usize) -> Result<Self, MetricError> {
        let matrix = ClassMatrix::new("OneHotMeanIoU", "one_hot_mean_io_u", num_classes)?;
        Ok(Self { matrix: ClassMatrix { sparse_y_true: false, sparse_y_pred: false, ..matrix } })
    }

    /// A label whose places do not count, often −1 or 255. It need not be a class.
    #[must_use]
    pub fn ignore_class(self, class: i64) -> Self {
        Self { matrix: ClassMatrix { ignore_class: Some(class), ..self.matrix } }
    }

    /// Whether predictions are class numbers, not rows whose largest value stands at the class. They are not by
    /// default.
    #[must_use]
    pub fn sparse_y_pred(self, sparse: bool) -> Self {
        Self { matrix: ClassMatrix { sparse_y_pred: sparse, ..self.matrix } }
    }

    /// The type that weights are summed in: `"int32"`, the default, `"int64"`, `"float32"` or `"float64"`. Whole
    /// numbers cut off what is behind the point of a weight, as in Keras.
    ///
    /// # Errors
    /// [`MetricError::Argument`] for another type.
    pub fn dtype(self, dtype: &str) -> Result<Self, MetricError> {
        Ok(Self { matrix: self.matrix.dtype("OneHotMeanIoU", dtype)? })
    }

    /// Another name than `"one_hot_mean_io_u"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { matrix: ClassMatrix { name: name.into(), ..self.matrix } }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments that are missing or of another type or name, and those of the builders.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read_name(config, "one_hot_mean_io_u")?;
        let num_classes = arguments.required("num_classes")?;
        let mut matrix = ClassMatrix::read("OneHotMeanIoU", &name, num_classes, &mut arguments)?;
        matrix.sparse_y_true = false;
        matrix.sparse_y_pred = arguments.or("sparse_y_pred", false)?;
        arguments.finish()?;
        Ok(Self { matrix })
    }

    /// The mean so far, 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.matrix.mean_iou(0..self.matrix.num_classes)
    }
}

impl<T: Scalar> Metric<T> for OneHotMeanIoU {
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
        Some(self.matrix.write("OneHotMeanIoU").with("sparse_y_pred", self.matrix.sparse_y_pred))
    }
}
