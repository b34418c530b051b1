//! A variance that fits the number of inputs or outputs: Glorot, He and LeCun are presets of it.

use std::str::FromStr;

use cornu_config::{Arguments, Config};
use cornu_tensor::{Scalar, Shape, Tensor};
use rand::Rng;

use crate::axes::Axes;
use crate::random_normal::fill_normal;
use crate::random_uniform::fill_uniform;
use crate::truncated_normal::fill_truncated;
use crate::{Fans, Initializer, InitializerError, MODULE, compute_fans, random};

/// The standard deviation of a standard normal distribution cut at ±2.
const TRUNCATED_STDDEV: f64 = 0.879_625_661_034_239_8;

/// Which fan the variance is divided by. Keras's text parses to it.
///
/// ```
/// use cornu_initializers::Mode;
///
/// assert_eq!("fan_avg".parse(), Ok(Mode::FanAvg));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// The number of inputs (`"fan_in"`).
    #[default]
    FanIn,
    /// The number of outputs (`"fan_out"`).
    FanOut,
    /// Their mean (`"fan_avg"`).
    FanAvg,
}

/// The distribution of the values. Keras's text parses to it, in upper or lower case.
///
/// ```
/// use cornu_initializers::Distribution;
///
/// assert_eq!("normal".parse(), Ok(Distribution::TruncatedNormal));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Distribution {
    /// Normal, cut at two standard deviations (`"truncated_normal"`, `"normal"`).
    #[default]
    TruncatedNormal,
    /// Normal (`"untruncated_normal"`).
    UntruncatedNormal,
    /// Uniform (`"uniform"`).
    Uniform,
}

impl Mode {
    /// Keras's text.
    fn name(self) -> &'static str {
        match self {
            Self::FanIn => "fan_in",
            Self::FanOut => "fan_out",
            Self::FanAvg => "fan_avg",
        }
    }
}

impl Distribution {
    /// Keras's text.
    fn name(self) -> &'static str {
        match self {
            Self::TruncatedNormal => "truncated_normal",
            Self::UntruncatedNormal => "untruncated_normal",
            Self::Uniform => "uniform",
        }
    }
}

impl FromStr for Mode {
    type Err = InitializerError;

    fn from_str(name: &str) -> Result<Self, InitializerError> {
        match name {
            "fan_in" => Ok(Self::FanIn),
            "fan_out" => Ok(Self::FanOut),
            "fan_avg" => Ok(Self::FanAvg),
            _ => Err(unknown("mode", "one of fan_in, fan_out, fan_avg", name)),
        }
    }
}

impl FromStr for Distribution {
    type Err = InitializerError;

    fn from_str(name: &str) -> Result<Self, InitializerError> {
        match name.to_lowercase().as_str() {
            "truncated_normal" | "normal" => Ok(Self::TruncatedNormal),
            "untruncated_normal" => Ok(Self::UntruncatedNormal),
            "uniform" => Ok(Self::Uniform),
            _ => Err(unknown("distribution", "one of uniform, truncated_normal, untruncated_normal", name)),
        }
    }
}

fn unknown(argument: &'static str, expected: &'static str, received: &str) -> InitializerError {
    InitializerError::Argument { initializer: "VarianceScaling", argument, expected, received: received.to_owned() }
}

/// Values of variance `scale / n`, where `n` is the number of inputs, of outputs, or their mean
/// ([`compute_fans`]), and at least 1.
///
/// - [`Distribution::TruncatedNormal`]: standard deviation `√(scale/n)` after the truncation.
/// - [`Distribution::UntruncatedNormal`]: standard deviation `√(scale/n)`.
/// - [`Distribution::Uniform`]: limits `±√(3·scale/n)`.
///
/// Keras's defaults are scale 1, `fan_in`, truncated normal.
///
/// ```
/// use cornu_initializers::{Distribution, Initializer, Mode, VarianceScaling, random};
/// use cornu_tensor::Tensor;
///
/// let init = VarianceScaling::new(2.0, Mode::FanOut, Distribution::Uniform)?;
/// let t: Tensor<f32> = init.init([10, 24].into(), &mut random::generator(1))?;
/// assert!(t.as_slice().iter().all(|v| v.abs() <= 0.5)); // √(3 · 2 / 24)
/// # Ok::<(), cornu_initializers::InitializerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VarianceScaling {
    scale: f64,
    mode: Mode,
    distribution: Distribution,
    seed: Option<u64>,
    input_axes: Option<Axes>,
    output_axes: Option<Axes>,
}

impl VarianceScaling {
    /// Scale, fan and distribution.
    ///
    /// # Errors
    /// [`InitializerError::Argument`] if the scale is not a positive finite number.
    pub fn new(scale: f64, mode: Mode, distribution: Distribution) -> Result<Self, InitializerError> {
        if !scale.is_finite() || scale <= 0.0 {
            return Err(InitializerError::Argument {
                initializer: "VarianceScaling",
                argument: "scale",
                expected: "a positive finite number",
                received: scale.to_string(),
            });
        }
        Ok(Self::preset(scale, mode, distribution))
    }

    /// As [`VarianceScaling::new`], for scales known to be positive.
    pub(crate) const fn preset(scale: f64, mode: Mode, distribution: Distribution) -> Self {
        Self { scale, mode, distribution, seed: None, input_axes: None, output_axes: None }
    }

