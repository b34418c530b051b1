//! Time to fill a kernel: of 512 × 512 for every initializer, and the rows of PERFORMANCE.md, 1024 × 1024.

use cornu::initializers::names;
use cornu_peers::{Filling, or_exit};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn initializers(criterion: &mut Criterion) {
    // The waves of `stft` do not fill a matrix.
    names().into_iter().filter(|&name| name != "stft").for_each(|name| bench(criterion, name, 512));
    ["glorot_uniform", "truncated_normal", "orthogonal"].into_iter().for_each(|name| bench(criterion, name, 1024));
}

fn bench(criterion: &mut Criterion, name: &str, side: usize) {
    let mut filling = or_exit(Filling::new(name, side));
    let mut group = criterion.benchmark_group("init");
    group.sample_size(10).throughput(Throughput::Elements(filling.values() as u64));
    group.bench_function(BenchmarkId::new(name, format!("{side}x{side}")), |bencher| {
        bencher.iter(|| or_exit(filling.run()));
    });
    group.finish();
}

criterion_group!(benches, initializers);
criterion_main!(benches);
