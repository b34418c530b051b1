//! A Dense layer forward and backward.

use cornu::layers::{Backward, Built, Dense, Forward, KernelArguments, LayerError, Mode, Scratch, weight_gradients};
use cornu::tensor::Tensor;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// Batch, inputs and units.
const SIZES: [(usize, usize, usize); 3] = [(10, 1, 4), (128, 512, 512), (128, 784, 512)];

fn dense(criterion: &mut Criterion) {
    for (batch, inputs, units) in SIZES {
        if let Err(error) = bench(criterion, batch, inputs, units) {
            eprintln!("dense {batch}x{inputs}x{units}: {error}");
        }
    }
}

fn bench(criterion: &mut Criterion, batch: usize, inputs: usize, units: usize) -> Result<(), LayerError> {
    let layer = Built::<f32>::new(Dense::new(units).activation("relu"), &[[inputs].into()], 42)?;
    let x = Tensor::from_fn([batch, inputs], |i| (i % 13) as f32 / 13.0);
    let (mut y, mut scratch) = (Tensor::zeros([batch, units]), Scratch::default());
    let mode = Mode::Training { seed: 0, step: 0, trainable: true };
    let size = format!("{batch}x{inputs}x{units}");

    let mut group = criterion.benchmark_group("dense");
    group.throughput(Throughput::Elements(batch as u64));
    group.bench_function(BenchmarkId::new("forward", &size), |bencher| {
        bencher.iter(|| {
            let (weights, inputs, output) = (layer.weights(), &[x.view()], y.view_mut());
            layer.layer().forward(Forward { weights, inputs, output, mode, scratch: &mut scratch })
        });
    });

    let mut weight_gradients = weight_gradients(layer.weights());
    let (mut gradient, mut below) = (Tensor::full([batch, units], 0.01), Tensor::zeros([batch, inputs]));
    group.bench_function(BenchmarkId::new("backward", &size), |bencher| {
        bencher.iter(|| {
            layer.layer().backward(Backward {
                weights: layer.weights(),
                inputs: &[x.view()],
                output: y.view(),
                output_gradient: gradient.view_mut(),
                weight_gradients: &mut weight_gradients,
                input_gradients: &mut [Some(below.view_mut())],
                trainable: true,
                scratch: &mut scratch,
            })
        });
    });
    group.finish();
    Ok(())
}

criterion_group!(benches, dense);
criterion_main!(benches);
