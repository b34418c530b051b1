//! Samples with their classes.

use cornu_tensor::{Scalar, Shape, Tensor};

use crate::DatasetError;

/// Samples, the class of each, and the names of the features and classes.
///
/// ```
/// use cornu_datasets::Dataset;
/// use cornu_tensor::Tensor;
///
/// let features = Tensor::from([[0.5_f32, 1.0], [2.0, 3.0], [4.0, 5.0]]);
/// let data = Dataset::new(features, vec![1, 0, 1], &["cat", "dog"], &["weight", "height"])?;
/// assert_eq!(data.len(), 3);
/// assert_eq!(data.class_name(2), Some("dog"));
/// assert_eq!(data.targets().as_slice(), [1.0, 0.0, 1.0]);
/// assert_eq!(data.one_hot(), Tensor::from([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]));
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset<T> {
    pub(crate) features: Tensor<T>,
    pub(crate) labels: Vec<usize>,
    pub(crate) class_names: Vec<String>,
    pub(crate) feature_names: Vec<String>,
}

impl<T: Scalar> Dataset<T> {
    /// One label and one row of features a sample, one name a class and a feature.
    ///
    /// # Errors
    /// [`DatasetError::Argument`] if the numbers do not agree, or a label is no class.
    pub fn new(
        features: Tensor<T>,
        labels: Vec<usize>,
        class_names: &[impl AsRef<str>],
        feature_names: &[impl AsRef<str>],
    ) -> Result<Self, DatasetError> {
        let (samples, width) = (features.shape().batch(), features.shape().sample().size());
        if labels.len() != samples {
            return Err(argument("labels", format!("{samples} classes, one a sample"), labels.len()));
        }
        if let Some(label) = labels.iter().find(|&&label| label >= class_names.len()) {
            return Err(argument("labels", format!("less than {}, the number of classes", class_names.len()), label));
        }
        if feature_names.len() != width {
            return Err(argument("feature_names", format!("{width} names, one a feature"), feature_names.len()));
        }
        Ok(Self { features, labels, class_names: owned(class_names), feature_names: owned(feature_names) })
    }

    /// The number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The shape of one sample.
    #[must_use]
    pub fn sample_shape(&self) -> Shape {
        self.features.shape().sample()
    }

    /// The features: one sample a row, shape `(samples, …)`.
    #[must_use]
    pub fn features(&self) -> &Tensor<T> {
        &self.features
    }

    /// The class of every sample, counted from 0.
    #[must_use]
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// The classes as a tensor of shape `(samples,)`, as the sparse losses and metrics take them.
    #[must_use]
    pub fn targets(&self) -> Tensor<T> {
        Tensor::from_labels(&self.labels)
    }

    /// The classes as a tensor of shape `(samples, classes)`: 1 for the class, 0 elsewhere.
    #[must_use]
    pub fn one_hot(&self) -> Tensor<T> {
        let classes = self.class_names.len();
        let value = |i: usize| if self.labels[i / classes] == i % classes { T::one() } else { T::zero() };
        Tensor::from_fn([self.len(), classes], value)
    }

    /// The names of the classes.
    #[must_use]
    pub fn class_names(&self) -> &[String] {
        &self.class_names
    }

    /// The name of a sample's class, if there is such a sample.
    #[must_use]
    pub fn class_name(&self, sample: usize) -> Option<&str> {
        self.class_names.get(*self.labels.get(sample)?).map(String::as_str)
    }

    /// The names of the features of one sample, in row-major order.
    #[must_use]
    pub fn feature_names(&self) -> &[String] {
        &self.feature_names
    }
}

fn owned(names: &[impl AsRef<str>]) -> Vec<String> {
    names.iter().map(|name| name.as_ref().to_owned()).collect()
}

pub(crate) fn argument(argument: &'static str, expected: String, received: impl ToString) -> DatasetError {
    DatasetError::Argument { argument, expected, received: received.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_must_agree() {
        let message = |labels, classes: &[&str], names: &[&str]| {
            Dataset::new(Tensor::<f32>::zeros([2, 3]), labels, classes, names).unwrap_err().to_string()
        };
        let names = ["x", "y", "z"];
        assert_eq!(
            message(vec![0], &["a"], &names),
            "expected `labels` to be 2 classes, one a sample. Received: labels=1"
        );
        assert_eq!(
            message(vec![0, 1], &["a"], &names),
            "expected `labels` to be less than 1, the number of classes. Received: labels=1"
        );
        assert_eq!(
            message(vec![0, 0], &["a"], &names[..2]),
            "expected `feature_names` to be 3 names, one a feature. Received: feature_names=2"
        );
    }

    #[test]
    fn no_sample_is_no_problem() -> Result<(), DatasetError> {
        let none: [&str; 0] = [];
        let data = Dataset::new(Tensor::<f32>::zeros([0, 1]), vec![], &none, &["x"])?;
        assert!(data.is_empty());
        assert_eq!(data.one_hot(), Tensor::zeros([0, 0]));
        assert_eq!(data.class_name(0), None);
        Ok(())
    }
}
