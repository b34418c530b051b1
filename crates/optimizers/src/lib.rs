//! Keras's optimizers: how a gradient changes a variable.
//!
//! An [`Optimizer`] steps one variable at a time, in one pass over memory. What it remembers of a variable,
//! its slots, belongs to the caller and is passed in. An [`OptimizerState`] holds the slots of all variables of a model,
//! and steps them together.
//!
//! ```
//! use cornu_optimizers::{Adam, OptimizerArguments, OptimizerState};
//! use cornu_tensor::Tensor;
//!
//! // The minimum of (w − 3)².
//! let adam = Adam::new(0.1)?.clipnorm(1.0)?;
//! let mut w = Tensor::<f64>::zeros([1]);
//! let mut state = OptimizerState::new(&adam, [("w", &w)]);
//! for _ in 0..500 {
//!     let mut gradient = [2.0 * (w.as_slice()[0] - 3.0)];
//!     state.apply(&adam, &mut [(w.as_mut_slice(), &mut gradient)])?;
//! }
//! assert!((w.as_slice()[0] - 3.0).abs() < 1e-3);
//! # Ok::<(), cornu_optimizers::OptimizerError>(())
//! ```
//!
//! The arguments that all optimizers share (weight decay, clipping, moving averages, accumulation of gradients) are those of
//! [`OptimizerArguments`]. Where a learning rate is given, a schedule can be given too ([`schedules`]).
//!
//! An optimizer has a name ([`get`]), and whatever takes an optimizer takes the name as well
//! ([`IntoOptimizer`]).

mod adadelta;
mod adafactor;
mod adagrad;
mod adam;
mod adamax;
mod adamw;
mod argument;
mod common;
mod error;
mod ftrl;
mod lamb;
mod learning_rate;
mod lion;
mod loss_scale_optimizer;
mod muon;
mod nadam;
mod passes;
mod registry;
mod rmsprop;
mod schedule_free_adamw;
pub mod schedules;
mod sgd;
mod slots;
mod state;
mod step;

use std::fmt::Debug;

pub use adadelta::Adadelta;
pub use adafactor::Adafactor;
pub use adagrad::Adagrad;
pub use adam::Adam;
pub use adamax::Adamax;
pub use adamw::AdamW;
pub use common::{Common, OptimizerArguments};
pub use cornu_config as config;
use cornu_config::Config;
pub use cornu_tensor as tensor;
use cornu_tensor::{Scalar, Tensor};
use dyn_clone::DynClone;
pub use error::OptimizerError;
pub use ftrl::Ftrl;
pub use lamb::Lamb;
pub use learning_rate::{IntoLearningRate, LearningRate};
pub use lion::Lion;
pub use loss_scale_optimizer::LossScaleOptimizer;
pub use muon::Muon;
pub use nadam::Nadam;
pub use registry::{IntoOptimizer, from_config, get, names};
pub use rmsprop::RMSprop;
pub use schedule_free_adamw::ScheduleFreeAdamW;
pub use sgd::SGD;
pub use slots::{Slot, Variable, split_slots};
pub use state::{OptimizerState, StateValue, StateVariable, Update};
pub use step::Step;

/// How a gradient changes a variable.
///
/// One's own. With a [`Common`] it has the arguments that all optimizers share:
/// ```
/// use cornu_optimizers::{Common, IntoLearningRate, Optimizer, OptimizerArguments, OptimizerError, Step};
/// use cornu_tensor::{Scalar, Tensor};
///
/// /// A step of one size against the sign of the gradient.
/// #[derive(Debug, Clone)]
/// struct SignDescent {
///     common: Common,
/// }
///
/// impl SignDescent {
///     fn new(learning_rate: impl IntoLearningRate) -> Result<Self, OptimizerError> {
///         Ok(Self { common: Common::new("SignDescent", learning_rate)? })
///     }
/// }
///
/// impl OptimizerArguments for SignDescent {
///     fn common(&self) -> &Common {
///         &self.common
///     }
///     fn common_mut(&mut self) -> &mut Common {
///         &mut self.common
///     }
/// }
///
/// impl<T: Scalar> Optimizer<T> for SignDescent {
///     fn name(&self) -> &str {
///         "sign_descent"
///     }
///     fn step(
///         &self,
///         at: Step<T>,
///         variable: &mut [T],
///         gradient: &[T],
///         _slots: &mut [Tensor<T>],
///     ) -> Result<(), OptimizerError> {
///         for (w, g) in variable.iter_mut().zip(gradient) {
///             *w -= at.learning_rate * g.signum();
///         }
///         Ok(())
///     }
/// }
///
/// let mut w = [1.0_f32, 2.0];
/// let descent = SignDescent::new(0.5)?.weight_decay(0.1)?;
/// descent.step(descent.at(0), &mut w, &[9.0, -0.1], &mut [])?;
/// assert_eq!(w, [0.5, 2.5]); // what all optimizers share is done by an OptimizerState
/// # Ok::<(), OptimizerError>(())
/// ```
pub trait Optimizer<T: Scalar>: OptimizerArguments + Debug + DynClone + Send + Sync {
    /// Its name, such as `"adam"`.
    fn name(&self) -> &str;

