//! The networks: what a training step and a prediction take.

use std::error::Error;

use cornu::initializers::random;
use cornu::prelude::*;
use cornu::tensor::kernels::{Matrix, MatrixMut, product};
use rand::RngExt;

use crate::clock::{Figure, time};

type Timed = Result<Figure, Box<dyn Error>>;

/// The lesson's model.
pub(crate) fn lesson() -> Result<Sequential, ModelError> {
    sequential![Dense::new(4).activation("relu").input_shape([1]), Dense::new(2).activation("softmax")]
}

/// 784-512-512-10.
pub(crate) fn mlp() -> Result<Sequential, ModelError> {
    sequential![
        Dense::new(512).activation("relu").input_shape([784]),
        Dense::new(512).activation("relu"),
        Dense::new(10).activation("softmax"),
    ]
}

/// 1024-4096-4096-1000.
pub(crate) fn wide() -> Result<Sequential, ModelError> {
    sequential![
        Dense::new(4096).activation("relu").input_shape([1024]),
        Dense::new(4096).activation("relu"),
        Dense::new(1000).activation("softmax"),
    ]
}

/// LeNet-5 on pictures of 28 × 28.
pub(crate) fn lenet() -> Result<Sequential, ModelError> {
    sequential![
        Input::new([28, 28, 1]),
        Conv2D::new(6, 5).padding("same").activation("relu"),
        MaxPooling2D::new(2),
        Conv2D::new(16, 5).activation("relu"),
        MaxPooling2D::new(2),
        Flatten::new(),
        Dense::new(120).activation("relu"),
        Dense::new(84).activation("relu"),
        Dense::new(10).activation("softmax"),
    ]
}

/// Values from 0 to 1.
fn uniform(shape: Shape) -> Tensor<f32> {
    let mut rng = random::generator(1);
    Tensor::from_fn(shape, |_| rng.random())
}

/// The time of one sample in a training step with Adam.
pub(crate) fn train(mut model: Sequential, batch: usize, classes: usize) -> Timed {
    let input = model.sample_shape().unwrap_or_default();
    let x = uniform(input.with_batch(batch)?);
    let y = Tensor::from_fn([batch], |i| (i % classes) as f32);
    model.compile(Compile::new("adam", "sparse_categorical_crossentropy"))?;
    let mut logs = Logs::default();
    Ok(time(batch, || model.train_on_batch(&x, &y, None, &mut logs))?)
}

/// The time of one sample in predictions of so many samples at once.
pub(crate) fn predict(model: &Sequential, samples: usize) -> Timed {
    let (input, output) = (model.sample_shape().unwrap_or_default(), model.output_shape().unwrap_or_default());
    let x = uniform(input.with_batch(samples)?);
    let mut y = Tensor::zeros(output.with_batch(samples)?);
    let mut predictor = model.predictor()?;
    Ok(time(samples, || predictor.predict_into(x.view(), y.view_mut()))?)
}

/// The samples of the matrix exponential, all in one batch.
const SAMPLES: usize = 10_000;

/// The time of an epoch of the SimpleChains.jl article: a network 4-32-16-4 learns the exponential of 2 × 2 matrices
/// from 10,000 samples in one batch, with Adam and the mean squared error.
pub(crate) fn matrix_exponential() -> Timed {
    let mut rng = random::generator(1);
    let x = Tensor::from_fn([SAMPLES, 4], |_| rng.random::<f32>() * 2.0 - 1.0);
    let mut y = Tensor::zeros([SAMPLES, 4]);
    for (x, y) in x.as_slice().chunks_exact(4).zip(y.as_mut_slice().chunks_exact_mut(4)) {
        exponential(x, y)?;
    }
    let mut model = sequential![
        Dense::new(32).activation("tanh").input_shape([4]),
        Dense::new(16).activation("tanh"),
        Dense::new(4),
    ]?;
    model.compile(Compile::new("adam", "mse"))?;
    let mut logs = Logs::default();
    Ok(time(1, || model.train_on_batch(&x, &y, None, &mut logs))?)
}

/// `Σ xᵏ/k!`, which for entries below 1 needs few terms.
fn exponential(x: &[f32], y: &mut [f32]) -> Result<(), cornu::tensor::TensorError> {
    let mut term = [1.0_f32, 0.0, 0.0, 1.0];
    y.copy_from_slice(&term);
    for k in 1..20 {
        let mut next = [0.0; 4];
        product(MatrixMut::new(&mut next, 2, 2)?, 0.0, Matrix::new(&term, 2, 2)?, Matrix::new(x, 2, 2)?)?;
        term = next.map(|value| value / k as f32);
        y.iter_mut().zip(term).for_each(|(y, t)| *y += t);
    }
    Ok(())
}
