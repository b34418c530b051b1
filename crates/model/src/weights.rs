//! The weights of a model: as arrays, and with their names and roles.

use cornu_layers::{Layer, LayerError, Weight};
use cornu_layers::{Role, find, set_weights};
use cornu_tensor::{Scalar, Shape, Tensor};

use crate::chain::Link;
use crate::{ModelError, Sequential};

/// A weight of a model with what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedWeight<'a, T> {
    /// Keras's path, such as `sequential/dense/kernel`.
    pub path: String,
    /// Kernel, bias or other.
    pub role: Role,
    /// The shape.
    pub shape: Shape,
    /// Whether training moves it by gradients: not if its layer or the model is frozen.
    pub trainable: bool,
    /// The values.
    pub value: &'a Tensor<T>,
}

/// Which layer: by name or by index.
#[derive(Debug, Clone, Copy)]
pub enum LayerKey<'a> {
    /// By name.
    Name(&'a str),
    /// By index, the first layer being 0.
    Index(usize),
}

impl<'a> From<&'a str> for LayerKey<'a> {
    fn from(name: &'a str) -> Self {
        Self::Name(name)
    }
}

impl From<usize> for LayerKey<'_> {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// A layer of a model with its weights, to look at.
#[derive(Debug, Clone, Copy)]
pub struct LayerRef<'a, T: Scalar> {
    link: &'a Link<T>,
    weights: &'a [Weight<T>],
    built: bool,
}

/// A layer of a model with its weights, to change.
#[derive(Debug)]
pub struct LayerMut<'a, T: Scalar> {
    link: &'a mut Link<T>,
    weights: &'a mut [Weight<T>],
}

impl<'a, T: Scalar> LayerRef<'a, T> {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        &self.link.name
    }

    /// The layer itself.
    #[must_use]
    pub fn layer(&self) -> &'a dyn Layer<T> {
        self.link.layer.as_ref()
    }

    /// Keras's class name.
    #[must_use]
    pub fn class_name(&self) -> &'static str {
        self.link.layer.class_name()
    }

    /// Whether training moves the layer's weights.
    #[must_use]
    pub fn is_trainable(&self) -> bool {
        self.link.trainable
    }

    /// The shape of one output sample, if the model is built.
    #[must_use]
    pub fn output_shape(&self) -> Option<Shape> {
        self.built.then_some(self.link.output)
    }

    /// The weights, in Keras's order; none before the model is built.
    #[must_use]
    pub fn weights(&self) -> &'a [Weight<T>] {
        self.weights
    }

    /// The kernel, if the layer has one.
    #[must_use]
    pub fn kernel(&self) -> Option<&'a Tensor<T>> {
        find(self.weights, Role::Kernel)
    }

    /// The bias, if the layer has one.
    #[must_use]
    pub fn bias(&self) -> Option<&'a Tensor<T>> {
        find(self.weights, Role::Bias)
    }

    /// Copies of all weights, in Keras's order.
    #[must_use]
    pub fn get_weights(&self) -> Vec<Tensor<T>> {
        self.weights.iter().map(|weight| weight.value().clone()).collect()
    }

    /// The number of values in all weights.
    #[must_use]
    pub fn count_params(&self) -> usize {
        self.weights.iter().map(|weight| weight.shape().size()).sum()
    }
}

impl<T: Scalar> LayerMut<'_, T> {
    /// Freezes or frees the layer.
    pub fn set_trainable(&mut self, trainable: bool) {
        self.link.trainable = trainable;
    }

    /// Gives all weights of the layer new values. If one does not fit, none is changed.
    ///
    /// # Errors
    /// [`ModelError::Layer`], with what was expected.
    pub fn set_weights(&mut self, values: &[Tensor<T>]) -> Result<(), ModelError> {
        set_weights(self.link.layer.class_name(), self.weights, values).map_err(ModelError::layer(&self.link.name))
    }
}

impl<T: Scalar> Sequential<T> {
    /// Copies of all weights in Keras's order: layer by layer, in each the kernel, then the bias. None before
    /// the model is built.
    #[must_use]
    pub fn get_weights(&self) -> Vec<Tensor<T>> {
        self.weights.iter().map(|weight| weight.value().clone()).collect()
    }

