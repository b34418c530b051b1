//! Event files for TensorBoard: scalars and histograms, as TensorFlow 2 writes them, without TensorFlow. It knows no
//! models.
//!
//! An event file is a sequence of records, each with two checksums; the first says `brain.Event:2`, each of the others is one
//! value of one tag at one step. TensorBoard reads every file of a folder as one run.
//!
//! ```
//! use cornu_tensorboard::{EventWriter, Histogram};
//!
//! let logs = std::env::temp_dir().join(format!("cornu-run-{}", std::process::id()));
//! let mut writer = EventWriter::create(&logs)?;
//! writer.scalar("epoch_loss", 0, 0.25)?;
//! writer.histogram("dense/kernel/histogram", 0, &Histogram::new([0.5, -0.25, 0.125]))?;
//! writer.flush()?;
//! assert!(writer.path().starts_with(&logs));
//! # std::fs::remove_dir_all(logs).ok();
//! # Ok::<(), cornu_tensorboard::TensorBoardError>(())
//! ```

mod error;
mod event;
mod histogram;
mod message;
mod record;
mod writer;

pub use error::TensorBoardError;
pub use histogram::{Bucket, Histogram};
pub use writer::EventWriter;

/// The README's Rust is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
