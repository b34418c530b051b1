//! What the metrics share that look for the best of one measure where another is good enough.

use cornu_config::{Arguments, Config};

use crate::MetricError;
use crate::confusion::Counts;
use crate::tally::Tally;

/// Keras's number of thresholds.
const NUM_THRESHOLDS: usize = 200;

/// The counts at even thresholds, and the least value of the measure that must be good enough.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct At {
    pub(crate) tally: Tally,
    least: f64,
    num_thresholds: usize,
}

impl At {
    pub(crate) fn new(
        metric: &'static str,
        name: &str,
        argument: &'static str,
        least: f64,
    ) -> Result<Self, MetricError> {
        if !(0.0..=1.0).contains(&least) {
            return MetricError::argument(metric, argument, "a number from 0 to 1", least);
        }
        Ok(Self { tally: Tally::new(name).even(NUM_THRESHOLDS), least, num_thresholds: NUM_THRESHOLDS })
    }

    pub(crate) fn num_thresholds(self, metric: &'static str, num_thresholds: usize) -> Result<Self, MetricError> {
        if num_thresholds == 0 {
            return MetricError::argument(metric, "num_thresholds", "at least 1", num_thresholds);
        }
        Ok(Self { tally: self.tally.even(num_thresholds), num_thresholds, ..self })
    }

    pub(crate) fn class_id(self, class_id: usize) -> Self {
        Self { tally: self.tally.class_id(class_id), ..self }
    }

    pub(crate) fn with_name(self, name: impl Into<String>) -> Self {
        Self { tally: self.tally.with_name(name), ..self }
    }

    pub(crate) fn read(
        metric: &'static str,
        name: &str,
        argument: &'static str,
        arguments: &mut Arguments<'_>,
    ) -> Result<Self, MetricError> {
        let at = Self::new(metric, name, argument, arguments.required(argument)?)?;
        let at = at.num_thresholds(metric, arguments.or("num_thresholds", NUM_THRESHOLDS)?)?;
        Ok(match arguments.get("class_id")? {
            Some(class_id) => at.class_id(class_id),
            None => at,
        })
    }

    pub(crate) fn write(&self, config: Config, argument: &'static str) -> Config {
        let config = config.with("num_thresholds", self.num_thresholds).with(argument, self.least);
        config.with("class_id", self.tally.selection.class_id)
    }

    /// The largest `of` where `bound` is at least what is wanted. They are compared in `f32`, as Keras does, so that
    /// sums that should be equal are.
    pub(crate) fn best(&self, of: fn(Counts) -> f64, bound: fn(Counts) -> f64) -> f64 {
        let enough = |&counts: &Counts| bound(counts) as f32 >= self.least as f32;
        self.tally.counts().filter(enough).map(of).fold(0.0, f64::max)
    }
}
