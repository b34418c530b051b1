//! What training keeps of an optimizer: slots, averages, gathered gradients and the number of steps.

mod saved;
mod update;

use cornu_tensor::{Scalar, Tensor};
pub use saved::{StateValue, StateVariable};
pub use update::Update;

use crate::{Optimizer, OptimizerError, Slot, Variable};

/// What training keeps of an optimizer: the slots of all variables, and the steps taken.
///
/// One [`OptimizerState::apply`] is one step of all variables, with all arguments that concern more than one of them:
/// Keras's `optimizer.apply`.
///
/// ```
/// use cornu_optimizers::{Adam, OptimizerArguments, OptimizerState};
/// use cornu_tensor::Tensor;
///
/// // The minimum of (w − 3)² + (v + 1)².
/// let adam = Adam::new(0.1)?.global_clipnorm(1.0)?;
/// let (mut w, mut v) = (Tensor::<f64>::zeros([1]), Tensor::zeros([1]));
/// let mut state = OptimizerState::new(&adam, [("w", &w), ("v", &v)]);
/// for _ in 0..500 {
///     let mut gradients = [[2.0 * (w.as_slice()[0] - 3.0)], [2.0 * (v.as_slice()[0] + 1.0)]];
///     let [of_w, of_v] = &mut gradients;
///     state.apply(&adam, &mut [(w.as_mut_slice(), of_w), (v.as_mut_slice(), of_v)])?;
/// }
/// assert_eq!(state.iteration(), 500);
/// assert!((w.as_slice()[0] - 3.0).abs() < 1e-3 && (v.as_slice()[0] + 1.0).abs() < 1e-3);
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct OptimizerState<T> {
    iteration: u64,
    is_built: bool,
    /// Whether any variable decays.
    decays: bool,
    slots: Vec<Vec<Tensor<T>>>,
    options: Vec<Options<T>>,
    described: Vec<Described>,
    scale: Option<DynamicScale>,
}

/// What the arguments of all optimizers ask for one variable.
#[derive(Debug, Clone)]
struct Options<T> {
    weight_decay: Option<T>,
    average: Option<Tensor<T>>,
    accumulator: Option<Tensor<T>>,
}

/// What the slots of one variable are.
#[derive(Debug, Clone)]
struct Described {
    variable: Variable,
    slots: Vec<Slot>,
}

/// A loss scale that follows the gradients.
#[derive(Debug, Clone, Copy)]
struct DynamicScale {
    scale: f64,
    steps: u64,
    growth_steps: u64,
}

impl<T> Default for OptimizerState<T> {
    /// Of no optimizer yet.
    fn default() -> Self {
        Self {
            iteration: 0,
            is_built: false,
            decays: false,
            slots: Vec::new(),
            options: Vec::new(),
            described: Vec::new(),
            scale: None,
        }
    }
}

impl<T: Scalar> OptimizerState<T> {
    /// The state before the first step (Keras's `optimizer.build`), for variables of these paths.
    #[must_use]
    pub fn new<'v>(
        optimizer: &dyn Optimizer<T>,
        variables: impl IntoIterator<Item = (impl Into<String>, &'v Tensor<T>)>,
    ) -> Self {
        let common = optimizer.common();
        let mut state = Self { is_built: true, ..Self::default() };
        state.scale =
            optimizer.dynamic_loss_scale().map(|(scale, growth_steps)| DynamicScale { scale, steps: 0, growth_steps });
        for (path, value) in variables {
            let variable = Variable::new(path, value.shape());
            let zeros = |wanted: bool| wanted.then(|| Tensor::zeros(value.shape()));
            let weight_decay = optimizer.weight_decay_of(&variable).map(T::of);
            state.decays |= weight_decay.is_some();
            state.options.push(Options {
                weight_decay,
                average: zeros(common.use_ema),
                accumulator: zeros(common.gradient_accumulation_steps.is_some()),
            });
            let slots = optimizer.slots(&variable);
            state.slots.push(slots.iter().map(|slot| slot.begin(value.as_slice())).collect());
            state.described.push(Described { variable, slots });
        }
        state
    }

    /// Whether it was made for an optimizer.
    #[must_use]
    pub fn is_built(&self) -> bool {
        self.is_built
    }

    /// The number of variables.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is no variable.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The calls of [`OptimizerState::apply`] so far. (Where gradients are accumulated, Keras's `iterations` counts the
    /// steps that moved something.)
    #[must_use]
    #[inline]
    pub fn iteration(&self) -> u64 {
        self.iteration
    }

    /// One step of all variables: each with its gradient, in the order in which the state was made. The gradients are
    /// those of the loss, multiplied by [`Update::loss_scale`] if there is one; what they hold afterwards means nothing.
    ///
    /// Nothing is allocated.
    ///
    /// # Errors
    /// [`OptimizerError::Variable`] for another number of variables, and whatever the optimizer reports. In an error of
    /// the optimizer, the variables before it have moved.
    pub fn apply(
        &mut self,
        optimizer: &dyn Optimizer<T>,
        variables: &mut [(&mut [T], &mut [T])],
    ) -> Result<(), OptimizerError> {
        if variables.len() != self.len() {
            return Err(self.unknown(optimizer, variables.len()));
        }
        let mut update = self.begin(optimizer);
        if update.needs_all() {
            for (index, (_, gradient)) in variables.iter_mut().enumerate() {
                update.see(index, gradient)?;
            }
        }
        for (index, (variable, gradient)) in variables.iter_mut().enumerate() {
            update.step(index, variable, gradient)?;
        }
        update.finish();
        Ok(())
    }

    /// Gives a variable the value that training ends with: its moving average, if one is kept and a step was taken
    /// (Keras's `finalize_variable_values`). Otherwise nothing is done.
    pub fn finalize(&self, index: usize, variable: &mut [T]) {
        let average = self.options.get(index).and_then(|options| options.average.as_ref());
        if let Some(average) = average.filter(|average| self.iteration > 0 && average.len() == variable.len()) {
            variable.copy_from_slice(average.as_slice());
        }
    }

    /// The moving average of a variable, where one is kept: to look at the model with it for a while.
    pub fn average_mut(&mut self, index: usize) -> Option<&mut Tensor<T>> {
        self.options.get_mut(index)?.average.as_mut()
    }

    /// The error for a variable of this number.
    #[cold]
    fn unknown(&self, optimizer: &dyn Optimizer<T>, received: usize) -> OptimizerError {
        OptimizerError::Variable { optimizer: optimizer.name().to_owned(), expected: self.len(), received }
    }
}
