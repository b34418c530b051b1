//! Laws that hold for layers of any size, on any values.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic, in its helpers too")]

mod activations;
mod constraints;
mod dropout;
mod images;
mod regularizers;

use cornu_layers::activations::{self as functions, Softmax};
use cornu_layers::{
    Activation, BatchNormalization, Built, Dense, Flatten, KernelArguments, LayerError, Mode, Reshape, Scratch,
};
use cornu_tensor::{Shape, Tensor};
use cornu_testkit::assert_close;
use cornu_testkit::strategies::{matrix, shape, tensor};
use proptest::prelude::*;

const TRAINING: Mode = Mode::Training { seed: 0, step: 0, trainable: true };

/// A Dense layer on samples of this width, its bias not zero.
fn dense(width: usize, units: usize, activation: &str, seed: u64) -> Built<f64> {
    let layer = Dense::new(units).activation(activation).bias_initializer("random_normal");
    Built::new(layer, &[[width].into()], seed).unwrap()
}

/// Two matrices of one shape.
fn two_matrices() -> impl Strategy<Value = (Tensor<f64>, Tensor<f64>)> {
    (1_usize..6, 1_usize..40).prop_flat_map(|shape| {
        let shape = [shape.0, shape.1];
        (tensor(shape, -10.0..10.0), tensor(shape, -10.0..10.0))
    })
}

