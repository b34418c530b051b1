//! The committed figures, and how counts compare with them.

use std::error::Error;
use std::fs;

use serde::{Deserialize, Serialize};

use crate::count::{Instructions, Toolchain};

/// How far a count may be from its figure. With the same compiler it stays within 0.0005 of it, whatever the environment
/// and the caches of the processor.
const TOLERANCE: f64 = 0.02;

/// How far it may be with another compiler, which makes another program: two versions later, one of the workloads had
/// gained 0.23.
const TOLERANCE_OF_ANOTHER_COMPILER: f64 = 0.3;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/figures.json");

/// What the workloads took when this was last written.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Figures {
    #[serde(flatten)]
    pub(crate) toolchain: Toolchain,
    pub(crate) instructions: Instructions,
}

/// One workload: what was expected and what was counted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) workload: String,
    pub(crate) expected: Option<u64>,
    pub(crate) counted: Option<u64>,
}

impl Figures {
    pub(crate) fn read() -> Result<Self, Box<dyn Error>> {
        let text = fs::read_to_string(PATH).map_err(|error| format!("{PATH}: {error}"))?;
        Ok(serde_json::from_str(&text).map_err(|error| format!("{PATH}: {error}"))?)
    }

    pub(crate) fn write(&self) -> Result<(), Box<dyn Error>> {
        fs::write(PATH, serde_json::to_string_pretty(self)? + "\n").map_err(|error| format!("{PATH}: {error}"))?;
        println!("{PATH} has the figures of {} workloads.", self.instructions.len());
        Ok(())
    }

    /// How far a count of this compiler may be from its figure, as a part of it.
    pub(crate) fn tolerance(&self, toolchain: &Toolchain) -> f64 {
        if self.toolchain == *toolchain { TOLERANCE } else { TOLERANCE_OF_ANOTHER_COMPILER }
    }

    /// Every workload that has a figure or was counted.
    pub(crate) fn compare(&self, counted: &Instructions) -> Vec<Line> {
        let mut workloads: Vec<_> = self.instructions.keys().chain(counted.keys()).collect();
        workloads.sort_unstable();
        workloads.dedup();
        let line = |workload: &String| Line {
            workload: workload.clone(),
            expected: self.instructions.get(workload).copied(),
            counted: counted.get(workload).copied(),
        };
        workloads.into_iter().map(line).collect()
    }
}

impl Line {
    /// The change, as a part of what was expected.
    pub(crate) fn change(&self) -> Option<f64> {
        Some(self.counted? as f64 / self.expected? as f64 - 1.0)
    }

    /// Whether the count is what was expected.
    pub(crate) fn holds(&self, tolerance: f64) -> bool {
        self.change().is_some_and(|change| change.abs() <= tolerance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(expected: Option<u64>, counted: Option<u64>) -> Line {
        Line { workload: "train".to_owned(), expected, counted }
    }

    #[test]
    fn a_count_holds_within_the_tolerance_on_both_sides() {
        for (counted, holds) in [(9_799, false), (9_801, true), (10_000, true), (10_199, true), (10_201, false)] {
            assert_eq!(line(Some(10_000), Some(counted)).holds(TOLERANCE), holds, "{counted}");
        }
    }

    #[test]
    fn another_compiler_has_more_room() {
        let toolchain = |rustc: &str| Toolchain { target: "t".to_owned(), rustc: rustc.to_owned() };
        let figures = Figures { toolchain: toolchain("1.2.3"), instructions: Instructions::new() };
        assert!(figures.tolerance(&toolchain("1.2.3")) < figures.tolerance(&toolchain("1.4.0")));
    }

    #[test]
    fn a_workload_on_one_side_only_does_not_hold() {
        assert!(!line(None, Some(1)).holds(TOLERANCE));
        assert!(!line(Some(1), None).holds(TOLERANCE));
    }

    #[test]
    fn every_workload_of_both_sides_is_compared_once() {
        let toolchain = Toolchain { target: "t".to_owned(), rustc: "1".to_owned() };
        let counts = |names: &[&str]| names.iter().map(|&name| (name.to_owned(), 5)).collect::<Instructions>();
        let figures = Figures { toolchain, instructions: counts(&["a", "b"]) };
        let lines = figures.compare(&counts(&["b", "c"]));
        let seen: Vec<_> = lines.iter().map(|line| (line.workload.as_str(), line.expected, line.counted)).collect();
        assert_eq!(seen, [("a", Some(5), None), ("b", Some(5), Some(5)), ("c", None, Some(5))]);
    }

    #[test]
    fn the_committed_figures_can_be_read() {
        assert!(!Figures::read().unwrap().instructions.is_empty());
    }
}
