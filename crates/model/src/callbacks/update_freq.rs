//! When the numbers of a batch are written.

use super::refused;
use crate::ModelError;

/// When [`TensorBoard`](super::TensorBoard) writes the numbers of a batch.
///
/// ```
/// use cornu_model::callbacks::UpdateFreq;
///
/// assert_eq!(UpdateFreq::from(100), UpdateFreq::Batches(100));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UpdateFreq {
    /// Never: those of the epoch are enough (Keras's `"epoch"`).
    #[default]
    Epoch,
    /// After every batch (Keras's `"batch"`).
    Batch,
    /// After so many batches each.
    Batches(usize),
}

impl From<usize> for UpdateFreq {
    fn from(batches: usize) -> Self {
        Self::Batches(batches)
    }
}

impl UpdateFreq {
    /// Refuses to write after no batch.
    pub(super) fn check(self, callback: &str) -> Result<(), ModelError> {
        match self {
            Self::Batches(0) => Err(refused(callback, "`update_freq` to be at least 1 batch", "update_freq=0")),
            _ => Ok(()),
        }
    }

    /// Whether the numbers of this batch, counted from 1, are written.
    pub(super) fn is_due(self, batch: u64) -> bool {
        match self {
            Self::Epoch => false,
            Self::Batch => true,
            Self::Batches(batches) => batch.is_multiple_of(batches as u64),
        }
    }
}
