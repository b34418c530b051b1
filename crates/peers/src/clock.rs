//! The clock: seven blocks after a warm-up, each long enough to be measured.

use std::time::{Duration, Instant};

use serde::Serialize;

/// The blocks that count.
const BLOCKS: usize = 7;
/// The least length of a block.
const LEAST: Duration = Duration::from_millis(300);

/// The seconds of one unit of work, over all blocks.
pub(crate) struct Figure {
    min: f64,
    median: f64,
}

#[derive(Serialize)]
struct Line<'a> {
    workload: &'a str,
    peer: &'a str,
    per: &'a str,
    min: f64,
    median: f64,
}

impl Figure {
    /// The figure as a JSON line.
    pub(crate) fn line(&self, workload: &str, per: &str) -> Result<String, serde_json::Error> {
        serde_json::to_string(&Line { workload, peer: "cornu", per, min: self.min, median: self.median })
    }
}

/// Times work that comes in calls of `units` units each.
pub(crate) fn time<E>(units: usize, mut call: impl FnMut() -> Result<(), E>) -> Result<Figure, E> {
    let mut calls = 1_u32;
    // The warm-up finds out how many calls fill a block.
    let each = loop {
        let start = Instant::now();
        for _ in 0..calls {
            call()?;
        }
        let took = start.elapsed();
        if took >= LEAST / 4 {
            break took / calls;
        }
        calls *= 4;
    };
    let calls = (LEAST.as_nanos() / each.as_nanos().max(1)).clamp(1, 100_000_000) as usize;
    let mut seconds = Vec::with_capacity(BLOCKS);
    for _ in 0..BLOCKS {
        let start = Instant::now();
        for _ in 0..calls {
            call()?;
        }
        seconds.push(start.elapsed().as_secs_f64() / (calls * units) as f64);
    }
    seconds.sort_by(f64::total_cmp);
    Ok(Figure { min: seconds[0], median: seconds[BLOCKS / 2] })
}
