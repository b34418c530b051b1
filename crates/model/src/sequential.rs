//! The sequential model: its layers, its weights, and how both come to be.

use cornu_initializers::random;
use cornu_layers::{Input, LayerError, Weight, init_weights};
use cornu_tensor::{Scalar, Shape};

use crate::chain::{AtLayer, Chain, Link};
use crate::compile::Compiled;
use crate::names::snake_case;
use crate::streams::WEIGHTS;
use crate::{IntoNode, ModelError, Node};

/// The name of a model that was given none.
pub(crate) const DEFAULT_NAME: &str = "sequential";

/// Layers one after the other (`keras.Sequential`).
///
/// The model owns the weights of its layers. It is built, which means that the weights exist, as soon as the
/// shape of its input is known: from `input_shape` on the first layer, from an [`Input`], from
/// [`Sequential::build`], or from the first batch of [`Sequential::fit`].
///
/// One seed ([`Sequential::with_seed`], 0 by default) fixes initial weights, shuffling and dropout.
///
/// A model is cloned, sent to other threads and shared between them; it predicts through `&self`.
///
/// ```
/// use cornu_layers::{Dense, KernelArguments};
/// use cornu_model::{LayerArguments, Sequential};
/// use cornu_tensor::Tensor;
///
/// let mut model = Sequential::new();
/// model.add(Dense::new(4).activation("relu").use_bias(true).bias_initializer("zeros").input_shape([1]))?;
/// model.add(Dense::new(2).activation("softmax"))?;
///
/// let weights = model.get_weights();
/// assert_eq!(weights[0].shape(), [1, 4].into());
/// assert_eq!(weights[1], Tensor::zeros([4]));
/// # Ok::<(), cornu_model::ModelError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sequential<T: Scalar = f32> {
    pub(crate) name: String,
    pub(crate) seed: u64,
    pub(crate) trainable: bool,
    input: Option<Shape>,
    pub(crate) links: Vec<Link<T>>,
    pub(crate) weights: Vec<Weight<T>>,
    built: bool,
    pub(crate) compiled: Option<Compiled<T>>,
}

/// What [`Sequential::add`] does, for layers in a list: `sequential![Dense::new(4), Dense::new(2)]`.
///
/// It gives a [`Sequential`] of `f32` (of `f64` with `sequential![f64; …]`), or the error of the first layer that does
/// not fit.
///
/// ```
/// use cornu_layers::{Dense, Input, KernelArguments};
/// use cornu_model::sequential;
///
/// let model = sequential![Input::new([1]), Dense::new(4).activation("relu"), Dense::new(2).activation("softmax")]?;
/// assert_eq!(model.count_params()?, 18);
/// let exact = sequential![f64; Input::new([1]), Dense::new(4), Dense::new(2)]?;
/// assert_eq!(exact.count_params()?, 18);
/// # Ok::<(), cornu_model::ModelError>(())
/// ```
#[macro_export]
macro_rules! sequential {
    (f64; $($layer:expr),* $(,)?) => {
        $crate::Sequential::<f64>::from_nodes([$($crate::IntoNode::into_node($layer)),*])
    };
    ($($layer:expr),* $(,)?) => {
        $crate::Sequential::<f32>::from_nodes([$($crate::IntoNode::into_node($layer)),*])
    };
}

impl Sequential<f32> {
    /// A model without layers, of `f32` as in Keras. For `f64`: `Sequential::<f64>::default()`, or
    /// [`sequential!`](crate::sequential)`[f64; …]`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl<T: Scalar> Default for Sequential<T> {
    fn default() -> Self {
        Self {
            name: DEFAULT_NAME.to_owned(),
            seed: 0,
            trainable: true,
            input: None,
            links: Vec::new(),
            weights: Vec::new(),
            built: false,
            compiled: None,
        }
    }
}

impl<T: Scalar> Sequential<T> {
    /// A model of these layers.
    ///
    /// # Errors
    /// As [`Sequential::add`].
    pub fn from_nodes(nodes: impl IntoIterator<Item = Node<T>>) -> Result<Self, ModelError> {
        let mut model = Self::default();
        for node in nodes {
            model.add_node(node)?;
        }
        Ok(model)
    }

    /// The model under another name; `sequential` by default.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The model under another seed, its weights (if they exist) drawn anew from it. A model in this model that
    /// brought weights of its own begins with those again.
    ///
    /// # Errors
    /// [`ModelError::Layer`] if an initializer cannot fill its shape.
    pub fn with_seed(self, seed: u64) -> Result<Self, ModelError> {
        let mut model = Self { seed, ..self };
        if let Some(compiled) = &mut model.compiled {
            compiled.forget();
        }
        let built = if model.built { model.links.len() } else { 0 };
        for i in 0..built {
            let weights = model.draw(i)?;
            for (weight, drawn) in model.weights[model.links[i].weights.clone()].iter_mut().zip(weights) {
                *weight = drawn;
            }
        }
        Ok(model)
    }

