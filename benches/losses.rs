//! The crossentropy of a softmax, value and gradient, in the stable form that a training step takes.

use cornu::Tensor;
use cornu::losses::{Evaluator, SparseCategoricalCrossentropy};
use cornu_peers::or_exit;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// Batch and classes.
const SIZES: [(usize, usize); 3] = [(10, 2), (128, 10), (256, 1000)];

fn softmax_crossentropy(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("softmax crossentropy");
    let loss = SparseCategoricalCrossentropy::new().from_logits(true);
    for (batch, classes) in SIZES {
        let y = Tensor::from_fn([batch], |i| (i % classes) as f32);
        let logits = Tensor::from_fn([batch, classes], |i| (i % 13) as f32 / 13.0);
        let (mut evaluator, mut gradient) = (Evaluator::new(), vec![0.0; batch * classes]);
        group.throughput(Throughput::Elements(batch as u64));
        group.bench_function(BenchmarkId::from_parameter(format!("{batch}x{classes}")), |bencher| {
            bencher.iter(|| or_exit(evaluator.value_and_gradient(&loss, y.view(), logits.view(), None, &mut gradient)));
        });
    }
    group.finish();
}

criterion_group!(benches, softmax_crossentropy);
criterion_main!(benches);
