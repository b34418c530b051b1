//! What can go wrong with a data set.

use std::io;
use std::path::PathBuf;

use cornu_tensor::TensorError;
use thiserror::Error;

/// An error of this crate: what was expected, and what came.
///
/// Lines and columns are counted from 1; a column is a field of the line.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// There is no row.
    #[error("expected at least one row. Received: none")]
    Empty,
    /// A first line that does not describe the file.
    #[error("line 1, column {column}: expected {expected}. Received: {received:?}")]
    Header {
        /// The field.
        column: usize,
        /// What it must be, in words.
        expected: &'static str,
        /// What came.
        received: String,
    },
    /// Another number of rows than the first line says.
    #[error("expected {expected} rows, as the first line says. Received: {received}")]
    Rows {
        /// The number that the first line says.
        expected: usize,
        /// The number that came.
        received: usize,
    },
    /// A line with too few or too many fields.
    #[error("line {line}: expected {expected} fields. Received: {received}")]
    Fields {
        /// The line.
        line: u64,
        /// The number of fields that it must have.
        expected: usize,
        /// The number that came.
        received: usize,
    },
    /// A field that is not a number.
    #[error("line {line}, column {column}: expected a finite number. Received: {received:?}")]
    Number {
        /// The line.
        line: u64,
        /// The field.
        column: usize,
        /// What came.
        received: String,
    },
    /// A class that does not exist.
    #[error("line {line}, column {column}: expected a class from 0 to {}. Received: {received:?}", .classes.saturating_sub(1))]
    Label {
        /// The line.
        line: u64,
        /// The field.
        column: usize,
        /// The number of classes.
        classes: usize,
        /// What came.
        received: String,
    },
    /// The name of a class that is none of those there are.
    #[error("line {line}, column {column}: expected one of: {}. Received: {received:?}", .known.join(", "))]
    ClassName {
        /// The line.
        line: u64,
        /// The field.
        column: usize,
        /// The names there are.
        known: Vec<String>,
        /// What came.
        received: String,
    },
    /// Bytes that are not a whole gzip file.
    #[error("expected a whole gzip file. Received: {0}")]
    Gzip(#[source] io::Error),
    /// Bytes that cannot be read.
    #[error("expected bytes that can be read. Received: {0}")]
    Read(#[source] io::Error),
    /// Bytes of another form.
    #[error("{format}: expected {expected}. Received: {received}")]
    Format {
        /// The form that they should have, by its name.
        format: &'static str,
        /// What should be there, in words.
        expected: String,
        /// What came.
        received: String,
    },
    /// What is wrong with a file.
    #[error("{}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: Box<DatasetError>,
    },
    /// A file or a folder that the system does not give.
    #[error("expected to {action} {}. Received: {source}", .path.display())]
    Io {
        /// What was to be done: `open`, `write` …
        action: &'static str,
        /// The file or the folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Neither `KERAS_HOME` nor a home folder is known.
    #[error(
        "expected the environment to name KERAS_HOME or a home folder; or name a folder: `Cache::new`. Received: neither"
    )]
    NoHome,
    /// A file of a data set that is not in the cache folder.
    #[error(
        "expected `{file}` in {}. Get it from {url} and put it there, or let Cornu do that: feature `download`, not offline. \
         Received: no such file",
        .folder.display()
    )]
    Missing {
        /// The name of the file.
        file: String,
        /// The folder in which it should be.
        folder: PathBuf,
        /// Where it can be had.
        url: String,
    },
    /// A file of a data set that is not in the cache folder, and that could not be downloaded.
    #[error(
        "expected `{file}` in {}, or to download it. Without a network, get it from {url} elsewhere and put it there. \
         Received: {source}",
        .folder.display()
    )]
    Download {
        /// The name of the file.
        file: String,
        /// The folder in which it should be.
        folder: PathBuf,
        /// Where it can be had.
        url: String,
        /// What the network said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A download that is not the file that was published. Nothing is kept of it.
    #[error("{url}: expected {expected}. Received: {received}")]
    Checksum {
        /// Where it came from.
        url: String,
        /// The number of bytes and the SHA-256 of the file.
        expected: String,
        /// Those of what came.
        received: String,
    },
    /// Bytes that are not comma-separated values.
    #[error("expected comma-separated values. Received: {0}")]
    Csv(#[source] csv::Error),
    /// An argument that does not fit.
    #[error("expected `{argument}` to be {expected}. Received: {argument}={received}")]
    Argument {
        /// The argument.
        argument: &'static str,
        /// What it must be, in words.
        expected: String,
        /// What came.
        received: String,
    },
    /// A name that no feature, class, column or array has.
    #[error("unknown {what}. Expected one of: {}. Received: {received:?}", .known.join(", "))]
    UnknownName {
        /// What the name is of: `feature`, `class`, `column` or `array`.
        what: &'static str,
        /// The names there are.
        known: Vec<String>,
        /// The name that came.
        received: String,
    },
    /// A shape that no tensor can have, or a row that does not exist.
    #[error(transparent)]
    Tensor(#[from] TensorError),
}
