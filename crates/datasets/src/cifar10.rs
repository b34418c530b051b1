//! CIFAR-10: 60,000 colour pictures of 32 by 32 pixels in ten classes (Krizhevsky, 2009).
//!
//! Keras's `keras.datasets.cifar10`, read from the binary version of its
//! [home page](https://www.cs.toronto.edu/~kriz/cifar.html). Keras reads the Python version, a pickle, which is a
//! program: Cornu never reads one.

use std::io::Read;
use std::path::{Path, PathBuf};

use cornu_tensor::{Scalar, Tensor};

use crate::cache::Remote;
use crate::input::{Input, in_file};
use crate::{Cache, Dataset, DatasetError};

/// The brightest value of a colour; the darkest is 0. `scaled(1.0 / WHITE)` brings the values between 0 and 1.
pub const WHITE: f64 = 255.0;

/// The names of the classes.
pub const CLASS_NAMES: [&str; 10] =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

const FORMAT: &str = "CIFAR-10";
/// The pixels of a row, and the rows of a picture.
const SIDE: usize = 32;
const PIXELS: usize = SIDE * SIDE;
const COLOURS: [&str; 3] = ["red", "green", "blue"];
/// The class of a picture, then all its red values, all green, all blue.
const RECORD: usize = 1 + COLOURS.len() * PIXELS;
/// The most bytes of one file.
const MOST: usize = 10_000 * RECORD;
/// The files: five for training, one for the test.
const FILES: [&str; 6] = [
    "data_batch_1.bin",
    "data_batch_2.bin",
    "data_batch_3.bin",
    "data_batch_4.bin",
    "data_batch_5.bin",
    "test_batch.bin",
];
/// The folder of the files, in the archive too.
const FOLDER: &str = "cifar-10-batches-bin";

const ARCHIVE: Remote = Remote {
    name: "cifar-10-binary.tar.gz",
    url: "https://www.cs.toronto.edu/~kriz",
    bytes: 170_052_171,
    sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
};

/// The training and the test samples, from Keras's cache folder ([`Cache::keras`]): features `(50000, 32, 32, 3)` and
/// `(10000, 32, 32, 3)` from 0 to [`WHITE`], as in the files.
///
/// ```no_run
/// use cornu_datasets::cifar10;
///
/// let (train, test) = cifar10::load::<f32>()?;
/// let (train, test) = (train.scaled(1.0 / cifar10::WHITE), test.scaled(1.0 / cifar10::WHITE));
/// assert_eq!(train.class_name(0), Some("frog"));
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
///
/// # Errors
/// [`DatasetError::NoHome`], or as [`load_from`].
pub fn load<T: Scalar>() -> Result<(Dataset<T>, Dataset<T>), DatasetError> {
    load_from(&Cache::keras()?)
}

/// The training and the test samples, from this folder: the files `data_batch_1.bin` to `data_batch_5.bin` and
/// `test_batch.bin`, in the folder itself or in its folder `cifar-10-batches-bin`, or the archive
/// `cifar-10-binary.tar.gz` with them. With the feature `download`, the archive is downloaded if there is neither.
///
/// # Errors
/// [`DatasetError::Missing`], [`DatasetError::Download`] or [`DatasetError::Checksum`] if neither is there;
/// [`DatasetError::File`], with the file and what is wrong in it, for one that is broken. Remove it, and it is looked
/// for anew.
pub fn load_from<T: Scalar>(cache: &Cache) -> Result<(Dataset<T>, Dataset<T>), DatasetError> {
    let found: Vec<PathBuf> = FILES.iter().filter_map(|name| cache.find(FOLDER, &[name])).collect();
    if found.len() == FILES.len() {
        let mut parts = Vec::with_capacity(FILES.len());
        for path in &found {
            parts.push(in_file(path, |file| whole(&mut Input::new(file)?))?);
        }
        return datasets(&parts);
    }
    let archive = cache.find("", &[ARCHIVE.name]).map_or_else(|| cache.fetch("", &ARCHIVE), Ok)?;
    in_file(&archive, |file| datasets(&unpacked(Input::new(file)?)?))
}

/// The samples of one file in the binary form: a record of 3,073 bytes each, its class and then its red, green and
/// blue values, row-major.
///
/// ```
/// use cornu_datasets::cifar10;
///
/// let picture = [&[6][..], &[255; 1024], &[128; 1024], &[0; 1024]].concat(); // an orange frog
/// let data = cifar10::parse::<f32>(&picture)?;
/// assert_eq!(data.features().shape(), [1, 32, 32, 3].into());
/// assert_eq!(data.features().as_slice()[..3], [255.0, 128.0, 0.0]);
/// assert_eq!(data.class_name(0), Some("frog"));
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
///
/// # Errors
/// [`DatasetError::Format`] if it is not of whole records; [`DatasetError::Argument`] for a class above 9.
pub fn parse<T: Scalar>(bytes: &[u8]) -> Result<Dataset<T>, DatasetError> {
    dataset(&[checked(bytes)?])
}

/// Training and test samples of six files.
fn datasets<T: Scalar>(parts: &[Vec<u8>]) -> Result<(Dataset<T>, Dataset<T>), DatasetError> {
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    let (train, test) = parts.split_at(parts.len().saturating_sub(1));
    Ok((dataset(train)?, dataset(test)?))
}

