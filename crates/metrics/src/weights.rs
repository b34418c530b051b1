//! Which weight counts for which value.

use cornu_tensor::{Scalar, Shape};

use crate::MetricError;

/// The sample weights of values of some shape: one a sample, or one for each index of further leading dimensions, up
/// to one a value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weights<'a, T> {
    weights: Option<&'a [T]>,
    values_a_weight: usize,
}

impl<'a, T: Scalar> Weights<'a, T> {
    /// # Errors
    /// [`MetricError::SampleWeight`] for another number of weights.
    pub(crate) fn new(values: Shape, weights: Option<&'a [T]>) -> Result<Self, MetricError> {
        let received = weights.map_or(1, <[T]>::len);
        if weights.is_some() && !leading_sizes(values).any(|size| size == received) {
            return Err(MetricError::SampleWeight { values, received });
        }
        Ok(Self { weights, values_a_weight: values.size().checked_div(received).unwrap_or(0).max(1) })
    }

    /// The weight of the value at this place, 1 if there are no weights.
    pub(crate) fn of(&self, value: usize) -> f64 {
        match self.weights {
            None => 1.0,
            Some(weights) => weights.get(value / self.values_a_weight).map_or(0.0, |weight| weight.to_f64()),
        }
    }
}

/// The numbers of indices of the first one, two, … dimensions; 1 for a scalar.
fn leading_sizes(shape: Shape) -> impl Iterator<Item = usize> {
    let dims = if shape.rank() == 0 { Shape::from([1]) } else { shape };
    (1..=dims.rank()).map(move |rank| dims.dims().iter().take(rank).product())
}
