//! Time to fill a kernel of 512 × 512, for every initializer.

use cornu::Tensor;
use cornu::initializers::{NAMES, get, random};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn initializers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("init 512x512");
    group.throughput(Throughput::Elements(512 * 512)).sample_size(10);
    for name in NAMES {
        let Ok(initializer) = get::<f32>(name) else { continue };
        let mut rng = random::generator(42);
        group.bench_function(name, |bencher| {
            bencher.iter(|| -> Result<Tensor<f32>, _> { initializer.init([512, 512].into(), &mut rng) });
        });
    }
    group.finish();
}

criterion_group!(benches, initializers);
criterion_main!(benches);
