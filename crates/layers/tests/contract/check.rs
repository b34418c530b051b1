//! What every layer promises.

use cornu_initializers::random;
use cornu_layers::{Backward, Built, Forward, Layer, Mode, Scratch};
use cornu_tensor::{Scalar, Shape, Tensor, View};
use cornu_testkit::{assert_close, numeric_gradient};
use rand::distr::{Distribution, StandardUniform};

/// A layer with what it promises.
pub(crate) struct Case {
    pub(crate) layer: Box<dyn Layer<f64>>,
    pub(crate) in_f32: Box<dyn Layer<f32>>,
    pub(crate) inputs: Vec<Shape>,
    pub(crate) output: Shape,
    pub(crate) weights: Vec<(&'static str, Shape)>,
}

/// A case from one expression for both number types, which are `T` in it, and the shapes of inputs, output and
/// weights.
#[macro_export]
macro_rules! case {
    ($layer:expr, [$($input:expr),*] => $output:expr $(, $name:literal: $shape:expr)*) => {
        $crate::check::Case {
            layer: { type T = f64; let _: T; Box::new($layer) },
            in_f32: { type T = f32; let _: T; Box::new($layer) },
            inputs: vec![$($input.into()),*],
            output: $output.into(),
            weights: vec![$(($name, $shape.into())),*],
        }
    };
}

/// Random values from −1.5 to 1.5.
pub(crate) fn random_tensor<T: Scalar>(shape: impl Into<Shape>, seed: u64) -> Tensor<T> {
    let mut tensor = Tensor::zeros(shape);
    let uniform = Distribution::<f64>::map(StandardUniform, |u: f64| 3.0 * u - 1.5);
    random::fill(tensor.as_mut_slice(), seed, &uniform);
    tensor
}

/// Random values for all weights; those of a variance are positive.
fn random_weights<T: Scalar>(built: &Built<T>) -> Vec<Tensor<T>> {
    let weight = |(seed, weight): (u64, &cornu_layers::Weight<T>)| {
        let values = random_tensor::<f64>(weight.shape(), 100 + seed);
        let positive = weight.name().ends_with("variance");
        Tensor::from_fn(weight.shape(), |i| {
            let value = values.as_slice()[i];
            T::of(if positive { 0.2 + value * value } else { value })
        })
    };
    (0..).zip(built.weights()).map(weight).collect()
}

fn random_batch<T: Scalar>(inputs: &[Shape], batch: usize) -> Vec<Tensor<T>> {
    (0..).zip(inputs).map(|(seed, input)| random_tensor(input.with_batch(batch).unwrap(), 200 + seed)).collect()
}

fn views<T: Scalar>(tensors: &[Tensor<T>]) -> Vec<View<'_, T>> {
    tensors.iter().map(Tensor::view).collect()
}

fn training(trainable: bool) -> Mode {
    Mode::Training { seed: 7, step: 3, trainable }
}

/// Outputs, gradients of weights and inputs, and the loss of one pass.
#[derive(Debug, PartialEq)]
pub(crate) struct Pass<T> {
    output: Tensor<T>,
    weights: Vec<Tensor<T>>,
    inputs: Vec<Tensor<T>>,
    loss: T,
}

/// A training pass, and its gradients for a loss of `Σ upstream · output` and what the layer adds.
fn training_pass<T: Scalar>(built: &Built<T>, inputs: &[Tensor<T>], mode: Mode, scratch: &mut Scratch<T>) -> Pass<T> {
    let output = built.call_all(&views(inputs), mode, scratch).unwrap();
    let upstream = random_tensor(output.shape(), 300);
    let dot = output.as_slice().iter().zip(upstream.as_slice()).fold(T::zero(), |sum, (&y, &u)| sum + y * u);
    let loss = dot + scratch.take_loss();
    let gradients = built.gradients(&views(inputs), &output, &upstream, scratch).unwrap();
    Pass { output, weights: gradients.weights, inputs: gradients.inputs, loss }
}

