//! The area under the curve of right against wrong predictions.

use cornu_config::{Config, Value};
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::area::area;
use crate::confusion::{Confusion, Counts, no_nan, spread};
use crate::registry::{read, written};
use crate::shapes::aligned;
use crate::weights::Weights;
use crate::{Curve, Metric, MetricError, SummationMethod};

/// Keras's number of thresholds.
const NUM_THRESHOLDS: usize = 200;

/// The area under the ROC curve, or another [`Curve`], summed up between thresholds (`keras.metrics.AUC`).
///
/// There are 200 thresholds: 198 between 0 and 1 at equal distances, one a little below and one a little above. Labels
/// have the shape of the predictions, probabilities; `(n,)` and `(n, 1)` fit each other. Any label but 0 counts as 1.
/// There is one weight a sample, a row or a value. All values count alike, unless [`multi_label`](Self::multi_label) is
/// set.
///
/// ```
/// use cornu_metrics::{AUC, Curve, Metric};
/// use cornu_tensor::Tensor;
///
/// let (y_true, y_pred) = (Tensor::from([0.0, 0.0, 1.0, 1.0]), Tensor::from([0.0, 0.5, 0.3, 0.9]));
/// let mut auc = AUC::new();
/// auc.update(y_true.view(), y_pred.view(), None)?;
/// assert_eq!(auc.result(), 0.75);
///
/// let mut of_precision = AUC::new().curve(Curve::PR).num_thresholds(3)?;
/// of_precision.update(y_true.view(), y_pred.view(), Some(&[1.0, 0.0, 0.0, 1.0]))?;
/// assert_eq!(of_precision.result(), 1.0);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct AUC {
    name: String,
    curve: Curve,
    summation_method: SummationMethod,
    thresholds: Option<Vec<f64>>,
    multi_label: bool,
    num_labels: Option<usize>,
    label_weights: Option<Vec<f64>>,
    from_logits: bool,
    confusion: Confusion,
}

impl AUC {
    /// Keras's defaults. Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: "auc".to_owned(),
            curve: Curve::default(),
            summation_method: SummationMethod::default(),
            thresholds: None,
            multi_label: false,
            num_labels: None,
            label_weights: None,
            from_logits: false,
            confusion: even(NUM_THRESHOLDS),
        }
    }

    /// Another number of thresholds than 200.
    ///
    /// # Errors
    /// [`MetricError::Argument`] if there are less than 2.
    pub fn num_thresholds(self, num_thresholds: usize) -> Result<Self, MetricError> {
        if num_thresholds < 2 {
            return MetricError::argument("AUC", "num_thresholds", "at least 2", num_thresholds);
        }
        Ok(Self { confusion: even(num_thresholds), thresholds: None, ..self }.with_labels())
    }

    /// Another curve than ROC.
    #[must_use]
    pub fn curve(self, curve: Curve) -> Self {
        Self { curve, ..self }
    }

    /// How the area between two thresholds is taken.
    #[must_use]
    pub fn summation_method(self, summation_method: SummationMethod) -> Self {
        Self { summation_method, ..self }
    }

    /// These thresholds, one below 0 and one above 1, in place of even ones.
    ///
    /// # Errors
    /// [`MetricError::Argument`] if one is not finite.
    pub fn thresholds(self, thresholds: impl Into<Vec<f64>>) -> Result<Self, MetricError> {
        let mut thresholds = finite("thresholds", thresholds.into())?;
        thresholds.sort_by(f64::total_cmp);
        let confusion = Confusion::between_ends(&thresholds, 1);
        Ok(Self { confusion, thresholds: Some(thresholds), ..self }.with_labels())
    }

    /// Whether each column is a label of its own: the result is the mean of the areas of all. Labels and predictions
    /// must then have two dimensions.
    #[must_use]
    pub fn multi_label(self, multi_label: bool) -> Self {
        let num_labels = self.num_labels.filter(|_| multi_label);
        Self { multi_label, num_labels, ..self }.with_labels()
    }

    /// How many labels there are, of [`multi_label`](Self::multi_label); otherwise the first batch says it.
    ///
    /// # Errors
    /// [`MetricError::Argument`] without `multi_label`, or for 0.
    pub fn num_labels(self, num_labels: usize) -> Result<Self, MetricError> {
        if num_labels == 0 || !self.multi_label {
            return MetricError::argument("AUC", "num_labels", "at least 1, with multi_label=true", num_labels);
        }
        Ok(Self { num_labels: Some(num_labels), ..self }.with_labels())
    }

    /// A weight for each column: of its area with [`multi_label`](Self::multi_label), otherwise of its values.
    ///
    /// # Errors
    /// [`MetricError::Argument`] if one is not finite.
    pub fn label_weights(self, label_weights: impl Into<Vec<f64>>) -> Result<Self, MetricError> {
        Ok(Self { label_weights: Some(finite("label_weights", label_weights.into())?), ..self })
    }

    /// Whether the predictions are logits: the sigmoid is taken first.
    #[must_use]
    pub fn from_logits(self, from_logits: bool) -> Self {
        Self { from_logits, ..self }
    }

    /// Another name than `"auc"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name, and those of the builders.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read(config, "auc")?;
        let mut auc = Self::new().with_name(name).num_thresholds(arguments.or("num_thresholds", NUM_THRESHOLDS)?)?;
        auc.curve = arguments.or("curve", auc.curve.to_string())?.parse()?;
        auc.summation_method = arguments.or("summation_method", auc.summation_method.to_string())?.parse()?;
        auc = auc.multi_label(arguments.or("multi_label", false)?).from_logits(arguments.or("from_logits", false)?);
        if let Some(thresholds) = arguments.get::<Vec<f64>>("thresholds")? {
            auc = auc.thresholds(thresholds)?;
        }
        if let Some(num_labels) = arguments.get("num_labels")? {
            auc = auc.num_labels(num_labels)?;
        }
        if let Some(value) = arguments.get::<Value>("label_weights")? {
            auc = auc.label_weights(tensor_values(&value)?)?;
        }
        arguments.finish()?;
        Ok(auc)
    }

    /// The area so far.
    #[must_use]
    pub fn result(&self) -> f64 {
        let labels = self.confusion.labels();
        let areas = (0..labels).map(|label| area(self.confusion.counts(label), self.curve, self.summation_method));
        match &self.label_weights {
            Some(weights) if self.multi_label => {
                let weighted = areas.zip(weights).map(|(area, weight)| area * weight);
                no_nan(weighted.sum(), weights.iter().sum())
            }
            _ => no_nan(areas.sum(), labels as f64),
        }
    }

    /// Room for the labels, as far as they are known.
    fn with_labels(mut self) -> Self {
        self.confusion.set_labels(if self.multi_label { self.num_labels.unwrap_or(0) } else { 1 });
        self
    }

    /// The shape that labels and predictions have in common.
    fn common(&self, y_true: Shape, y_pred: Shape) -> Result<Shape, MetricError> {
        let shape = aligned(&self.name, y_true, y_pred)?;
        let labels = shape.last_dim();
        let misfit = |expected| Err(MetricError::shapes(&self.name, expected, y_true, y_pred));
        if self.multi_label && shape.rank() != 2 {
            return misfit("two dimensions with multi_label=true");
        }
        if self.multi_label && ![0, labels].contains(&self.confusion.labels()) {
            return misfit("as many labels as num_labels or the first batch");
        }
        match &self.label_weights {
            Some(weights) if weights.len() != labels => misfit("as many labels as label_weights"),
            _ => Ok(shape),
        }
    }

    /// One count as a variable.
    fn variable(&self, f: impl Fn(Counts) -> f64) -> Tensor<f64> {
        let values = self.confusion.each(f);
        match (self.multi_label, self.confusion.labels()) {
            (true, labels) => {
                let shape = [values.len().checked_div(labels).unwrap_or(0), labels];
                Tensor::from_fn(shape, |i| values.get(i).copied().unwrap_or_default())
            }
            (false, _) => Tensor::vector(values),
        }
    }
}

