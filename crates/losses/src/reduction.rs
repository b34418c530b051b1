//! How the values of a loss become one number.

use std::fmt;
use std::str::FromStr;

use crate::LossError;

/// How the weighted values of the rows become one number (Keras's `reduction`).
///
/// ```
/// use cornu_losses::Reduction;
///
/// assert_eq!("sum_over_batch_size".parse(), Ok(Reduction::default()));
/// assert_eq!(Reduction::MeanWithSampleWeight.to_string(), "mean_with_sample_weight");
/// assert!("average".parse::<Reduction>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Reduction {
    /// Their sum, divided by the number of rows (`"sum_over_batch_size"`).
    #[default]
    SumOverBatchSize,
    /// Their sum (`"sum"`).
    Sum,
    /// The same as [`Reduction::SumOverBatchSize`] (`"mean"`).
    Mean,
    /// Their sum, divided by the sum of the sample weights (`"mean_with_sample_weight"`).
    MeanWithSampleWeight,
    /// No reduction: the values stay as they are (`"none"`). Such a loss cannot be trained on.
    None,
}

impl Reduction {
    /// Keras's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SumOverBatchSize => "sum_over_batch_size",
            Self::Sum => "sum",
            Self::Mean => "mean",
            Self::MeanWithSampleWeight => "mean_with_sample_weight",
            Self::None => "none",
        }
    }
}

impl FromStr for Reduction {
    type Err = LossError;

    fn from_str(name: &str) -> Result<Self, LossError> {
        match name {
            "sum_over_batch_size" => Ok(Self::SumOverBatchSize),
            "sum" => Ok(Self::Sum),
            "mean" => Ok(Self::Mean),
            "mean_with_sample_weight" => Ok(Self::MeanWithSampleWeight),
            "none" => Ok(Self::None),
            _ => Err(LossError::Argument {
                loss: "loss",
                argument: "reduction",
                expected: "one of sum_over_batch_size, sum, mean, mean_with_sample_weight, none",
                received: name.to_owned(),
            }),
        }
    }
}

/// Keras's name.
impl fmt::Display for Reduction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        use Reduction::{Mean, MeanWithSampleWeight, None, Sum, SumOverBatchSize};
        for reduction in [SumOverBatchSize, Sum, Mean, MeanWithSampleWeight, None] {
            assert_eq!(reduction.name().parse(), Ok(reduction));
        }
    }

    #[test]
    fn another_name_is_an_error() {
        let message = "Sum".parse::<Reduction>().unwrap_err().to_string();
        assert!(message.ends_with("Received: reduction=Sum"), "{message}");
    }
}
