//! The dimensions that a loss works along, where they are not the last.

use cornu_config::{Arguments, Value};
use cornu_tensor::threads::with_memory;
use cornu_tensor::{MAX_RANK, Scalar, Shape, View, labels};

use crate::LossError;
use crate::common::refused;
use crate::shapes::aligned;

/// One dimension; a negative one counts from the end. The default is the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Axis(pub(crate) isize);

impl Default for Axis {
    fn default() -> Self {
        Self(-1)
    }
}

impl Axis {
    /// Whether it is the last dimension of every shape.
    pub(crate) fn is_last(self) -> bool {
        self.0 == -1
    }

    /// Whether it is surely not the first dimension, along which the samples lie.
    pub(crate) fn keeps_samples(self) -> bool {
        self.is_last() || self.0 > 0
    }

    /// The shape of the values of a loss that has one for each row along this dimension.
    #[inline]
    pub(crate) fn values_shape(self, class: &'static str, name: &str, t: Shape, p: Shape) -> Result<Shape, LossError> {
        let shape = aligned(name, t, p)?;
        if self.is_last() { Ok(shape.outer()) } else { self.kept(class, shape) }
    }

    #[cold]
    fn kept(self, class: &'static str, shape: Shape) -> Result<Shape, LossError> {
        Ok(Lift::checked(class, shape, Some(&[self.0]))?.kept)
    }

    /// Calls `f` with labels, predictions and a place for the gradient whose last dimension is this one.
    #[inline]
    pub(crate) fn rows<T: Scalar>(
        self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        gradient: &mut [T],
        f: impl FnOnce(View<'_, T>, View<'_, T>, &mut [T]),
    ) {
        if self.is_last() {
            f(y_true, y_pred, gradient);
        } else if let Some(lift) =
            labels::aligned(y_true.shape(), y_pred.shape()).ok().and_then(|shape| Lift::new(shape, Some(&[self.0])))
        {
            lift.with_rows(y_true, y_pred, gradient, f);
        }
    }
}

/// Several dimensions; all, unless given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Axes(Option<Vec<isize>>);

impl Axes {
    pub(crate) fn new(axes: &[isize]) -> Self {
        Self(Some(axes.to_vec()))
    }

    /// As Keras writes it: nothing, one number, or several.
    pub(crate) fn read(arguments: &mut Arguments<'_>) -> Result<Self, LossError> {
        Ok(Self(match arguments.get("axis")? {
            Some(Value::Number(_)) => arguments.get("axis")?.map(|axis| vec![axis]),
            _ => arguments.get("axis")?,
        }))
    }

    /// As Keras writes it.
    pub(crate) fn written(&self) -> Value {
        match self.0.as_deref() {
            Some([axis]) => (*axis).into(),
            axes => axes.map(<[isize]>::to_vec).into(),
        }
    }

    /// Whether they are surely without the first dimension, along which the samples lie.
    pub(crate) fn keep_samples(&self) -> bool {
        self.0.as_ref().is_some_and(|axes| axes.iter().all(|&axis| axis > 0))
    }

    /// As [`Axis::values_shape`].
    pub(crate) fn values_shape(&self, class: &'static str, name: &str, t: Shape, p: Shape) -> Result<Shape, LossError> {
        Ok(Lift::checked(class, aligned(name, t, p)?, self.0.as_deref())?.kept)
    }

    /// As [`Axis::rows`]. The rows are those of all these dimensions together.
    pub(crate) fn rows<T: Scalar>(
        &self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        gradient: &mut [T],
        f: impl FnOnce(View<'_, T>, View<'_, T>, &mut [T]),
    ) {
        let shape = labels::aligned(y_true.shape(), y_pred.shape()).ok();
        if let Some(lift) = shape.and_then(|shape| Lift::new(shape, self.0.as_deref())) {
            lift.with_rows(y_true, y_pred, gradient, f);
        }
    }
}

/// How the values of a shape come to lie with some of its dimensions last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lift {
    /// The dimensions that stay: one value of the loss each.
    pub(crate) kept: Shape,
    /// The number of values along the lifted dimensions.
    width: usize,
    /// The length and the stride of each dimension, in the new order.
    order: [(usize, usize); MAX_RANK],
    rank: usize,
    in_place: bool,
}

impl Lift {
    /// The dimensions `axes` last, or all of them. `None` for a dimension that is not there or comes twice.
    pub(crate) fn new(shape: Shape, axes: Option<&[isize]>) -> Option<Self> {
        let rank = shape.rank();
        let mut lifted = [axes.is_none(); MAX_RANK];
        for &axis in axes.unwrap_or_default() {
            let axis = if axis < 0 { rank.checked_sub(axis.unsigned_abs())? } else { axis.unsigned_abs() };
            let lifted = lifted.get_mut(axis).filter(|lifted| axis < rank && !**lifted)?;
            *lifted = true;
        }
        let stride = |axis: usize| shape.dims().iter().skip(axis + 1).product::<usize>();
        let every = || shape.dims().iter().enumerate().zip(lifted).map(|((axis, &dim), lifted)| (axis, dim, lifted));
        let (mut kept, mut kept_rank) = ([0; MAX_RANK], 0);
        let (mut order, mut axes) = ([(1, 0); MAX_RANK], [0; MAX_RANK]);
        let stay = every().filter(|&(.., lifted)| !lifted);
        for (place, (axis, dim, lifted)) in stay.chain(every().filter(|&(.., lifted)| lifted)).enumerate() {
            order[place] = (dim, stride(axis));
            axes[place] = axis;
            if !lifted {
                kept[place] = dim;
                kept_rank = place + 1;
            }
        }
        let kept = Shape::new(&kept[..kept_rank]).ok()?;
        let width = every().filter(|&(.., lifted)| lifted).map(|(_, dim, _)| dim).product();
        Some(Self { kept, width, order, rank, in_place: axes[..rank].is_sorted() })
    }

