//! Weights whose norm has a lower and an upper limit.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, ViewMut};

use super::norms::rescale;
use super::{Axes, Constraint, MODULE};
use crate::LayerError;

/// The weights along the axes get the norm `(1 − rate)·‖w‖ + rate·clip(‖w‖, min_value, max_value)`
/// (`keras.constraints.MinMaxNorm`; by default 0, 1 and rate 1).
///
/// ```
/// use cornu_layers::constraints::{Constraint, MinMaxNorm};
/// use cornu_tensor::Tensor;
///
/// let mut kernel = Tensor::from([[3.0_f64], [4.0]]); // the norm is 5
/// MinMaxNorm::new(1.0, 2.0, 0.5)?.apply(kernel.view_mut());
/// let norm = kernel.as_slice()[0].hypot(kernel.as_slice()[1]);
/// assert!((norm - 3.5).abs() < 1e-6); // half-way from 5 to 2
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MinMaxNorm {
    min_value: f64,
    max_value: f64,
    rate: f64,
    axes: Axes,
}

impl MinMaxNorm {
    /// The limits of the norm and how fast they are enforced (1: at once), along axis 0.
    ///
    /// # Errors
    /// [`LayerError::Argument`] if a limit is negative or not finite, if the upper lies below the lower, or
    /// if the rate is not between 0 and 1.
    pub fn new(min_value: f64, max_value: f64, rate: f64) -> Result<Self, LayerError> {
        let bad = |argument, expected: &str, received: f64| {
            let (expected, received) = (expected.to_owned(), received.to_string());
            Err(LayerError::Argument { component: "MinMaxNorm", argument, expected, received })
        };
        if !min_value.is_finite() || min_value < 0.0 {
            return bad("min_value", "a finite number, 0 or more", min_value);
        }
        if !max_value.is_finite() || max_value < min_value {
            return bad("max_value", "a finite number, min_value or more", max_value);
        }
        if !(0.0..=1.0).contains(&rate) {
            return bad("rate", "a number from 0 to 1", rate);
        }
        Ok(Self { min_value, max_value, rate, axes: Axes::default() })
    }

    /// The norm along these axes instead.
    #[must_use]
    pub fn axis(self, axes: impl Into<Axes>) -> Self {
        Self { axes: axes.into(), ..self }
    }

    /// From what Keras writes of it.
    ///
    /// # Errors
    /// [`LayerError::Config`] for an argument that is not understood, and as [`MinMaxNorm::new`].
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        let (min_value, max_value) = (arguments.or("min_value", 0.0)?, arguments.or("max_value", 1.0)?);
        let constraint = Self::new(min_value, max_value, arguments.or("rate", 1.0)?)?;
        let constraint = constraint.axis(Axes::read(config, &mut arguments)?);
        arguments.finish()?;
        Ok(constraint)
    }
}

impl Default for MinMaxNorm {
    fn default() -> Self {
        Self { min_value: 0.0, max_value: 1.0, rate: 1.0, axes: Axes::default() }
    }
}

impl<T: Scalar> Constraint<T> for MinMaxNorm {
    fn check(&self, shape: Shape) -> Result<(), LayerError> {
        self.axes.check("MinMaxNorm", shape)
    }

    fn apply(&self, weight: ViewMut<'_, T>) {
        let (least, most, rate) = (T::of(self.min_value), T::of(self.max_value), T::of(self.rate));
        rescale(weight, self.axes, |norm| {
            let clipped = if norm < least {
                least
            } else if norm > most {
                most
            } else {
                norm
            };
            rate * clipped + (T::one() - rate) * norm
        });
    }

    fn get_config(&self) -> Option<Config> {
        self.axes.write(
            Config::new(MODULE, "MinMaxNorm")
                .with("min_value", self.min_value)
                .with("max_value", self.max_value)
                .with("rate", self.rate),
        )
    }
}
