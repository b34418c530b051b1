//! The harmonic mean of precision and recall, weighted.

use cornu_config::{Arguments, Config};
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::confusion::EPSILON;
use crate::registry::{read, written};
use crate::weights::Weights;
use crate::{Average, Metric, MetricError};

/// `(1 + β²) · precision · recall / (β² · precision + recall)` of each class (`keras.metrics.FBetaScore`).
///
/// Labels and predictions have the same shape `(n, classes)`; labels are 0 or 1, and several classes may be right. A
/// prediction says 1 if it is the largest of its row and not 0, or with [`threshold`](Self::threshold) if it is above
/// that. There is one weight a sample. There is a score for each class ([`results`](Self::results)), unless
/// [`average`](Self::average) makes one of them. 1e-7 is added to every divisor.
///
/// ```
/// use cornu_metrics::{FBetaScore, Metric};
/// use cornu_tensor::Tensor;
///
/// let mut score = FBetaScore::new().beta(2.0)?.threshold(0.5)?;
/// let y_true = Tensor::from([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]);
/// let y_pred = Tensor::from([[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]]);
/// score.update(y_true.view(), y_pred.view(), None)?;
/// let scores: Vec<String> = score.results().into_iter().flatten().map(|score| format!("{score:.3}")).collect();
/// assert_eq!(scores, ["0.385", "0.909", "0.833"]);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FBetaScore {
    name: String,
    average: Option<Average>,
    beta: f64,
    threshold: Option<f64>,
    /// One a class, or one for all.
    sums: Vec<Sums>,
    /// How many classes the first batch had.
    classes: Option<usize>,
}

/// What is summed up of a class.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Sums {
    true_positives: f64,
    false_positives: f64,
    false_negatives: f64,
    labels: f64,
}

impl FBetaScore {
    /// `β = 1`, a score for each class, the largest of a row. Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: "fbeta_score".to_owned(),
            average: None,
            beta: 1.0,
            threshold: None,
            sums: Vec::new(),
            classes: None,
        }
    }

    /// One score in place of one for each class.
    #[must_use]
    pub fn average(self, average: Average) -> Self {
        Self { average: Some(average), ..self }
    }

    /// How much the recall counts against the precision.
    ///
    /// # Errors
    /// [`MetricError::Argument`] if it is not finite and above 0.
    pub fn beta(self, beta: f64) -> Result<Self, MetricError> {
        if !(beta.is_finite() && beta > 0.0) {
            return MetricError::argument("FBetaScore", "beta", "a finite number above 0", beta);
        }
        Ok(Self { beta, ..self })
    }

    /// The value above which a prediction says 1.
    ///
    /// # Errors
    /// [`MetricError::Argument`] if it is not above 0 and at most 1.
    pub fn threshold(self, threshold: f64) -> Result<Self, MetricError> {
        if !(threshold > 0.0 && threshold <= 1.0) {
            return MetricError::argument("FBetaScore", "threshold", "above 0 and at most 1", threshold);
        }
        Ok(Self { threshold: Some(threshold), ..self })
    }

    /// Another name than `"fbeta_score"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name, and those of the builders.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read(config, "fbeta_score")?;
        let score = Self::new().with_name(name).beta(arguments.or("beta", 1.0)?)?.read(&mut arguments)?;
        arguments.finish()?;
        Ok(score)
    }

    /// With average and threshold of a config.
    pub(crate) fn read(mut self, arguments: &mut Arguments<'_>) -> Result<Self, MetricError> {
        if let Some(average) = arguments.get::<String>("average")? {
            self = self.average(average.parse()?);
        }
        match arguments.get("threshold")? {
            Some(threshold) => self.threshold(threshold),
            None => Ok(self),
        }
    }

    /// A config with average and threshold.
    pub(crate) fn write(&self, config: Config) -> Config {
        config.with("average", self.average.map(Average::name)).with("threshold", self.threshold)
    }

    /// The score so far; without an average the mean of those of the classes. 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        let scores = self.sums.iter().map(|sums| self.score(sums));
        if self.sums.is_empty() {
            return 0.0;
        }
        if self.average == Some(Average::Weighted) {
            let all = self.sums.iter().map(|sums| sums.labels).sum::<f64>() + EPSILON;
            return scores.zip(&self.sums).map(|(score, sums)| score * (sums.labels / all)).sum();
        }
        scores.sum::<f64>() / self.sums.len() as f64
    }

    /// The score of each class, if there is no average.
    #[must_use]
    pub fn results(&self) -> Option<Vec<f64>> {
        self.average.is_none().then(|| self.sums.iter().map(|sums| self.score(sums)).collect())
    }

    fn score(&self, sums: &Sums) -> f64 {
        let precision = sums.true_positives / (sums.true_positives + sums.false_positives + EPSILON);
        let recall = sums.true_positives / (sums.true_positives + sums.false_negatives + EPSILON);
        let square = self.beta * self.beta;
        precision * recall / (square * precision + recall + EPSILON) * (1.0 + square)
    }

    fn variable(&self, f: impl Fn(&Sums) -> f64) -> Tensor<f64> {
        let values: Vec<f64> = self.sums.iter().map(f).collect();
        match (self.average, values.first()) {
            (Some(Average::Micro), Some(&value)) => Tensor::full([], value),
            _ => Tensor::vector(values),
        }
    }
}

