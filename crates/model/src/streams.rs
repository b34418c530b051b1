//! The streams of random numbers under a model's seed: `derive(seed, STREAM)`.

/// The initial weights, by layer and weight.
pub(crate) const WEIGHTS: u64 = 0;
/// Everything random inside layers, such as dropout, by place and step.
pub(crate) const LAYERS: u64 = 1;
/// The shuffling, by the step at which the epoch begins.
pub(crate) const SHUFFLING: u64 = 2;
