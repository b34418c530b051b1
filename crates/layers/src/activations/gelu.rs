//! The Gaussian error linear unit.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

use cornu_config::Config;
use cornu_tensor::Scalar;
use cornu_tensor::kernels::{Pass, run};

use super::{Activation, function, map, scale};
use crate::LayerError;

/// `x·Φ(x)`, Φ the normal distribution function (`keras.activations.gelu`).
///
/// Exact through the error function by default; with `approximate` Keras's form with a hyperbolic tangent,
/// `x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))`. Source: [Hendrycks and Gimpel, 2016](https://arxiv.org/abs/1606.08415).
///
/// ```
/// use cornu_layers::activations::{Activation, Gelu};
///
/// let (mut exact, mut approximate) = ([1.0_f64], [1.0_f64]);
/// Gelu::default().apply(&mut exact, 1);
/// Gelu::new(true).apply(&mut approximate, 1);
/// assert!((exact[0] - 0.841_345).abs() < 1e-6);
/// assert!((approximate[0] - 0.841_192).abs() < 1e-6);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gelu {
    approximate: bool,
}

impl Gelu {
    /// The exact form, or the approximate one.
    #[must_use]
    pub fn new(approximate: bool) -> Self {
        Self { approximate }
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        let approximate = arguments.or("approximate", false)?;
        arguments.finish()?;
        Ok(Self::new(approximate))
    }
}

/// The cubic term of the approximate form.
const CUBIC: f64 = 0.044_715;
/// `√(2/π)`
const SLOPE: f64 = FRAC_2_SQRT_PI * FRAC_1_SQRT_2;

/// The normal distribution function.
#[inline(always)]
fn phi<T: Scalar>(x: T) -> T {
    T::of(0.5) * (T::one() + (x * T::of(FRAC_1_SQRT_2)).erf())
}

/// The normal density.
#[inline(always)]
fn density<T: Scalar>(x: T) -> T {
    T::of(0.5 * SLOPE) * (T::of(-0.5) * x * x).fast_exp()
}

/// The approximate form's hyperbolic tangent, and the slope of what is inside it.
#[inline(always)]
fn inner<T: Scalar>(x: T) -> (T, T) {
    let square = x * x;
    let inside = T::of(SLOPE) * (x + T::of(CUBIC) * x * square);
    (inside.fast_tanh(), T::of(SLOPE) * (T::one() + T::of(3.0 * CUBIC) * square))
}

/// Multiplies the gradient by the slope of the exact form, `Φ(x) + x·φ(x)`.
struct ExactSlope;

/// Values that are worked on together.
const BLOCK: usize = 64;

impl<T: Scalar> Pass<T, 1, 1> for ExactSlope {
    /// In two loops: one with both exponentials in it is not computed with vectors.
    #[inline(always)]
    fn run(&self, [gradient]: [&mut [T]; 1], [from]: [&[T]; 1]) {
        let mut phis = [T::zero(); BLOCK];
        for (gradient, from) in gradient.chunks_mut(BLOCK).zip(from.chunks(BLOCK)) {
            for (p, &x) in phis.iter_mut().zip(from) {
                *p = phi(x);
            }
            for ((g, &x), &p) in gradient.iter_mut().zip(from).zip(&phis) {
                *g *= p + x * density(x);
            }
        }
    }
}

impl<T: Scalar> Activation<T> for Gelu {
    fn name(&self) -> &'static str {
        "gelu"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        if self.approximate {
            map(values, |x| T::of(0.5) * x * (T::one() + inner(x).0));
        } else {
            map(values, |x| x * phi(x));
        }
    }

    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        if self.approximate {
            scale(gradient, from, |x| {
                let (tanh, slope) = inner(x);
                T::of(0.5) * (T::one() + tanh + x * (T::one() - tanh * tanh) * slope)
            });
        } else {
            run(&ExactSlope, [gradient], [from]);
        }
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("gelu").with("approximate", self.approximate))
    }
}
