//! LeCun's initializers, for layers followed by a SELU.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor};
use rand::Rng;

use crate::{Distribution, Initializer, InitializerError, Mode, VarianceScaling};

/// Truncated normal of standard deviation `√(1 / fan_in)`: Keras's `lecun_normal`.
///
/// [`VarianceScaling`] of scale 1.0 and mode `fan_in`. Source: [Klambauer et al., 2017](https://arxiv.org/abs/1706.02515).
///
/// ```
/// use cornu_initializers::{LecunNormal, Initializer, random};
/// use cornu_tensor::Tensor;
///
/// let kernel: Tensor<f32> = LecunNormal::new().init([3, 4].into(), &mut random::generator(42))?;
/// assert_eq!(kernel.len(), 12);
/// # Ok::<(), cornu_initializers::InitializerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LecunNormal(VarianceScaling);

impl LecunNormal {
    /// Without a seed of its own: values come from the generator.
    #[must_use]
    pub const fn new() -> Self {
        Self(VarianceScaling::preset(1.0, Mode::FanIn, Distribution::TruncatedNormal))
    }

    /// The same values at every call.
    #[must_use]
    pub const fn with_seed(self, seed: u64) -> Self {
        Self(self.0.with_seed(seed))
    }

    /// The axes of the inputs of a unit. As in Keras, they count where [`LecunNormal::output_axes`] are given too.
    ///
    /// # Errors
    /// As [`VarianceScaling::input_axes`].
    pub fn input_axes(self, axes: &[isize]) -> Result<Self, InitializerError> {
        Ok(Self(self.0.input_axes(axes)?))
    }

    /// The axes of the outputs of a unit. As in Keras, they count where [`LecunNormal::input_axes`] are given too.
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

impl Default for LecunNormal {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Initializer<T> for LecunNormal {
    fn init(&self, shape: Shape, rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        self.0.init(shape, rng)
    }

    fn get_config(&self) -> Option<Config> {
        Some(self.0.preset_config("LecunNormal"))
    }
}

/// Uniform on `±√(3 / fan_in)`: Keras's `lecun_uniform`.
///
/// [`VarianceScaling`] of scale 1.0 and mode `fan_in`. Source: [Klambauer et al., 2017](https://arxiv.org/abs/1706.02515).
///
/// ```
/// use cornu_initializers::{LecunUniform, Initializer, random};
/// use cornu_tensor::Tensor;
///
/// let kernel: Tensor<f32> = LecunUniform::new().init([3, 4].into(), &mut random::generator(42))?;
/// assert_eq!(kernel.len(), 12);
/// # Ok::<(), cornu_initializers::InitializerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LecunUniform(VarianceScaling);

impl LecunUniform {
    /// Without a seed of its own: values come from the generator.
    #[must_use]
    pub const fn new() -> Self {
        Self(VarianceScaling::preset(1.0, Mode::FanIn, Distribution::Uniform))
    }

    /// The same values at every call.
    #[must_use]
    pub const fn with_seed(self, seed: u64) -> Self {
        Self(self.0.with_seed(seed))
    }

    /// The axes of the inputs of a unit. As in Keras, they count where [`LecunUniform::output_axes`] are given too.
    ///
    /// # Errors
    /// As [`VarianceScaling::input_axes`].
    pub fn input_axes(self, axes: &[isize]) -> Result<Self, InitializerError> {
        Ok(Self(self.0.input_axes(axes)?))
    }

    /// The axes of the outputs of a unit. As in Keras, they count where [`LecunUniform::input_axes`] are given too.
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

impl Default for LecunUniform {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Scalar> Initializer<T> for LecunUniform {
    fn init(&self, shape: Shape, rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        self.0.init(shape, rng)
    }

    fn get_config(&self) -> Option<Config> {
        Some(self.0.preset_config("LecunUniform"))
    }
}
