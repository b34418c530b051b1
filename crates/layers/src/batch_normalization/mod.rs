//! Values of mean 0 and variance 1, feature by feature.

mod config;
mod passes;

use std::sync::Arc;

use cornu_initializers::{Initializer, IntoInitializer, Ones, Zeros};
use cornu_tensor::{Scalar, Shape};

use crate::LayerError;
use crate::arguments::keep_error;
use crate::constraints::IntoConstraint;
use crate::features::{Features, batch_axis};
use crate::learned::Learned;
use crate::regularizers::IntoRegularizer;

/// `gamma · (x − mean) / √(variance + epsilon) + beta` for each feature (`keras.layers.BatchNormalization`).
/// The shape stays.
///
/// In training, mean and (biased) variance are those of the batch, and the moving statistics follow them:
/// `moving ← momentum · moving + (1 − momentum) · batch`. In inference they are the moving statistics; in the
/// training of a frozen layer too, as in Keras.
///
/// Source: [Ioffe and Szegedy, 2015](https://arxiv.org/abs/1502.03167).
///
/// # Shapes
/// gamma, beta, moving mean and moving variance, in this order: `(features,)`, the dimension at `axis`.
///
/// ```
/// use cornu_layers::{BatchNormalization, Built};
/// use cornu_tensor::Tensor;
///
/// let normalization = BatchNormalization::<f64>::new().epsilon(0.0).beta_initializer("ones");
/// let normalization = Built::new(normalization, &[[2].into()], 0)?;
/// let names: Vec<_> = normalization.weights().iter().map(|weight| weight.name()).collect();
/// assert_eq!(names, ["gamma", "beta", "moving_mean", "moving_variance"]);
/// let x = Tensor::from([[1.0, -2.0]]);
/// assert_eq!(normalization.call(&x)?, Tensor::from([[2.0, -1.0]])); // moving mean 0, moving variance 1
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct BatchNormalization<T> {
    axis: isize,
    momentum: f64,
    epsilon: f64,
    /// Whether beta is added.
    center: bool,
    /// Whether gamma multiplies.
    scale: bool,
    gamma: Learned<T>,
    beta: Learned<T>,
    moving_mean_initializer: Arc<dyn Initializer<T>>,
    moving_variance_initializer: Arc<dyn Initializer<T>>,
    /// The first argument that could not be understood; it is reported when the layer is built.
    error: Option<LayerError>,
}

impl<T: Scalar> BatchNormalization<T> {
    /// A layer with Keras's defaults.
    #[must_use]
    pub fn new() -> Self {
        Self {
            axis: -1,
            momentum: 0.99,
            epsilon: 1e-3,
            center: true,
            scale: true,
            gamma: Learned::new(Ones),
            beta: Learned::new(Zeros),
            moving_mean_initializer: Arc::new(Zeros),
            moving_variance_initializer: Arc::new(Ones),
            error: None,
        }
    }

    /// The axis of the features, the batch being axis 0; a negative one counts from the end. −1 by default.
    #[must_use]
    pub fn axis(self, axis: isize) -> Self {
        Self { axis, ..self }
    }

    /// How much of the moving statistics stays in each training step, from 0 to 1; 0.99 by default.
    #[must_use]
    pub fn momentum(self, momentum: f64) -> Self {
        Self { momentum, ..self }
    }

    /// What is added to the variance, 0 or more; 0.001 by default.
    #[must_use]
    pub fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// Whether beta is added; true by default. Without it, it is not among the weights.
    #[must_use]
    pub fn center(self, center: bool) -> Self {
        Self { center, ..self }
    }

    /// Whether gamma multiplies; true by default. Without it, it is not among the weights.
    #[must_use]
    pub fn scale(self, scale: bool) -> Self {
        Self { scale, ..self }
    }

    /// How beta begins; `zeros` by default.
    #[must_use]
    pub fn beta_initializer(mut self, initializer: impl IntoInitializer<T>) -> Self {
        self.beta.initializer(initializer, &mut self.error);
        self
    }

    /// How gamma begins; `ones` by default.
    #[must_use]
    pub fn gamma_initializer(mut self, initializer: impl IntoInitializer<T>) -> Self {
        self.gamma.initializer(initializer, &mut self.error);
        self
    }

    /// How the moving mean begins; `zeros` by default.
    #[must_use]
    pub fn moving_mean_initializer(mut self, initializer: impl IntoInitializer<T>) -> Self {
        if let Some(initializer) = keep_error(&mut self.error, initializer.into_initializer()) {
            self.moving_mean_initializer = initializer;
        }
        self
    }

    /// How the moving variance begins; `ones` by default.
    #[must_use]
    pub fn moving_variance_initializer(mut self, initializer: impl IntoInitializer<T>) -> Self {
        if let Some(initializer) = keep_error(&mut self.error, initializer.into_initializer()) {
            self.moving_variance_initializer = initializer;
        }
        self
    }

    /// A penalty on beta; none by default.
    #[must_use]
    pub fn beta_regularizer(mut self, regularizer: impl IntoRegularizer<T>) -> Self {
        self.beta.regularizer(regularizer, &mut self.error);
        self
    }

    /// A penalty on gamma; none by default.
    #[must_use]
    pub fn gamma_regularizer(mut self, regularizer: impl IntoRegularizer<T>) -> Self {
        self.gamma.regularizer(regularizer, &mut self.error);
        self
    }

    /// What beta must keep to after every step; nothing by default.
    #[must_use]
    pub fn beta_constraint(mut self, constraint: impl IntoConstraint<T>) -> Self {
        self.beta.constraint(constraint, &mut self.error);
        self
    }

    /// What gamma must keep to after every step; nothing by default.
    #[must_use]
    pub fn gamma_constraint(mut self, constraint: impl IntoConstraint<T>) -> Self {
        self.gamma.constraint(constraint, &mut self.error);
        self
    }

    /// The axis of a batch of samples of this shape, if all arguments are right for it.
    fn checked_axis(&self, input: Shape) -> Result<usize, LayerError> {
        if let Some(error) = &self.error {
            return Err(error.clone());
        }
        let bad = |argument, expected: String, received: String| {
            Err(LayerError::Argument { component: "BatchNormalization", argument, expected, received })
        };
        if !(0.0..=1.0).contains(&self.momentum) {
            return bad("momentum", "a number from 0 to 1".to_owned(), self.momentum.to_string());
        }
        if !self.epsilon.is_finite() || self.epsilon < 0.0 {
            return bad("epsilon", "a finite number, 0 or more".to_owned(), self.epsilon.to_string());
        }
        if input.size() == 0 {
            let expected = "no dimension of 0".to_owned();
            return Err(LayerError::Input { layer: "BatchNormalization", expected, received: input });
        }
        match batch_axis(self.axis, input.rank()) {
            Some(axis) => Ok(axis),
            None => {
                let expected = format!("an axis of (batch, …) other than the batch, for samples of shape {input}");
                bad("axis", expected, self.axis.to_string())
            }
        }
    }

    /// The features of a batch of this shape.
    fn features(&self, batch: Shape) -> Result<Features, LayerError> {
        Ok(Features::along(self.checked_axis(batch.sample())?, batch))
    }
}

impl<T: Scalar> Default for BatchNormalization<T> {
    fn default() -> Self {
        Self::new()
    }
}
