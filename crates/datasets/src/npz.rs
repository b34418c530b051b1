//! NumPy's `.npz` files: arrays by name, a zip archive of `.npy` files. Feature `npy`.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use cornu_tensor::{Scalar, Tensor};
use zip::CompressionMethod;
use zip::read::ZipArchive;
use zip::result::{ZipError, ZipResult};
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::input::{Input, in_file, of_file};
use crate::{DatasetError, npy};

const FORMAT: &str = "npz";
const ENDING: &str = ".npy";

/// A file whose arrays are read one by one.
///
/// ```no_run
/// use cornu_datasets::npz::Npz;
///
/// let mut file = Npz::open("mnist.npz")?;
/// let x_test = file.array::<f32>("x_test")?;
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
#[derive(Debug)]
pub struct Npz<R = BufReader<File>> {
    archive: ZipArchive<R>,
    /// The file, for messages.
    path: Option<PathBuf>,
}

impl Npz {
    /// Opens a file.
    ///
    /// # Errors
    /// [`DatasetError::Io`] if it cannot be opened, [`DatasetError::File`] if it is no zip archive.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DatasetError> {
        let path = path.as_ref();
        Ok(Self { path: Some(path.to_owned()), ..in_file(path, Self::new)? })
    }
}

impl<R: Read + Seek> Npz<R> {
    /// Arrays of this archive.
    ///
    /// ```
    /// use std::io::Cursor;
    ///
    /// use cornu_datasets::npz::{self, Npz};
    /// use cornu_tensor::Tensor;
    ///
    /// let (x, y) = (Tensor::from([[1.0_f32, 2.0]]), Tensor::from([0.0_f32]));
    /// let mut file = Npz::new(Cursor::new(npz::to_bytes(&[("x", &x), ("y", &y)])?))?;
    /// assert_eq!(file.names(), ["x", "y"]);
    /// assert_eq!(file.array::<f32>("x")?, x);
    /// # Ok::<(), cornu_datasets::DatasetError>(())
    /// ```
    ///
    /// # Errors
    /// [`DatasetError::Format`] if it is none.
    pub fn new(reader: R) -> Result<Self, DatasetError> {
        Ok(Self { archive: ZipArchive::new(reader).map_err(broken)?, path: None })
    }

    /// The names of the arrays, in the order of the file.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let name = |bytes: &[u8]| Some(std::str::from_utf8(bytes).ok()?.strip_suffix(ENDING)?.to_owned());
        self.archive.file_names_raw().filter_map(name).collect()
    }

    /// The array of this name.
    ///
    /// # Errors
    /// [`DatasetError::UnknownName`], with the names there are; else what is wrong with the array: see
    /// [`npy::parse`]. If the archive is a file, its name stands before it ([`DatasetError::File`]).
    pub fn array<T: Scalar>(&mut self, name: &str) -> Result<Tensor<T>, DatasetError> {
        let read = self.entry(name);
        read.map_err(|error| match &self.path {
            Some(path) => of_file(path, error),
            None => error,
        })
    }

    fn entry<T: Scalar>(&mut self, name: &str) -> Result<Tensor<T>, DatasetError> {
        let known = self.names();
        let entry = match self.archive.by_name(&format!("{name}{ENDING}")) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => {
                return Err(DatasetError::UnknownName { what: "array", known, received: name.to_owned() });
            }
            Err(error) => return Err(broken(error)),
        };
        // What the archive has unpacked is not unpacked once more, or a small file could be a thousand thousand times as large.
        let read = npy::tensor(Input::plain(BufReader::new(entry)));
        read.map_err(|error| of_file(Path::new(&format!("{name}{ENDING}")), error))
    }
}

/// All arrays of a file, in its order.
///
/// # Errors
/// As [`Npz::open`] and [`Npz::array`].
pub fn read<T: Scalar>(path: impl AsRef<Path>) -> Result<Vec<(String, Tensor<T>)>, DatasetError> {
    let mut file = Npz::open(path)?;
    let mut arrays = Vec::new();
    for name in file.names() {
        let array = file.array(&name)?;
        arrays.push((name, array));
    }
    Ok(arrays)
}

/// Writes a file of these arrays, as `numpy.savez` does: not compressed.
///
/// ```no_run
/// use cornu_datasets::npz;
/// use cornu_tensor::Tensor;
///
/// npz::write("weights.npz", &[("kernel", &Tensor::<f32>::zeros([3, 2])), ("bias", &Tensor::zeros([2]))])?;
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
///
/// # Errors
/// [`DatasetError::Io`] if it cannot be written; [`DatasetError::File`] if two arrays have one name.
pub fn write<T: Scalar>(path: impl AsRef<Path>, arrays: &[(&str, &Tensor<T>)]) -> Result<(), DatasetError> {
    let path = path.as_ref();
    let failed = |source| DatasetError::Io { action: "write", path: path.to_owned(), source };
    let file = File::create(path).map_err(failed)?;
    let written = encode(BufWriter::new(file), arrays).and_then(|mut file| Ok(file.flush()?));
    written.map_err(|error| match error {
        ZipError::Io(source) => failed(source),
        other => of_file(path, broken(other)),
    })
}

/// The bytes of such a file.
///
/// # Errors
/// [`DatasetError::Format`] if two arrays have one name.
pub fn to_bytes<T: Scalar>(arrays: &[(&str, &Tensor<T>)]) -> Result<Vec<u8>, DatasetError> {
    let bytes = encode(std::io::Cursor::new(Vec::new()), arrays).map_err(broken)?;
    Ok(bytes.into_inner())
}

fn encode<T: Scalar, W: Write + Seek>(writer: W, arrays: &[(&str, &Tensor<T>)]) -> ZipResult<W> {
    let mut archive = ZipWriter::new(writer);
    for (name, array) in arrays {
        // Sizes of more than 32 bits must be announced. A header takes less than the rest of it.
        let large = array.len().saturating_mul(size_of::<T>()) > u32::MAX as usize - 1024;
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(large);
        archive.start_file(format!("{name}{ENDING}"), options)?;
        npy::encode(&mut archive, array)?;
    }
    archive.finish()
}

fn broken(error: ZipError) -> DatasetError {
    let expected = "a zip archive of .npy files, each of another name".to_owned();
    DatasetError::Format { format: FORMAT, expected, received: error.to_string() }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn what_is_unpacked_is_not_unpacked_again() -> Result<(), Box<dyn std::error::Error>> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&npy::to_bytes(&Tensor::from([1.0_f32]))?)?;
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file("x.npy", SimpleFileOptions::default().compression_method(CompressionMethod::Deflated))?;
        archive.write_all(&gzip.finish()?)?;
        let error = Npz::new(archive.finish()?)?.array::<f32>("x").unwrap_err().to_string();
        assert!(error.starts_with("x.npy: npy: expected \\x93NUMPY first. Received: "), "{error}");
        Ok(())
    }
}
