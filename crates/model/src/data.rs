//! Samples, labels and weights: checked as a whole, then batch by batch.

use std::collections::BTreeMap;
use std::ops::Range;

use cornu_losses::Loss;
use cornu_tensor::{Scalar, Shape, Tensor, View, kernels};

use crate::compile::Compiled;
use crate::source::shuffle;
use crate::{ModelError, Sequential};

/// Samples, labels and weights that belong together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batch<'a, T> {
    pub(crate) x: View<'a, T>,
    pub(crate) y: View<'a, T>,
    pub(crate) sample_weight: Option<&'a [T]>,
}

/// How much a sample of each class counts, by class number (Keras's `class_weight`). Others count 1.
pub type ClassWeight = BTreeMap<usize, f64>;

impl<T: Scalar> Sequential<T> {
    /// Whether these samples, labels and weights fit a model that is built and compiled: everything that a
    /// step would find, found before the first.
    pub(crate) fn check(&self, compiled: &Compiled<T>, data: Batch<'_, T>) -> Result<(), ModelError> {
        let (input, output) = self.shapes("weights")?;
        let samples = check_samples(input, data.x)?;
        check_count("y", samples, data.y.shape())?;
        let predictions = output.with_batch(samples)?;
        compiled.loss.check(data.y, predictions)?;
        for (_, metric) in compiled.all_metrics() {
            metric.check(data.y.shape(), predictions)?;
        }
        match data.sample_weight {
            Some(weights) if weights.is_empty() || weights.len() % samples != 0 => {
                Err(ModelError::SampleCount { array: "sample_weight", expected: samples, received: weights.len() })
            }
            Some(weights) => check_weights(compiled.loss.as_ref(), data.y.shape(), predictions, weights.len()),
            None => Ok(()),
        }
    }
}

/// One weight a sample, or one a value of the loss. A loss of one value for the whole batch has one a sample too.
fn check_weights<T: Scalar>(
    loss: &dyn Loss<T>,
    y: Shape,
    predictions: Shape,
    received: usize,
) -> Result<(), ModelError> {
    let values = loss.values_shape(y, predictions)?;
    if values.rank() == 0 {
        let expected = predictions.batch();
        let fits = received == expected || received == 1;
        let misfit = || ModelError::SampleCount { array: "sample_weight", expected, received };
        return fits.then_some(()).ok_or_else(misfit);
    }
    if received == values.batch() || received == values.size() {
        return Ok(());
    }
    Err(ModelError::SampleCount { array: "sample_weight", expected: values.batch(), received })
}

/// The number of samples, if they have the shape that the model takes and there is at least one.
pub(crate) fn check_samples<T: Scalar>(expected: Shape, x: View<'_, T>) -> Result<usize, ModelError> {
    let received = x.shape();
    if received.rank() == 0 || received.sample() != expected {
        return Err(ModelError::Samples { expected, received });
    }
    match received.batch() {
        0 => Err(ModelError::NoSamples { received }),
        samples => Ok(samples),
    }
}

fn check_count(array: &'static str, expected: usize, shape: Shape) -> Result<(), ModelError> {
    let received = if shape.rank() == 0 { 0 } else { shape.batch() };
    if received == expected { Ok(()) } else { Err(ModelError::SampleCount { array, expected, received }) }
}

/// An argument that must be 1 or more, such as a batch size.
pub(crate) fn at_least_one(function: &'static str, argument: &'static str, value: usize) -> Result<(), ModelError> {
    if value > 0 {
        return Ok(());
    }
    let (expected, received) = ("1 or more".to_owned(), value.to_string());
    Err(ModelError::Argument { function, argument, expected, received })
}

/// Arguments that, where they are given, must be 1 or more.
pub(crate) fn all_at_least_one<const N: usize>(
    function: &'static str,
    arguments: [(&'static str, Option<usize>); N],
) -> Result<(), ModelError> {
    let mut given = arguments.into_iter().filter_map(|(argument, value)| Some((argument, value?)));
    given.try_for_each(|(argument, value)| at_least_one(function, argument, value))
}

/// A range of the samples, with what belongs to them.
pub(crate) fn rows<'a, T: Scalar>(data: Batch<'a, T>, range: Range<usize>) -> Result<Batch<'a, T>, ModelError> {
    let samples = data.x.shape().batch();
    let sample_weight = data.sample_weight.map(|weights| {
        let each = weights.len() / samples.max(1);
        &weights[range.start * each..range.end * each]
    });
    Ok(Batch { x: data.x.rows(range.clone())?, y: data.y.rows(range)?, sample_weight })
}

/// The samples of a batch, as Keras chooses them: as given, or such that the steps make one pass.
pub(crate) fn batch_size(samples: usize, given: Option<usize>, steps: Option<usize>) -> usize {
    given.or_else(|| steps.map(|steps| samples.div_ceil(steps))).unwrap_or(32)
}

