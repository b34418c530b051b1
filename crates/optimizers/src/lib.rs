//! Keras's optimizers: how a gradient changes a variable.
//!
//! An [`Optimizer`] steps one variable at a time, in one pass over memory. What it remembers of a variable,
//! its slots, belongs to the caller and is passed in; they begin as zeros.
//!
//! ```
//! use cornu_optimizers::{Adam, Optimizer};
//! use cornu_tensor::Tensor;
//!
//! // The minimum of (w − 3)².
//! let adam: Box<dyn Optimizer<f64>> = Box::new(Adam::new(0.1)?);
//! let mut w = [0.0];
//! let mut slots: Vec<Tensor<f64>> = adam.slots().iter().map(|_| Tensor::zeros([1])).collect();
//! for iteration in 0..500 {
//!     let gradient = [2.0 * (w[0] - 3.0)];
//!     adam.step(iteration, &mut w, &gradient, &mut slots)?;
//! }
//! assert!((w[0] - 3.0).abs() < 1e-3);
//! # Ok::<(), cornu_optimizers::OptimizerError>(())
//! ```
//!
//! An optimizer has a name ([`get`]), and whatever takes an optimizer takes the name as well
//! ([`IntoOptimizer`]).

mod adam;
mod argument;
mod error;
mod registry;
mod rmsprop;
mod sgd;
mod slots;

use std::fmt::Debug;

pub use adam::Adam;
pub use cornu_tensor as tensor;
use cornu_tensor::{Scalar, Tensor};
use dyn_clone::DynClone;
pub use error::OptimizerError;
pub use registry::{IntoOptimizer, NAMES, get};
pub use rmsprop::RMSprop;
pub use sgd::SGD;
pub use slots::split_slots;

/// How a gradient changes a variable.
///
/// One's own:
/// ```
/// use cornu_optimizers::{Optimizer, OptimizerError, split_slots};
/// use cornu_tensor::{Scalar, Tensor};
///
/// /// A step of one size against the sign of the gradient.
/// #[derive(Debug, Clone)]
/// struct SignDescent {
///     learning_rate: f64,
/// }
///
/// impl<T: Scalar> Optimizer<T> for SignDescent {
///     fn name(&self) -> &str {
///         "sign_descent"
///     }
///     fn learning_rate(&self) -> f64 {
///         self.learning_rate
///     }
///     fn set_learning_rate(&mut self, rate: f64) -> Result<(), OptimizerError> {
///         self.learning_rate = rate;
///         Ok(())
///     }
///     fn slots(&self) -> &'static [&'static str] {
///         &[]
///     }
///     fn step(
///         &self,
///         _iteration: u64,
///         variable: &mut [T],
///         gradient: &[T],
///         slots: &mut [Tensor<T>],
///     ) -> Result<(), OptimizerError> {
///         let [] = split_slots(self, variable, gradient, slots)?;
///         for (w, g) in variable.iter_mut().zip(gradient) {
///             *w -= T::of(self.learning_rate) * g.signum();
///         }
///         Ok(())
///     }
/// }
///
/// let mut w = [1.0_f32, 2.0];
/// SignDescent { learning_rate: 0.5 }.step(0, &mut w, &[9.0, -0.1], &mut [])?;
/// assert_eq!(w, [0.5, 2.5]);
/// # Ok::<(), OptimizerError>(())
/// ```
pub trait Optimizer<T: Scalar>: Debug + DynClone + Send + Sync {
    /// Its name, such as `"adam"`.
    fn name(&self) -> &str;

    /// The learning rate.
    fn learning_rate(&self) -> f64;

    /// Sets the learning rate; the next step uses it.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite. The old rate stays.
    fn set_learning_rate(&mut self, rate: f64) -> Result<(), OptimizerError>;

    /// The names of one variable's slots in Keras's order, such as `["momentum", "velocity"]`. Each slot has the
    /// variable's shape and begins as zeros.
    fn slots(&self) -> &'static [&'static str];

    /// Whether a step can fail where gradient and slots fit the variable. Training keeps a copy of all weights if so, to
    /// give them back after an error.
    fn may_fail(&self) -> bool {
        true
    }

    /// One step on one variable. `iteration` counts from 0; all variables of one step see the same.
    ///
    /// Nothing is allocated, and on an error nothing is changed.
    ///
    /// # Errors
    /// [`OptimizerError::Gradient`], [`OptimizerError::Slots`] or [`OptimizerError::Slot`] if gradient or slots
    /// do not fit the variable.
    fn step(
        &self,
        iteration: u64,
        variable: &mut [T],
        gradient: &[T],
        slots: &mut [Tensor<T>],
    ) -> Result<(), OptimizerError>;
}

dyn_clone::clone_trait_object!(<T: Scalar> Optimizer<T>);

impl<T: Scalar> Optimizer<T> for Box<dyn Optimizer<T>> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn learning_rate(&self) -> f64 {
        (**self).learning_rate()
    }

    fn set_learning_rate(&mut self, rate: f64) -> Result<(), OptimizerError> {
        (**self).set_learning_rate(rate)
    }

    fn slots(&self) -> &'static [&'static str] {
        (**self).slots()
    }

    fn may_fail(&self) -> bool {
        (**self).may_fail()
    }

    fn step(
        &self,
        iteration: u64,
        variable: &mut [T],
        gradient: &[T],
        slots: &mut [Tensor<T>],
    ) -> Result<(), OptimizerError> {
        (**self).step(iteration, variable, gradient, slots)
    }
}

/// The README's Rust is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
