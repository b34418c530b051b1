//! What a layer says of a weight before it exists, and the weight itself.

use std::sync::Arc;

use cornu_initializers::{Initializer, random};
use cornu_tensor::{Scalar, Shape, Tensor};

use crate::LayerError;
use crate::constraints::Constraint;
use crate::regularizers::Regularizer;

/// What a weight is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Multiplies the inputs.
    Kernel,
    /// Is added to the outputs.
    Bias,
    /// Anything else, such as a normalization's scale or statistics.
    Other,
}

/// A weight that a layer asks for: name, role, shape, and how its values begin.
///
/// ```
/// use cornu_initializers::Zeros;
/// use cornu_layers::{Role, WeightSpec};
///
/// let bias = WeightSpec::<f32>::new("bias", Role::Bias, [4], Zeros);
/// assert_eq!(bias.name(), "bias");
/// ```
#[derive(Debug, Clone)]
pub struct WeightSpec<T> {
    name: String,
    role: Role,
    shape: Shape,
    initializer: Arc<dyn Initializer<T>>,
    trainable: bool,
    regularizer: Option<Arc<dyn Regularizer<T>>>,
    constraint: Option<Arc<dyn Constraint<T>>>,
}

impl<T: Scalar> WeightSpec<T> {
    /// A trainable weight.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        role: Role,
        shape: impl Into<Shape>,
        initializer: impl Initializer<T> + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            role,
            shape: shape.into(),
            initializer: Arc::new(initializer),
            trainable: true,
            regularizer: None,
            constraint: None,
        }
    }

    /// With `false`, gradients do not move the weight: the layer's own [`crate::Layer::update_state`] may.
    #[must_use]
    pub fn trainable(self, trainable: bool) -> Self {
        Self { trainable, ..self }
    }

    /// A penalty on the weight's values.
    #[must_use]
    pub fn regularizer(self, regularizer: Option<Arc<dyn Regularizer<T>>>) -> Self {
        Self { regularizer, ..self }
    }

    /// What the weight must keep to.
    #[must_use]
    pub fn constraint(self, constraint: Option<Arc<dyn Constraint<T>>>) -> Self {
        Self { constraint, ..self }
    }

    /// The same weight of an inner layer, with that layer's name before its own: `inner/kernel`.
    #[must_use]
    pub fn within(self, layer: &str) -> Self {
        Self { name: format!("{layer}/{}", self.name), ..self }
    }

    /// The name, such as `kernel`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is for.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// The shape.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Whether gradients move the weight.
    #[must_use]
    pub fn is_trainable(&self) -> bool {
        self.trainable
    }

    /// The weight, its first values drawn from this seed (or from the initializer's own).
    ///
    /// # Errors
    /// [`LayerError::Initializer`] if the initializer cannot fill the shape, and what the regularizer and the
    /// constraint say of a shape that is not for them.
    pub fn init(self, seed: u64) -> Result<Weight<T>, LayerError> {
        self.regularizer.as_ref().map_or(Ok(()), |regularizer| regularizer.check(self.shape))?;
        self.constraint.as_ref().map_or(Ok(()), |constraint| constraint.check(self.shape))?;
        let value = self.initializer.init(self.shape, &mut random::generator(seed))?;
        if value.shape() != self.shape {
            let (expected, received) = (Box::new(self.shape), value.shape());
            return Err(LayerError::WeightShape { weight: self.name, expected, received });
        }
        let Self { name, role, trainable, regularizer, constraint, .. } = self;
        Ok(Weight { name, role, value, trainable, regularizer, constraint })
    }
}

/// A weight of a built layer: its values, and what else is known of it.
#[derive(Debug, Clone)]
pub struct Weight<T> {
    name: String,
    role: Role,
    value: Tensor<T>,
    trainable: bool,
    regularizer: Option<Arc<dyn Regularizer<T>>>,
    constraint: Option<Arc<dyn Constraint<T>>>,
}

impl<T: Scalar> Weight<T> {
    /// The name within its layer, such as `kernel`, or `inner/kernel` in a layer that holds others.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is for.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// The shape.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.value.shape()
    }

    /// The values.
    #[must_use]
    pub fn value(&self) -> &Tensor<T> {
        &self.value
    }

    /// The values, row-major.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        self.value.as_slice()
    }

    /// The values, row-major, to write to.
    #[must_use]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        self.value.as_mut_slice()
    }

    /// Whether gradients move it. A frozen layer's weights answer as if the layer were not frozen.
    #[must_use]
    pub fn is_trainable(&self) -> bool {
        self.trainable
    }

    /// Takes the values of a tensor of the same shape.
    ///
    /// # Errors
    /// [`LayerError::WeightShape`] if the shape differs.
    pub fn set(&mut self, value: &Tensor<T>) -> Result<(), LayerError> {
        self.check(value)?;
        self.value.as_mut_slice().copy_from_slice(value.as_slice());
        Ok(())
    }

    /// Whether [`Weight::set`] would take this tensor.
    ///
    /// # Errors
    /// [`LayerError::WeightShape`] if the shape differs.
    pub fn check(&self, value: &Tensor<T>) -> Result<(), LayerError> {
        if value.shape() == self.shape() {
            return Ok(());
        }
        let (weight, expected, received) = (self.name.clone(), Box::new(self.shape()), value.shape());
        Err(LayerError::WeightShape { weight, expected, received })
    }

    /// The penalty on the values, 0 without a regularizer.
    #[must_use]
    pub fn penalty(&self) -> T {
        self.regularizer.as_ref().map_or(T::zero(), |r| r.penalty(self.value.view()))
    }

    /// Adds the penalty's gradient to `gradient`.
    pub fn add_penalty_gradient(&self, gradient: &mut [T]) {
        if let Some(regularizer) = &self.regularizer {
            regularizer.add_gradient(self.value.view(), gradient);
        }
    }

    /// Whether the values must keep to a constraint.
    #[must_use]
    pub fn is_constrained(&self) -> bool {
        self.constraint.is_some()
    }

    /// Makes the values keep to the constraint.
    pub fn constrain(&mut self) {
        if let Some(constraint) = &self.constraint {
            constraint.apply(self.value.view_mut());
        }
    }

    /// What would make this weight again, beginning with the values that it has now.
    #[must_use]
    pub fn to_spec(&self) -> WeightSpec<T> {
        WeightSpec {
            name: self.name.clone(),
            role: self.role,
            shape: self.shape(),
            initializer: Arc::new(self.value.clone()),
            trainable: self.trainable,
            regularizer: self.regularizer.clone(),
            constraint: self.constraint.clone(),
        }
    }
}