impl Default for FBetaScore {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for FBetaScore {
    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        let misfit = |expected| Err(MetricError::shapes(&self.name, expected, y_true, y_pred));
        if y_true != y_pred || y_pred.rank() != 2 || y_pred.last_dim() == 0 {
            return misfit("y_true and y_pred of the same shape (samples, classes)");
        }
        match self.classes {
            Some(classes) if classes != y_pred.last_dim() => misfit("as many classes as in the first batch"),
            _ => Ok(()),
        }
    }

    fn update(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        Metric::<T>::check(self, y_true.shape(), y_pred.shape())?;
        let classes = y_pred.shape().last_dim();
        let weights = Weights::new(y_pred.shape().outer(), sample_weight)?;
        let micro = self.average == Some(Average::Micro);
        self.classes = Some(classes);
        self.sums.resize(if micro { 1 } else { classes }, Sums::default());
        let rows = y_true.as_slice().chunks_exact(classes).zip(y_pred.as_slice().chunks_exact(classes));
        for (row, (t, p)) in rows.enumerate() {
            let weight = weights.of(row);
            if weight == 0.0 {
                continue;
            }
            // What is not a number is the largest, and nothing equals it.
            let largest = p.iter().copied().reduce(|a, b| if a >= b || a.to_f64().is_nan() { a } else { b });
            let says_one = |p: T| match self.threshold {
                Some(threshold) => p > T::of(threshold),
                None => largest.is_some_and(|largest| p >= largest) && p.abs() > T::of(1e-9),
            };
            for (class, (t, &p)) in t.iter().zip(p).enumerate() {
                let (t, p) = (t.to_f64(), if says_one(p) { 1.0 } else { 0.0 });
                if let Some(sums) = self.sums.get_mut(if micro { 0 } else { class }) {
                    sums.true_positives += p * t * weight;
                    sums.false_positives += p * (1.0 - t) * weight;
                    sums.false_negatives += (1.0 - p) * t * weight;
                    sums.labels += t * weight;
                }
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

    fn results(&self) -> Option<Vec<f64>> {
        self.results()
    }

    fn reset(&mut self) {
        self.sums.fill(Sums::default());
    }

    fn variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        vec![
            ("true_positives", self.variable(|sums| sums.true_positives)),
            ("false_positives", self.variable(|sums| sums.false_positives)),
            ("false_negatives", self.variable(|sums| sums.false_negatives)),
            ("intermediate_weights", self.variable(|sums| sums.labels)),
        ]
    }

    fn get_config(&self) -> Option<Config> {
        Some(self.write(written::<T>("FBetaScore", &self.name).with("beta", self.beta)))
    }
}
