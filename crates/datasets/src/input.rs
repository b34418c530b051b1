//! Bytes to read, from a file or from memory, packed (gzip) or not.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::DatasetError;

/// The first bytes of a gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A source of bytes. Memory grows with the bytes that come, never with what a header says.
pub(crate) struct Input<'a> {
    reader: Box<dyn Read + 'a>,
    packed: bool,
}

impl<'a> Input<'a> {
    /// What begins as a gzip file is unpacked.
    pub(crate) fn new(mut reader: impl BufRead + 'a) -> Result<Self, DatasetError> {
        let packed = reader.fill_buf().map_err(DatasetError::Read)?.starts_with(&GZIP);
        let reader: Box<dyn Read + 'a> = if packed { Box::new(MultiGzDecoder::new(reader)) } else { Box::new(reader) };
        Ok(Self { reader, packed })
    }

    /// The bytes as they are.
    #[cfg(feature = "npy")]
    pub(crate) fn plain(reader: impl Read + 'a) -> Self {
        Self { reader: Box::new(reader), packed: false }
    }

    /// Exactly so many bytes of this, in a file of this format.
    pub(crate) fn exactly(&mut self, count: usize, format: &'static str, what: &str) -> Result<Vec<u8>, DatasetError> {
        let bytes = self.at_most(count)?;
        if bytes.len() < count {
            let expected = format!("{count} bytes of {what}");
            return Err(DatasetError::Format { format, expected, received: format!("{} bytes", bytes.len()) });
        }
        Ok(bytes)
    }

    /// So many bytes, or as many as there are.
    pub(crate) fn at_most(&mut self, count: usize) -> Result<Vec<u8>, DatasetError> {
        let mut bytes = Vec::new();
        let read = self.reader.by_ref().take(count as u64).read_to_end(&mut bytes);
        read.map_err(|error| self.error(error))?;
        Ok(bytes)
    }

    /// There must be no byte left. For a gzip file this compares its checksum too.
    pub(crate) fn end(&mut self, format: &'static str) -> Result<(), DatasetError> {
        if self.at_most(1)?.is_empty() {
            return Ok(());
        }
        let expected = "the end of the file after its values".to_owned();
        Err(DatasetError::Format { format, expected, received: "more bytes".to_owned() })
    }

    /// The bytes as they come, for a reader of archives.
    pub(crate) fn into_reader(self) -> Box<dyn Read + 'a> {
        self.reader
    }

    fn error(&self, error: io::Error) -> DatasetError {
        if self.packed { DatasetError::Gzip(error) } else { DatasetError::Read(error) }
    }
}

/// Opens a file and reads it; what goes wrong names the file.
pub(crate) fn in_file<R>(
    path: &Path,
    read: impl FnOnce(BufReader<File>) -> Result<R, DatasetError>,
) -> Result<R, DatasetError> {
    let error = |source| DatasetError::Io { action: "open", path: path.to_owned(), source };
    let file = File::open(path).map_err(error)?;
    read(BufReader::new(file)).map_err(|source| of_file(path, source))
}

/// All bytes of a file.
pub(crate) fn all(mut file: BufReader<File>) -> Result<Vec<u8>, DatasetError> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(DatasetError::Read)?;
    Ok(bytes)
}

/// The error, with the name of the file.
pub(crate) fn of_file(path: &Path, source: DatasetError) -> DatasetError {
    DatasetError::File { path: path.to_owned(), source: Box::new(source) }
}
