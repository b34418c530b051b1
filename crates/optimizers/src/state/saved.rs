//! The state listed and given back, in Keras's order.

use cornu_tensor::{Scalar, Shape, Tensor};

use super::OptimizerState;
use crate::{LearningRate, Optimizer, OptimizerError};

/// The greatest count: that of an `int64`, after which there is room to count on.
const MOST: u64 = i64::MAX as u64;

/// One value of the state: a count such as the iteration, a number such as the learning rate, or a tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StateValue<'a, T> {
    /// A count; in Keras, an integer of shape `()`.
    Integer(u64),
    /// A number; in Keras, a tensor of shape `()`.
    Number(f64),
    /// A tensor.
    Tensor(&'a Tensor<T>),
}

impl<T: Scalar> StateValue<'_, T> {
    /// The shape.
    #[must_use]
    pub fn shape(&self) -> Shape {
        match self {
            Self::Integer(_) | Self::Number(_) => Shape::default(),
            Self::Tensor(tensor) => tensor.shape(),
        }
    }

    /// The one number that it is.
    fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(count) => Some(*count as f64),
            Self::Number(number) => Some(*number),
            Self::Tensor(tensor) => match tensor.as_slice() {
                [one] => Some(one.to_f64()),
                _ => None,
            },
        }
    }

    /// The one count that it is.
    fn integer(&self) -> Option<u64> {
        match self {
            Self::Integer(count) => Some(*count),
            other => {
                other.number().filter(|number| *number >= 0.0 && number.fract() == 0.0).map(|number| number as u64)
            }
        }
    }

    /// What it is, in words.
    fn told(&self) -> String {
        match self {
            Self::Integer(count) => count.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Tensor(tensor) => format!("a tensor of shape {}", tensor.shape()),
        }
    }
}

/// One variable of the state: Keras's name, and the value.
#[derive(Debug, Clone, PartialEq)]
pub struct StateVariable<'a, T> {
    /// The name, such as `"sequential_dense_kernel_momentum"`.
    pub name: String,
    /// The value.
    pub value: StateValue<'a, T>,
}

/// Where a value of the state lies.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// The iteration of an optimizer around another, which Keras keeps and never counts.
    OuterIteration,
    /// Its learning rate, which Keras never uses.
    OuterRate,
    ScaleSteps,
    Scale,
    Iteration,
    LearningRate,
    Average(usize),
    Accumulator(usize),
    Slot(usize, usize),
}