    /// Adds a layer at the end. An [`Input`] says the shape of the samples and is not kept.
    ///
    /// # Errors
    /// [`ModelError::Layer`] if the layer was given a wrong argument or cannot follow the one before (of a model whose
    /// shape of input is not known yet, that shows when it is built); [`ModelError::DuplicateName`]. The model is then
    /// as it was.
    pub fn add(&mut self, layer: impl IntoNode<T>) -> Result<&mut Self, ModelError> {
        self.add_node(layer.into_node())?;
        Ok(self)
    }

    fn add_node(&mut self, node: Node<T>) -> Result<(), ModelError> {
        let is_input = node.layer.class_name() == Input::CLASS_NAME;
        let input = if self.links.is_empty() { self.input.or(node.input_shape) } else { self.input };
        if let (Some(expected), Some(received)) = (self.end().or(input), node.input_shape)
            && expected != received
        {
            return Err(ModelError::InputShape { expected, received });
        }
        if is_input && self.links.is_empty() {
            self.input = input;
            return Ok(());
        }
        if is_input {
            return Err(ModelError::Argument {
                function: "add",
                argument: "layer",
                expected: "any layer but an `Input`, which can only come first".to_owned(),
                received: format!("an `Input` after {} layer(s)", self.links.len()),
            });
        }
        let name = self.name_for(&node)?;
        let before = self.input;
        let Node { layer, trainable, input_shape: declared, .. } = node;
        let unknown = Shape::default();
        self.links.push(Link {
            layer,
            name,
            trainable,
            declared,
            input: unknown,
            output: unknown,
            weights: 0..0,
            work: 0,
        });
        self.input = input;
        if let Err(error) = self.build_from(self.links.len() - 1) {
            self.links.pop();
            self.input = before;
            return Err(error);
        }
        self.changed();
        Ok(())
    }

    /// Takes the last layer off, with its weights.
    ///
    /// # Errors
    /// [`ModelError::Empty`] if there is none.
    pub fn pop(&mut self) -> Result<(), ModelError> {
        let Some(link) = self.links.pop() else { return Err(self.empty("pop")) };
        if self.built {
            self.weights.truncate(link.weights.start);
        }
        self.built &= !self.links.is_empty();
        self.changed();
        Ok(())
    }

    /// Creates the weights for samples of this shape, without the batch. A model that is built already stays
    /// as it is.
    ///
    /// # Errors
    /// [`ModelError::Empty`], [`ModelError::InputShape`] if the shape is known to be another,
    /// [`ModelError::Layer`] if a layer cannot take what comes.
    pub fn build(&mut self, input_shape: impl Into<Shape>) -> Result<(), ModelError> {
        let received = input_shape.into();
        if self.links.is_empty() {
            return Err(self.empty("build"));
        }
        match self.input {
            Some(expected) if expected != received => Err(ModelError::InputShape { expected, received }),
            _ if self.built => Ok(()),
            _ => {
                self.input = Some(received);
                self.build_from(0).inspect_err(|_| self.unbuild())?;
                self.changed();
                Ok(())
            }
        }
    }

    /// The model as it is, without the memory that it works in.
    pub(crate) fn snapshot(&self) -> Self {
        let compiled = |compiled: &Compiled<T>| Compiled { state: compiled.state.clone(), ..compiled.for_test() };
        Self {
            name: self.name.clone(),
            links: self.links.clone(),
            weights: self.weights.clone(),
            compiled: self.compiled.as_ref().map(compiled),
            ..*self
        }
    }

    /// Forgets weights and shapes, as before [`Sequential::build`].
    pub(crate) fn unbuild(&mut self) {
        self.input = None;
        self.weights.clear();
        self.links.iter_mut().for_each(|link| link.weights = 0..0);
        self.built = false;
        self.changed();
    }

    /// Builds the layers from this one on, if the shape before it is known.
    fn build_from(&mut self, first: usize) -> Result<(), ModelError> {
        let before = first.checked_sub(1).and_then(|before| self.links.get(before));
        let Some(input) = self.input.map(|input| before.map_or(input, |link| link.output)) else { return Ok(()) };
        let old = self.weights.len();
        let built = self.lay_out_from(first, input).map_err(|error| self.at(error)).and_then(|()| {
            for i in first..self.links.len() {
                let weights = self.draw(i)?;
                self.weights.extend(weights);
            }
            Ok(())
        });
        match built {
            Ok(()) => self.built = true,
            Err(_) => self.weights.truncate(old),
        }
        built
    }

