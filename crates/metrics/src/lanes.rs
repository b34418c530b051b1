//! The values of a tensor along some of its dimensions.

use cornu_config::{Arguments, Value};
use cornu_tensor::{MAX_RANK, Scalar, Shape};

use crate::MetricError;

/// Dimensions to go along; negative ones count from the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Axes(Vec<isize>);

impl Axes {
    /// The last dimension.
    pub(crate) fn last() -> Self {
        Self(vec![-1])
    }

    pub(crate) fn of(axes: &[isize]) -> Self {
        Self(axes.to_vec())
    }

    /// The argument `axis` of a config: a number or a list.
    pub(crate) fn read(metric: &'static str, arguments: &mut Arguments<'_>) -> Result<Self, MetricError> {
        let Some(value) = arguments.get::<Value>("axis")? else { return Ok(Self::last()) };
        let number = |value: &Value| value.as_i64().and_then(|axis| isize::try_from(axis).ok());
        let axes = match &value {
            Value::Array(list) => list.iter().map(number).collect::<Option<Vec<_>>>(),
            one => number(one).map(|axis| vec![axis]),
        };
        match axes.filter(|axes| !axes.is_empty()) {
            Some(axes) => Ok(Self(axes)),
            None => MetricError::argument(metric, "axis", "a whole number or a list of whole numbers", value),
        }
    }

    /// As Keras writes it.
    pub(crate) fn write(&self) -> Value {
        match self.0.as_slice() {
            &[axis] => axis.into(),
            axes => axes.to_vec().into(),
        }
    }

    /// The lanes along these dimensions; none if the shape lacks one, or one comes twice.
    pub(crate) fn lanes(&self, shape: Shape) -> Option<Lanes> {
        let rank = shape.rank();
        let mut along = [false; MAX_RANK];
        for &axis in &self.0 {
            let axis = if axis < 0 { rank.checked_sub(axis.unsigned_abs())? } else { axis.unsigned_abs() };
            let along = along.get_mut(axis).filter(|along| axis < rank && !**along)?;
            *along = true;
        }
        let mut lanes = Lanes { kept: [(1, 0); MAX_RANK], along: [(1, 0); MAX_RANK], shape, width: 1 };
        let (mut dims, mut kept) = ([0; MAX_RANK], 0);
        for (axis, (&dim, along)) in shape.dims().iter().zip(along).enumerate() {
            let stride = shape.dims().iter().skip(axis + 1).product();
            if along {
                lanes.along[axis] = (dim, stride);
                lanes.width *= dim;
            } else {
                lanes.kept[axis] = (dim, stride);
                dims[kept] = dim;
                kept += 1;
            }
        }
        lanes.shape = Shape::new(dims.get(..kept)?).ok()?;
        (lanes.width > 0).then_some(lanes)
    }
}

/// The values along some dimensions, for each index of the others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lanes {
    /// Length and stride of the dimensions that stay; those that do not have length 1.
    kept: [(usize, usize); MAX_RANK],
    along: [(usize, usize); MAX_RANK],
    shape: Shape,
    width: usize,
}

impl Lanes {
    /// The shape of one value a lane.
    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    /// The values of a lane.
    pub(crate) fn of<T: Scalar>(self, values: &[T], lane: usize) -> impl Iterator<Item = f64> + Clone + '_ {
        let start = offset(lane, &self.kept);
        let at = move |i: usize| values.get(start + offset(i, &self.along)).map_or(0.0, |value| value.to_f64());
        (0..self.width).map(at)
    }
}

/// Where the value of this number lies.
fn offset(mut number: usize, dims: &[(usize, usize)]) -> usize {
    let mut offset = 0;
    for &(dim, stride) in dims.iter().rev() {
        offset += number % dim.max(1) * stride;
        number /= dim.max(1);
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn along_one_or_several_dimensions() {
        let values: Vec<f64> = (0..24).map(f64::from).collect();
        let lane = |axes: &[isize], lane: usize| {
            let lanes = Axes::of(axes).lanes([2, 3, 4].into())?;
            Some((lanes.shape(), lanes.of(&values, lane).collect::<Vec<f64>>()))
        };
        assert_eq!(lane(&[-1], 1), Some(([2, 3].into(), vec![4.0, 5.0, 6.0, 7.0])));
        assert_eq!(lane(&[0], 5), Some(([3, 4].into(), vec![5.0, 17.0])));
        assert_eq!(lane(&[0, 2], 1), Some(([3].into(), vec![4.0, 5.0, 6.0, 7.0, 16.0, 17.0, 18.0, 19.0])));
        assert_eq!(lane(&[0, 1, 2], 0).map(|(shape, values)| (shape.rank(), values.len())), Some((0, 24)));
        for axes in [&[3][..], &[-4], &[0, -3], &[isize::MIN]] {
            assert_eq!(lane(axes, 0), None);
        }
    }
}
