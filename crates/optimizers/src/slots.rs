//! The slots of one variable: how they begin, and how they are checked and taken apart.

use cornu_tensor::{Scalar, Shape, Tensor};

use crate::OptimizerError;

/// What an optimizer knows of a variable beside its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    path: String,
    shape: Shape,
}

impl Variable {
    /// A variable of this path, such as `"sequential/dense/kernel"`, and shape.
    pub fn new(path: impl Into<String>, shape: impl Into<Shape>) -> Self {
        Self { path: path.into(), shape: shape.into() }
    }

    /// The path, such as `"sequential/dense/kernel"`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The name: the end of the path, such as `"kernel"`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The shape.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }
}

/// How the values of a slot begin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Initial {
    Constant(f64),
    Variable,
}

/// What an optimizer asks for to remember of a variable: a tensor of this name and shape.
///
/// ```
/// use cornu_optimizers::Slot;
///
/// let accumulator = Slot::new("accumulator", [3, 2]).filled(0.1);
/// assert_eq!((accumulator.name(), accumulator.shape()), ("accumulator", [3, 2].into()));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    name: &'static str,
    shape: Shape,
    pub(crate) initial: Initial,
    pub(crate) group: u8,
    pub(crate) is_shared: bool,
}

impl Slot {
    /// A slot that begins with zeros.
    pub fn new(name: &'static str, shape: impl Into<Shape>) -> Self {
        Self { name, shape: shape.into(), initial: Initial::Constant(0.0), group: 0, is_shared: false }
    }

    /// Slots of these names, each of the variable's shape, that begin with zeros.
    #[must_use]
    pub fn like(variable: &Variable, names: &[&'static str]) -> Vec<Self> {
        names.iter().map(|name| Self::new(name, variable.shape())).collect()
    }

    /// The same slot, beginning with this value everywhere.
    #[must_use]
    pub fn filled(self, value: f64) -> Self {
        Self { initial: Initial::Constant(value), ..self }
    }

    /// The same slot, beginning as a copy of the variable. It has the variable's shape.
    #[must_use]
    pub fn copied(self) -> Self {
        Self { initial: Initial::Variable, ..self }
    }

    /// The same slot in another group; all are in group 0 by default. Where the state is listed or saved, the groups
    /// follow one another: in each come the variables, and of each variable its slots of the group.
    #[must_use]
    pub fn group(self, group: u8) -> Self {
        Self { group, ..self }
    }

    /// The same slot, its values being the same for all variables. Each variable has its own copy, and one of them is
    /// listed and saved.
    #[must_use]
    pub fn shared(self) -> Self {
        Self { is_shared: true, ..self }
    }

    /// The name, such as `"momentum"`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The shape.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The slot as it begins, for a variable of these values.
    #[must_use]
    pub fn begin<T: Scalar>(&self, values: &[T]) -> Tensor<T> {
        match self.initial {
            Initial::Constant(value) => Tensor::full(self.shape, T::of(value)),
            Initial::Variable => Tensor::from_fn(self.shape, |i| values.get(i).copied().unwrap_or_else(T::zero)),
        }
    }
}

/// The slots as slices, each as long as the variable; the gradient is checked too. `names` are those of the slots.
///
/// With this most [`Optimizer::step`](crate::Optimizer::step)s begin: after it all lengths agree.
///
/// ```
/// use cornu_optimizers::split_slots;
/// use cornu_tensor::Tensor;
///
/// let (variable, gradient) = ([1.0_f32, 2.0], [0.5, 0.5]);
/// let mut slots = [Tensor::zeros([2]), Tensor::full([2], 1.0)];
/// let [momentum, velocity] = split_slots("adam", &["momentum", "velocity"], &variable, &gradient, &mut slots)?;
/// assert_eq!((momentum, velocity), (&mut [0.0, 0.0][..], &mut [1.0, 1.0][..]));
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
///
/// # Errors
/// [`OptimizerError::Gradient`], [`OptimizerError::Slots`] or [`OptimizerError::Slot`] for another number of
/// values or slots.
#[inline]
pub fn split_slots<'a, T: Scalar, const N: usize>(
    optimizer: &str,
    names: &'static [&'static str; N],
    variable: &[T],
    gradient: &[T],
    slots: &'a mut [Tensor<T>],
) -> Result<[&'a mut [T]; N], OptimizerError> {
    split_sized(optimizer, names, [variable.len(); N], variable, gradient, slots)
}

/// As [`split_slots`], for slots of these numbers of values.
///
/// # Errors
/// As [`split_slots`].
#[inline]
pub(crate) fn split_sized<'a, T: Scalar, const N: usize>(
    optimizer: &str,
    names: &'static [&'static str; N],
    lengths: [usize; N],
    variable: &[T],
    gradient: &[T],
    slots: &'a mut [Tensor<T>],
) -> Result<[&'a mut [T]; N], OptimizerError> {
    let name = || optimizer.to_owned();
    if gradient.len() != variable.len() {
        let (expected, received) = (variable.len(), gradient.len());
        return Err(OptimizerError::Gradient { optimizer: name(), expected, received });
    }
    for ((&slot, expected), received) in names.iter().zip(lengths).zip(slots.iter().map(Tensor::len)) {
        if received != expected {
            return Err(OptimizerError::Slot { optimizer: name(), slot, expected, received });
        }
    }
    let received = slots.len();
    match <&mut [Tensor<T>; N]>::try_from(slots) {
        Ok(slots) => Ok(slots.each_mut().map(Tensor::as_mut_slice)),
        Err(_) => Err(OptimizerError::Slots { optimizer: name(), expected: names, received }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_path_is_the_name() {
        assert_eq!(Variable::new("sequential/dense/kernel", [2]).name(), "kernel");
        assert_eq!(Variable::new("kernel", [2]).name(), "kernel");
        assert_eq!(Variable::new("", [2]).name(), "");
    }

    #[test]
    fn slots_begin_as_they_were_asked_for() {
        let values = [1.0_f64, 2.0];
        assert_eq!(Slot::new("a", [2]).begin(&values).as_slice(), [0.0, 0.0]);
        assert_eq!(Slot::new("a", [3]).filled(0.5).begin(&values).as_slice(), [0.5, 0.5, 0.5]);
        assert_eq!(Slot::new("a", [2]).copied().begin(&values).as_slice(), values);
    }
}
