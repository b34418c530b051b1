//! A variance that fits the number of inputs or outputs: Glorot, He and LeCun are presets of it.

use std::str::FromStr;

use cornu_tensor::{Scalar, Shape, Tensor};
use rand::Rng;

use crate::random_normal::fill_normal;
use crate::random_uniform::fill_uniform;
use crate::truncated_normal::fill_truncated;
use crate::{Initializer, InitializerError, compute_fans, random};

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
        Self { scale, mode, distribution, seed: None }
    }

    /// The same values at every call.
    #[must_use]
    pub const fn with_seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }

    /// The variance of the values of a weight of this shape.
    ///
    /// ```
    /// use cornu_initializers::VarianceScaling;
    /// assert_eq!(VarianceScaling::default().variance([50, 3].into()), 1.0 / 50.0);
    /// ```
    #[must_use]
    pub fn variance(&self, shape: Shape) -> f64 {
        let fans = compute_fans(shape);
        let (fan_in, fan_out) = (fans.fan_in as f64, fans.fan_out as f64);
        let n = match self.mode {
            Mode::FanIn => fan_in,
            Mode::FanOut => fan_out,
            Mode::FanAvg => (fan_in + fan_out) / 2.0,
        };
        self.scale / n.max(1.0)
    }
}

impl Default for VarianceScaling {
    fn default() -> Self {
        Self::preset(1.0, Mode::FanIn, Distribution::TruncatedNormal)
    }
}

impl<T: Scalar> Initializer<T> for VarianceScaling {
    fn init(&self, shape: Shape, rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        let key = random::key(self.seed, rng);
        let variance = self.variance(shape);
        Ok(match self.distribution {
            Distribution::TruncatedNormal => fill_truncated(shape, 0.0, variance.sqrt() / TRUNCATED_STDDEV, key),
            Distribution::UntruncatedNormal => fill_normal(shape, 0.0, variance.sqrt(), key),
            Distribution::Uniform => {
                let limit = (3.0 * variance).sqrt();
                fill_uniform(shape, -limit, limit, key)
            }
        })
    }
}
