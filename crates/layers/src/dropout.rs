//! Random zeros in training.

use cornu_config::Config;
use cornu_initializers::random;
use cornu_tensor::{Scalar, Shape};
use rand::distr::{Distribution, StandardUniform};

use crate::registry::{LAYER_ARGUMENTS, MODULE};
use crate::{Backward, Forward, Layer, LayerError, single};

/// In training sets each input to 0 with probability `rate` and multiplies the others by `1/(1 − rate)`; in
/// inference passes the input on (`keras.layers.Dropout`). The shape stays.
///
/// Source: [Srivastava et al., 2014](http://jmlr.org/papers/v15/srivastava14a.html).
///
/// ```
/// use cornu_layers::{Built, Dropout};
/// use cornu_tensor::Tensor;
///
/// let dropout = Built::<f32>::new(Dropout::new(0.5), &[[3].into()], 0)?;
/// let x = Tensor::from([[1.0, 2.0, 3.0]]);
/// assert_eq!(dropout.call(&x)?, x); // inference
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Dropout {
    rate: f64,
    noise_shape: Option<Vec<Option<usize>>>,
    seed: Option<u64>,
}

impl Dropout {
    /// The share of the inputs that is set to 0, from 0 to 1. Any other is reported when the layer is built.
    #[must_use]
    pub fn new(rate: f64) -> Self {
        Self { rate, noise_shape: None, seed: None }
    }

    /// Draws one number for all places along the dimensions that are `Some(1)` here. Batch first; `None`
    /// means the input's own dimension.
    #[must_use]
    pub fn noise_shape(self, noise_shape: impl Into<Vec<Option<usize>>>) -> Self {
        Self { noise_shape: Some(noise_shape.into()), ..self }
    }

    /// A seed of the layer's own: what is dropped then depends on it and the step alone.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        arguments.skip(&LAYER_ARGUMENTS);
        let (rate, noise_shape) = (arguments.required("rate")?, arguments.get("noise_shape")?);
        let seed = arguments.get("seed")?;
        arguments.finish()?;
        Ok(Self { rate, noise_shape, seed })
    }

    /// The dimensions of the mask for an input of these dimensions, if they fit.
    fn mask_shape(&self, input: Shape) -> Option<Shape> {
        let Some(noise) = &self.noise_shape else { return Some(input) };
        if noise.len() != input.rank() {
            return None;
        }
        let mut mask = input;
        for (axis, (noise, &dim)) in noise.iter().zip(input.dims()).enumerate() {
            match noise.unwrap_or(dim) {
                n if n == dim => {}
                1 => mask = mask.with_dim(axis, 1).ok()?,
                _ => return None,
            }
        }
        Some(mask)
    }
}

/// What a place of the mask leaves of a value; nothing of an infinite one either.
fn masked<T: Scalar>(value: T, mask: T) -> T {
    if mask.is_zero() { mask } else { value * mask }
}

/// `output = input · mask`, the mask stretched along its dimensions of 1.
fn apply_mask<T: Scalar>(output: &mut [T], input: &[T], shape: Shape, mask: &[T], mask_shape: Shape) {
    if mask_shape == shape {
        for ((y, &x), &m) in output.iter_mut().zip(input).zip(mask) {
            *y = masked(x, m);
        }
        return;
    }
    for (i, (y, &x)) in output.iter_mut().zip(input).enumerate() {
        let (mut rest, mut at, mut stride) = (i, 0, 1);
        for (&dim, &kept) in shape.dims().iter().zip(mask_shape.dims()).rev() {
            at += if kept == 1 { 0 } else { rest % dim * stride };
            rest /= dim;
            stride *= kept;
        }
        *y = masked(x, mask[at]);
    }
}

impl<T: Scalar> Layer<T> for Dropout {
    fn class_name(&self) -> &'static str {
        "Dropout"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        let bad = |argument, expected: String, received: String| {
            Err(LayerError::Argument { component: "Dropout", argument, expected, received })
        };
        if !(0.0..=1.0).contains(&self.rate) {
            return bad("rate", "a number from 0 to 1".to_owned(), self.rate.to_string());
        }
        let input = single("Dropout", inputs)?;
        // The batch is known only later; here any will do, such as the one that the noise shape names.
        let batch = self.noise_shape.as_ref().and_then(|noise| *noise.first()?).unwrap_or(1);
        if self.mask_shape(input.with_batch(batch)?).is_none() {
            let expected = format!("1 or the dimension of the input for each of (batch, {input})");
            return bad("noise_shape", expected, format!("{:?}", self.noise_shape));
        }
        Ok(input)
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn is_random(&self) -> bool {
        self.rate > 0.0
    }

    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let input = pass.inputs[0];
        let output = pass.output.as_mut_slice();
        let Some(key) = pass.mode.key(self.seed).filter(|_| self.rate > 0.0) else {
            output.copy_from_slice(input.as_slice());
            return Ok(());
        };
        let Some(mask_shape) = self.mask_shape(input.shape()) else {
            return Err(LayerError::Argument {
                component: "Dropout",
                argument: "noise_shape",
                expected: format!("1 or the dimension of the input for each of {}", input.shape()),
                received: format!("{:?}", self.noise_shape),
            });
        };
        let [mask] = pass.scratch.tensors([mask_shape]);
        let kept = 1.0 / (1.0 - self.rate);
        let draw = Distribution::<f64>::map(StandardUniform, |u: f64| if u < self.rate { 0.0 } else { kept });
        random::fill(mask.as_mut_slice(), key, &draw);
        apply_mask(output, input.as_slice(), input.shape(), mask.as_slice(), mask_shape);
        Ok(())
    }

    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        let Some(input_gradient) = &mut pass.input_gradients[0] else { return Ok(()) };
        let (into, gradient) = (input_gradient.as_mut_slice(), pass.output_gradient.as_slice());
        match pass.scratch.tensor(0).filter(|_| self.rate > 0.0) {
            Some(mask) => apply_mask(into, gradient, pass.output.shape(), mask.as_slice(), mask.shape()),
            None => into.copy_from_slice(gradient),
        }
        Ok(())
    }

    fn get_config(&self) -> Option<Config> {
        let config = Config::new(MODULE, "Dropout").with("rate", self.rate).with("seed", self.seed);
        Some(config.with("noise_shape", self.noise_shape.clone()))
    }
}