    /// Works out the shapes of all layers and where their weights will lie, without creating any.
    pub(crate) fn lay_out(&mut self, input: Shape) -> Result<(), AtLayer> {
        self.lay_out_from(0, input)
    }

    fn lay_out_from(&mut self, first: usize, input: Shape) -> Result<(), AtLayer> {
        let mut shape = input;
        let mut start = first.checked_sub(1).and_then(|i| self.links.get(i)).map_or(0, |link| link.weights.end);
        for (i, link) in self.links.iter_mut().enumerate().skip(first) {
            let at = |error: LayerError| (i, error);
            if let Some(declared) = link.declared.filter(|&declared| declared != shape) {
                let expected = format!("samples of shape {declared}, as its `input_shape` says");
                return Err((i, LayerError::Input { layer: link.layer.class_name(), expected, received: shape }));
            }
            link.layer.build(&[shape]).map_err(at)?;
            (link.input, link.output) = (shape, link.layer.output_shape(&[shape]).map_err(at)?);
            let weights = link.layer.weights(&[shape]).map_err(at)?;
            link.weights = start..start + weights.len();
            link.work =
                weights.iter().fold(link.output.size(), |sum, weight| sum.saturating_add(weight.shape().size()));
            (shape, start) = (link.output, link.weights.end);
        }
        Ok(())
    }

    /// Fresh weights for a layer, from its own stream under the seed.
    fn draw(&self, index: usize) -> Result<Vec<Weight<T>>, ModelError> {
        let link = &self.links[index];
        let seed = random::derive(random::derive(self.seed, WEIGHTS), index as u64);
        init_weights(link.layer.as_ref(), &[link.input], seed).map_err(ModelError::layer(&link.name))
    }

    /// The name that was given, if it is free; otherwise the class name in snake case, counted as in Keras.
    fn name_for(&self, node: &Node<T>) -> Result<String, ModelError> {
        let taken = |name: &str| self.links.iter().any(|link| link.name == name);
        if let Some(name) = &node.name {
            return if taken(name) { Err(ModelError::DuplicateName { name: name.clone() }) } else { Ok(name.clone()) };
        }
        let base = snake_case(node.layer.class_name());
        let mut names = std::iter::once(base.clone()).chain((1..).map(|n| format!("{base}_{n}")));
        Ok(names.find(|name| !taken(name)).unwrap_or(base))
    }

    /// What follows from a change of the layers.
    fn changed(&mut self) {
        if let Some(compiled) = &mut self.compiled {
            compiled.forget();
            compiled.find_tail(self.links.last().map(|link| link.layer.as_ref()));
        }
    }

    /// The model's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the weights exist.
    #[must_use]
    pub fn is_built(&self) -> bool {
        self.built
    }

    /// The shape of one input sample, if it is known.
    #[must_use]
    pub fn sample_shape(&self) -> Option<Shape> {
        self.input
    }

    /// The shape of one output sample, if it is known.
    #[must_use]
    pub fn output_shape(&self) -> Option<Shape> {
        self.end()
    }

    /// Whether training moves the weights of this model at all.
    #[must_use]
    pub fn is_trainable(&self) -> bool {
        self.trainable
    }

    /// Freezes or frees all layers together; what each layer says for itself stays as it is. It holds from the next
    /// step on, without another `compile`.
    pub fn set_trainable(&mut self, trainable: bool) {
        self.trainable = trainable;
    }

    /// The shape that the next layer would get.
    fn end(&self) -> Option<Shape> {
        if self.built { self.links.last().map(|link| link.output) } else { None }
    }

    /// The layers as they run in prediction.
    pub(crate) fn chain(&self) -> Chain<'_, T> {
        Chain { links: &self.links, last: None }
    }

    /// The shapes of input and output, of a model that is built.
    pub(crate) fn shapes(&self, what: &'static str) -> Result<(Shape, Shape), ModelError> {
        if self.links.is_empty() {
            return Err(self.empty("using it"));
        }
        match (self.input, self.end()) {
            (Some(input), Some(output)) => Ok((input, output)),
            _ => Err(ModelError::NotBuilt { model: self.name.clone(), what }),
        }
    }

    fn empty(&self, before: &'static str) -> ModelError {
        ModelError::Empty { model: self.name.clone(), before }
    }

    /// The error of a layer in this model.
    pub(crate) fn at(&self, at: AtLayer) -> ModelError {
        self.chain().named(at)
    }
}
