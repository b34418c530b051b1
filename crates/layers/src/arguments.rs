//! The arguments that every layer with a kernel and a bias takes, in Keras's words.

use std::sync::Arc;

use cornu_initializers::{GlorotUniform, Initializer, IntoInitializer, Zeros};
use cornu_tensor::{Scalar, Shape};

use crate::activations::{Activation, IntoActivation, Linear};
use crate::constraints::{Constraint, IntoConstraint};
use crate::regularizers::{IntoRegularizer, Regularizer};
use crate::{LayerError, Role, WeightSpec};

/// What was chosen for kernel, bias and activation. The defaults are Keras's: no activation, a bias that
/// begins with zeros, a Glorot uniform kernel.
#[derive(Debug, Clone)]
pub struct KernelOptions<T> {
    pub(crate) activation: Arc<dyn Activation<T>>,
    pub(crate) use_bias: bool,
    kernel_initializer: Arc<dyn Initializer<T>>,
    bias_initializer: Arc<dyn Initializer<T>>,
    kernel_regularizer: Option<Arc<dyn Regularizer<T>>>,
    bias_regularizer: Option<Arc<dyn Regularizer<T>>>,
    pub(crate) activity_regularizer: Option<Arc<dyn Regularizer<T>>>,
    kernel_constraint: Option<Arc<dyn Constraint<T>>>,
    bias_constraint: Option<Arc<dyn Constraint<T>>>,
    /// The first argument that could not be understood; it is reported when the layer is built.
    error: Option<LayerError>,
}

/// An argument's value, or nothing, with the first error of a layer's arguments kept for when it is built.
pub(crate) fn keep_error<V>(first: &mut Option<LayerError>, argument: Result<V, impl Into<LayerError>>) -> Option<V> {
    argument
        .map_err(|error| {
            first.get_or_insert(error.into());
        })
        .ok()
}

impl<T: Scalar> Default for KernelOptions<T> {
    fn default() -> Self {
        Self {
            activation: Arc::new(Linear),
            use_bias: true,
            kernel_initializer: Arc::new(GlorotUniform::new()),
            bias_initializer: Arc::new(Zeros),
            kernel_regularizer: None,
            bias_regularizer: None,
            activity_regularizer: None,
            kernel_constraint: None,
            bias_constraint: None,
            error: None,
        }
    }
}

impl<T: Scalar> KernelOptions<T> {
    /// The argument's value, or nothing with the error kept for later.
    pub(crate) fn take<V>(&mut self, argument: Result<V, impl Into<LayerError>>) -> Option<V> {
        keep_error(&mut self.error, argument)
    }

    /// Whether every argument was understood.
    ///
    /// # Errors
    /// The error of the first that was not.
    pub fn check(&self) -> Result<(), LayerError> {
        self.error.clone().map_or(Ok(()), Err)
    }

    /// The shape of an output sample, if the activity regularizer can be taken on such outputs.
    ///
    /// # Errors
    /// What the regularizer says of them.
    pub fn checked_output(&self, sample: Shape) -> Result<Shape, LayerError> {
        if let Some(regularizer) = &self.activity_regularizer {
            regularizer.check(sample.with_batch(1)?)?;
        }
        Ok(sample)
    }

    /// The kernel and, if there is one, the bias.
    ///
    /// # Errors
    /// As [`KernelOptions::check`].
    pub fn weights(&self, kernel: Shape, units: usize) -> Result<Vec<WeightSpec<T>>, LayerError> {
        self.check()?;
        let mut weights = vec![
            WeightSpec::new("kernel", Role::Kernel, kernel, self.kernel_initializer.clone())
                .regularizer(self.kernel_regularizer.clone())
                .constraint(self.kernel_constraint.clone()),
        ];
        if self.use_bias {
            weights.push(
                WeightSpec::new("bias", Role::Bias, [units], self.bias_initializer.clone())
                    .regularizer(self.bias_regularizer.clone())
                    .constraint(self.bias_constraint.clone()),
            );
        }
        Ok(weights)
    }
}

/// The arguments that every layer with a kernel and a bias takes.
///
/// Each takes Keras's name of a thing or the thing itself. A name that is unknown is reported when the layer
/// is built.
///
/// ```
/// use cornu_initializers::RandomNormal;
/// use cornu_layers::{Built, Dense, KernelArguments};
///
/// let named = Dense::<f32>::new(4).activation("relu").bias_initializer("random_normal");
/// let typed = Dense::<f32>::new(4).activation("relu").bias_initializer(RandomNormal::new(0.0, 0.05)?);
/// let inputs = [[3].into()];
/// assert_eq!(Built::new(named, &inputs, 7)?.bias(), Built::new(typed, &inputs, 7)?.bias());
///
/// let wrong = Dense::<f32>::new(4).activation("rleu");
/// assert!(Built::new(wrong, &inputs, 7).is_err());
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
pub trait KernelArguments<T: Scalar>: Sized {
    /// Where the layer keeps them.
    fn kernel_options(&mut self) -> &mut KernelOptions<T>;

    /// The activation of the output; none by default.
    #[must_use]
    fn activation(mut self, activation: impl IntoActivation<T>) -> Self {
        let options = self.kernel_options();
        if let Some(activation) = options.take(activation.into_activation()) {
            options.activation = activation;
        }
        self
    }

    /// Whether a bias is added; true by default. Without it, the layer has no bias among its weights.
    #[must_use]
    fn use_bias(mut self, use_bias: bool) -> Self {
        self.kernel_options().use_bias = use_bias;
        self
    }

    /// How the kernel begins; `glorot_uniform` by default.
    #[must_use]
    fn kernel_initializer(mut self, initializer: impl IntoInitializer<T>) -> Self {
        let options = self.kernel_options();
        if let Some(initializer) = options.take(initializer.into_initializer()) {
            options.kernel_initializer = initializer;
        }
        self
    }

    /// How the bias begins; `zeros` by default. Any initializer will do, as in Keras.
    #[must_use]
    fn bias_initializer(mut self, initializer: impl IntoInitializer<T>) -> Self {
        let options = self.kernel_options();
        if let Some(initializer) = options.take(initializer.into_initializer()) {
            options.bias_initializer = initializer;
        }
        self
    }

    /// A penalty on the kernel; none by default.
    #[must_use]
    fn kernel_regularizer(mut self, regularizer: impl IntoRegularizer<T>) -> Self {
        let options = self.kernel_options();
        options.kernel_regularizer = options.take(regularizer.into_regularizer());
        self
    }

    /// A penalty on the bias; none by default.
    #[must_use]
    fn bias_regularizer(mut self, regularizer: impl IntoRegularizer<T>) -> Self {
        let options = self.kernel_options();
        options.bias_regularizer = options.take(regularizer.into_regularizer());
        self
    }

    /// A penalty on the output, added to the loss as its mean over the batch; none by default.
    #[must_use]
    fn activity_regularizer(mut self, regularizer: impl IntoRegularizer<T>) -> Self {
        let options = self.kernel_options();
        options.activity_regularizer = options.take(regularizer.into_regularizer());
        self
    }

    /// What the kernel must keep to after every step; nothing by default.
    #[must_use]
    fn kernel_constraint(mut self, constraint: impl IntoConstraint<T>) -> Self {
        let options = self.kernel_options();
        options.kernel_constraint = options.take(constraint.into_constraint());
        self
    }

    /// What the bias must keep to after every step; nothing by default.
    #[must_use]
    fn bias_constraint(mut self, constraint: impl IntoConstraint<T>) -> Self {
        let options = self.kernel_options();
        options.bias_constraint = options.take(constraint.into_constraint());
        self
    }
}
