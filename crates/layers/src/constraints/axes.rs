//! The axes along which a norm is taken.

use std::fmt;

use cornu_config::{Arguments, Config};
use cornu_tensor::{MAX_RANK, Shape};

use crate::LayerError;

/// The axes over which a norm is taken; a negative one counts from the end. Keras's default is axis 0: the
/// weights that lead into one unit of a Dense kernel. `[0, 1, 2]` does the same for a Conv2D kernel.
///
/// ```
/// use cornu_layers::constraints::{Axes, Constraint, UnitNorm};
/// use cornu_tensor::Tensor;
///
/// let norm_of_all = |axes: Axes| {
///     let mut kernel = Tensor::<f64>::full([4, 4], 2.0);
///     UnitNorm::new(axes).apply(kernel.view_mut());
///     kernel.as_slice()[0]
/// };
/// assert!((norm_of_all(0.into()) - 0.5).abs() < 1e-6); // each column
/// assert!((norm_of_all([0, -1].into()) - 0.25).abs() < 1e-6);
/// assert!((norm_of_all(Axes::ALL) - 0.25).abs() < 1e-6); // Keras's `axis=None`
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axes {
    form: Form,
    count: usize,
    axes: [i8; MAX_RANK],
}

/// How the axes were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A number.
    One,
    /// A list.
    List,
    /// Keras's `None`.
    All,
    /// Axes that no weight has: too many, or too far out.
    Lost,
}

/// As Python shows them.
impl fmt::Display for Axes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.form {
            Form::One => write!(f, "{}", self.axes[0]),
            Form::List => write!(f, "{:?}", self.as_slice()),
            Form::All => f.write_str("None"),
            Form::Lost => write!(f, "{:?} and beyond", self.as_slice()),
        }
    }
}

impl Default for Axes {
    fn default() -> Self {
        Self::from(0)
    }
}

impl From<isize> for Axes {
    /// An axis that the weight does not have is reported when the layer is built.
    fn from(axis: isize) -> Self {
        let list = Self::from(&[axis][..]);
        if list.form == Form::List { Self { form: Form::One, ..list } } else { list }
    }
}

impl<const N: usize> From<[isize; N]> for Axes {
    /// An axis that the weight does not have is reported when the layer is built.
    fn from(axes: [isize; N]) -> Self {
        Self::from(&axes[..])
    }
}

impl From<&[isize]> for Axes {
    /// An axis that the weight does not have is reported when the layer is built.
    fn from(axes: &[isize]) -> Self {
        let mut all = Self { form: Form::List, count: 0, axes: [0; MAX_RANK] };
        for &axis in axes {
            match (all.axes.get_mut(all.count), i8::try_from(axis)) {
                (Some(place), Ok(axis)) => {
                    *place = axis;
                    all.count += 1;
                }
                _ => all.form = Form::Lost,
            }
        }
        all
    }
}

impl Axes {
    /// All axes: one norm of the whole weight.
    pub const ALL: Self = Self { form: Form::All, count: 0, axes: [0; MAX_RANK] };

    fn as_slice(&self) -> &[i8] {
        &self.axes[..self.count]
    }

    /// Whether a weight of this shape has all these axes.
    pub(super) fn check(self, component: &'static str, shape: Shape) -> Result<(), LayerError> {
        let rank = shape.rank() as isize;
        let has = |&axis: &i8| (-rank..rank).contains(&isize::from(axis));
        if self.form != Form::Lost && self.as_slice().iter().all(has) {
            return Ok(());
        }
        let expected = format!("axes of a weight of {rank} dimensions");
        Err(LayerError::Argument { component, argument: "axis", expected, received: self.to_string() })
    }

    /// Whether an axis of a weight of this rank is among them.
    pub(super) fn contains(&self, axis: usize, rank: usize) -> bool {
        let (front, back) = (axis as isize, axis as isize - rank as isize);
        self.form == Form::All || self.as_slice().iter().any(|&own| [front, back].contains(&isize::from(own)))
    }

    /// The argument `axis`.
    ///
    /// # Errors
    /// [`LayerError::Config`] if it is neither a number nor a list of numbers nor `null`.
    pub(super) fn read(config: &Config, arguments: &mut Arguments<'_>) -> Result<Self, LayerError> {
        if config.get("axis").is_some_and(|axis| axis.is_null()) {
            arguments.skip(&["axis"]);
            return Ok(Self::ALL);
        }
        match arguments.get::<Vec<isize>>("axis") {
            Ok(axes) => Ok(axes.map_or_else(Self::default, |axes| Self::from(&axes[..]))),
            Err(_) => Ok(Self::from(arguments.required::<isize>("axis")?)),
        }
    }

    /// The same config with the argument `axis`; none for axes that no weight has.
    pub(super) fn write(self, config: Config) -> Option<Config> {
        let list = || self.as_slice().iter().map(|&axis| isize::from(axis));
        match self.form {
            Form::One => Some(config.with("axis", list().next())),
            Form::List => Some(config.with("axis", list().collect::<Vec<isize>>())),
            Form::All => Some(config.with("axis", None::<isize>)),
            Form::Lost => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_that_a_weight_does_not_have_are_refused() {
        let shape = Shape::from([2, 3]);
        for axes in [Axes::from([0]), Axes::from([0, 1]), Axes::from([-1]), Axes::from(-2), Axes::ALL, Axes::from([])] {
            assert_eq!(axes.check("MaxNorm", shape), Ok(()));
        }
        for axes in [Axes::from(2), Axes::from([-3]), Axes::from([0, 7]), Axes::from(-9), Axes::from(isize::MIN)] {
            assert!(axes.check("MaxNorm", shape).is_err(), "{axes}");
        }
        assert!(Axes::from([0; 9]).check("MaxNorm", shape).is_err());
        let shown = [Axes::from([0, -1]), Axes::from(-1), Axes::ALL, Axes::from([1, 999])].map(|axes| axes.to_string());
        assert_eq!(shown, ["[0, -1]", "-1", "None", "[1] and beyond"]);
    }
}
