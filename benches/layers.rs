//! Each layer by itself, forward and backward, in the sizes that it has in the networks of PERFORMANCE.md.

use cornu::layers::{Backward, Forward, LayerError, Mode, Scratch, weight_gradients};
use cornu::{LayerRef, ModelError, Sequential, Shape, Tensor};
use cornu_peers::networks::{lenet, lesson, mlp};
use cornu_peers::or_exit;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn layers(criterion: &mut Criterion) {
    network(criterion, "1-4-2", 10, lesson());
    network(criterion, "784-512-512-10", 128, mlp());
    network(criterion, "LeNet-5", 256, lenet());
}

/// All layers but the last, whose softmax a training step leaves to the loss.
fn network(criterion: &mut Criterion, name: &str, batch: usize, model: Result<Sequential, ModelError>) {
    let model = or_exit(model);
    let mut input = model.sample_shape().unwrap_or_default();
    for layer in model.layers().take(model.layers().len() - 1) {
        let output = layer.output_shape().unwrap_or_default();
        or_exit(bench(criterion, name, layer, batch, (input, output)));
        input = output;
    }
}

fn bench(
    criterion: &mut Criterion,
    network: &str,
    layer: LayerRef<'_, f32>,
    batch: usize,
    (input, output): (Shape, Shape),
) -> Result<(), LayerError> {
    let x = Tensor::from_fn(input.with_batch(batch)?, |i| (i % 13) as f32 / 13.0);
    let mut y = Tensor::zeros(output.with_batch(batch)?);
    let (weights, mut scratch) = (layer.weights(), Scratch::default());
    let mode = Mode::Training { seed: 0, step: 0, trainable: true };

    let mut group = criterion.benchmark_group(format!("layers of {network}"));
    group.sample_size(20).throughput(Throughput::Elements(batch as u64));
    group.bench_function(BenchmarkId::new(layer.name(), "forward"), |bencher| {
        bencher.iter(|| {
            let (inputs, output) = (&[x.view()], y.view_mut());
            or_exit(layer.layer().forward(Forward { weights, inputs, output, mode, scratch: &mut scratch }));
        });
    });

    let mut weight_gradients = weight_gradients(weights);
    let (mut gradient, mut below) = (Tensor::full(y.shape(), 0.01), Tensor::zeros(x.shape()));
    group.bench_function(BenchmarkId::new(layer.name(), "backward"), |bencher| {
        bencher.iter(|| {
            or_exit(layer.layer().backward(Backward {
                weights,
                inputs: &[x.view()],
                output: y.view(),
                output_gradient: gradient.view_mut(),
                weight_gradients: &mut weight_gradients,
                input_gradients: &mut [Some(below.view_mut())],
                trainable: true,
                scratch: &mut scratch,
            }));
        });
    });
    group.finish();
    Ok(())
}

criterion_group!(benches, layers);
criterion_main!(benches);