    /// The same values at every call.
    #[must_use]
    pub const fn with_seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }

    /// The axes of a weight along which the inputs of a unit lie; a negative one counts from the end. The number of
    /// inputs is the product of their dimensions. As in Keras, they count where [`VarianceScaling::output_axes`] are
    /// given too; otherwise [`compute_fans`] tells the fans.
    ///
    /// # Errors
    /// [`InitializerError::Argument`] for axes that no weight has.
    ///
    /// ```
    /// use cornu_initializers::VarianceScaling;
    ///
    /// // 8 inputs, and 4 heads of 16 outputs each
    /// let scaling = VarianceScaling::default().input_axes(&[0])?.output_axes(&[1, 2])?;
    /// assert_eq!(scaling.variance([8, 4, 16].into())?, 1.0 / 8.0);
    /// # Ok::<(), cornu_initializers::InitializerError>(())
    /// ```
    pub fn input_axes(self, axes: &[isize]) -> Result<Self, InitializerError> {
        Ok(Self { input_axes: Some(Axes::new("input_axes", axes)?), ..self })
    }

    /// The axes of a weight along which the outputs of a unit lie, as [`VarianceScaling::input_axes`].
    ///
    /// # Errors
    /// [`InitializerError::Argument`] for axes that no weight has.
    pub fn output_axes(self, axes: &[isize]) -> Result<Self, InitializerError> {
        Ok(Self { output_axes: Some(Axes::new("output_axes", axes)?), ..self })
    }

    /// From what Keras writes of it.
    ///
    /// # Errors
    /// [`InitializerError::Config`] for an argument that is not understood, and as [`VarianceScaling::new`] and
    /// [`VarianceScaling::input_axes`].
    pub fn from_config(config: &Config) -> Result<Self, InitializerError> {
        let mut arguments = config.arguments();
        let scale = arguments.or("scale", 1.0)?;
        let mode = arguments.get::<String>("mode")?.map_or(Ok(Mode::default()), |mode| mode.parse())?;
        let distribution = arguments.get::<String>("distribution")?;
        let distribution = distribution.map_or(Ok(Distribution::default()), |distribution| distribution.parse())?;
        Self::new(scale, mode, distribution)?.read(arguments)
    }

    /// As [`VarianceScaling::from_config`], for a preset, which has fewer arguments.
    pub(crate) fn with_preset_arguments(self, config: &Config) -> Result<Self, InitializerError> {
        self.read(config.arguments())
    }

    /// With the rest of the arguments: seed and axes.
    fn read(mut self, mut arguments: Arguments<'_>) -> Result<Self, InitializerError> {
        self.seed = random::read_seed(&mut arguments)?;
        if let Some(axes) = arguments.get::<Vec<isize>>("input_axes")? {
            self = self.input_axes(&axes)?;
        }
        if let Some(axes) = arguments.get::<Vec<isize>>("output_axes")? {
            self = self.output_axes(&axes)?;
        }
        arguments.finish()?;
        Ok(self)
    }

    /// What Keras writes of a preset.
    pub(crate) fn preset_config(&self, class_name: &str) -> Config {
        let list = |axes: Option<Axes>| axes.map(|axes| axes.iter().collect::<Vec<isize>>());
        Config::new(MODULE, class_name)
            .with("seed", self.seed)
            .with("input_axes", list(self.input_axes))
            .with("output_axes", list(self.output_axes))
    }

    /// The variance of the values of a weight of this shape.
    ///
    /// # Errors
    /// [`InitializerError::Shape`] if the shape lacks one of the given axes.
    ///
    /// ```
    /// use cornu_initializers::VarianceScaling;
    ///
    /// assert_eq!(VarianceScaling::default().variance([50, 3].into())?, 1.0 / 50.0);
    /// # Ok::<(), cornu_initializers::InitializerError>(())
    /// ```
    pub fn variance(&self, shape: Shape) -> Result<f64, InitializerError> {
        let fans = match (&self.input_axes, &self.output_axes) {
            (Some(inputs), Some(outputs)) => Fans::along(shape, inputs.iter(), outputs.iter())?,
            _ => compute_fans(shape),
        };
        let (fan_in, fan_out) = (fans.fan_in as f64, fans.fan_out as f64);
        let n = match self.mode {
            Mode::FanIn => fan_in,
            Mode::FanOut => fan_out,
            Mode::FanAvg => (fan_in + fan_out) / 2.0,
        };
        Ok(self.scale / n.max(1.0))
    }
}

impl Default for VarianceScaling {
    fn default() -> Self {
        Self::preset(1.0, Mode::FanIn, Distribution::TruncatedNormal)
    }
}

impl<T: Scalar> Initializer<T> for VarianceScaling {
    fn init(&self, shape: Shape, rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        let variance = self.variance(shape)?;
        let key = random::key(self.seed, rng);
        Ok(match self.distribution {
            Distribution::TruncatedNormal => fill_truncated(shape, 0.0, variance.sqrt() / TRUNCATED_STDDEV, key),
            Distribution::UntruncatedNormal => fill_normal(shape, 0.0, variance.sqrt(), key),
            Distribution::Uniform => {
                let limit = (3.0 * variance).sqrt();
                fill_uniform(shape, -limit, limit, key)
            }
        })
    }

    fn get_config(&self) -> Option<Config> {
        let config = self.preset_config("VarianceScaling").with("scale", self.scale);
        Some(config.with("mode", self.mode.name()).with("distribution", self.distribution.name()))
    }
}
