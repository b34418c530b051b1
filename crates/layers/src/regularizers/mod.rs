//! Keras's regularizers: a penalty on weights or outputs that is added to the loss.
//!
//! ```
//! use cornu_layers::regularizers::{L2, Regularizer};
//!
//! let l2 = L2::new(0.1)?;
//! assert_eq!(l2.penalty(&[1.0_f64, 2.0]), 0.5); // 0.1 · (1² + 2²)
//! # Ok::<(), cornu_layers::LayerError>(())
//! ```

mod l1;
mod l1_l2;
mod l2;
mod registry;

use std::fmt::Debug;
use std::sync::Arc;

use cornu_config::Config;
use cornu_tensor::Scalar;
pub use l1::L1;
pub use l1_l2::L1L2;
pub use l2::L2;
pub use registry::{IntoRegularizer, from_config, get, names};

use crate::LayerError;

/// The module of Keras that the regularizers are in.
const MODULE: &str = "keras.regularizers";

/// A penalty on values, with its gradient.
pub trait Regularizer<T: Scalar>: Debug + Send + Sync {
    /// What is added to the loss for these values.
    fn penalty(&self, values: &[T]) -> T;

    /// Adds the penalty's gradient to `gradient`, which has one number a value.
    fn add_gradient(&self, values: &[T], gradient: &mut [T]);

    /// What Keras writes of it; `None`, the default, for one of one's own that no file can carry.
    fn get_config(&self) -> Option<Config> {
        None
    }
}

impl<T: Scalar> Regularizer<T> for Arc<dyn Regularizer<T>> {
    fn penalty(&self, values: &[T]) -> T {
        (**self).penalty(values)
    }

    fn add_gradient(&self, values: &[T], gradient: &mut [T]) {
        (**self).add_gradient(values, gradient);
    }

    fn get_config(&self) -> Option<Config> {
        (**self).get_config()
    }
}

/// The sum of `f` over the values, in `f64`.
fn sum<T: Scalar>(values: &[T], f: impl Fn(f64) -> f64) -> f64 {
    values.iter().map(|value| f(value.to_f64())).sum()
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