/// The samples of these files of whole records. The colours of a pixel are brought side by side, as Keras has them.
fn dataset<T: Scalar>(parts: &[&[u8]]) -> Result<Dataset<T>, DatasetError> {
    let records = || parts.iter().flat_map(|part| part.as_chunks::<RECORD>().0);
    let count = records().count();
    let mut labels = Vec::with_capacity(count);
    let mut values = Vec::with_capacity(count * (RECORD - 1));
    for [class, planes @ ..] in records() {
        labels.push(usize::from(*class));
        let (red, rest) = planes.split_at(PIXELS);
        let (green, blue) = rest.split_at(PIXELS);
        for ((&red, &green), &blue) in red.iter().zip(green).zip(blue) {
            values.extend([red, green, blue].map(|value| T::of(value.into())));
        }
    }
    let names: Vec<String> =
        (0..PIXELS).flat_map(|i| COLOURS.map(|colour| format!("pixel_{}_{}_{colour}", i / SIDE, i % SIDE))).collect();
    Dataset::new(Tensor::new([count, SIDE, SIDE, COLOURS.len()], values)?, labels, &CLASS_NAMES, &names)
}

/// All of one file.
fn whole(input: &mut Input<'_>) -> Result<Vec<u8>, DatasetError> {
    let bytes = input.at_most(MOST)?;
    input.end(FORMAT)?;
    checked(&bytes)?;
    Ok(bytes)
}

/// Bytes that are whole records.
fn checked(bytes: &[u8]) -> Result<&[u8], DatasetError> {
    if bytes.len().is_multiple_of(RECORD) {
        return Ok(bytes);
    }
    Err(format(format!("records of {RECORD} bytes"), format!("{} bytes", bytes.len())))
}

/// The six files of an archive, in the order of [`FILES`].
fn unpacked(input: Input<'_>) -> Result<Vec<Vec<u8>>, DatasetError> {
    // Headers and paddings of tar, and the readme.
    let most = (FILES.len() * MOST) as u64 + (1 << 20);
    let mut archive = tar::Archive::new(input.into_reader().take(most));
    let mut parts: [Option<Vec<u8>>; FILES.len()] = Default::default();
    for entry in archive.entries().map_err(broken)? {
        let entry = entry.map_err(broken)?;
        let path = entry.path().map_err(broken)?;
        let index = FILES.iter().position(|name| path.file_name().is_some_and(|last| last == *name));
        if let Some((index, slot)) = index.and_then(|index| Some((index, parts.get_mut(index)?))) {
            *slot = Some(part(FILES[index], entry)?);
        }
    }
    // To the end, where the checksum of gzip is.
    std::io::copy(&mut archive.into_inner(), &mut std::io::sink()).map_err(broken)?;
    let missing = |(part, name): (Option<Vec<u8>>, &str)| {
        part.ok_or_else(|| format(format!("`{FOLDER}/{name}` in the archive"), "no such file".to_owned()))
    };
    parts.into_iter().zip(FILES).map(missing).collect()
}

/// One file of an archive.
fn part(name: &'static str, mut entry: impl Read) -> Result<Vec<u8>, DatasetError> {
    let mut bytes = Vec::new();
    entry.by_ref().take(MOST as u64 + 1).read_to_end(&mut bytes).map_err(broken)?;
    let named = |source| DatasetError::File { path: Path::new(name).to_owned(), source: Box::new(source) };
    if bytes.len() > MOST {
        return Err(named(format(format!("at most {MOST} bytes"), "more bytes".to_owned())));
    }
    checked(&bytes).map_err(named)?;
    Ok(bytes)
}

fn broken(error: std::io::Error) -> DatasetError {
    format("a whole archive (tar.gz)".to_owned(), error.to_string())
}

fn format(expected: String, received: String) -> DatasetError {
    DatasetError::Format { format: FORMAT, expected, received }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_that_are_not_whole() -> Result<(), DatasetError> {
        let message = |bytes: &[u8]| parse::<f32>(bytes).unwrap_err().to_string();
        assert_eq!(message(&[0; RECORD - 1]), "CIFAR-10: expected records of 3073 bytes. Received: 3072 bytes");
        assert_eq!(message(&[0; RECORD + 1]), "CIFAR-10: expected records of 3073 bytes. Received: 3074 bytes");
        assert_eq!(
            message(&[10; RECORD]),
            "expected `labels` to be less than 10, the number of classes. Received: labels=10"
        );
        assert!(parse::<f32>(&[])?.is_empty());
        Ok(())
    }

    #[test]
    fn the_name_says_the_pixel() -> Result<(), DatasetError> {
        let record: Vec<u8> = (0..RECORD).map(|i| if i == 0 { 9 } else { (i / 7) as u8 }).collect();
        let data = parse::<f64>(&record)?;
        for (i, &value) in data.features().as_slice().iter().enumerate() {
            let (pixel, colour) = (i / 3, i % 3);
            assert_eq!(data.feature_names()[i], format!("pixel_{}_{}_{}", pixel / 32, pixel % 32, COLOURS[colour]));
            assert_eq!(value, f64::from(record[1 + colour * PIXELS + pixel]));
        }
        Ok(())
    }
}
