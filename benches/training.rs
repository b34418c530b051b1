//! A training step of the lesson's model and of 784-512-512-10, and single predictions.

use cornu::prelude::*;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// The lesson's model.
fn lesson() -> Result<Sequential, ModelError> {
    sequential![Dense::new(4).activation("relu").input_shape([1]), Dense::new(2).activation("softmax")]
}

/// The network that everybody tries first on MNIST.
fn mlp() -> Result<Sequential, ModelError> {
    sequential![
        Dense::new(512).activation("relu").input_shape([784]),
        Dense::new(512).activation("relu"),
        Dense::new(10).activation("softmax"),
    ]
}

fn bench(
    criterion: &mut Criterion,
    name: &str,
    mut model: Sequential,
    inputs: usize,
    classes: usize,
    batch: usize,
) -> Result<(), ModelError> {
    let x = Tensor::from_fn([batch, inputs], |i| (i * 7 % 97) as f32 / 97.0);
    let y = Tensor::from_fn([batch], |i| (i % classes) as f32);
    model.compile(Compile::new("adam", "sparse_categorical_crossentropy"))?;
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(batch as u64));
    let mut logs = Logs::default();
    group.bench_function(format!("train step, batch {batch}"), |bencher| {
        bencher.iter(|| model.train_on_batch(&x, &y, None, &mut logs));
    });
    group.throughput(Throughput::Elements(1));
    let mut predictor = model.predictor()?;
    let (one, mut output) = (x.view().rows(0..1)?, Tensor::zeros([1, classes]));
    group.bench_function("predict one", |bencher| {
        bencher.iter(|| predictor.predict_into(one, output.view_mut()));
    });
    group.finish();
    Ok(())
}

fn training(criterion: &mut Criterion) {
    let small = lesson().and_then(|model| bench(criterion, "1-4-2", model, 1, 2, 10));
    let large = mlp().and_then(|model| bench(criterion, "784-512-512-10", model, 784, 10, 128));
    for error in [small, large].into_iter().filter_map(Result::err) {
        eprintln!("{error}");
    }
}

criterion_group!(benches, training);
criterion_main!(benches);
