//! The curves under which `AUC` takes the area, and how.

use std::fmt;
use std::str::FromStr;

use crate::MetricError;

/// The curve that the thresholds draw (Keras's `curve`).
///
/// ```
/// use cornu_metrics::Curve;
///
/// assert_eq!("pr".parse(), Ok(Curve::PR));
/// assert_eq!(Curve::default().to_string(), "ROC");
/// assert!("lift".parse::<Curve>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Curve {
    /// The recall `TP / (TP + FN)` over the false positive rate `FP / (FP + TN)` (`"ROC"`).
    #[default]
    ROC,
    /// The precision `TP / (TP + FP)` over the recall (`"PR"`).
    PR,
    /// The precision gain over the recall gain, `1 − P/N · FP/TP` over `1 − P/N · FN/TP` (`"PRGAIN"`), `P` and `N`
    /// being the labels 1 and 0.
    PRGAIN,
}

impl Curve {
    /// Keras's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ROC => "ROC",
            Self::PR => "PR",
            Self::PRGAIN => "PRGAIN",
        }
    }
}

impl FromStr for Curve {
    type Err = MetricError;

    fn from_str(name: &str) -> Result<Self, MetricError> {
        match name {
            "ROC" | "roc" => Ok(Self::ROC),
            "PR" | "pr" => Ok(Self::PR),
            "PRGAIN" | "prgain" => Ok(Self::PRGAIN),
            _ => MetricError::argument("AUC", "curve", "one of ROC, PR, PRGAIN", name),
        }
    }
}

/// Keras's name.
impl fmt::Display for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How high the curve stands between two thresholds (Keras's `summation_method`).
///
/// ```
/// use cornu_metrics::SummationMethod;
///
/// assert_eq!("Minoring".parse(), Ok(SummationMethod::Minoring));
/// assert_eq!(SummationMethod::default().to_string(), "interpolation");
/// assert!("simpson".parse::<SummationMethod>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SummationMethod {
    /// As the mean of both ends (`"interpolation"`). For [`Curve::PR`], `TP` and `FP` are taken to be lines between
    /// them (Davis and Goadrich 2006).
    #[default]
    Interpolation,
    /// As the lower end (`"minoring"`): the true area is at least that.
    Minoring,
    /// As the higher end (`"majoring"`): the true area is at most that.
    Majoring,
}

impl SummationMethod {
    /// Keras's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Interpolation => "interpolation",
            Self::Minoring => "minoring",
            Self::Majoring => "majoring",
        }
    }

    /// The height between two.
    pub(crate) fn between(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Interpolation => (a + b) / 2.0,
            Self::Minoring => a.min(b),
            Self::Majoring => a.max(b),
        }
    }
}

impl FromStr for SummationMethod {
    type Err = MetricError;

    fn from_str(name: &str) -> Result<Self, MetricError> {
        match name {
            "interpolation" | "Interpolation" => Ok(Self::Interpolation),
            "minoring" | "Minoring" => Ok(Self::Minoring),
            "majoring" | "Majoring" => Ok(Self::Majoring),
            _ => {
                let expected = "one of interpolation, minoring, majoring";
                MetricError::argument("AUC", "summation_method", expected, name)
            }
        }
    }
}

/// Keras's name.
impl fmt::Display for SummationMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
