//! What all variables of one step share.

/// What all variables of one step share: how many steps came before it, and its learning rate.
///
/// ```
/// use cornu_optimizers::{Optimizer, SGD, Step};
///
/// let sgd = SGD::new(0.5)?;
/// assert_eq!(sgd.at(7), Step { iteration: 7, learning_rate: 0.5_f32 });
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step<T> {
    /// The steps before this one: Keras's `iterations`.
    pub iteration: u64,
    /// The learning rate of this step.
    pub learning_rate: T,
}

impl<T> Step<T> {
    /// The number of this step, counted from 1: the `t` of the formulas.
    pub(crate) fn number(&self) -> f64 {
        self.iteration.saturating_add(1) as f64
    }
}
