//! Keras's regularizers: a penalty on weights or outputs that is added to the loss.
//!
//! ```
//! use cornu_layers::regularizers::{L2, Regularizer};
//! use cornu_tensor::Tensor;
//!
//! let l2 = L2::new(0.1)?;
//! assert_eq!(l2.penalty(Tensor::from([1.0_f64, 2.0]).view()), 0.5); // 0.1 · (1² + 2²)
//! # Ok::<(), cornu_layers::LayerError>(())
//! ```

mod l1;
mod l1_l2;
mod l2;
mod orthogonal;
mod registry;

use std::fmt::Debug;
use std::sync::Arc;

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};
pub use l1::L1;
pub use l1_l2::L1L2;
pub use l2::L2;
pub use orthogonal::{OrthogonalMode, OrthogonalRegularizer};
pub use registry::{IntoRegularizer, from_config, get, names};

use crate::LayerError;

/// The module of Keras that the regularizers are in.
const MODULE: &str = "keras.regularizers";

/// A penalty on values, with its gradient.
///
/// One's own:
/// ```
/// use cornu_layers::regularizers::Regularizer;
/// use cornu_layers::{Built, Dense, KernelArguments};
/// use cornu_tensor::{Scalar, View};
///
/// /// `0.5 · Σw⁴`
/// #[derive(Debug)]
/// struct Fourth;
///
/// impl<T: Scalar> Regularizer<T> for Fourth {
///     fn penalty(&self, values: View<'_, T>) -> T {
///         values.as_slice().iter().fold(T::zero(), |sum, &w| sum + T::of(0.5) * w.powi(4))
///     }
///     fn add_gradient(&self, values: View<'_, T>, gradient: &mut [T]) {
///         for (g, &w) in gradient.iter_mut().zip(values.as_slice()) {
///             *g += T::of(2.0) * w.powi(3);
///         }
///     }
/// }
///
/// let dense = Dense::new(2).kernel_initializer("ones").kernel_regularizer(Fourth);
/// let dense = Built::<f64>::new(dense, &[[3].into()], 0)?;
/// assert_eq!(dense.weights()[0].penalty(), 3.0); // of six ones
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
pub trait Regularizer<T: Scalar>: Debug + Send + Sync {
    /// Whether it can be taken on values of this shape, an output with its batch; on any by default.
    ///
    /// # Errors
    /// [`LayerError`], such as for a bias where a matrix is needed.
    fn check(&self, shape: Shape) -> Result<(), LayerError> {
        let _ = shape;
        Ok(())
    }

    /// What is added to the loss for these values.
    fn penalty(&self, values: View<'_, T>) -> T;

    /// Adds the penalty's gradient to `gradient`, which has one number a value.
    fn add_gradient(&self, values: View<'_, T>, gradient: &mut [T]);

    /// What Keras writes of it; `None`, the default, for one of one's own that no file can carry.
    fn get_config(&self) -> Option<Config> {
        None
    }
}

impl<T: Scalar> Regularizer<T> for Arc<dyn Regularizer<T>> {
    fn check(&self, shape: Shape) -> Result<(), LayerError> {
        (**self).check(shape)
    }

    fn penalty(&self, values: View<'_, T>) -> T {
        (**self).penalty(values)
    }

    fn add_gradient(&self, values: View<'_, T>, gradient: &mut [T]) {
        (**self).add_gradient(values, gradient);
    }

    fn get_config(&self) -> Option<Config> {
        (**self).get_config()
    }
}

/// The sum of `f` over the values, in `f64`.
fn sum<T: Scalar>(values: View<'_, T>, f: impl Fn(f64) -> f64) -> f64 {
    values.as_slice().iter().map(|value| f(value.to_f64())).sum()
}

/// The slope of `|x|`: the sign of `x`, and 1 at 0, as Keras takes it on JAX.
fn sign<T: Scalar>(x: T) -> T {
    if x < T::zero() { -T::one() } else { T::one() }
}

/// A factor that is a finite number, 0 or more.
fn check_factor(component: &'static str, argument: &'static str, factor: f64) -> Result<f64, LayerError> {
    if factor.is_finite() && factor >= 0.0 {
        return Ok(factor);
    }
    let expected = "a finite number, 0 or more".to_owned();
    Err(LayerError::Argument { component, argument, expected, received: factor.to_string() })
}
