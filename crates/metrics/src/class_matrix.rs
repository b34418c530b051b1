//! How often which class is taken for which.

use cornu_config::{Arguments, Config};
use cornu_tensor::kernels::argmax;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::MetricError;
use crate::confusion::EPSILON;
use crate::shapes::aligned;
use crate::weights::Weights;

/// The sums of weights by label and predicted class, and how classes are read: what the metrics of the intersection
/// over union share.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClassMatrix {
    pub(crate) name: String,
    pub(crate) num_classes: usize,
    pub(crate) ignore_class: Option<i64>,
    pub(crate) sparse_y_true: bool,
    pub(crate) sparse_y_pred: bool,
    pub(crate) dtype: String,
    /// `[labels, predictions]`, row-major.
    pub(crate) sums: Vec<f64>,
}

impl ClassMatrix {
    /// Class numbers, whole weights. Nothing seen yet.
    pub(crate) fn new(metric: &'static str, name: &str, num_classes: usize) -> Result<Self, MetricError> {
        let size = Shape::new(&[num_classes, num_classes]).map(|shape| shape.size());
        let Some(size) = size.ok().filter(|&size| size > 0) else {
            return MetricError::argument(metric, "num_classes", "at least 1, and few enough to hold", num_classes);
        };
        Ok(Self {
            name: name.to_owned(),
            num_classes,
            ignore_class: None,
            sparse_y_true: true,
            sparse_y_pred: true,
            dtype: "int32".to_owned(),
            sums: vec![0.0; size],
        })
    }

    pub(crate) fn dtype(self, metric: &'static str, dtype: &str) -> Result<Self, MetricError> {
        let known = ["int", "int32", "int64", "float32", "float64"];
        let dtype = match dtype {
            "int" => "int32",
            other if known.contains(&other) => other,
            _ => return MetricError::argument(metric, "dtype", "one of int, int32, int64, float32, float64", dtype),
        };
        Ok(Self { dtype: dtype.to_owned(), ..self })
    }

    /// What a config says, of the arguments that all have.
    pub(crate) fn read(
        metric: &'static str,
        name: &str,
        num_classes: usize,
        arguments: &mut Arguments<'_>,
    ) -> Result<Self, MetricError> {
        let mut matrix = Self::new(metric, name, num_classes)?;
        if let Some(dtype) = arguments.get::<String>("dtype")? {
            matrix = matrix.dtype(metric, &dtype)?;
        }
        matrix.ignore_class = arguments.get("ignore_class")?;
        let axis = arguments.or("axis", -1_i64)?;
        if axis == -1 { Ok(matrix) } else { MetricError::argument(metric, "axis", "−1, the last", axis) }
    }

    /// A config with the arguments that all have.
    pub(crate) fn write(&self, class_name: &str) -> Config {
        Config::new("keras.metrics", class_name)
            .with("name", self.name.as_str())
            .with("dtype", self.dtype.as_str())
            .with("num_classes", self.num_classes)
            .with("ignore_class", self.ignore_class)
            .with("axis", -1)
    }

    /// The shape of one class a place.
    pub(crate) fn check(&self, y_true: Shape, y_pred: Shape) -> Result<Shape, MetricError> {
        let classes = |shape: Shape, sparse: bool| if sparse { shape } else { shape.outer() };
        let misfit = || MetricError::shapes(&self.name, "one class a place in y_true and in y_pred", y_true, y_pred);
        let readable = |shape: Shape, sparse: bool| sparse || (shape.rank() > 0 && shape.last_dim() > 0);
        if !readable(y_true, self.sparse_y_true) || !readable(y_pred, self.sparse_y_pred) {
            return Err(misfit());
        }
        let (t, p) = (classes(y_true, self.sparse_y_true), classes(y_pred, self.sparse_y_pred));
        // A batch of no samples has no classes either.
        if t == p && p.dims() == [0] { Ok(p) } else { aligned(&self.name, t, p).map_err(|_| misfit()) }
    }

    /// Takes in a batch of class numbers, or of rows whose largest value stands at the class.
    pub(crate) fn update<T: Scalar>(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        let shape = self.check(y_true.shape(), y_pred.shape())?;
        let (sparse_y_true, sparse_y_pred) = (self.sparse_y_true, self.sparse_y_pred);
        let pairs = (0..shape.size()).map(|i| (class(y_true, sparse_y_true, i), class(y_pred, sparse_y_pred, i)));
        self.add(shape, pairs, sample_weight)
    }

    /// Takes in pairs of label and predicted class.
    pub(crate) fn add<T: Scalar>(
        &mut self,
        shape: Shape,
        pairs: impl Iterator<Item = (f64, f64)>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        let weights = Weights::new(shape, sample_weight)?;
        let whole = self.dtype.starts_with("int");
        // A cast to whole numbers goes towards 0, and what is not a number becomes 0.
        let cast = |value: f64| if whole { (value as i64) as f64 } else { value };
        for (i, (t, p)) in pairs.enumerate() {
            let (t, p, weight) = (cast(t), cast(p), cast(weights.of(i)));
            let inside = |class: f64| class >= 0.0 && class < self.num_classes as f64;
            let ignored = self.ignore_class.is_some_and(|ignored| t == ignored as f64);
            if inside(t) && inside(p) && !ignored {
                let place = t as usize * self.num_classes + p as usize;
                if let Some(sum) = self.sums.get_mut(place) {
                    *sum += weight;
                }
            }
        }
        Ok(())
    }

    /// The mean of `TP / (TP + FP + FN)` over those of these classes that were seen, in labels or in predictions.
    pub(crate) fn mean_iou(&self, classes: impl Iterator<Item = usize>) -> f64 {
        let n = self.num_classes;
        let (mut sum, mut seen) = (0.0, 0.0);
        for class in classes {
            let of_label: f64 = self.sums.iter().skip(class * n).take(n).sum();
            let predicted: f64 = self.sums.iter().skip(class).step_by(n).sum();
            let right = self.sums.get(class * n + class).copied().unwrap_or_default();
            let any = of_label + predicted - right;
            if any > 1e-9 {
                sum += right / (any + EPSILON);
                seen += 1.0;
            }
        }
        sum / (seen + EPSILON)
    }

    pub(crate) fn reset(&mut self) {
        self.sums.fill(0.0);
    }

    pub(crate) fn variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        let sums =
            Tensor::from_fn([self.num_classes, self.num_classes], |i| self.sums.get(i).copied().unwrap_or_default());
        vec![("total_confusion_matrix", sums)]
    }
}

/// The class at a place: the number itself, or where the row is largest.
fn class<T: Scalar>(values: View<'_, T>, sparse: bool, place: usize) -> f64 {
    if sparse {
        return values.as_slice().get(place).map_or(f64::NAN, |value| value.to_f64());
    }
    let width = values.shape().last_dim();
    let row = values.as_slice().get(place * width..(place + 1) * width).unwrap_or_default();
    argmax(row) as f64
}

/// Classes of which the mean is taken.
pub(crate) fn targets(
    metric: &'static str,
    num_classes: usize,
    classes: Vec<usize>,
) -> Result<Vec<usize>, MetricError> {
    if classes.is_empty() || classes.iter().any(|&class| class >= num_classes) {
        let expected = "at least one class, each below num_classes";
        return MetricError::argument(metric, "target_class_ids", expected, format!("{classes:?}"));
    }
    Ok(classes)
}
