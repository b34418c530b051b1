//! The waves of a short-time Fourier transform.

use std::str::FromStr;

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor};
use rand::Rng;

use crate::{Initializer, InitializerError, MODULE, Window};

/// Which part of the complex transform a kernel computes. Keras's text parses to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// The cosines (`"real"`).
    #[default]
    Real,
    /// The sines (`"imag"`).
    Imag,
}

/// What a window is divided by. Keras's text parses to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scaling {
    /// The root of the sum of its squares (`"density"`).
    Density,
    /// The sum of its absolute values (`"spectrum"`).
    Spectrum,
}

fn unknown(argument: &'static str, expected: &'static str, received: &str) -> InitializerError {
    InitializerError::Argument { initializer: "STFT", argument, expected, received: received.to_owned() }
}

impl FromStr for Side {
    type Err = InitializerError;

    fn from_str(name: &str) -> Result<Self, InitializerError> {
        match name {
            "real" => Ok(Self::Real),
            "imag" => Ok(Self::Imag),
            _ => Err(unknown("side", "one of real, imag", name)),
        }
    }
}

impl FromStr for Scaling {
    type Err = InitializerError;

    fn from_str(name: &str) -> Result<Self, InitializerError> {
        match name {
            "density" => Ok(Self::Density),
            "spectrum" => Ok(Self::Spectrum),
            _ => Err(unknown("scaling", "one of density, spectrum", name)),
        }
    }
}

/// The kernel of a convolution that computes one side of a short-time Fourier transform: at time `t` and frequency `f`
/// the value `cos φ` or `sin φ`, where `φ = −2π·t·f / (2·(F − 1))`, times the window at `t`, divided by what
/// [`Scaling`] says. `F` is the number of frequencies. It fills the shape `(frame length, 1, F)`.
///
/// As in Keras, a window whose values are all 0 (Hann's of two samples) and a single frequency give NaN, and there is no
/// scaling without a window.
///
/// ```
/// use cornu_initializers::{Initializer, STFT, Side, Window, random};
/// use cornu_tensor::Tensor;
///
/// let sines = STFT::new().side(Side::Imag).window(None);
/// let kernel: Tensor<f32> = sines.init([4, 1, 3].into(), &mut random::generator(0))?;
/// assert!((kernel.as_slice()[4] + 1.0).abs() < 1e-6); // t = 1, f = 1: sin(−π/2)
/// assert_ne!(STFT::new().window(Window::Hamming), STFT::new());
/// # Ok::<(), cornu_initializers::InitializerError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct STFT {
    side: Side,
    window: Option<Window>,
    scaling: Option<Scaling>,
    periodic: bool,
}

impl Default for STFT {
    fn default() -> Self {
        Self { side: Side::Real, window: Some(Window::Hann), scaling: Some(Scaling::Density), periodic: false }
    }
}

impl STFT {
    /// Keras's defaults: the real side, a Hann window that is not periodic, the scaling of a density.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Which side of the transform.
    #[must_use]
    pub fn side(self, side: Side) -> Self {
        Self { side, ..self }
    }

    /// Another window, or none.
    #[must_use]
    pub fn window(self, window: impl Into<Option<Window>>) -> Self {
        Self { window: window.into(), ..self }
    }

    /// Another scaling of the window, or none.
    #[must_use]
    pub fn scaling(self, scaling: impl Into<Option<Scaling>>) -> Self {
        Self { scaling: scaling.into(), ..self }
    }

    /// Whether the window is periodic; false by default.
    #[must_use]
    pub fn periodic(self, periodic: bool) -> Self {
        Self { periodic, ..self }
    }

    /// From what Keras writes of it.
    ///
    /// # Errors
    /// [`InitializerError::Config`] for an argument that is not understood, [`InitializerError::Argument`] for a text that
    /// is none of those there are.
    pub fn from_config(config: &Config) -> Result<Self, InitializerError> {
        let mut stft = Self::new();
        let mut arguments = config.arguments();
        let given = |argument| config.get(argument).is_some();
        if let Some(side) = arguments.get::<String>("side")? {
            stft.side = side.parse()?;
        }
        if given("window") {
            // A name, or else a list of values; `null` is none.
            stft.window = match arguments.get::<String>("window") {
                Ok(name) => name.map(|name| name.parse()).transpose()?,
                Err(_) => arguments.get("window")?.map(Window::Values),
            };
        }
        if given("scaling") {
            stft.scaling = arguments.get::<String>("scaling")?.map(|scaling| scaling.parse()).transpose()?;
        }
        stft.periodic = arguments.or("periodic", false)?;
        arguments.skip(&["window", "scaling"]);
        arguments.finish()?;
        Ok(stft)
    }

    /// The window over a frame, scaled; none without a window.
    fn scaled_window<T: Scalar>(&self, shape: Shape, frame: usize) -> Result<Option<Vec<T>>, InitializerError> {
        let Some(window) = &self.window else { return Ok(None) };
        let values = window.values(frame, self.periodic);
        if values.len() != frame {
            return Err(refused(&format!("a frame of the {} values of its window", values.len()), shape));
        }
        let scaling = match self.scaling {
            None => 1.0,
            Some(Scaling::Density) => values.iter().map(|w| w * w).sum::<f64>().sqrt(),
            Some(Scaling::Spectrum) => values.iter().map(|w| w.abs()).sum(),
        };
        Ok(Some(values.into_iter().map(|value| T::of(value / scaling)).collect()))
    }
}

fn refused(needs: &str, shape: Shape) -> InitializerError {
    InitializerError::Shape { initializer: "STFT", expected: needs.to_owned(), received: shape }
}

impl<T: Scalar> Initializer<T> for STFT {
    fn init(&self, shape: Shape, _rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        let &[frame, 1, frequencies] = shape.dims() else {
            return Err(refused("a shape (frame length, 1, frequencies)", shape));
        };
        let window = self.scaled_window::<T>(shape, frame)?;
        let (length, pi) = (T::of(2.0 * (frequencies as f64 - 1.0)), T::pi());
        Ok(Tensor::from_fn(shape, |i| {
            let (time, frequency) = (i / frequencies, i % frequencies);
            // Rounded as Keras rounds it: the sine of a large angle shows that.
            let angle = T::of(-2.0 * time as f64) * (T::of_count(frequency) / length) * pi;
            let wave = match self.side {
                Side::Real => angle.cos(),
                Side::Imag => angle.sin(),
            };
            window.as_ref().and_then(|window| window.get(time)).map_or(wave, |&weight| wave * weight)
        }))
    }

    /// `None` for values of a window that JSON cannot say.
    fn get_config(&self) -> Option<Config> {
        let side = match self.side {
            Side::Real => "real",
            Side::Imag => "imag",
        };
        let scaling = self.scaling.map(|scaling| match scaling {
            Scaling::Density => "density",
            Scaling::Spectrum => "spectrum",
        });
        let config =
            Config::new(MODULE, "STFT").with("side", side).with("scaling", scaling).with("periodic", self.periodic);
        match &self.window {
            Some(Window::Values(values)) => {
                values.iter().all(|value| value.is_finite()).then(|| config.with("window", values.clone()))
            }
            window => Some(config.with("window", window.as_ref().and_then(Window::name))),
        }
    }
}
