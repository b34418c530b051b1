//! Weights whose norm has an upper limit.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, ViewMut};

use super::norms::rescale;
use super::{Axes, Constraint, MODULE};
use crate::LayerError;

/// The weights along the axes keep a norm of at most `max_value` (`keras.constraints.MaxNorm`, 2 by default).
///
/// Source: [Srivastava et al., 2014](http://jmlr.org/papers/v15/srivastava14a.html).
///
/// ```
/// use cornu_layers::constraints::{Constraint, MaxNorm};
/// use cornu_tensor::Tensor;
///
/// let mut kernel = Tensor::from([[3.0_f64], [4.0]]); // the norm is 5
/// MaxNorm::new(2.0)?.apply(kernel.view_mut());
/// let norm = kernel.as_slice()[0].hypot(kernel.as_slice()[1]);
/// assert!((norm - 2.0).abs() < 1e-6);
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MaxNorm {
    max_value: f64,
    axes: Axes,
}

impl MaxNorm {
    /// The largest norm, along axis 0.
    ///
    /// # Errors
    /// [`LayerError::Argument`] if it is negative or not finite.
    pub fn new(max_value: f64) -> Result<Self, LayerError> {
        if !max_value.is_finite() || max_value < 0.0 {
            return Err(LayerError::Argument {
                component: "MaxNorm",
                argument: "max_value",
                expected: "a finite number, 0 or more".to_owned(),
                received: max_value.to_string(),
            });
        }
        Ok(Self { max_value, axes: Axes::default() })
    }

    /// The norm along these axes instead.
    #[must_use]
    pub fn axis(self, axes: impl Into<Axes>) -> Self {
        Self { axes: axes.into(), ..self }
    }

    /// From what Keras writes of it.
    ///
    /// # Errors
    /// [`LayerError::Config`] for an argument that is not understood, and as [`MaxNorm::new`].
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        let constraint = Self::new(arguments.or("max_value", 2.0)?)?.axis(Axes::read(config, &mut arguments)?);
        arguments.finish()?;
        Ok(constraint)
    }
}

impl Default for MaxNorm {
    fn default() -> Self {
        Self { max_value: 2.0, axes: Axes::default() }
    }
}

impl<T: Scalar> Constraint<T> for MaxNorm {
    fn check(&self, shape: Shape) -> Result<(), LayerError> {
        self.axes.check("MaxNorm", shape)
    }

    fn apply(&self, weight: ViewMut<'_, T>) {
        let most = T::of(self.max_value);
        rescale(weight, self.axes, |norm| if norm > most { most } else { norm });
    }

    fn get_config(&self) -> Option<Config> {
        self.axes.write(Config::new(MODULE, "MaxNorm").with("max_value", self.max_value))
    }
}
