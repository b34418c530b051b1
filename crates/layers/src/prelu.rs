//! A rectified linear unit whose slope below zero is learned.

use cornu_config::Config;
use cornu_initializers::{IntoInitializer, Zeros};
use cornu_tensor::{Scalar, Shape};

use crate::constraints::IntoConstraint;
use crate::learned::{Learned, Names};
use crate::registry::{LAYER_ARGUMENTS, MODULE};
use crate::regularizers::IntoRegularizer;
use crate::{Backward, Forward, Layer, LayerError, Role, Weight, WeightSpec, single};

/// `x` for `x ≥ 0`, `alpha·x` otherwise, with an alpha for each place of a sample (`keras.layers.PReLU`). The shape stays.
///
/// Along the axes of [`PReLU::shared_axes`] all places have the same alpha. The derivatives at 0 are 0, as in Keras.
///
/// Source: [He et al., 2015](https://arxiv.org/abs/1502.01852).
///
/// # Shapes
/// alpha: that of a sample, with 1 for the shared axes.
///
/// ```
/// use cornu_layers::{Built, PReLU};
/// use cornu_tensor::Tensor;
///
/// let prelu = PReLU::<f32>::new().alpha_initializer(Tensor::from([[0.5, 0.25]])).shared_axes([1]);
/// let prelu = Built::new(prelu, &[[2, 2].into()], 0)?;
/// let x = Tensor::new([1, 2, 2], vec![-4.0, -4.0, 3.0, -8.0])?;
/// assert_eq!(prelu.call(&x)?.as_slice(), [-2.0, -1.0, 3.0, -2.0]);
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct PReLU<T> {
    alpha: Learned<T>,
    shared_axes: Option<Vec<usize>>,
    /// The first argument that could not be understood; it is reported when the layer is built.
    error: Option<LayerError>,
}

const ALPHA: Names = ["alpha_initializer", "alpha_regularizer", "alpha_constraint"];

impl<T: Scalar> PReLU<T> {
    /// A layer with Keras's defaults: alphas that begin with 0, one for each place.
    #[must_use]
    pub fn new() -> Self {
        Self { alpha: Learned::new(Zeros), shared_axes: None, error: None }
    }

    /// How alpha begins; `zeros` by default.
    #[must_use]
    pub fn alpha_initializer(mut self, initializer: impl IntoInitializer<T>) -> Self {
        self.alpha.initializer(initializer, &mut self.error);
        self
    }

    /// A penalty on alpha; none by default.
    #[must_use]
    pub fn alpha_regularizer(mut self, regularizer: impl IntoRegularizer<T>) -> Self {
        self.alpha.regularizer(regularizer, &mut self.error);
        self
    }

    /// What alpha must keep to after every step; nothing by default.
    #[must_use]
    pub fn alpha_constraint(mut self, constraint: impl IntoConstraint<T>) -> Self {
        self.alpha.constraint(constraint, &mut self.error);
        self
    }

    /// The axes along which all places have the same alpha, the batch being axis 0: `[1, 2]` for one alpha a channel of
    /// images. None by default. One that the input does not have is reported when the layer is built.
    #[must_use]
    pub fn shared_axes(self, axes: impl Into<Vec<usize>>) -> Self {
        Self { shared_axes: Some(axes.into()), ..self }
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have, and the error of what cannot be made.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        arguments.skip(&LAYER_ARGUMENTS);
        let mut own = Self::new();
        own.alpha.read(&mut arguments, ALPHA)?;
        own.shared_axes = match arguments.get("shared_axes") {
            Ok(axis) => axis.map(|axis| vec![axis]),
            Err(_) => arguments.get("shared_axes")?,
        };
        arguments.finish()?;
        Ok(own)
    }

    /// The shape of alpha for samples of this shape.
    fn alpha_shape(&self, sample: Shape) -> Result<Shape, LayerError> {
        if let Some(error) = &self.error {
            return Err(error.clone());
        }
        let mut shape = sample;
        for &axis in self.shared_axes.iter().flatten() {
            if !(1..=sample.rank()).contains(&axis) {
                return Err(LayerError::Argument {
                    component: "PReLU",
                    argument: "shared_axes",
                    expected: format!("axes of (batch, …) other than the batch, for samples of shape {sample}"),
                    received: format!("{:?}", self.shared_axes.as_deref().unwrap_or_default()),
                });
            }
            shape = shape.with_dim(axis - 1, 1)?;
        }
        Ok(shape)
    }
}

