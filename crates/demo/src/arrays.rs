//! A model's arrays: for the report, on the terminal, and what moved between two moments.

use cornu::Sequential;
use cornu::callbacks::WeightRecorder;
use cornu::{History, Tensor};

use crate::report::{Array, Curve, Training};

/// The weights of a model under their paths, without the model's own name.
pub(crate) fn arrays(model: &Sequential) -> Vec<Array> {
    model.named_weights().map(|weight| array(&weight.path, weight.value)).collect()
}

fn array(path: &str, value: &Tensor<f32>) -> Array {
    let path = path.split_once('/').map_or(path, |(_, rest)| rest).to_owned();
    Array { path, shape: value.shape().dims().to_vec(), values: value.as_slice().to_vec(), tile: None }
}

/// The weights at every moment that was recorded.
pub(crate) fn moments(recorder: &WeightRecorder<f32>) -> Vec<Vec<Array>> {
    let moment = |weights: &Vec<Tensor<f32>>| recorder.paths().iter().zip(weights).map(|(p, w)| array(p, w)).collect();
    recorder.moments().iter().map(moment).collect()
}

/// What a training did, for the report.
pub(crate) fn training(before: Vec<Array>, model: &Sequential, history: &History) -> Training {
    let curves = history.iter().map(|(name, values)| Curve { name: name.to_owned(), values: values.to_vec() });
    Training { before, after: arrays(model), curves: curves.collect() }
}

/// Every array with its name and its shape.
pub(crate) fn print_weights(model: &Sequential) {
    for weight in model.named_weights() {
        println!("{}  shape {}", weight.path, weight.shape);
        println!("{}", weight.value);
    }
}

/// For every array: how far its values moved, and how many did not.
pub(crate) fn print_moves(before: &[Array], after: &[Array]) {
    println!("{:<16} {:>8} {:>12} {:>12} {:>10}", "what moved", "shape", "on average", "at most", "not at all");
    for (old, new) in before.iter().zip(after) {
        let moves: Vec<f32> = old.values.iter().zip(&new.values).map(|(a, b)| (b - a).abs()).collect();
        let count = moves.len().max(1) as f32;
        let (mean, most) = (moves.iter().sum::<f32>() / count, moves.iter().copied().fold(0.0, f32::max));
        let still = moves.iter().filter(|&&moved| moved == 0.0).count();
        let still = if still == 0 { "–".to_owned() } else { format!("{still} of {}", moves.len()) };
        println!("{:<16} {:>8} {mean:>12.4} {most:>12.4} {still:>10}", old.path, shape(&old.shape));
    }
}

/// A shape as the lesson writes it: `(1,4)`, `(4)`.
fn shape(dims: &[usize]) -> String {
    format!("({})", dims.iter().map(usize::to_string).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_the_models_name() {
        assert_eq!(array("sequential/dense/kernel", &Tensor::zeros([1, 4])).path, "dense/kernel");
        assert_eq!(shape(&[1, 4]), "(1,4)");
    }
}
