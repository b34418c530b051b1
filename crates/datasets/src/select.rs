//! Parts of a data set: some samples, features or classes, and the features on another scale.

use cornu_tensor::{Scalar, Shape, Tensor};

use crate::{Dataset, DatasetError};

impl<T: Scalar> Dataset<T> {
    /// These samples, in this order.
    ///
    /// # Errors
    /// [`DatasetError::Tensor`] for a sample that does not exist.
    ///
    /// ```
    /// use cornu_datasets::iris;
    ///
    /// let two = iris::load::<f32>()?.with_samples(&[149, 0])?;
    /// assert_eq!(two.labels(), [2, 0]);
    /// # Ok::<(), cornu_datasets::DatasetError>(())
    /// ```
    pub fn with_samples(&self, samples: &[usize]) -> Result<Self, DatasetError> {
        let shape = self.sample_shape();
        let mut values = Vec::with_capacity(samples.len() * shape.size());
        let mut labels = Vec::with_capacity(samples.len());
        for &sample in samples {
            values.extend_from_slice(self.features.view().rows(sample..sample.saturating_add(1))?.as_slice());
            labels.extend(self.labels.get(sample));
        }
        let features = Tensor::new(shape.with_batch(samples.len())?, values)?;
        Ok(Self { features, labels, class_names: self.class_names.clone(), feature_names: self.feature_names.clone() })
    }

    /// The features of these names, in this order: the features become a matrix of one column a name.
    ///
    /// # Errors
    /// [`DatasetError::UnknownName`], with the names there are.
    ///
    /// ```
    /// use cornu_datasets::iris;
    ///
    /// let petals = iris::load::<f32>()?.with_features(&["petal length (cm)"])?;
    /// assert_eq!(petals.features().shape(), [150, 1].into());
    /// # Ok::<(), cornu_datasets::DatasetError>(())
    /// ```
    pub fn with_features(&self, names: &[&str]) -> Result<Self, DatasetError> {
        let columns = positions("feature", &self.feature_names, names)?;
        let (values, width, count) = (self.features.as_slice(), self.feature_names.len(), columns.len());
        Ok(Self {
            features: Tensor::from_fn([self.len(), count], |i| values[i / count * width + columns[i % count]]),
            labels: self.labels.clone(),
            class_names: self.class_names.clone(),
            feature_names: columns.iter().map(|&column| self.feature_names[column].clone()).collect(),
        })
    }

    /// The samples of these classes, in the order they had. The classes are counted anew from 0, in the order of
    /// the names.
    ///
    /// # Errors
    /// [`DatasetError::UnknownName`], with the names there are.
    ///
    /// ```
    /// use cornu_datasets::iris;
    ///
    /// let two = iris::load::<f32>()?.with_classes(&["versicolor", "virginica"])?;
    /// assert_eq!((two.len(), two.labels()[0], two.labels()[99]), (100, 0, 1));
    /// # Ok::<(), cornu_datasets::DatasetError>(())
    /// ```
    pub fn with_classes(&self, names: &[&str]) -> Result<Self, DatasetError> {
        let classes = positions("class", &self.class_names, names)?;
        let renumbered = |label: usize| classes.iter().position(|&class| class == label);
        let (samples, labels): (Vec<usize>, Vec<usize>) =
            self.labels.iter().enumerate().filter_map(|(sample, &label)| Some((sample, renumbered(label)?))).unzip();
        let class_names = names.iter().map(|&name| name.to_owned()).collect();
        Ok(Self { labels, class_names, ..self.with_samples(&samples)? })
    }

    /// The same features, every sample in another shape of as many values.
    ///
    /// # Errors
    /// [`DatasetError::Tensor`] if the number of values differs.
    ///
    /// ```
    /// use cornu_datasets::digits;
    ///
    /// let images = digits::load::<f32>()?.with_sample_shape([8, 8, 1])?; // one channel, for a Conv2D
    /// assert_eq!(images.features().shape(), [1797, 8, 8, 1].into());
    /// # Ok::<(), cornu_datasets::DatasetError>(())
    /// ```
    pub fn with_sample_shape(self, shape: impl Into<Shape>) -> Result<Self, DatasetError> {
        let shape = shape.into().with_batch(self.len())?;
        Ok(Self { features: self.features.reshape(shape)?, ..self })
    }

    /// Every feature times this factor.
    ///
    /// ```
    /// use cornu_datasets::digits;
    ///
    /// let digits = digits::load::<f32>()?.scaled(1.0 / digits::INK);
    /// assert!(digits.features().as_slice().iter().all(|pixel| (0.0..=1.0).contains(pixel)));
    /// # Ok::<(), cornu_datasets::DatasetError>(())
    /// ```
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Self {
        let factor = T::of(factor);
        for value in self.features.as_mut_slice() {
            *value *= factor;
        }
        self
    }
}

/// Where these names stand among those that are known.
pub(crate) fn positions(what: &'static str, known: &[String], names: &[&str]) -> Result<Vec<usize>, DatasetError> {
    names.iter().map(|name| position(what, known, name)).collect()
}

/// Where this name stands among those that are known.
pub(crate) fn position(what: &'static str, known: &[String], name: &str) -> Result<usize, DatasetError> {
    known.iter().position(|other| other == name).ok_or_else(|| DatasetError::UnknownName {
        what,
        known: known.to_vec(),
        received: name.to_owned(),
    })
}
