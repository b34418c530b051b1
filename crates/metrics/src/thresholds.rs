//! Thresholds as they are given.

use cornu_config::{Arguments, Value};

use crate::MetricError;

/// The values above which a prediction means 1, from 0 to 1: one number or several.
///
/// With several, a metric has one result for each ([`Metric::results`](crate::Metric::results)).
///
/// ```
/// use cornu_metrics::{Precision, Thresholds};
///
/// assert_eq!(Thresholds::from([0.25, 0.75]), Thresholds::from(vec![0.25, 0.75]));
/// assert!(Precision::new().thresholds(0.4).is_ok());
/// let error = Precision::new().thresholds([0.4, 1.5]).unwrap_err();
/// assert!(error.to_string().ends_with("Received: thresholds=[0.4, 1.5]"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Thresholds(Given);

#[derive(Debug, Clone, PartialEq)]
enum Given {
    One(f64),
    Several(Vec<f64>),
}

impl From<f64> for Thresholds {
    fn from(threshold: f64) -> Self {
        Self(Given::One(threshold))
    }
}

impl From<Vec<f64>> for Thresholds {
    fn from(thresholds: Vec<f64>) -> Self {
        Self(Given::Several(thresholds))
    }
}

impl From<&[f64]> for Thresholds {
    fn from(thresholds: &[f64]) -> Self {
        Self::from(thresholds.to_vec())
    }
}

impl<const N: usize> From<[f64; N]> for Thresholds {
    fn from(thresholds: [f64; N]) -> Self {
        Self::from(thresholds.to_vec())
    }
}

/// As Keras writes them.
impl From<Thresholds> for Value {
    fn from(thresholds: Thresholds) -> Self {
        match thresholds.0 {
            Given::One(threshold) => threshold.into(),
            Given::Several(thresholds) => thresholds.into(),
        }
    }
}

impl Thresholds {
    /// All of them, in their order.
    #[must_use]
    pub fn as_slice(&self) -> &[f64] {
        match &self.0 {
            Given::One(threshold) => std::slice::from_ref(threshold),
            Given::Several(thresholds) => thresholds,
        }
    }

    /// The argument `thresholds` of a config, if it is there.
    pub(crate) fn read(metric: &'static str, arguments: &mut Arguments<'_>) -> Result<Option<Self>, MetricError> {
        let Some(value) = arguments.get::<Value>("thresholds")? else { return Ok(None) };
        let read = match &value {
            Value::Array(list) => list.iter().map(Value::as_f64).collect::<Option<Vec<_>>>().map(Self::from),
            one => one.as_f64().map(Self::from),
        };
        match read {
            Some(thresholds) => Ok(Some(thresholds)),
            None => MetricError::argument(metric, "thresholds", "a number or a list of numbers", value),
        }
    }

    /// The same, if there is at least one and all are from 0 to 1.
    pub(crate) fn checked(self, metric: &'static str) -> Result<Self, MetricError> {
        let all = self.as_slice();
        if all.is_empty() || !all.iter().all(|threshold| (0.0..=1.0).contains(threshold)) {
            let expected = "numbers from 0 to 1, at least one";
            return MetricError::argument(metric, "thresholds", expected, format!("{all:?}"));
        }
        Ok(self)
    }
}
