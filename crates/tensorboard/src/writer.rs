//! The writer of an event file.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::event::{self, Moment};
use crate::{Histogram, TensorBoardError, record};

/// Writes an event file into a folder, which is one run of TensorBoard (`tf.summary.create_file_writer`).
///
/// The file is new, whatever the folder has. What is written may stay in memory until [`EventWriter::flush`]; a writer that
/// is dropped writes it too, but cannot say if that fails.
///
/// ```
/// use cornu_tensorboard::EventWriter;
///
/// let folder = std::env::temp_dir().join(format!("cornu-writer-{}", std::process::id()));
/// let mut writer = EventWriter::create(&folder)?;
/// for step in 0..100 {
///     writer.scalar("rate", step, 0.5f64.powi(step as i32))?;
/// }
/// writer.flush()?;
/// # std::fs::remove_dir_all(folder).ok();
/// # Ok::<(), cornu_tensorboard::TensorBoardError>(())
/// ```
#[derive(Debug)]
pub struct EventWriter {
    path: PathBuf,
    file: BufWriter<File>,
    /// The event that is written, kept for its memory.
    event: Vec<u8>,
}

impl EventWriter {
    /// A new file in this folder, which is made if it is not there. Its name is that of TensorFlow's:
    /// `events.out.tfevents.SECONDS.cornu.PROCESS.NUMBER.v2`.
    ///
    /// # Errors
    /// [`TensorBoardError::File`] if folder or file cannot be made or written.
    pub fn create(folder: impl AsRef<Path>) -> Result<Self, TensorBoardError> {
        let folder = folder.as_ref();
        fs::create_dir_all(folder).map_err(TensorBoardError::file("create the folder", folder))?;
        let (now, process) = (now(), process::id());
        let mut number = 0u32;
        let (path, file) = loop {
            let path = folder.join(format!("events.out.tfevents.{:010}.cornu.{process}.{number}.v2", now.as_secs()));
            match File::create_new(&path) {
                Ok(file) => break (path, file),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(TensorBoardError::file("create", path)(error)),
            }
        };
        let mut writer = Self { path, file: BufWriter::new(file), event: Vec::new() };
        writer.write(|buffer| event::version(buffer, now.as_secs_f64()))?;
        writer.flush()?;
        Ok(writer)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a number, as an `f32`, to the curve of this tag.
    ///
    /// # Errors
    /// [`TensorBoardError::File`] if the file cannot be written.
    pub fn scalar(&mut self, tag: &str, step: u64, value: f64) -> Result<(), TensorBoardError> {
        let moment = Moment { wall_time: now().as_secs_f64(), step };
        self.write(|buffer| event::scalar(buffer, moment, tag, value))
    }

    /// Adds a histogram to those of this tag.
    ///
    /// # Errors
    /// [`TensorBoardError::File`] if the file cannot be written.
    pub fn histogram(&mut self, tag: &str, step: u64, histogram: &Histogram) -> Result<(), TensorBoardError> {
        let moment = Moment { wall_time: now().as_secs_f64(), step };
        self.write(|buffer| event::histogram(buffer, moment, tag, histogram))
    }

    /// Hands everything that was written to the system, so that TensorBoard sees it.
    ///
    /// # Errors
    /// [`TensorBoardError::File`] if the file cannot be written.
    pub fn flush(&mut self) -> Result<(), TensorBoardError> {
        self.file.flush().map_err(TensorBoardError::file("write", &self.path))
    }

    fn write(&mut self, encode: impl FnOnce(&mut Vec<u8>)) -> Result<(), TensorBoardError> {
        self.event.clear();
        encode(&mut self.event);
        record::write(&mut self.file, &self.event).map_err(TensorBoardError::file("write", &self.path))
    }
}

/// The time since 1970; a clock before that says 1970.
fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