/// `n` thresholds, the first below 0 and the last above 1.
fn even(n: usize) -> Confusion {
    let all = spread(n);
    Confusion::between_ends(all.get(1..n.saturating_sub(1)).unwrap_or_default(), 1)
}

fn finite(argument: &'static str, values: Vec<f64>) -> Result<Vec<f64>, MetricError> {
    if values.iter().all(|value| value.is_finite()) {
        return Ok(values);
    }
    MetricError::argument("AUC", argument, "finite numbers", format!("{values:?}"))
}

/// A list, as it is or as Keras writes a tensor.
fn tensor_values(value: &Value) -> Result<Vec<f64>, MetricError> {
    let list = value.get("config").and_then(|config| config.get("value")).unwrap_or(value);
    match list.as_array().and_then(|list| list.iter().map(Value::as_f64).collect()) {
        Some(values) => Ok(values),
        None => MetricError::argument("AUC", "label_weights", "a list of numbers", value),
    }
}

impl Default for AUC {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for AUC {
    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        self.common(y_true, y_pred).map(drop)
    }

    fn update(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        let shape = self.common(y_true.shape(), y_pred.shape())?;
        let weights = Weights::new(shape, sample_weight)?;
        let labels = shape.last_dim();
        if self.multi_label && self.confusion.labels() == 0 {
            self.confusion.set_labels(labels);
        }
        for (i, (&t, &p)) in y_true.as_slice().iter().zip(y_pred.as_slice()).enumerate() {
            let column = i % labels;
            let p = if self.from_logits { T::one() / (T::one() + (-p).exp()) } else { p };
            if self.multi_label {
                self.confusion.add(column, t, p, weights.of(i));
            } else {
                let of_label = self.label_weights.as_ref().and_then(|weights| weights.get(column));
                self.confusion.add(0, t, p, weights.of(i) * of_label.unwrap_or(&1.0));
            }
        }
        Ok(())
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn result(&self) -> f64 {
        self.result()
    }

    fn reset(&mut self) {
        self.confusion.reset();
    }

    fn variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        vec![
            ("true_positives", self.variable(|counts| counts.true_positives)),
            ("false_positives", self.variable(|counts| counts.false_positives)),
            ("true_negatives", self.variable(|counts| counts.true_negatives)),
            ("false_negatives", self.variable(|counts| counts.false_negatives)),
        ]
    }

    fn get_config(&self) -> Option<Config> {
        let label_weights = self.label_weights.clone().map(|weights| {
            let tensor = Config::new("", "").with("value", weights).with("dtype", T::DTYPE).into_arguments();
            Config::new("", "").with("class_name", "__tensor__").with("config", tensor).into_arguments()
        });
        let config = written::<T>("AUC", &self.name)
            .with("num_thresholds", self.confusion.len())
            .with("curve", self.curve.name())
            .with("summation_method", self.summation_method.name())
            .with("multi_label", self.multi_label)
            .with("num_labels", self.num_labels)
            .with("label_weights", label_weights)
            .with("from_logits", self.from_logits);
        Some(match &self.thresholds {
            Some(thresholds) => config.with("thresholds", thresholds.clone()),
            None => config,
        })
    }
}
