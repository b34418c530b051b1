//! Predictions into given memory: the rows "predict" of PERFORMANCE.md.

use cornu::{ModelError, Sequential};
use cornu_peers::networks::{lenet, lesson, mlp};
use cornu_peers::{Prediction, or_exit};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn prediction(criterion: &mut Criterion) {
    bench(criterion, "1-4-2", 1, lesson());
    bench(criterion, "784-512-512-10", 1, mlp());
    bench(criterion, "784-512-512-10", 10_000, mlp());
    bench(criterion, "LeNet-5", 1, lenet());
}

fn bench(criterion: &mut Criterion, name: &str, samples: usize, model: Result<Sequential, ModelError>) {
    let model = or_exit(model);
    let mut prediction = or_exit(Prediction::new(&model, samples));
    let mut group = criterion.benchmark_group("predict");
    group.sample_size(if samples > 1 { 10 } else { 100 }).throughput(Throughput::Elements(samples as u64));
    group.bench_function(format!("{name}, {samples} at once"), |bencher| {
        bencher.iter(|| or_exit(prediction.run()));
    });
    group.finish();
}

criterion_group!(benches, prediction);
criterion_main!(benches);