    /// What it remembers of a variable, in Keras's order; nothing by default.
    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        let _ = variable;
        Vec::new()
    }

    /// Whether a step can fail where gradient and slots fit the variable. Training keeps a copy of all weights if so, to
    /// give them back after an error.
    fn may_fail(&self) -> bool {
        true
    }

    /// One step on one variable. All variables of one step see the same `at`. The slots are those that
    /// [`Optimizer::slots`] asked for.
    ///
    /// Nothing is allocated, and on an error nothing is changed.
    ///
    /// # Errors
    /// [`OptimizerError::Gradient`], [`OptimizerError::Slots`] or [`OptimizerError::Slot`] if gradient or slots
    /// do not fit the variable.
    fn step(
        &self,
        at: Step<T>,
        variable: &mut [T],
        gradient: &[T],
        slots: &mut [Tensor<T>],
    ) -> Result<(), OptimizerError>;

    /// What all variables of a step share, after so many steps, at this optimizer's learning rate.
    fn at(&self, iteration: u64) -> Step<T> {
        Step { iteration, learning_rate: T::of(self.common().learning_rate.at(iteration)) }
    }

    /// The learning rate; of a schedule, that of the first step.
    fn learning_rate(&self) -> f64 {
        self.common().learning_rate.at(0)
    }

    /// Sets the learning rate; the next step uses it.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite, [`OptimizerError::Scheduled`] if a schedule says the
    /// rates. The old rate stays.
    fn set_learning_rate(&mut self, rate: f64) -> Result<(), OptimizerError> {
        self.common_mut().set_learning_rate(rate)
    }

    /// By which part of itself, times the learning rate, this variable gets smaller at every step, if at all.
    fn weight_decay_of(&self, variable: &Variable) -> Option<f64> {
        self.common().weight_decay_of(variable)
    }

    /// For a loss scale that follows the gradients: the first, and the steps after which it doubles. None by default.
    fn dynamic_loss_scale(&self) -> Option<(f64, u64)> {
        None
    }

    /// What Keras writes of it; `None`, the default, for one of one's own that no file can carry.
    fn get_config(&self) -> Option<Config> {
        None
    }
}

dyn_clone::clone_trait_object!(<T: Scalar> Optimizer<T>);

impl<T: Scalar> OptimizerArguments for Box<dyn Optimizer<T>> {
    fn common(&self) -> &Common {
        (**self).common()
    }

    fn common_mut(&mut self) -> &mut Common {
        (**self).common_mut()
    }
}

impl<T: Scalar> Optimizer<T> for Box<dyn Optimizer<T>> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        (**self).slots(variable)
    }

    fn may_fail(&self) -> bool {
        (**self).may_fail()
    }

    fn step(
        &self,
        at: Step<T>,
        variable: &mut [T],
        gradient: &[T],
        slots: &mut [Tensor<T>],
    ) -> Result<(), OptimizerError> {
        (**self).step(at, variable, gradient, slots)
    }

    fn at(&self, iteration: u64) -> Step<T> {
        (**self).at(iteration)
    }

    fn learning_rate(&self) -> f64 {
        (**self).learning_rate()
    }

    fn set_learning_rate(&mut self, rate: f64) -> Result<(), OptimizerError> {
        (**self).set_learning_rate(rate)
    }

    fn weight_decay_of(&self, variable: &Variable) -> Option<f64> {
        (**self).weight_decay_of(variable)
    }

    fn dynamic_loss_scale(&self) -> Option<(f64, u64)> {
        (**self).dynamic_loss_scale()
    }

    fn get_config(&self) -> Option<Config> {
        (**self).get_config()
    }
}

/// The README's Rust is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