/// The gradients against central differences.
fn check_gradients(built: &Built<f64>, inputs: &[Tensor<f64>], mode: Mode) {
    let pass = training_pass(built, inputs, mode, &mut Scratch::default());
    let mut scratch = Scratch::default();
    for (i, gradient) in pass.inputs.iter().enumerate() {
        let mut moved = inputs.to_vec();
        let loss = |x: &[f64]| {
            moved[i].as_mut_slice().copy_from_slice(x);
            training_pass(built, &moved, mode, &mut scratch).loss
        };
        assert_close(gradient.as_slice(), &numeric_gradient(loss, inputs[i].as_slice()), 2e-7);
    }
    let values = built.get_weights();
    for (i, weight) in built.weights().iter().enumerate() {
        if !weight.is_trainable() {
            assert_eq!(pass.weights[i].shape(), weight.shape());
            continue;
        }
        let mut built = built.clone();
        let mut moved = values.clone();
        let loss = |w: &[f64]| {
            moved[i].as_mut_slice().copy_from_slice(w);
            built.set_weights(&moved).unwrap();
            training_pass(&built, inputs, mode, &mut scratch).loss
        };
        let numeric = numeric_gradient(loss, values[i].as_slice());
        assert_eq!(pass.weights[i].shape(), weight.shape());
        assert_close(pass.weights[i].as_slice(), &numeric, 2e-7);
    }
}

/// A backward pass that nobody asks for the inputs' gradients gives the same gradients of the weights.
fn check_without_input_gradients(built: &Built<f64>, inputs: &[Tensor<f64>]) {
    let mut scratch = Scratch::default();
    let expected = training_pass(built, inputs, training(true), &mut scratch);
    let mut upstream = random_tensor(expected.output.shape(), 300);
    let mut weight_gradients: Vec<Tensor<f64>> =
        expected.weights.iter().map(|gradient| Tensor::full(gradient.shape(), f64::NAN)).collect();
    let backward = Backward {
        weights: built.weights(),
        inputs: &views(inputs),
        output: expected.output.view(),
        output_gradient: upstream.view_mut(),
        weight_gradients: &mut weight_gradients,
        input_gradients: &mut inputs.iter().map(|_| None).collect::<Vec<_>>(),
        trainable: true,
        scratch: &mut scratch,
    };
    built.layer().backward(backward).unwrap();
    for ((gradient, expected), weight) in weight_gradients.iter().zip(&expected.weights).zip(built.weights()) {
        assert!(!weight.is_trainable() || gradient == expected);
    }
}

/// Buffers are written, not added to, and a pass in a scratch that other passes used gives the same bits.
fn check_memory(built: &Built<f64>, inputs: &[Shape]) {
    let (few, many) = (random_batch::<f64>(inputs, 3), random_batch(inputs, 5));
    let mut used = Scratch::default();
    let pass = |batch: &[Tensor<f64>], scratch: &mut Scratch<f64>| training_pass(built, batch, training(true), scratch);
    let expected = pass(&few, &mut Scratch::default());
    assert_eq!(pass(&few, &mut used), expected);
    assert_eq!(pass(&few, &mut used), expected);
    let expected_many = pass(&many, &mut Scratch::default());
    assert_eq!(pass(&many, &mut used), expected_many);
    assert_eq!(pass(&few, &mut used), expected);
    training_pass(built, &many, training(false), &mut used);
    assert_eq!(pass(&few, &mut used), expected);

    let inference = |batch: &[Tensor<f64>], scratch: &mut Scratch<f64>| {
        built.call_all(&views(batch), Mode::Inference, scratch).unwrap()
    };
    let expected_inference = inference(&few, &mut Scratch::default());
    assert_eq!(inference(&few, &mut used), expected_inference);
    assert_eq!(inference(&many, &mut used), inference(&many, &mut Scratch::default()));
    assert_eq!(inference(&few, &mut used), expected_inference);
    used.take_loss();
    assert_eq!(pass(&few, &mut used), expected);

    let mut output = Tensor::full(expected.output.shape(), f64::NAN);
    let forward = Forward {
        weights: built.weights(),
        inputs: &views(&few),
        output: output.view_mut(),
        mode: Mode::Inference,
        scratch: &mut used,
    };
    built.layer().forward(forward).unwrap();
    assert_eq!(output, expected_inference);
}