impl<T: Scalar> OptimizerState<T> {
    /// All that must be kept to go on training later, in the order of Keras's `optimizer.variables`: the iteration, the
    /// learning rate (if no schedule says it), the averages, the accumulated gradients, the slots.
    ///
    /// Of variables that training does not move, Keras keeps nothing: `is_trained` says of each, by its number, whether it is
    /// moved.
    ///
    /// ```
    /// use cornu_optimizers::{Adam, OptimizerState};
    /// use cornu_tensor::Tensor;
    ///
    /// let (adam, kernel) = (Adam::default(), Tensor::<f32>::zeros([2, 3]));
    /// let state = OptimizerState::new(&adam, [("dense/kernel", &kernel)]);
    /// let names: Vec<_> = state.variables(&adam, |_| true).into_iter().map(|variable| variable.name).collect();
    /// assert_eq!(names, ["iteration", "learning_rate", "dense_kernel_momentum", "dense_kernel_velocity"]);
    /// ```
    #[must_use]
    pub fn variables(
        &self,
        optimizer: &dyn Optimizer<T>,
        is_trained: impl Fn(usize) -> bool,
    ) -> Vec<StateVariable<'_, T>> {
        let places = self.places(optimizer, is_trained);
        places.into_iter().map(|(name, place)| StateVariable { name, value: self.value(optimizer, place) }).collect()
    }

    /// Gives all values of [`OptimizerState::variables`] back, to the optimizer what is its own. A number may also come as a
    /// tensor of one value. If one does not fit, nothing is changed.
    ///
    /// # Errors
    /// [`OptimizerError::StateCount`], [`OptimizerError::StateValue`], or [`OptimizerError::Argument`] for a learning rate
    /// out of its range.
    pub fn restore(
        &mut self,
        optimizer: &mut dyn Optimizer<T>,
        is_trained: impl Fn(usize) -> bool,
        values: &[StateValue<'_, T>],
    ) -> Result<(), OptimizerError> {
        let places = self.places(&*optimizer, &is_trained);
        if places.len() != values.len() {
            let (optimizer, expected) = (optimizer.name().to_owned(), places.len());
            return Err(OptimizerError::StateCount { optimizer, expected, received: values.len() });
        }
        for ((name, place), value) in places.iter().zip(values) {
            self.check(&*optimizer, name, *place, value)?;
        }
        for ((_, place), value) in places.into_iter().zip(values) {
            self.put(optimizer, place, value)?;
        }
        Ok(())
    }

    /// The places in Keras's order, with Keras's names.
    fn places(&self, optimizer: &dyn Optimizer<T>, is_trained: impl Fn(usize) -> bool) -> Vec<(String, Place)> {
        let mut places = Vec::new();
        let mut add = |name: &str, place| places.push((name.to_owned(), place));
        if self.scale.is_some() {
            add("iteration", Place::OuterIteration);
            add("learning_rate", Place::OuterRate);
            add("step_counter", Place::ScaleSteps);
            add("dynamic_scale", Place::Scale);
        }
        add("iteration", Place::Iteration);
        if let LearningRate::Number(_) = optimizer.common().learning_rate {
            add("learning_rate", Place::LearningRate);
        }
        let trained = || (0..self.len()).filter(|index| is_trained(*index));
        let name = |index: usize, of: &str| format!("{}_{of}", self.described[index].variable.path().replace('/', "_"));
        for index in trained().filter(|index| self.options[*index].average.is_some()) {
            add(&name(index, "average"), Place::Average(index));
        }
        for index in trained().filter(|index| self.options[*index].accumulator.is_some()) {
            add(&name(index, "gradient_accumulator"), Place::Accumulator(index));
        }
        let slots =
            || trained().flat_map(|index| self.described[index].slots.iter().enumerate().map(move |s| (index, s)));
        let last = slots().map(|(_, (_, slot))| slot.group).max().unwrap_or(0);
        for group in 0..=last {
            for (index, (i, slot)) in slots().filter(|(_, (_, slot))| slot.group == group) {
                if !slot.is_shared {
                    add(&name(index, slot.name()), Place::Slot(index, i));
                } else if trained().next() == Some(index) {
                    add(slot.name(), Place::Slot(index, i));
                }
            }
        }
        places
    }

    fn value(&self, optimizer: &dyn Optimizer<T>, place: Place) -> StateValue<'_, T> {
        match place {
            Place::OuterIteration => StateValue::Integer(0),
            Place::OuterRate => StateValue::Number(0.0),
            Place::ScaleSteps => StateValue::Integer(self.scale.map_or(0, |scale| scale.steps)),
            Place::Scale => StateValue::Number(self.scale.map_or(0.0, |scale| scale.scale)),
            Place::Iteration => StateValue::Integer(self.iteration),
            Place::LearningRate => StateValue::Number(optimizer.common().learning_rate.at(self.iteration)),
            Place::Average(index) => tensor(self.options[index].average.as_ref()),
            Place::Accumulator(index) => tensor(self.options[index].accumulator.as_ref()),
            Place::Slot(index, slot) => StateValue::Tensor(&self.slots[index][slot]),
        }
    }

    /// Whether a value fits its place.
    fn check(
        &self,
        optimizer: &dyn Optimizer<T>,
        name: &str,
        place: Place,
        received: &StateValue<'_, T>,
    ) -> Result<(), OptimizerError> {
        let expected = match (self.value(optimizer, place), place) {
            (StateValue::Integer(_), _) if received.integer().is_none_or(|count| count > MOST) => {
                format!("a whole number from 0 to {MOST}")
            }
            (StateValue::Number(_), Place::LearningRate | Place::Scale)
                if !received.number().is_some_and(|number| number.is_finite() && number >= 0.0) =>
            {
                "a finite number, 0 or more".to_owned()
            }
            (StateValue::Number(_), _) if received.number().is_none() => "a number".to_owned(),
            (StateValue::Tensor(own), _) if own.shape() != received.shape() => format!("of shape {}", own.shape()),
            _ => return Ok(()),
        };
        let (optimizer, variable) = (optimizer.name().to_owned(), name.to_owned());
        Err(OptimizerError::StateValue { optimizer, variable, expected, received: received.told() })
    }

    /// Puts a value that fits into its place.
    fn put(
        &mut self,
        optimizer: &mut dyn Optimizer<T>,
        place: Place,
        value: &StateValue<'_, T>,
    ) -> Result<(), OptimizerError> {
        let (number, integer) = (value.number().unwrap_or(0.0), value.integer().unwrap_or(0));
        match (place, &mut self.scale) {
            (Place::OuterIteration | Place::OuterRate, _) | (Place::ScaleSteps | Place::Scale, None) => {}
            (Place::ScaleSteps, Some(scale)) => scale.steps = integer,
            (Place::Scale, Some(scale)) => scale.scale = number,
            (Place::Iteration, _) => self.iteration = integer,
            (Place::LearningRate, _) => optimizer.common_mut().set_learning_rate(number)?,
            (Place::Average(index), _) => fill(self.options[index].average.as_mut(), value),
            (Place::Accumulator(index), _) => fill(self.options[index].accumulator.as_mut(), value),
            (Place::Slot(index, slot), _) if self.described[index].slots[slot].is_shared => {
                let name = self.described[index].slots[slot].name();
                for (described, own) in self.described.iter().zip(&mut self.slots) {
                    let of_name =
                        described.slots.iter().zip(own).filter(|(slot, _)| slot.is_shared && slot.name() == name);
                    of_name.for_each(|(_, own)| fill(Some(own), value));
                }
            }
            (Place::Slot(index, slot), _) => fill(self.slots[index].get_mut(slot), value),
        }
        Ok(())
    }
}

/// The tensor, if there is one.
fn tensor<T>(tensor: Option<&Tensor<T>>) -> StateValue<'_, T> {
    tensor.map_or(StateValue::Number(0.0), StateValue::Tensor)
}

/// Copies the values of a tensor of the same shape, or the one number, into a tensor.
fn fill<T: Scalar>(own: Option<&mut Tensor<T>>, value: &StateValue<'_, T>) {
    match (own, value) {
        (None, _) => {}
        (Some(own), StateValue::Tensor(tensor)) => own.as_mut_slice().copy_from_slice(tensor.as_slice()),
        (Some(own), other) => own.as_mut_slice().fill(T::of(other.number().unwrap_or(0.0))),
    }
}
