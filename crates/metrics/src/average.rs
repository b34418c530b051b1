//! How the scores of classes become one.

use std::fmt;
use std::str::FromStr;

use crate::MetricError;

/// How the F-scores of the classes become one number (Keras's `average`).
///
/// ```
/// use cornu_metrics::Average;
///
/// assert_eq!("macro".parse(), Ok(Average::Macro));
/// assert_eq!(Average::Weighted.to_string(), "weighted");
/// assert!("mean".parse::<Average>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Average {
    /// The score of all classes together (`"micro"`).
    Micro,
    /// The mean of the scores (`"macro"`).
    Macro,
    /// The mean of the scores, each weighted with the labels of its class (`"weighted"`).
    Weighted,
}

impl Average {
    /// Keras's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Micro => "micro",
            Self::Macro => "macro",
            Self::Weighted => "weighted",
        }
    }
}

impl FromStr for Average {
    type Err = MetricError;

    fn from_str(name: &str) -> Result<Self, MetricError> {
        match name {
            "micro" => Ok(Self::Micro),
            "macro" => Ok(Self::Macro),
            "weighted" => Ok(Self::Weighted),
            _ => MetricError::argument("FBetaScore", "average", "one of None, micro, macro, weighted", name),
        }
    }
}

/// Keras's name.
impl fmt::Display for Average {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
