//! Glorot's (Xavier's) initializers: the variance is kept forward and backward.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor};
use rand::Rng;

use crate::{Distribution, Initializer, InitializerError, Mode, VarianceScaling};

/// Truncated normal of standard deviation `√(2 / (fan_in + fan_out))`: Keras's `glorot_normal`.
///
/// [`VarianceScaling`] of scale 1.0 and mode `fan_avg`. Source: [Glorot and Bengio, 2010](http://proceedings.mlr.press/v9/glorot10a.html).
///
/// ```
/// use cornu_initializers::{GlorotNormal, Initializer, random};
/// use cornu_tensor::Tensor;
///
/// let kernel: Tensor<f32> = GlorotNormal::new().init([3, 4].into(), &mut random::generator(42))?;
/// assert_eq!(kernel.len(), 12);
/// # Ok::<(), cornu_initializers::InitializerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GlorotNormal(VarianceScaling);

impl GlorotNormal {
    /// Without a seed of its own: values come from the generator.
    #[must_use]
    pub const fn new() -> Self {
        Self(VarianceScaling::preset(1.0, Mode::FanAvg, Distribution::TruncatedNormal))
    }

    /// The same values at every call.
    #[must_use]
    pub const fn with_seed(self, seed: u64) -> Self {
        Self(self.0.with_seed(seed))
    }

    /// The axes of the inputs of a unit. As in Keras, they count where [`GlorotNormal::output_axes`] are given too.
    ///
    /// # Errors
    /// As [`VarianceScaling::input_axes`].
    pub fn input_axes(self, axes: &[isize]) -> Result<Self, InitializerError> {
        Ok(Self(self.0.input_axes(axes)?))
    }

    /// The axes of the outputs of a unit. As in Keras, they count where [`GlorotNormal::input_axes`] are given too.
    ///
    /// # Errors
    /// As [`VarianceScaling::output_axes`].
    pub fn output_axes(self, axes: &[isize]) -> Result<Self, InitializerError> {
        Ok(Self(self.0.output_axes(axes)?))
    }

    /// From what Keras writes of it.
    ///
    /// # Errors
    /// [`InitializerError::Config`] for an argument that is not understood, and as [`VarianceScaling::input_axes`].
    pub fn from_config(config: &Config) -> Result<Self, InitializerError> {
        Self::new().0.with_preset_arguments(config).map(Self)
    }
}

impl Default for GlorotNormal {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Initializer<T> for GlorotNormal {
    fn init(&self, shape: Shape, rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        self.0.init(shape, rng)
    }

    fn get_config(&self) -> Option<Config> {
        Some(self.0.preset_config("GlorotNormal"))
    }
}

/// Uniform on `±√(6 / (fan_in + fan_out))`: Keras's `glorot_uniform`, its default for a kernel.
///
/// [`VarianceScaling`] of scale 1.0 and mode `fan_avg`. Source: [Glorot and Bengio, 2010](http://proceedings.mlr.press/v9/glorot10a.html).
///
/// ```
/// use cornu_initializers::{GlorotUniform, Initializer, random};
/// use cornu_tensor::Tensor;
///
/// let kernel: Tensor<f32> = GlorotUniform::new().init([3, 4].into(), &mut random::generator(42))?;
/// assert_eq!(kernel.len(), 12);
/// # Ok::<(), cornu_initializers::InitializerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GlorotUniform(VarianceScaling);

impl GlorotUniform {
    /// Without a seed of its own: values come from the generator.
    #[must_use]
    pub const fn new() -> Self {
        Self(VarianceScaling::preset(1.0, Mode::FanAvg, Distribution::Uniform))
    }

    /// The same values at every call.
    #[must_use]
    pub const fn with_seed(self, seed: u64) -> Self {
        Self(self.0.with_seed(seed))
    }

    /// The axes of the inputs of a unit. As in Keras, they count where [`GlorotUniform::output_axes`] are given too.
    ///
    /// # Errors
    /// As [`VarianceScaling::input_axes`].
    pub fn input_axes(self, axes: &[isize]) -> Result<Self, InitializerError> {
        Ok(Self(self.0.input_axes(axes)?))
    }

    /// The axes of the outputs of a unit. As in Keras, they count where [`GlorotUniform::input_axes`] are given too.
    ///
    /// # Errors
    /// As [`VarianceScaling::output_axes`].
    pub fn output_axes(self, axes: &[isize]) -> Result<Self, InitializerError> {
        Ok(Self(self.0.output_axes(axes)?))
    }

    /// From what Keras writes of it.
    ///
    /// # Errors
    /// [`InitializerError::Config`] for an argument that is not understood, and as [`VarianceScaling::input_axes`].
    pub fn from_config(config: &Config) -> Result<Self, InitializerError> {
        Self::new().0.with_preset_arguments(config).map(Self)
    }
}

impl Default for GlorotUniform {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Initializer<T> for GlorotUniform {
    fn init(&self, shape: Shape, rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        self.0.init(shape, rng)
    }

    fn get_config(&self) -> Option<Config> {
        Some(self.0.preset_config("GlorotUniform"))
    }
}
