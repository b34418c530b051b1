//! Cornu's side of the comparison with PyTorch, JAX and Keras: one JSON line a figure, in seconds.
//!
//! `cargo run --release -p cornu-peers -- [WORKLOAD …]`; the peers' side is `peers.py` beside this crate.

mod clock;

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use cornu_peers::networks::{lenet, lesson, mlp, wide};
use cornu_peers::{Filling, Prediction, Training};

use crate::clock::{Figure, time};

/// Times Cornu on the workloads of PERFORMANCE.md: after a warm-up, seven blocks of each; least and median.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// The workloads; all of them if none is named.
    #[arg(value_enum)]
    workloads: Vec<Workload>,
    /// The threads of each side.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

/// A workload, under the name that it has in the peers' script too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Workload {
    SeedTrain,
    MlpTrain,
    WideTrain,
    LenetTrain,
    #[value(name = "seed_predict1")]
    SeedPredict1,
    #[value(name = "mlp_predict1")]
    MlpPredict1,
    MlpPredict,
    #[value(name = "lenet_predict1")]
    LenetPredict1,
    #[value(name = "init_GlorotUniform")]
    InitGlorotUniform,
    #[value(name = "init_TruncatedNormal")]
    InitTruncatedNormal,
    #[value(name = "init_Orthogonal")]
    InitOrthogonal,
    MatrixExponential,
}

fn main() -> ExitCode {
    let args = Args::parse();
    cornu::set_threads(args.threads);
    let all = Workload::value_variants();
    let chosen: &[Workload] = if args.workloads.is_empty() { all } else { &args.workloads };
    for &workload in chosen {
        if let Err(error) = run(workload) {
            eprintln!("error: {workload:?}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// The side of a kernel that is filled.
const SIDE: usize = 1024;

type Timed = Result<Figure, Box<dyn Error>>;

fn run(workload: Workload) -> Result<(), Box<dyn Error>> {
    let (per, figure) = match workload {
        Workload::SeedTrain => ("sample", train(Training::new(lesson()?, 10)?)?),
        Workload::MlpTrain => ("sample", train(Training::new(mlp()?, 128)?)?),
        Workload::WideTrain => ("sample", train(Training::new(wide()?, 256)?)?),
        Workload::LenetTrain => ("sample", train(Training::new(lenet()?, 256)?)?),
        Workload::SeedPredict1 => ("call", predict(Prediction::new(&lesson()?, 1)?)?),
        Workload::MlpPredict1 => ("call", predict(Prediction::new(&mlp()?, 1)?)?),
        Workload::MlpPredict => ("sample", predict(Prediction::new(&mlp()?, 10_000)?)?),
        Workload::LenetPredict1 => ("call", predict(Prediction::new(&lenet()?, 1)?)?),
        Workload::InitGlorotUniform => ("value", fill("glorot_uniform", SIDE * SIDE)?),
        Workload::InitTruncatedNormal => ("value", fill("truncated_normal", SIDE * SIDE)?),
        Workload::InitOrthogonal => ("call", fill("orthogonal", 1)?),
        Workload::MatrixExponential => ("epoch", epoch(Training::exponential(10_000)?)?),
    };
    let name = workload.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    println!("{}", figure.line(&name, per)?);
    Ok(())
}

/// The time of one sample in a training step.
fn train(mut training: Training) -> Timed {
    Ok(time(training.batch(), || training.step())?)
}

/// The time of one training step on all samples.
fn epoch(mut training: Training) -> Timed {
    Ok(time(1, || training.step())?)
}

/// The time of one sample in a prediction.
fn predict(mut prediction: Prediction<'_>) -> Timed {
    Ok(time(prediction.samples(), || prediction.run())?)
}

/// The time of one of the units into which the filling of a kernel is divided.
fn fill(name: &str, units: usize) -> Timed {
    let mut filling = Filling::new(name, SIDE)?;
    Ok(time(units, || filling.run().map(|tensor| drop(black_box(tensor))))?)
}
