//! A step of every optimizer on a kernel of 512 × 512.

use cornu::Tensor;
use cornu::optimizers::{NAMES, get};
use cornu_peers::or_exit;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn optimizers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("step 512x512");
    group.throughput(Throughput::Elements(512 * 512));
    let gradient = Tensor::from_fn([512, 512], |i| (i % 13) as f32 / 13.0 - 0.5);
    for name in NAMES {
        let optimizer = or_exit(get::<f32>(name));
        let mut variable = Tensor::zeros([512, 512]);
        let mut slots: Vec<_> = optimizer.slots().iter().map(|_| Tensor::zeros([512, 512])).collect();
        let mut iteration = 0;
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                or_exit(optimizer.step(iteration, variable.as_mut_slice(), gradient.as_slice(), &mut slots));
                iteration += 1;
            });
        });
    }
    group.finish();
}

criterion_group!(benches, optimizers);
criterion_main!(benches);
