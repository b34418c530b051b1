//! A step of every optimizer on a kernel of 512 × 512.

use cornu::Tensor;
use cornu::optimizers::{OptimizerState, get, names};
use cornu_peers::or_exit;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn optimizers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("step 512x512");
    group.throughput(Throughput::Elements(512 * 512));
    let gradient = Tensor::from_fn([512, 512], |i| (i % 13) as f32 / 13.0 - 0.5);
    for name in names() {
        let optimizer = or_exit(get::<f32>(name));
        let mut variable = Tensor::zeros([512, 512]);
        let mut state = OptimizerState::new(optimizer.as_ref(), [("kernel", &variable)]);
        let mut gradient = gradient.clone();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let pair = (variable.as_mut_slice(), gradient.as_mut_slice());
                or_exit(state.apply(optimizer.as_ref(), &mut [pair]));
            });
        });
    }
    group.finish();
}

criterion_group!(benches, optimizers);
criterion_main!(benches);
