//! How much of the labels' variance the predictions explain.

use std::fmt;
use std::str::FromStr;

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor, View};

use crate::registry::{read, written};
use crate::shapes::aligned;
use crate::weights::Weights;
use crate::{Metric, MetricError};

/// How the scores of several columns become one number (Keras's `class_aggregation`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ClassAggregation {
    /// Their mean (`"uniform_average"`).
    #[default]
    UniformAverage,
    /// Their mean, each weighted with the variance of its labels (`"variance_weighted_average"`).
    VarianceWeightedAverage,
}

impl ClassAggregation {
    /// Keras's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UniformAverage => "uniform_average",
            Self::VarianceWeightedAverage => "variance_weighted_average",
        }
    }
}

impl FromStr for ClassAggregation {
    type Err = MetricError;

    fn from_str(name: &str) -> Result<Self, MetricError> {
        match name {
            "uniform_average" => Ok(Self::UniformAverage),
            "variance_weighted_average" => Ok(Self::VarianceWeightedAverage),
            _ => {
                let expected = "one of None, uniform_average, variance_weighted_average";
                MetricError::argument("R2Score", "class_aggregation", expected, name)
            }
        }
    }
}

/// Keras's name.
impl fmt::Display for ClassAggregation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `1 − Σ (y_true − y_pred)² / Σ (y_true − mean(y_true))²` of each column (`keras.metrics.R2Score`).
///
/// Labels and predictions have the same shape `(n, columns)`; labels `(n,)` fit predictions `(n, 1)`. There is one
/// weight a sample, or one a value. The result is the mean of the columns, unless
/// [`class_aggregation`](Self::class_aggregation) says otherwise. A column whose labels are all the same scores 0; NaN
/// if the predictions are the same too.
///
/// With [`num_regressors`](Self::num_regressors) `p` above 0 the score is adjusted: `1 − (1 − R²)(n − 1)/(n − p − 1)`,
/// where `n`, as in Keras, counts all values; with too few of them it stays as it is.
///
/// ```
/// use cornu_metrics::{Metric, R2Score};
/// use cornu_tensor::Tensor;
///
/// let mut score = R2Score::new();
/// let (y_true, y_pred) = (Tensor::from([[1.0], [4.0], [3.0]]), Tensor::from([[2.0], [4.0], [4.0]]));
/// score.update(y_true.view(), y_pred.view(), None)?;
/// assert!((score.result() - 4.0 / 7.0).abs() < 1e-12);
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct R2Score {
    name: String,
    class_aggregation: Option<ClassAggregation>,
    num_regressors: usize,
    num_samples: usize,
    /// One a column.
    sums: Vec<Sums>,
}

/// What is summed up of a column, weighted.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Sums {
    squares: f64,
    labels: f64,
    residuals: f64,
    count: f64,
}

impl Sums {
    /// `Σ w (y_true − mean)²`
    fn total(&self) -> f64 {
        self.squares - self.labels * (self.labels / self.count)
    }

    fn score(&self) -> f64 {
        let score = 1.0 - self.residuals / self.total();
        if score.is_infinite() { 0.0 } else { score }
    }
}