/// Inference sees no batch, changes nothing and is what a frozen layer does, if nothing is random.
fn check_inference(built: &Built<f64>, inputs: &[Shape], random: bool) {
    let batch = random_batch::<f64>(inputs, 3);
    let mut scratch = Scratch::default();
    let output = built.call_all(&views(&batch), Mode::Inference, &mut scratch).unwrap();
    let len = built.output_shape().size();
    for sample in 0..3 {
        let rows: Vec<_> = batch.iter().map(|input| input.view().rows(sample..sample + 1).unwrap()).collect();
        let one = built.call_all(&rows, Mode::Inference, &mut Scratch::default()).unwrap();
        assert_close(one.as_slice(), &output.as_slice()[sample * len..][..len], 1e-13);
    }
    if !random {
        let frozen = built.call_all(&views(&batch), training(false), &mut Scratch::default()).unwrap();
        assert_eq!(frozen, output);
    }
    let mut updated = built.clone();
    updated.update_state(&scratch);
    assert_eq!(updated.get_weights(), built.get_weights());
    let none = random_batch::<f64>(inputs, 0);
    let empty = built.call_all(&views(&none), Mode::Inference, &mut scratch).unwrap();
    assert_eq!(empty.shape(), built.output_shape().with_batch(0).unwrap());
    let empty = training_pass(built, &none, training(true), &mut scratch);
    assert!(empty.weights.iter().flat_map(|gradient| gradient.as_slice()).all(|&g| g == 0.0));
}

/// The layer without its activation, followed by it, is the layer.
fn check_without_activation(built: &Built<f64>, inputs: &[Shape]) {
    let Some((layer, activation)) = built.layer().without_activation() else { return };
    let mut apart = Built::from_box(layer, inputs, 0).unwrap();
    apart.set_weights(&built.get_weights()).unwrap();
    let batch = random_batch::<f64>(inputs, 3);
    let mut output = apart.call_all(&views(&batch), Mode::Inference, &mut Scratch::default()).unwrap();
    let width = output.shape().last_dim();
    activation.apply(output.as_mut_slice(), width);
    let expected = built.call_all(&views(&batch), Mode::Inference, &mut Scratch::default()).unwrap();
    assert_eq!(output, expected);
}

/// Everything that a layer promises. Whether it is random in training, two steps tell.
pub(crate) fn check_layer(case: Case) {
    let Case { layer, in_f32, inputs, output, weights } = case;
    println!("{layer:?} {inputs:?}"); // shown if the test fails
    assert_eq!(layer.output_shape(&inputs).unwrap(), output);
    let mut built = Built::from_box(layer.clone(), &inputs, 11).unwrap();
    let promised: Vec<_> = weights.iter().map(|&(name, shape)| (name, shape)).collect();
    let received: Vec<_> = built.weights().iter().map(|weight| (weight.name(), weight.shape())).collect();
    assert_eq!(received, promised);
    assert_eq!(Built::from_box(layer.clone(), &inputs, 11).unwrap().get_weights(), built.get_weights());
    assert!(layer.output_shape(&[]).is_err());
    assert!(layer.output_shape(&[inputs.as_slice(), &inputs].concat()).is_err());

    built.set_weights(&random_weights(&built)).unwrap();
    let batch = random_batch::<f64>(&inputs, 3);
    let pass = training_pass(&built, &batch, training(true), &mut Scratch::default());
    assert_eq!(pass.output.shape(), output.with_batch(3).unwrap());
    let again = training_pass(&built.clone(), &batch, training(true), &mut Scratch::default());
    assert_eq!(pass, again);

    let other_step = Mode::Training { seed: 7, step: 4, trainable: true };
    let random = training_pass(&built, &batch, other_step, &mut Scratch::default()) != pass;
    for trainable in [true, false] {
        check_gradients(&built, &batch, training(trainable));
    }
    check_without_input_gradients(&built, &batch);
    check_memory(&built, &inputs);
    check_inference(&built, &inputs, random);
    check_without_activation(&built, &inputs);

    let mut rough = Built::from_box(in_f32, &inputs, 11).unwrap();
    rough.set_weights(&built.get_weights().iter().map(Tensor::cast).collect::<Vec<_>>()).unwrap();
    let batch: Vec<Tensor<f32>> = batch.iter().map(Tensor::cast).collect();
    let rough = training_pass(&rough, &batch, training(true), &mut Scratch::default());
    assert_close(rough.output.as_slice(), pass.output.cast::<f32>().as_slice(), 1e-4);
    for (rough, exact) in rough.weights.iter().chain(&rough.inputs).zip(pass.weights.iter().chain(&pass.inputs)) {
        assert_close(rough.as_slice(), exact.cast::<f32>().as_slice(), 1e-3);
    }
}
