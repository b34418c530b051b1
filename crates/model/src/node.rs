//! A layer in a model: the layer with the arguments that every Keras layer takes.

use cornu_layers::Layer;
use cornu_tensor::{Scalar, Shape};

/// A layer with its name, whether it may learn, and the shape of its input: what [`LayerArguments`] give. These
/// arguments come after those of the layer itself.
///
/// Every [`Layer`], a user's own too, gets these arguments through [`LayerArguments`].
#[derive(Debug, Clone)]
pub struct Node<T: Scalar> {
    pub(crate) layer: Box<dyn Layer<T>>,
    pub(crate) name: Option<String>,
    pub(crate) trainable: bool,
    pub(crate) input_shape: Option<Shape>,
}

impl<T: Scalar> Node<T> {
    /// A layer whose type is not known, with Keras's default arguments.
    #[must_use]
    pub fn from_box(layer: Box<dyn Layer<T>>) -> Self {
        let (name, input_shape) = (layer.own_name().map(str::to_owned), layer.fixed_input());
        Self { layer, name, trainable: true, input_shape }
    }

    /// The layer's name in its model (Keras's `name`); by default its class name in snake case, counted.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// Whether training moves the layer's weights; true by default.
    #[must_use]
    pub fn trainable(self, trainable: bool) -> Self {
        Self { trainable, ..self }
    }

    /// The shape of one input sample, without the batch. The first layer of a model may say it, so that the
    /// model can be built at once.
    #[must_use]
    pub fn input_shape(self, shape: impl Into<Shape>) -> Self {
        Self { input_shape: Some(shape.into()), ..self }
    }
}

/// The arguments that every Keras layer takes, for every [`Layer`].
///
/// They come last: what they give is a [`Node`], which has these methods and no others.
///
/// ```
/// use cornu_layers::{Dense, KernelArguments};
/// use cornu_model::{LayerArguments, sequential};
///
/// let model = sequential![
///     Dense::new(4).activation("relu").input_shape([1]).named("hidden"),
///     Dense::new(2).activation("softmax"),
/// ]?;
/// assert_eq!(model.get_layer("hidden")?.count_params(), 8);
/// # Ok::<(), cornu_model::ModelError>(())
/// ```
pub trait LayerArguments<T: Scalar>: Layer<T> + Sized + 'static {
    /// As [`Node::named`].
    #[doc(alias = "name")]
    #[must_use]
    fn named(self, name: impl Into<String>) -> Node<T> {
        Node::from_box(Box::new(self)).named(name)
    }

    /// As [`Node::trainable`].
    #[must_use]
    fn trainable(self, trainable: bool) -> Node<T> {
        Node::from_box(Box::new(self)).trainable(trainable)
    }

    /// As [`Node::input_shape`].
    #[must_use]
    fn input_shape(self, shape: impl Into<Shape>) -> Node<T> {
        Node::from_box(Box::new(self)).input_shape(shape)
    }
}

impl<T: Scalar, L: Layer<T> + 'static> LayerArguments<T> for L {}

/// What can be added to a model: any [`Layer`], or a [`Node`].
pub trait IntoNode<T: Scalar> {
    /// The layer with its arguments.
    fn into_node(self) -> Node<T>;
}

impl<T: Scalar, L: Layer<T> + 'static> IntoNode<T> for L {
    fn into_node(self) -> Node<T> {
        Node::from_box(Box::new(self))
    }
}

// One for each scalar type: for all at once, it would overlap with a `Layer` that another crate could make of `Node`.
impl IntoNode<f32> for Node<f32> {
    fn into_node(self) -> Self {
        self
    }
}

impl IntoNode<f64> for Node<f64> {
    fn into_node(self) -> Self {
        self
    }
}
