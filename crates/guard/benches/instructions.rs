//! The workloads of the guard, counted by callgrind.
//!
//! Run by `cargo run -p cornu-guard`, which compares the counts. Models are built, compiled and warm before the counting
//! begins, all on one thread.

#![allow(missing_docs)] // What gungraun's macros make is public.

use cornu::{ModelError, Sequential, Tensor};
use cornu_peers::networks::{lenet, lesson, mlp};
use cornu_peers::{Filling, Prediction, Training, or_exit};
use gungraun::prelude::*;
use gungraun::{Callgrind, main};

type Network = fn() -> Result<Sequential, ModelError>;

/// A step grows the memory that the following ones use.
fn warm(training: Result<Training, ModelError>, steps: usize) -> (Training, usize) {
    cornu::set_threads(1);
    let mut training = or_exit(training);
    or_exit(training.step());
    (training, steps)
}

fn classifier(network: Network, batch: usize, steps: usize) -> (Training, usize) {
    warm(network().and_then(|model| Training::new(model, batch)), steps)
}

fn exponential(samples: usize, steps: usize) -> (Training, usize) {
    warm(Training::exponential(samples), steps)
}

#[library_benchmark]
#[bench::lesson_batch_10(args = (lesson, 10, 100), setup = classifier)]
#[bench::mlp_batch_32(args = (mlp, 32, 2), setup = classifier)]
#[bench::lenet_batch_8(args = (lenet, 8, 2), setup = classifier)]
#[bench::exponential_1000_samples(args = (1000, 5), setup = exponential)]
fn train((mut training, steps): (Training, usize)) -> Training {
    (0..steps).for_each(|_| or_exit(training.step()));
    training
}

/// The model stays until the process ends, which is soon.
fn predictor(network: Network, calls: usize) -> (Prediction<'static>, usize) {
    cornu::set_threads(1);
    let model = Box::leak(Box::new(or_exit(network())));
    let mut prediction = or_exit(Prediction::new(model, 1));
    or_exit(prediction.run());
    (prediction, calls)
}

#[library_benchmark]
#[bench::lesson_one(args = (lesson, 100), setup = predictor)]
#[bench::lenet_one(args = (lenet, 5), setup = predictor)]
fn predict((mut prediction, calls): (Prediction<'static>, usize)) -> Prediction<'static> {
    (0..calls).for_each(|_| or_exit(prediction.run()));
    prediction
}

fn filling(name: &str) -> Filling {
    cornu::set_threads(1);
    let mut filling = or_exit(Filling::new(name, 256));
    or_exit(filling.run());
    filling
}

#[library_benchmark]
#[bench::glorot_uniform_256(args = ("glorot_uniform"), setup = filling)]
#[bench::orthogonal_256(args = ("orthogonal"), setup = filling)]
fn initialize(mut filling: Filling) -> (Filling, Tensor<f32>) {
    let tensor = or_exit(filling.run());
    (filling, tensor)
}

library_benchmark_group!(name = workloads, benchmarks = [train, predict, initialize]);

main!(
    config = LibraryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"])),
    library_benchmark_groups = workloads
);
