//! The contract that every layer keeps.

use std::fmt::Debug;
use std::sync::Arc;

use cornu_config::Config;
use cornu_initializers::random;
use cornu_tensor::{Scalar, Shape, Tensor, View, ViewMut};
use dyn_clone::DynClone;

use crate::activations::Activation;
use crate::{LayerError, Scratch, Weight, WeightSpec};

/// Whether a pass is part of training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Prediction or evaluation: nothing is random, statistics are those learned.
    Inference,
    /// A training step.
    Training {
        /// The seed of everything random in this use of this layer; the same in every step.
        seed: u64,
        /// The number of the step.
        step: u64,
        /// Whether the layer may learn (Keras's `layer.trainable`).
        trainable: bool,
    },
}

impl Mode {
    /// In training, the key of this step's random numbers: from the layer's own seed, if it has one.
    #[must_use]
    pub fn key(self, own: Option<u64>) -> Option<u64> {
        match self {
            Self::Inference => None,
            Self::Training { seed, step, .. } => Some(random::derive(own.unwrap_or(seed), step)),
        }
    }

    /// The same pass through the `index`-th layer inside this one.
    #[must_use]
    pub fn inner(self, index: u64, may_learn: bool) -> Self {
        match self.learning(may_learn) {
            Self::Inference => Self::Inference,
            Self::Training { seed, step, trainable } => {
                Self::Training { seed: random::derive(seed, index), step, trainable }
            }
        }
    }

    /// The same pass through something that may not learn, if `may_learn` is false.
    #[must_use]
    pub fn learning(self, may_learn: bool) -> Self {
        match self {
            Self::Inference => Self::Inference,
            Self::Training { seed, step, trainable } => {
                Self::Training { seed, step, trainable: trainable && may_learn }
            }
        }
    }
}

/// A forward pass through one layer: what it reads, and where it writes.
#[derive(Debug)]
pub struct Forward<'a, T: Scalar> {
    /// The weights that [`Layer::weights`] asked for, in its order.
    pub weights: &'a [Weight<T>],
    /// The inputs: batches of the shapes that the layer was built for.
    pub inputs: &'a [View<'a, T>],
    /// Where the output goes; its old values mean nothing.
    pub output: ViewMut<'a, T>,
    /// Training or not.
    pub mode: Mode,
    /// Memory to work in, and to leave for the backward pass.
    pub scratch: &'a mut Scratch<T>,
}

/// A backward pass through one layer: what it reads, and where it writes.
///
/// Gradients are written, not added: whoever uses a layer twice adds them up.
#[derive(Debug)]
pub struct Backward<'a, T: Scalar> {
    /// The weights of the forward pass.
    pub weights: &'a [Weight<T>],
    /// The inputs of the forward pass.
    pub inputs: &'a [View<'a, T>],
    /// The output of the forward pass.
    pub output: View<'a, T>,
    /// The gradient of the loss with respect to the output. The layer may overwrite it.
    pub output_gradient: ViewMut<'a, T>,
    /// Where the gradient of each weight goes, in the weight's shape. A layer need not fill those of weights that
    /// gradients do not move: any, where `trainable` is false.
    pub weight_gradients: &'a mut [Tensor<T>],
    /// Where the gradient of each input goes; `None` where nobody asks for it.
    pub input_gradients: &'a mut [Option<ViewMut<'a, T>>],
    /// Whether the layer may learn (Keras's `layer.trainable`).
    pub trainable: bool,
    /// The memory of the forward pass.
    pub scratch: &'a mut Scratch<T>,
}

/// A layer without its last activation, and that activation.
pub type ActivationApart<T> = (Box<dyn Layer<T>>, Arc<dyn Activation<T>>);

