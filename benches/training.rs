//! Training steps with Adam: the rows "train" of PERFORMANCE.md.

use cornu_peers::networks::{lenet, lesson, mlp, wide};
use cornu_peers::{Training, or_exit};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn training(criterion: &mut Criterion) {
    bench(criterion, "1-4-2", 100, lesson().and_then(|model| Training::new(model, 10)));
    bench(criterion, "784-512-512-10", 20, mlp().and_then(|model| Training::new(model, 128)));
    bench(criterion, "1024-4096-4096-1000", 10, wide().and_then(|model| Training::new(model, 256)));
    bench(criterion, "LeNet-5", 10, lenet().and_then(|model| Training::new(model, 256)));
    bench(criterion, "matrix exponential", 20, Training::exponential(10_000));
}

fn bench(criterion: &mut Criterion, name: &str, times: usize, training: Result<Training, cornu::ModelError>) {
    let mut training = or_exit(training);
    let mut group = criterion.benchmark_group("train");
    group.sample_size(times).throughput(Throughput::Elements(training.batch() as u64));
    group.bench_function(format!("{name}, batch {}", training.batch()), |bencher| {
        bencher.iter(|| or_exit(training.step()));
    });
    group.finish();
}

criterion_group!(benches, training);
criterion_main!(benches);
