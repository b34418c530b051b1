//! What the metrics share that count right and wrong predictions at thresholds.

use cornu_config::{Arguments, Value};
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::confusion::{Confusion, Counts, NEG_INF};
use crate::selection::Selection;
use crate::{MetricError, Thresholds};

/// The thresholds as they were given, which predictions count, and what was counted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tally {
    pub(crate) name: String,
    given: Option<Thresholds>,
    pub(crate) selection: Selection,
    confusion: Confusion,
}

impl Tally {
    /// One threshold, 0.5. Nothing seen yet.
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            given: None,
            selection: Selection::default(),
            confusion: Confusion::new(&[0.5], 1),
        }
    }

    /// `n` thresholds from 0 to 1 at equal distances.
    pub(crate) fn even(self, n: usize) -> Self {
        Self { confusion: Confusion::even(n), ..self }
    }

    pub(crate) fn thresholds(self, metric: &'static str, thresholds: Thresholds) -> Result<Self, MetricError> {
        let thresholds = thresholds.checked(metric)?;
        Ok(Self { confusion: Confusion::new(thresholds.as_slice(), 1), given: Some(thresholds), ..self })
    }

    pub(crate) fn top_k(self, metric: &'static str, k: usize) -> Result<Self, MetricError> {
        if k == 0 {
            return MetricError::argument(metric, "top_k", "at least 1", k);
        }
        // Without a threshold of its own, the largest count whatever they are.
        let default = self.given.is_none().then(|| Confusion::new(&[NEG_INF], 1));
        let selection = Selection { top_k: Some(k), ..self.selection };
        Ok(Self { selection, confusion: default.unwrap_or(self.confusion), ..self })
    }

    pub(crate) fn class_id(self, class_id: usize) -> Self {
        Self { selection: Selection { class_id: Some(class_id), ..self.selection }, ..self }
    }

    pub(crate) fn with_name(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// With what a config says of the thresholds and the selection.
    pub(crate) fn read(
        mut self,
        metric: &'static str,
        arguments: &mut Arguments<'_>,
        selects: bool,
    ) -> Result<Self, MetricError> {
        if let Some(thresholds) = Thresholds::read(metric, arguments)? {
            self = self.thresholds(metric, thresholds)?;
        }
        if !selects {
            return Ok(self);
        }
        if let Some(k) = arguments.get("top_k")? {
            self = self.top_k(metric, k)?;
        }
        Ok(match arguments.get("class_id")? {
            Some(class_id) => self.class_id(class_id),
            None => self,
        })
    }

    /// The thresholds as Keras writes them.
    pub(crate) fn written(&self) -> Value {
        self.given.clone().map_or(Value::Null, Value::from)
    }

    pub(crate) fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        self.selection.check(&self.name, y_true, y_pred).map(drop)
    }

    pub(crate) fn update<T: Scalar>(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        let Self { name, selection, confusion, .. } = self;
        selection.for_each(name, (y_true, y_pred), sample_weight, |t, p, weight| confusion.add(0, t, p, weight))
    }

    /// The mean of what `f` says of the counts at each threshold.
    pub(crate) fn result(&self, f: impl Fn(Counts) -> f64) -> f64 {
        self.counts().map(f).sum::<f64>() / self.confusion.len() as f64
    }

    /// What `f` says of the counts at each threshold, if there are several.
    pub(crate) fn results(&self, f: impl Fn(Counts) -> f64) -> Option<Vec<f64>> {
        (self.confusion.len() > 1).then(|| self.confusion.each(f))
    }

    /// The counts from the highest threshold to the lowest.
    pub(crate) fn counts(&self) -> impl Iterator<Item = Counts> + '_ {
        self.confusion.counts(0)
    }

    /// One count as a variable of shape `(thresholds,)`.
    pub(crate) fn variable(&self, f: impl Fn(Counts) -> f64) -> Tensor<f64> {
        Tensor::vector(self.confusion.each(f))
    }

    /// All four counts as variables.
    pub(crate) fn four_variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        vec![
            ("true_positives", self.variable(|counts| counts.true_positives)),
            ("false_positives", self.variable(|counts| counts.false_positives)),
            ("true_negatives", self.variable(|counts| counts.true_negatives)),
            ("false_negatives", self.variable(|counts| counts.false_negatives)),
        ]
    }

    pub(crate) fn reset(&mut self) {
        self.confusion.reset();
    }
}
