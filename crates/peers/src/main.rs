//! Cornu's side of the comparison with PyTorch, JAX and Keras: one JSON line a figure, in seconds.
//!
//! `cargo run --release -p cornu-peers -- [WORKLOAD …]`; the peers' side is `peers.py` beside this crate.

mod clock;
mod initializers;
mod networks;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

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

fn run(workload: Workload) -> Result<(), Box<dyn Error>> {
    use networks::{lenet, lesson, matrix_exponential, mlp, predict, train, wide};
    let (per, figure) = match workload {
        Workload::SeedTrain => ("sample", train(lesson()?, 10, 2)?),
        Workload::MlpTrain => ("sample", train(mlp()?, 128, 10)?),
        Workload::WideTrain => ("sample", train(wide()?, 256, 1000)?),
        Workload::LenetTrain => ("sample", train(lenet()?, 256, 10)?),
        Workload::SeedPredict1 => ("call", predict(&lesson()?, 1)?),
        Workload::MlpPredict1 => ("call", predict(&mlp()?, 1)?),
        Workload::MlpPredict => ("sample", predict(&mlp()?, 10_000)?),
        Workload::LenetPredict1 => ("call", predict(&lenet()?, 1)?),
        Workload::InitGlorotUniform => ("value", initializers::fill("glorot_uniform")?),
        Workload::InitTruncatedNormal => ("value", initializers::fill("truncated_normal")?),
        Workload::InitOrthogonal => ("call", initializers::orthogonal()?),
        Workload::MatrixExponential => ("epoch", matrix_exponential()?),
    };
    let name = workload.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    println!("{}", figure.line(&name, per)?);
    Ok(())
}
