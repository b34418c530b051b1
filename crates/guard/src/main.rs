//! Counts the instructions of Cornu's workloads and compares them with what they were.
//!
//! Time is noisy on a shared machine, and instructions are not: the same program gives the same number at every run.
//! `benches/instructions.rs` has the workloads, `figures.json` what they took. `.ci/guard` installs what this needs and
//! runs it.

mod count;
mod figures;
mod report;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;

use crate::count::Toolchain;
use crate::figures::Figures;

/// Fails if a workload takes other instructions than it did: more, or so many fewer that the figures are old.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// Writes the counts into figures.json instead of comparing them.
    #[arg(long)]
    renew: bool,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(status) => status,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<ExitCode, Box<dyn Error>> {
    let toolchain = Toolchain::at_hand()?;
    if args.renew {
        Figures { toolchain, instructions: count::instructions()? }.write()?;
        return Ok(ExitCode::SUCCESS);
    }
    let figures = Figures::read()?;
    if figures.toolchain.target != toolchain.target {
        println!("The figures are those of {}; there are none for {}.", figures.toolchain.target, toolchain.target);
        return Ok(ExitCode::SUCCESS);
    }
    let (tolerance, lines) = (figures.tolerance(&toolchain), figures.compare(&count::instructions()?));
    print!("{}", report::text(&figures.toolchain, &toolchain, tolerance, &lines));
    Ok(if lines.iter().all(|line| line.holds(tolerance)) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