    /// As [`Lift::new`], with the argument's name and value in the error.
    pub(crate) fn checked(class: &'static str, shape: Shape, axes: Option<&[isize]>) -> Result<Self, LossError> {
        Self::new(shape, axes).ok_or_else(|| {
            let received = match axes {
                Some([axis]) => format!("{axis} for y_pred of shape {shape}"),
                axes => format!("{:?} for y_pred of shape {shape}", axes.unwrap_or_default()),
            };
            refused(class, "axis", "a dimension of y_pred, or several, each once", received)
        })
    }

    /// Calls `f` with labels, predictions and a place for the gradient that lie in rows along the lifted dimensions, and
    /// then puts the gradient where it belongs.
    pub(crate) fn with_rows<T: Scalar>(
        &self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        gradient: &mut [T],
        f: impl FnOnce(View<'_, T>, View<'_, T>, &mut [T]),
    ) {
        let rows = Shape::from([self.kept.size(), self.width]);
        let in_rows = |y_true: &[T], y_pred: &[T], gradient: &mut [T]| {
            if let (Ok(y_true), Ok(y_pred)) = (View::new(rows, y_true), View::new(rows, y_pred)) {
                f(y_true, y_pred, gradient);
            }
        };
        if self.in_place {
            in_rows(y_true.as_slice(), y_pred.as_slice(), gradient);
            return;
        }
        let size = rows.size();
        with_memory(2 * size + gradient.len(), |memory| {
            let (lifted_true, memory) = memory.split_at_mut(size);
            let (lifted_pred, lifted_gradient) = memory.split_at_mut(size);
            self.over_places(|place, from| {
                lifted_true[place] = y_true.as_slice().get(from).copied().unwrap_or_else(T::zero);
                lifted_pred[place] = y_pred.as_slice().get(from).copied().unwrap_or_else(T::zero);
            });
            in_rows(lifted_true, lifted_pred, lifted_gradient);
            self.over_places(|place, from| {
                if let (Some(g), Some(&lifted)) = (gradient.get_mut(from), lifted_gradient.get(place)) {
                    *g = lifted;
                }
            });
        });
    }

    /// Calls `f` with each place in the new order, and the place where its value lay before.
    fn over_places(&self, mut f: impl FnMut(usize, usize)) {
        let order = &self.order[..self.rank];
        let Some((&(inner, stride), outer)) = order.split_last() else {
            return f(0, 0);
        };
        let mut at = [0; MAX_RANK];
        let (mut place, mut from) = (0, 0);
        for _ in 0..outer.iter().map(|&(dim, _)| dim).product::<usize>() {
            for i in 0..inner {
                f(place + i, from + i * stride);
            }
            place += inner;
            for (at, &(dim, stride)) in at.iter_mut().zip(outer).rev() {
                *at += 1;
                from += stride;
                if *at < dim {
                    break;
                }
                from -= stride * dim;
                *at = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use cornu_tensor::Tensor;

    use super::*;

    #[test]
    fn the_lifted_dimensions_come_last_and_go_back() {
        let x = Tensor::from_fn([2, 3, 4], |i| i as f64);
        for (axes, kept, first_row) in [
            (Some(&[1_isize][..]), &[2, 4][..], &[0.0, 4.0, 8.0][..]),
            (Some(&[-3]), &[3, 4], &[0.0, 12.0]),
            (Some(&[2, 0]), &[3], &[0.0, 1.0, 2.0, 3.0, 12.0, 13.0, 14.0, 15.0]),
            (Some(&[-1]), &[2, 3], &[0.0, 1.0, 2.0, 3.0]),
            (None, &[], x.as_slice()),
        ] {
            let lift = Lift::new(x.shape(), axes).unwrap();
            assert_eq!(lift.kept.dims(), kept);
            let mut back = vec![0.0; 24];
            lift.with_rows(x.view(), x.view(), &mut back, |y_true, y_pred, gradient| {
                assert_eq!(&y_true.as_slice()[..first_row.len()], first_row);
                gradient.copy_from_slice(y_pred.as_slice());
            });
            assert_eq!(back, x.as_slice());
        }
    }

    #[test]
    fn dimensions_that_are_not_there() {
        for axes in [&[3_isize][..], &[-4], &[0, 0], &[1, -2], &[isize::MIN]] {
            assert!(Lift::new([2, 3, 4].into(), Some(axes)).is_none(), "{axes:?}");
        }
        let error = Lift::checked("Dice", [2, 3].into(), Some(&[2])).unwrap_err().to_string();
        assert!(error.ends_with("Received: axis=2 for y_pred of shape (2, 3)"), "{error}");
    }
}