impl R2Score {
    /// The mean over all columns, not adjusted. Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        let name = "r2_score".to_owned();
        let class_aggregation = Some(ClassAggregation::UniformAverage);
        Self { name, class_aggregation, num_regressors: 0, num_samples: 0, sums: Vec::new() }
    }

    /// How the scores of several columns become one; `None` gives the score of each ([`results`](Self::results)).
    #[must_use]
    pub fn class_aggregation(self, class_aggregation: impl Into<Option<ClassAggregation>>) -> Self {
        Self { class_aggregation: class_aggregation.into(), ..self }
    }

    /// The number of independent regressors, for the adjusted score.
    #[must_use]
    pub fn num_regressors(self, num_regressors: usize) -> Self {
        Self { num_regressors, ..self }
    }

    /// Another name than `"r2_score"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// What Keras wrote of it.
    ///
    /// # Errors
    /// [`MetricError::Config`] for arguments of another type or name, [`MetricError::Argument`] for an unknown
    /// aggregation.
    pub fn from_config(config: &Config) -> Result<Self, MetricError> {
        let (mut arguments, name) = read(config, "r2_score")?;
        let class_aggregation = match config.get("class_aggregation") {
            None => Some(ClassAggregation::default()),
            Some(_) => match arguments.get::<String>("class_aggregation")? {
                None => None,
                Some(name) => Some(name.parse()?),
            },
        };
        let num_regressors = arguments.or("num_regressors", 0)?;
        arguments.finish()?;
        Ok(Self { name, class_aggregation, num_regressors, ..Self::new() })
    }

    /// The score so far; without an aggregation the mean of those of the columns. 0 if nothing was seen.
    #[must_use]
    pub fn result(&self) -> f64 {
        if self.num_samples == 0 {
            return 0.0;
        }
        let scores = self.sums.iter().map(Sums::score);
        self.adjusted(match self.class_aggregation {
            Some(ClassAggregation::VarianceWeightedAverage) => {
                let total: f64 = self.sums.iter().map(Sums::total).sum();
                scores.zip(&self.sums).map(|(score, sums)| score * sums.total()).sum::<f64>() / total
            }
            _ => scores.sum::<f64>() / self.sums.len() as f64,
        })
    }

    /// The score of each column, if they are not made one.
    #[must_use]
    pub fn results(&self) -> Option<Vec<f64>> {
        let score = |sums: &Sums| if self.num_samples == 0 { 0.0 } else { self.adjusted(sums.score()) };
        self.class_aggregation.is_none().then(|| self.sums.iter().map(score).collect())
    }

    fn adjusted(&self, score: f64) -> f64 {
        let (n, p) = (self.num_samples as f64, self.num_regressors as f64);
        if self.num_regressors == 0 || p >= n - 1.0 { score } else { 1.0 - (1.0 - score) * (n - 1.0) / (n - p - 1.0) }
    }

    /// The shape that labels and predictions have in common.
    fn common(&self, y_true: Shape, y_pred: Shape) -> Result<Shape, MetricError> {
        let shape = aligned(&self.name, y_true, y_pred)?;
        let misfit = |expected| Err(MetricError::shapes(&self.name, expected, y_true, y_pred));
        match shape.dims() {
            [_, columns] if self.sums.is_empty() || self.sums.len() == *columns => Ok(shape),
            [_, _] => misfit("as many columns as in the first batch"),
            _ => misfit("two dimensions: (samples, columns)"),
        }
    }

    fn variable(&self, f: impl Fn(&Sums) -> f64) -> Tensor<f64> {
        Tensor::vector(self.sums.iter().map(f).collect())
    }
}

impl Default for R2Score {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Metric<T> for R2Score {
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
        let columns = shape.last_dim();
        let weights = Weights::new(shape, sample_weight)?;
        self.sums.resize(columns, Sums::default());
        let rows = y_true.as_slice().chunks_exact(columns).zip(y_pred.as_slice().chunks_exact(columns));
        for (row, (t, p)) in rows.enumerate() {
            for (column, ((sums, &t), &p)) in self.sums.iter_mut().zip(t).zip(p).enumerate() {
                let (weight, t, difference) = (weights.of(row * columns + column), t.to_f64(), (t - p).to_f64());
                if weight == 0.0 {
                    continue;
                }
                sums.squares += t * t * weight;
                sums.labels += t * weight;
                sums.residuals += difference * difference * weight;
                sums.count += weight;
            }
        }
        self.num_samples += shape.size();
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
        self.num_samples = 0;
    }

    fn variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        vec![
            ("num_samples", Tensor::full([], self.num_samples as f64)),
            ("squared_sum", self.variable(|sums| sums.squares)),
            ("sum", self.variable(|sums| sums.labels)),
            ("residual", self.variable(|sums| sums.residuals)),
            ("count", self.variable(|sums| sums.count)),
        ]
    }

    fn get_config(&self) -> Option<Config> {
        let config = written::<T>("R2Score", &self.name).with("num_regressors", self.num_regressors);
        Some(config.with("class_aggregation", self.class_aggregation.map(ClassAggregation::name)))
    }
}