/// Writes the weights that the classes give the samples. Those have none of their own.
pub(crate) fn by_class<'w, T: Scalar>(
    y: View<'_, T>,
    classes: &ClassWeight,
    sample_weight: Option<&[T]>,
    weights: &'w mut Vec<T>,
) -> Result<&'w [T], ModelError> {
    let refused = |expected: &str, received| {
        let expected = expected.to_owned();
        Err(ModelError::Argument { function: "fit", argument: "class_weight", expected, received })
    };
    if let Some(own) = sample_weight {
        return refused("given without `sample_weight`", format!("both, with {} sample weights", own.len()));
    }
    if y.shape().rank() > 2 {
        let received = format!("class weights, and `y` of shape {}", y.shape());
        return refused("given for labels of one or two dimensions", received);
    }
    let width = y.shape().sample().size().max(1);
    let weight = |label: &[T]| T::of(classes.get(&class(label)).copied().unwrap_or(1.0));
    weights.clear();
    weights.extend(y.as_slice().chunks_exact(width).map(weight));
    Ok(weights)
}

/// The class of a label: its own number, or the position of the largest of a row.
fn class<T: Scalar>(label: &[T]) -> usize {
    match label {
        [number] => number.to_f64().round() as usize,
        row => kernels::argmax(row),
    }
}

/// The batches of an epoch: as they lie, or gathered in a shuffled order into buffers that are used again.
pub(crate) struct Batches<'a, T> {
    data: Batch<'a, T>,
    batch_size: usize,
    order: Option<Vec<usize>>,
    x: Tensor<T>,
    y: Tensor<T>,
    sample_weight: Vec<T>,
}

impl<'a, T: Scalar> Batches<'a, T> {
    pub(crate) fn new(data: Batch<'a, T>, batch_size: usize, shuffle: bool) -> Self {
        let order = shuffle.then(|| (0..data.x.shape().batch()).collect());
        Self { data, batch_size, order, x: Tensor::default(), y: Tensor::default(), sample_weight: Vec::new() }
    }

    /// The number of batches; the last may be short.
    pub(crate) fn len(&self) -> usize {
        self.data.x.shape().batch().div_ceil(self.batch_size)
    }

    /// The order of the next epoch, which depends on the seed alone.
    pub(crate) fn shuffle(&mut self, seed: u64) {
        if let Some(order) = &mut self.order {
            for (place, index) in order.iter_mut().enumerate() {
                *index = place;
            }
            shuffle(order, seed);
        }
    }

    /// The batch at a place.
    pub(crate) fn get(&mut self, index: usize) -> Result<Batch<'_, T>, ModelError> {
        let start = index * self.batch_size;
        let end = (start + self.batch_size).min(self.data.x.shape().batch());
        let Some(order) = &self.order else { return rows(self.data, start..end) };
        let order = &order[start..end];
        gather(&mut self.x, self.data.x, order)?;
        gather(&mut self.y, self.data.y, order)?;
        let sample_weight = self.data.sample_weight.map(|weights| {
            let each = weights.len() / self.data.x.shape().batch().max(1);
            self.sample_weight.clear();
            for &i in order {
                self.sample_weight.extend_from_slice(&weights[i * each..(i + 1) * each]);
            }
            self.sample_weight.as_slice()
        });
        Ok(Batch { x: self.x.view(), y: self.y.view(), sample_weight })
    }
}

/// Copies these rows, one after the other.
fn gather<T: Scalar>(into: &mut Tensor<T>, from: View<'_, T>, order: &[usize]) -> Result<(), ModelError> {
    let sample = from.shape().sample();
    into.resize(sample.with_batch(order.len())?);
    let len = sample.size();
    if len == 0 {
        return Ok(());
    }
    for (row, &i) in into.as_mut_slice().chunks_exact_mut(len).zip(order) {
        row.copy_from_slice(&from.as_slice()[i * len..(i + 1) * len]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shuffled_epoch_has_every_sample_once() {
        let x = Tensor::from_fn([10, 2], |i| i as f64);
        let y = Tensor::from_fn([10], |i| i as f64);
        let weights: Vec<f64> = (0..10).map(f64::from).collect();
        let data = Batch { x: x.view(), y: y.view(), sample_weight: Some(&weights) };
        let mut batches = Batches::new(data, 4, true);
        batches.shuffle(3);
        let mut seen = Vec::new();
        for i in 0..batches.len() {
            let batch = batches.get(i).unwrap();
            for (j, &label) in batch.y.as_slice().iter().enumerate() {
                assert_eq!(batch.x.as_slice()[2 * j..2 * j + 2], [2.0 * label, 2.0 * label + 1.0]);
                assert_eq!(batch.sample_weight.unwrap()[j], label);
                seen.push(label as usize);
            }
        }
        assert_ne!(seen, (0..10).collect::<Vec<_>>());
        seen.sort_unstable();
        assert_eq!(seen, (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn class_weights_go_by_number_or_by_the_largest() {
        let (classes, mut weights) = (ClassWeight::from([(1, 3.0)]), Vec::new());
        let sparse = Tensor::from([0.0, 1.0, 2.0]);
        assert_eq!(by_class(sparse.view(), &classes, None, &mut weights).unwrap(), [1.0, 3.0, 1.0]);
        let hot = Tensor::from([[0.0, 1.0], [1.0, 0.0]]);
        assert_eq!(by_class(hot.view(), &classes, None, &mut weights).unwrap(), [3.0, 1.0]);
    }
}