proptest! {
    #[test]
    fn dense_is_affine((x, y) in two_matrices(), a in -3.0..3.0_f64, b in -3.0..3.0_f64, units in 1_usize..40) {
        let layer = dense(x.shape().last_dim(), units, "linear", 1);
        let (x, y) = (x.as_slice(), y.as_slice());
        let rows = x.len() / layer.kernel().unwrap().shape().batch();
        let call = |f: &dyn Fn(usize) -> f64| {
            layer.call(&Tensor::from_fn([rows, x.len() / rows], f)).map(Tensor::into_vec)
        };
        let (fx, fy, zero) = (call(&|i| x[i])?, call(&|i| y[i])?, call(&|_| 0.0)?);
        let sum = call(&|i| a * x[i] + b * y[i])?;
        let expected: Vec<f64> = (0..sum.len()).map(|i| a * fx[i] + b * fy[i] + (1.0 - a - b) * zero[i]).collect();
        assert_close(&sum, &expected, 1e-11);
        assert_close(&zero[..units], layer.bias().unwrap().as_slice(), 0.0);
    }

    #[test]
    fn a_batch_is_its_samples(x in matrix::<f64>(9, 40), units in 1_usize..20, which in 0..functions::names().len()) {
        let layer = dense(x.shape().last_dim(), 2 * units, functions::names()[which], 2);
        let output = layer.call(&x)?;
        for row in 0..x.shape().batch() {
            let sample = x.view().rows(row..row + 1)?;
            let one = layer.call_all(&[sample], Mode::Inference, &mut Scratch::default())?;
            assert_close(one.as_slice(), output.view().rows(row..row + 1)?.as_slice(), 1e-12);
        }
    }

    #[test]
    fn a_sequence_is_a_batch_of_its_steps(shape in shape(3, 5), units in 1_usize..6, seed: u64) {
        prop_assume!(shape.rank() > 0);
        let sequences = Built::<f64>::new(Dense::new(units), &[shape], seed)?;
        let steps = Built::new(Dense::new(units), &[[shape.last_dim()].into()], seed)?;
        prop_assert_eq!(sequences.get_weights(), steps.get_weights());
        let x = Tensor::from_fn(shape.with_batch(3)?, |i| (i % 17) as f64 - 8.0);
        let flat = x.clone().reshape([x.shape().rows(), shape.last_dim()])?;
        let (sequences, steps) = (sequences.call(&x)?, steps.call(&flat)?);
        prop_assert_eq!(sequences.as_slice(), steps.as_slice());
    }

    #[test]
    fn softmax_gives_probabilities_and_ignores_a_shift(x in matrix::<f64>(5, 30), shift in -1e3..1e3_f64) {
        let softmax = Built::new(Activation::new(Softmax), &[[x.shape().last_dim()].into()], 0)?;
        let y = softmax.call(&x)?;
        for row in y.as_slice().chunks_exact(y.shape().last_dim()) {
            prop_assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-14);
            prop_assert!(row.iter().all(|p| (0.0..=1.0).contains(p)));
        }
        let shifted = softmax.call(&Tensor::from_fn(x.shape(), |i| x.as_slice()[i] + shift))?;
        assert_close(shifted.as_slice(), y.as_slice(), 1e-12);
    }

    #[test]
    fn no_bias_no_weight(inputs in 1_usize..40, units in 1_usize..40, seed: u64) {
        let with = Built::<f32>::new(Dense::new(units), &[[inputs].into()], seed)?;
        let without = Built::<f32>::new(Dense::new(units).use_bias(false), &[[inputs].into()], seed)?;
        prop_assert_eq!(without.weights().len(), 1);
        prop_assert_eq!(without.bias(), None);
        prop_assert_eq!(without.kernel(), with.kernel());
        prop_assert_eq!(with.bias(), Some(&Tensor::zeros([units])));
    }

    #[test]
    fn weights_come_back(x in matrix::<f64>(4, 10), units in 1_usize..10) {
        let inputs = x.shape().last_dim();
        let from = dense(inputs, units, "tanh", 3);
        let mut to = dense(inputs, units, "tanh", 4);
        prop_assert_ne!(to.get_weights(), from.get_weights());
        to.set_weights(&from.get_weights())?;
        prop_assert_eq!(to.get_weights(), from.get_weights());
        prop_assert_eq!(to.call(&x)?, from.call(&x)?);
    }

    #[test]
    fn wrong_weights_change_nothing(inputs in 1_usize..6, units in 1_usize..6, wrong in shape(3, 6)) {
        prop_assume!(wrong != Shape::from([units]));
        let mut layer = dense(inputs, units, "linear", 5);
        let before = layer.get_weights();
        let kernel = Tensor::zeros([inputs, units]);
        let refused = layer.set_weights(&[kernel.clone(), Tensor::zeros(wrong)]);
        let is_shape = matches!(&refused, Err(LayerError::WeightShape { received, .. }) if *received == wrong);
        prop_assert!(is_shape, "{refused:?}");
        for count in [0, 1, 3] {
            let refused = layer.set_weights(&vec![kernel.clone(); count]);
            let is_count = matches!(&refused, Err(LayerError::WeightCount { received, .. }) if *received == count);
            prop_assert!(is_count, "{refused:?}");
        }
        prop_assert_eq!(layer.get_weights(), before);
    }

    #[test]
    fn reshape_and_back(shape in shape(4, 4), batch in 0_usize..4) {
        let x = Tensor::from_fn(shape.with_batch(batch)?, |i| i as f32);
        let flat = Built::new(Flatten::new(), &[shape], 0)?.call(&x)?;
        prop_assert_eq!(flat.shape(), Shape::from([batch, shape.size()]));
        let mut target: Vec<isize> = shape.dims().iter().map(|&dim| dim as isize).collect();
        for open in [None, Some(0), target.len().checked_sub(1)] {
            let target = &mut target.clone();
            if let Some(dim) = open.and_then(|at| target.get_mut(at)) {
                *dim = -1;
            }
            let back = Built::new(Reshape::new(target.clone()), &[[shape.size()].into()], 0)?;
            prop_assert_eq!(&back.call(&flat)?, &x);
        }
        target.push(2);
        prop_assert!(Built::<f32>::new(Reshape::new(target), &[[shape.size()].into()], 0).is_err());
    }

    #[test]
    fn batch_normalization_normalizes(x in matrix::<f64>(30, 80), shift in -1e6..1e6_f64, momentum in 0.0..1.0_f64) {
        let (samples, features) = (x.shape().batch(), x.shape().last_dim());
        let layer = BatchNormalization::new().momentum(momentum);
        let mut layer = Built::new(layer, &[[features].into()], 0)?;
        let column = |t: &Tensor<f64>, f: usize| -> (f64, f64) {
            let values = || t.as_slice().iter().skip(f).step_by(features);
            let mean = values().sum::<f64>() / samples as f64;
            (mean, values().map(|v| (v - mean) * (v - mean)).sum::<f64>() / samples as f64)
        };
        let mut scratch = Scratch::default();
        let y = layer.call_all(&[x.view()], TRAINING, &mut scratch)?;
        layer.update_state(&scratch);
        let moving = layer.get_weights();
        for f in 0..features {
            let ((mean, variance), (y_mean, y_variance)) = (column(&x, f), column(&y, f));
            prop_assert!(y_mean.abs() < 1e-12);
            prop_assert!((y_variance - variance / (variance + 1e-3)).abs() < 1e-10);
            prop_assert!((moving[2].as_slice()[f] - (1.0 - momentum) * mean).abs() < 1e-10);
            prop_assert!((moving[3].as_slice()[f] - momentum - (1.0 - momentum) * variance).abs() < 1e-10);
        }
        let far = Tensor::from_fn(x.shape(), |i| x.as_slice()[i] + shift);
        let far = layer.call_all(&[far.view()], TRAINING, &mut scratch)?;
        assert_close(far.as_slice(), y.as_slice(), 1e-6);
    }
}
