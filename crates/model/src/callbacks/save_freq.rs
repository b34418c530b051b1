//! When a callback saves.

use super::refused;
use crate::ModelError;

/// When a callback saves: at the end of every epoch, or after so many batches each.
///
/// ```
/// use cornu_model::callbacks::SaveFreq;
///
/// assert_eq!(SaveFreq::from(100), SaveFreq::Batches(100));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SaveFreq {
    /// At the end of every epoch (Keras's `"epoch"`).
    #[default]
    Epoch,
    /// After so many batches each, of whichever epoch.
    Batches(usize),
}

impl From<usize> for SaveFreq {
    fn from(batches: usize) -> Self {
        Self::Batches(batches)
    }
}

impl SaveFreq {
    /// Refuses to save after no batch.
    pub(super) fn check(self, callback: &str) -> Result<(), ModelError> {
        match self {
            Self::Batches(0) => Err(refused(callback, "`save_freq` to be at least 1 batch", "save_freq=0")),
            _ => Ok(()),
        }
    }

    /// Counts one more batch; tells whether it is time to save.
    pub(super) fn is_due(self, seen: &mut usize) -> bool {
        let Self::Batches(batches) = self else { return false };
        *seen += 1;
        let is_due = *seen >= batches;
        if is_due {
            *seen = 0;
        }
        is_due
    }
}