impl<T: Scalar> Default for PReLU<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// The only weight.
fn alpha<T: Scalar>(weights: &[Weight<T>]) -> Result<&Weight<T>, LayerError> {
    match weights {
        [alpha] => Ok(alpha),
        _ => Err(LayerError::WeightCount { layer: "PReLU".to_owned(), expected: 1, received: weights.len() }),
    }
}

/// Writes for each place of a sample which alpha it has.
fn places(sample: Shape, alpha: Shape, places: &mut [u32]) {
    for (index, place) in places.iter_mut().enumerate() {
        let (mut rest, mut at, mut stride) = (index, 0, 1);
        for (&dim, &own) in sample.dims().iter().zip(alpha.dims()).rev() {
            at += if own == 1 { 0 } else { rest % dim * stride };
            rest /= dim;
            stride *= own;
        }
        *place = at as u32;
    }
}

impl<T: Scalar> Layer<T> for PReLU<T> {
    fn class_name(&self) -> &'static str {
        "PReLU"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        let input = single("PReLU", inputs)?;
        self.alpha_shape(input)?;
        if u32::try_from(input.size()).is_err() {
            let expected = "samples of fewer than 2³² values".to_owned();
            return Err(LayerError::Input { layer: "PReLU", expected, received: input });
        }
        Ok(input)
    }

    fn weights(&self, inputs: &[Shape]) -> Result<Vec<WeightSpec<T>>, LayerError> {
        let shape = self.alpha_shape(single("PReLU", inputs)?)?;
        Ok(vec![self.alpha.weight("alpha", Role::Other, shape)])
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let alpha = alpha(pass.weights)?;
        let sample = pass.output.shape().sample();
        let own = pass.scratch.positions(sample.size());
        places(sample, alpha.shape(), own);
        let (input, size, alpha) = (pass.inputs[0].as_slice(), sample.size().max(1), alpha.as_slice());
        for (output, input) in pass.output.as_mut_slice().chunks_exact_mut(size).zip(input.chunks_exact(size)) {
            for ((y, &x), &place) in output.iter_mut().zip(input).zip(&*own) {
                *y = if x < T::zero() { alpha[place as usize] * x } else { x };
            }
        }
        Ok(())
    }

    fn backward(&self, mut pass: Backward<'_, T>) -> Result<(), LayerError> {
        let alpha = alpha(pass.weights)?;
        let sample = pass.output.shape().sample();
        let own = pass.scratch.positions(sample.size());
        places(sample, alpha.shape(), own);
        let (size, alpha) = (sample.size().max(1), alpha.as_slice());
        let (x, g) = (pass.inputs[0].as_slice(), pass.output_gradient.as_mut_slice());
        let samples = || x.chunks_exact(size).zip(g.chunks_exact(size));
        if let Some(slope) = pass.weight_gradients.first_mut().filter(|_| pass.trainable) {
            let slope = slope.as_mut_slice();
            slope.fill(T::zero());
            for (x, g) in samples() {
                for ((&x, &g), &place) in x.iter().zip(g).zip(&*own) {
                    slope[place as usize] += if x < T::zero() { x * g } else { T::zero() };
                }
            }
        }
        if let Some(below) = &mut pass.input_gradients[0] {
            for (below, (x, g)) in below.as_mut_slice().chunks_exact_mut(size).zip(samples()) {
                for ((below, (&x, &g)), &place) in below.iter_mut().zip(x.iter().zip(g)).zip(&*own) {
                    let slope = if x < T::zero() { alpha[place as usize] } else { T::one() };
                    *below = if x.is_zero() { x } else { slope * g };
                }
            }
        }
        Ok(())
    }

    fn get_config(&self) -> Option<Config> {
        if self.error.is_some() {
            return None;
        }
        self.alpha.write(Config::new(MODULE, "PReLU").with("shared_axes", self.shared_axes.clone()), ALPHA)
    }
}
