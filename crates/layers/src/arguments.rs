//! The arguments that every layer with a kernel and a bias takes, in Keras's words.

use std::sync::Arc;

use cornu_config::{Arguments, Config, Value};
use cornu_initializers::{GlorotUniform, IntoInitializer, Zeros};
use cornu_tensor::{Scalar, Shape};

use crate::activations::{self, Activation, IntoActivation, Linear};
use crate::constraints::IntoConstraint;
use crate::learned::{Learned, Names, read_regularizer};
use crate::regularizers::{IntoRegularizer, Regularizer};
use crate::{LayerError, Role, WeightSpec};

/// What was chosen for kernel, bias and activation. The defaults are Keras's: no activation, a bias that
/// begins with zeros, a Glorot uniform kernel.
#[derive(Debug, Clone)]
pub struct KernelOptions<T> {
    pub(crate) activation: Arc<dyn Activation<T>>,
    /// [`Activation::halves`] of it.
    pub(crate) halves: bool,
    pub(crate) use_bias: bool,
    kernel: Learned<T>,
    bias: Learned<T>,
    pub(crate) activity_regularizer: Option<Arc<dyn Regularizer<T>>>,
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
            halves: false,
            use_bias: true,
            kernel: Learned::new(GlorotUniform::new()),
            bias: Learned::new(Zeros),
            activity_regularizer: None,
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
        let mut weights = vec![self.kernel.weight("kernel", Role::Kernel, kernel)];
        if self.use_bias {
            weights.push(self.bias.weight("bias", Role::Bias, [units]));
        }
        Ok(weights)
    }

    /// How many values a place of the output has, with so many units before the activation.
    ///
    /// # Errors
    /// [`LayerError::Argument`] if the activation halves an odd number.
    pub fn output_width(
        &self,
        component: &'static str,
        argument: &'static str,
        units: usize,
    ) -> Result<usize, LayerError> {
        if !self.halves {
            return Ok(units);
        }
        if !units.is_multiple_of(2) {
            let expected = format!("even, for the activation {} halves it", self.activation.name());
            return Err(LayerError::Argument { component, argument, expected, received: units.to_string() });
        }
        Ok(units / 2)
    }

    /// Writes all of them but the activity regularizer; `None` if one was not understood, or no file can carry it.
    #[must_use]
    pub fn write(&self, config: Config) -> Option<Config> {
        self.check().ok()?;
        let config = config.with("activation", activations::serialize(self.activation.as_ref())?);
        self.bias.write(self.kernel.write(config.with("use_bias", self.use_bias), KERNEL)?, BIAS)
    }

    /// Reads what [`KernelOptions::write`] wrote, and the activity regularizer.
    ///
    /// # Errors
    /// [`LayerError::Config`] for a value of a wrong type, and the error of what cannot be made.
    pub fn read(&mut self, arguments: &mut Arguments<'_>) -> Result<(), LayerError> {
        self.set_activation(activations::read(arguments, "activation")?);
        self.use_bias = arguments.or("use_bias", true)?;
        self.kernel.read(arguments, KERNEL)?;
        self.bias.read(arguments, BIAS)?;
        self.activity_regularizer = read_regularizer(arguments, "activity_regularizer")?;
        Ok(())
    }

    fn set_activation(&mut self, activation: Arc<dyn Activation<T>>) {
        self.halves = activation.halves();
        self.activation = activation;
    }
}

const KERNEL: Names = ["kernel_initializer", "kernel_regularizer", "kernel_constraint"];
const BIAS: Names = ["bias_initializer", "bias_regularizer", "bias_constraint"];

/// A component among a layer's arguments: its name or its config; none if the argument is absent or `null`.
pub(crate) fn component<C, E: Into<LayerError>>(
    arguments: &mut Arguments<'_>,
    argument: &'static str,
    by_name: impl FnOnce(&str) -> Result<C, E>,
    from_config: impl FnOnce(&Config) -> Result<C, E>,
) -> Result<Option<C>, LayerError> {
    if let Ok(Some(name)) = arguments.get::<String>(argument) {
        return by_name(&name).map(Some).map_err(Into::into);
    }
    let config = arguments.get::<Config>(argument)?;
    config.as_ref().map(from_config).transpose().map_err(Into::into)
}

/// Reads an argument of Keras that has only one value here.
///
/// # Errors
/// [`LayerError::Argument`] if it has another.
pub(crate) fn fixed(
    arguments: &mut Arguments<'_>,
    component: &'static str,
    argument: &'static str,
    value: &Value,
) -> Result<(), LayerError> {
    match arguments.get::<Value>(argument)? {
        Some(received) if received != *value => {
            let (expected, received) = (value.to_string(), received.to_string());
            Err(LayerError::Argument { component, argument, expected, received })
        }
        _ => Ok(()),
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
            options.set_activation(activation);
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
        options.kernel.initializer(initializer, &mut options.error);
        self
    }

    /// How the bias begins; `zeros` by default. Any initializer will do, as in Keras.
    #[must_use]
    fn bias_initializer(mut self, initializer: impl IntoInitializer<T>) -> Self {
        let options = self.kernel_options();
        options.bias.initializer(initializer, &mut options.error);
        self
    }

    /// A penalty on the kernel; none by default.
    #[must_use]
    fn kernel_regularizer(mut self, regularizer: impl IntoRegularizer<T>) -> Self {
        let options = self.kernel_options();
        options.kernel.regularizer(regularizer, &mut options.error);
        self
    }

    /// A penalty on the bias; none by default.
    #[must_use]
    fn bias_regularizer(mut self, regularizer: impl IntoRegularizer<T>) -> Self {
        let options = self.kernel_options();
        options.bias.regularizer(regularizer, &mut options.error);
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
        options.kernel.constraint(constraint, &mut options.error);
        self
    }

    /// What the bias must keep to after every step; nothing by default.
    #[must_use]
    fn bias_constraint(mut self, constraint: impl IntoConstraint<T>) -> Self {
        let options = self.kernel_options();
        options.bias.constraint(constraint, &mut options.error);
        self
    }
}
