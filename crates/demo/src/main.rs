//! The demonstration of Cornu: what `use_bias` and `bias_initializer` do, end to end, on real data.

mod arrays;
mod choices;
mod digits;
mod lesson;
mod report;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

/// The bias lesson of Keras, in Rust: build a network, look at its weights, train it, look again.
///
/// Runs all parts in order, or those that are named, and writes what it saw as one HTML page.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Examples:\n  cornu-demo\n  cornu-demo lesson --seed 7\n  cornu-demo digits --no-report"
)]
struct Args {
    /// The parts to run; all of them if none is named.
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// The seed of everything random: initial weights, shuffling, dropout, which samples are held out.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Where the report goes.
    #[arg(long, default_value = "cornu-report.html", value_name = "FILE")]
    report: PathBuf,
    /// Writes no report.
    #[arg(long, conflicts_with = "report")]
    no_report: bool,
}

/// A part of the demonstration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The lesson's model on Iris: weights before and after training, and what moved.
    Lesson,
    /// The ways to have a bias side by side: none, zeros, ones, random_normal, glorot_uniform …
    Choices,
    /// A convolutional network on 1,797 handwritten digits.
    Digits,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let wanted = |part| args.parts.is_empty() || args.parts.contains(&part);
    let mut report =
        report::Report { seed: args.seed, version: env!("CARGO_PKG_VERSION").to_owned(), ..report::Report::default() };
    if wanted(Part::Lesson) {
        report.lesson = Some(lesson::run(args.seed)?);
    }
    if wanted(Part::Choices) {
        report.choices = Some(choices::run(args.seed)?);
    }
    if wanted(Part::Digits) {
        report.digits = Some(digits::run(args.seed)?);
    }
    if !args.no_report {
        let path = args.report.display();
        std::fs::write(&args.report, report::render(&report))
            .map_err(|error| format!("the report could not be written to {path}: {error}"))?;
        println!("\nThe report is in {path}: open it in a browser.");
    }
    Ok(())
}

/// The title of a part, underlined.
fn title(text: &str) {
    println!("\n{text}\n{}\n", "═".repeat(text.chars().count()));
}
