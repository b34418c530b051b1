//! What can go wrong with an event file.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// An error of this crate.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TensorBoardError {
    /// A file or folder could not be made or written.
    #[error("cannot {action} {}: {message}", path.display())]
    File {
        /// What was to be done, such as `write`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The kind of error.
        kind: io::ErrorKind,
        /// What the system says.
        message: String,
    },
}

impl TensorBoardError {
    /// What the system says of a file.
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::File { action, path: path.into(), kind: error.kind(), message: error.to_string() }
    }
}