    /// The weights with their paths and roles, in the order of [`Sequential::get_weights`].
    ///
    /// ```
    /// use cornu_layers::Dense;
    /// use cornu_model::{LayerArguments, sequential};
    ///
    /// let model = sequential![Dense::new(4).input_shape([1]), Dense::new(2)]?;
    /// let paths: Vec<String> = model.named_weights().map(|weight| weight.path).collect();
    /// assert_eq!(paths[0], "sequential/dense/kernel");
    /// assert_eq!(paths[3], "sequential/dense_1/bias");
    /// # Ok::<(), cornu_model::ModelError>(())
    /// ```
    pub fn named_weights(&self) -> impl Iterator<Item = NamedWeight<'_, T>> {
        self.links.iter().flat_map(move |link| {
            self.weights[link.weights.clone()].iter().map(move |weight| NamedWeight {
                path: format!("{}/{}/{}", self.name, link.name, weight.name()),
                role: weight.role(),
                shape: weight.shape(),
                trainable: self.trainable && link.trainable && weight.is_trainable(),
                value: weight.value(),
            })
        })
    }

    /// Gives all weights new values, in the order of [`Sequential::get_weights`]. If one does not fit, none
    /// is changed.
    ///
    /// # Errors
    /// [`ModelError::NotBuilt`], [`ModelError::WeightCount`], [`ModelError::WeightShape`].
    pub fn set_weights(&mut self, values: &[Tensor<T>]) -> Result<(), ModelError> {
        self.shapes("weights")?;
        match set_weights(&self.name, &mut self.weights, values) {
            Ok(()) => Ok(()),
            Err(LayerError::WeightShape { .. }) => Err(self.wrong_shape(values)),
            Err(_) => {
                let paths = self.named_weights().map(|weight| format!("{} {}", weight.path, weight.shape)).collect();
                Err(ModelError::WeightCount { expected: self.weights.len(), paths, received: values.len() })
            }
        }
    }

    /// The error for the first value whose shape is not that of its weight.
    fn wrong_shape(&self, values: &[Tensor<T>]) -> ModelError {
        let mut all = self.named_weights().zip(values).enumerate();
        match all.find(|(_, (weight, value))| weight.shape != value.shape()) {
            Some((index, (NamedWeight { path, shape, .. }, value))) => {
                ModelError::WeightShape { index, path, expected: shape, received: value.shape() }
            }
            None => ModelError::NotBuilt { model: self.name.clone(), what: "weights" },
        }
    }

    /// The layers, first to last.
    pub fn layers(&self) -> impl ExactSizeIterator<Item = LayerRef<'_, T>> {
        self.links.iter().map(|link| LayerRef {
            link,
            weights: &self.weights[link.weights.clone()],
            built: self.is_built(),
        })
    }

    /// A layer by its name or its index.
    ///
    /// # Errors
    /// [`ModelError::UnknownLayer`], with the names there are.
    pub fn get_layer<'k>(&self, key: impl Into<LayerKey<'k>>) -> Result<LayerRef<'_, T>, ModelError> {
        let index = self.find(key.into())?;
        let link = &self.links[index];
        Ok(LayerRef { link, weights: &self.weights[link.weights.clone()], built: self.is_built() })
    }

    /// A layer by its name or its index, to freeze it or to change its weights.
    ///
    /// # Errors
    /// [`ModelError::UnknownLayer`], with the names there are.
    ///
    /// ```
    /// use cornu_layers::Dense;
    /// use cornu_model::{LayerArguments, sequential};
    ///
    /// let mut model = sequential![Dense::new(4).input_shape([1]), Dense::new(2)]?;
    /// model.get_layer_mut("dense")?.set_trainable(false);
    /// assert!(!model.get_layer(0)?.is_trainable());
    /// # Ok::<(), cornu_model::ModelError>(())
    /// ```
    pub fn get_layer_mut<'k>(&mut self, key: impl Into<LayerKey<'k>>) -> Result<LayerMut<'_, T>, ModelError> {
        let index = self.find(key.into())?;
        let link = &mut self.links[index];
        let weights = &mut self.weights[link.weights.clone()];
        Ok(LayerMut { link, weights })
    }

    fn find(&self, key: LayerKey<'_>) -> Result<usize, ModelError> {
        let found = match key {
            LayerKey::Name(name) => self.links.iter().position(|link| link.name == name),
            LayerKey::Index(index) => (index < self.links.len()).then_some(index),
        };
        found.ok_or_else(|| ModelError::UnknownLayer {
            known: self.links.iter().map(|link| link.name.clone()).collect(),
            received: match key {
                LayerKey::Name(name) => format!("{name:?}"),
                LayerKey::Index(index) => format!("index {index} in a model of {} layers", self.links.len()),
            },
        })
    }

    /// The number of values in all weights.
    ///
    /// # Errors
    /// [`ModelError::NotBuilt`], as in Keras.
    pub fn count_params(&self) -> Result<usize, ModelError> {
        self.shapes("weights")?;
        Ok(self.weights.iter().map(|weight| weight.shape().size()).sum())
    }
}