/// A layer: the shapes it gives, the weights it needs, and its two passes.
///
/// A layer is a description and a computation; it holds no weights. It says what weights it needs
/// ([`Layer::weights`]), and whoever owns it (a model, a [`crate::Built`] layer, a layer around it) keeps
/// them, freezes them, saves them and passes them in. So a layer is shared, cloned and used twice free of
/// charge, and nothing can be used before it is built.
///
/// Shapes are those of one sample; the batch is the first dimension of what the passes see. A pass may run on a thread
/// of rayon's pool: hold no lock over a call to a kernel or to another layer.
///
/// A user's own layer, from any crate, works wherever Cornu's do:
/// ```
/// use cornu_initializers::Ones;
/// use cornu_layers::{Backward, Built, Forward, Layer, LayerError, Role, WeightSpec, single};
/// use cornu_tensor::{Scalar, Shape, Tensor};
///
/// /// `x · scale`, one learned number for all.
/// #[derive(Debug, Clone)]
/// struct Scale;
///
/// impl<T: Scalar> Layer<T> for Scale {
///     fn class_name(&self) -> &'static str {
///         "Scale"
///     }
///     fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
///         single("Scale", inputs)
///     }
///     fn weights(&self, _inputs: &[Shape]) -> Result<Vec<WeightSpec<T>>, LayerError> {
///         Ok(vec![WeightSpec::new("scale", Role::Other, [], Ones)])
///     }
///     fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
///         let scale = pass.weights[0].as_slice()[0];
///         for (y, &x) in pass.output.as_mut_slice().iter_mut().zip(pass.inputs[0].as_slice()) {
///             *y = scale * x;
///         }
///         Ok(())
///     }
///     fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
///         let (x, g) = (pass.inputs[0].as_slice(), pass.output_gradient.as_slice());
///         let slope = x.iter().zip(g).fold(T::zero(), |sum, (&x, &g)| sum + x * g);
///         pass.weight_gradients[0].as_mut_slice()[0] = slope;
///         if let Some(gradient) = &mut pass.input_gradients[0] {
///             let scale = pass.weights[0].as_slice()[0];
///             for (d, &g) in gradient.as_mut_slice().iter_mut().zip(g) {
///                 *d = scale * g;
///             }
///         }
///         Ok(())
///     }
/// }
///
/// let layer = Built::<f32>::new(Scale, &[[2].into()], 0)?;
/// assert_eq!(layer.call(&Tensor::from([[1.0, 2.0]]))?, Tensor::from([[1.0, 2.0]]));
/// # Ok::<(), LayerError>(())
/// ```
pub trait Layer<T: Scalar>: Debug + DynClone + Send + Sync {
    /// Keras's class name, such as `"Dense"`.
    fn class_name(&self) -> &'static str;

    /// The name that the layer brings with it, as a model in a model does. Most have none: the model names them.
    fn own_name(&self) -> Option<&str> {
        None
    }

    /// The shape of one input sample, if the layer itself says it, as [`crate::Input`] does.
    fn fixed_input(&self) -> Option<Shape> {
        None
    }

    /// Takes note of the shapes of the inputs; called once, before [`Layer::weights`]. Most layers need not.
    ///
    /// # Errors
    /// As [`Layer::output_shape`].
    fn build(&mut self, inputs: &[Shape]) -> Result<(), LayerError> {
        let _ = inputs;
        Ok(())
    }

    /// The shape of one output sample for inputs of these shapes.
    ///
    /// # Errors
    /// [`LayerError`] if the layer was given a wrong argument or cannot take such inputs.
    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError>;

    /// The weights that the layer needs for inputs of these shapes, in Keras's order: those that gradients
    /// move, then the others.
    ///
    /// # Errors
    /// As [`Layer::output_shape`].
    fn weights(&self, inputs: &[Shape]) -> Result<Vec<WeightSpec<T>>, LayerError> {
        let _ = inputs;
        Ok(Vec::new())
    }

    /// Whether a pass can fail after the shapes were agreed to. Training keeps a copy of all weights if so, to give them
    /// back after an error.
    fn may_fail(&self) -> bool {
        true
    }

    /// Whether a training pass draws random numbers, so that it gives something else at every step.
    fn is_random(&self) -> bool {
        false
    }

    /// Computes the output from the inputs.
    ///
    /// The shapes are those that [`Layer::output_shape`] agreed to.
    ///
    /// # Errors
    /// [`LayerError`], for what only the values can tell.
    fn forward(&self, pass: Forward<'_, T>) -> Result<(), LayerError>;

    /// Computes the gradients of the last training pass.
    ///
    /// # Errors
    /// [`LayerError`], for what only the values can tell.
    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError>;

    /// Moves the weights that training updates without gradients, after a training step of a layer that may
    /// learn. `scratch` is what the forward pass left.
    fn update_state(&self, weights: &mut [Weight<T>], scratch: &Scratch<T>) {
        let _ = (weights, scratch);
    }

    /// The layer without its last activation, and that activation, if the two can be told apart. A loss that
    /// knows the activation then works on the logits, in the stable form.
    fn without_activation(&self) -> Option<ActivationApart<T>> {
        None
    }

    /// The class and the layer's own arguments, as Keras writes them; `None`, the default, for a layer that no file can
    /// carry. What every layer has besides, its place in a model writes: see [`crate::serialize`].
    fn get_config(&self) -> Option<Config> {
        None
    }
}

dyn_clone::clone_trait_object!(<T: Scalar> Layer<T>);

/// The shape of the only input of a layer.
///
/// # Errors
/// [`LayerError::InputCount`] if there is none or more than one.
pub fn single(layer: &'static str, inputs: &[Shape]) -> Result<Shape, LayerError> {
    match inputs {
        &[input] => Ok(input),
        _ => Err(LayerError::InputCount { layer, expected: "1".to_owned(), received: inputs.len() }),
    }
}
