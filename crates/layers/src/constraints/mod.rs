//! Keras's constraints: what a weight must keep to, enforced after every optimizer step.
//!
//! ```
//! use cornu_layers::constraints::{Constraint, NonNeg};
//! use cornu_tensor::Tensor;
//!
//! let mut kernel = Tensor::from([[1.0_f32, -2.0]]);
//! NonNeg.apply(kernel.view_mut());
//! assert_eq!(kernel, Tensor::from([[1.0, 0.0]]));
//! ```

mod axes;
mod max_norm;
mod min_max_norm;
mod non_neg;
mod norms;
mod registry;
mod unit_norm;

use std::fmt::Debug;
use std::sync::Arc;

pub use axes::Axes;
use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, ViewMut};
pub use max_norm::MaxNorm;
pub use min_max_norm::MinMaxNorm;
pub use non_neg::NonNeg;
pub use registry::{IntoConstraint, from_config, get, names};
pub use unit_norm::UnitNorm;

use crate::LayerError;

/// The module of Keras that the constraints are in.
const MODULE: &str = "keras.constraints";

/// What a weight must keep to.
///
/// One's own:
/// ```
/// use cornu_layers::constraints::Constraint;
/// use cornu_layers::{Built, Dense, KernelArguments};
/// use cornu_tensor::{Scalar, ViewMut};
///
/// /// Every value from −0.5 to 0.5.
/// #[derive(Debug)]
/// struct Clip;
///
/// impl<T: Scalar> Constraint<T> for Clip {
///     fn apply(&self, mut weight: ViewMut<'_, T>) {
///         weight.as_mut_slice().iter_mut().for_each(|w| *w = w.clamp(T::of(-0.5), T::of(0.5)));
///     }
/// }
///
/// let dense = Dense::new(2).kernel_initializer("ones").kernel_constraint(Clip);
/// let mut kernel = Built::<f64>::new(dense, &[[3].into()], 0)?.weights()[0].clone();
/// kernel.constrain(); // as a model does after every step
/// assert_eq!(kernel.as_slice(), [0.5; 6]);
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
pub trait Constraint<T: Scalar>: Debug + Send + Sync {
    /// Whether a weight of this shape can keep to it; any can by default.
    ///
    /// # Errors
    /// [`LayerError`], such as for an axis that the weight does not have.
    fn check(&self, shape: Shape) -> Result<(), LayerError> {
        let _ = shape;
        Ok(())
    }

    /// Changes the weight to the nearest that keeps to the constraint.
    fn apply(&self, weight: ViewMut<'_, T>);

    /// What Keras writes of it; `None`, the default, for one of one's own that no file can carry.
    fn get_config(&self) -> Option<Config> {
        None
    }
}

impl<T: Scalar> Constraint<T> for Arc<dyn Constraint<T>> {
    fn check(&self, shape: Shape) -> Result<(), LayerError> {
        (**self).check(shape)
    }

    fn apply(&self, weight: ViewMut<'_, T>) {
        (**self).apply(weight);
    }

    fn get_config(&self) -> Option<Config> {
        (**self).get_config()
    }
}
