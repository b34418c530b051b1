//! IDX files, in which MNIST and its kin are kept: an array of numbers.
//!
//! | bytes | what |
//! |---|---|
//! | 2 | zero |
//! | 1 | the type: 8 `u8`, 9 `i8`, 11 `i16`, 12 `i32`, 13 `f32`, 14 `f64` |
//! | 1 | the number of dimensions |
//! | 4 each | the dimensions, as `u32` |
//! | the rest | the values, row-major |
//!
//! All numbers are big-endian. The file may be packed (gzip): its first bytes tell.

use std::path::Path;

use cornu_tensor::{MAX_RANK, Scalar, Shape, Tensor, TensorError};

use crate::DatasetError;
use crate::input::{Input, in_file};

const FORMAT: &str = "IDX";

/// The array in a file.
///
/// ```no_run
/// use cornu_datasets::idx;
///
/// let pictures = idx::read::<f32>("train-images-idx3-ubyte.gz")?;
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
///
/// # Errors
/// [`DatasetError::Io`] if the file cannot be opened, else [`DatasetError::File`] with what is wrong in it: see
/// [`parse`].
pub fn read<T: Scalar>(path: impl AsRef<Path>) -> Result<Tensor<T>, DatasetError> {
    in_file(path.as_ref(), |file| tensor(Input::new(file)?))
}

/// The array in these bytes, packed (gzip) or not.
///
/// ```
/// use cornu_datasets::idx;
/// use cornu_tensor::Tensor;
///
/// let bytes = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 255];
/// assert_eq!(idx::parse::<f32>(&bytes)?, Tensor::from([[1.0, 2.0], [3.0, 255.0]]));
///
/// let error = idx::parse::<f32>(&bytes[..15]).unwrap_err();
/// assert_eq!(error.to_string(), "IDX: expected 4 bytes of values of shape (2, 2). Received: 3 bytes");
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
///
/// # Errors
/// [`DatasetError::Format`] for bytes of another form, too few or too many; [`DatasetError::Gzip`] for a broken
/// gzip file; [`DatasetError::Tensor`] for a shape that no tensor can have.
pub fn parse<T: Scalar>(bytes: &[u8]) -> Result<Tensor<T>, DatasetError> {
    tensor(Input::new(bytes)?)
}

fn tensor<T: Scalar>(mut input: Input<'_>) -> Result<Tensor<T>, DatasetError> {
    let header = Header::read(&mut input)?;
    let bytes = header.values(&mut input)?;
    Ok(Tensor::new(header.shape, header.kind.decode(&bytes))?)
}

/// An array of bytes whose shape is asked before its values are read.
pub(crate) fn read_bytes(
    path: &Path,
    expected: &str,
    fits: impl FnOnce(Shape) -> bool,
) -> Result<(Shape, Vec<u8>), DatasetError> {
    in_file(path, |file| {
        let mut input = Input::new(file)?;
        let header = Header::read(&mut input)?;
        if header.kind != Kind::U8 || !fits(header.shape) {
            let received = format!("{} of shape {}", header.kind.name(), header.shape);
            return Err(format(format!("u8 of shape {expected}"), received));
        }
        Ok((header.shape, header.values(&mut input)?))
    })
}

struct Header {
    kind: Kind,
    shape: Shape,
}

impl Header {
    fn read(input: &mut Input<'_>) -> Result<Self, DatasetError> {
        let first = input.exactly(4, FORMAT, "type and number of dimensions")?;
        let (kind, rank) = match first[..] {
            [0, 0, kind, rank] => (Kind::of(kind), usize::from(rank)),
            _ => (None, 0),
        };
        let Some(kind) = kind else {
            let expected = "0, 0, a type (8, 9, 11, 12, 13 or 14) and the number of dimensions";
            return Err(format(expected.to_owned(), format!("{first:?}")));
        };
        if rank > MAX_RANK {
            return Err(TensorError::Rank { received: rank }.into());
        }
        let dims = input.exactly(4 * rank, FORMAT, "dimensions")?;
        let dims: Vec<usize> = big_endian(&dims, |dim| u32::from_be_bytes(dim) as usize);
        Ok(Self { kind, shape: Shape::new(&dims)? })
    }

    fn values(&self, input: &mut Input<'_>) -> Result<Vec<u8>, DatasetError> {
        let what = format!("values of shape {}", self.shape);
        let bytes = input.exactly(self.shape.size() * self.kind.size(), FORMAT, &what)?;
        input.end(FORMAT)?;
        Ok(bytes)
    }
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    U8,
    I8,
    I16,
    I32,
    F32,
    F64,
}

impl Kind {
    fn of(byte: u8) -> Option<Self> {
        Some(match byte {
            8 => Self::U8,
            9 => Self::I8,
            11 => Self::I16,
            12 => Self::I32,
            13 => Self::F32,
            14 => Self::F64,
            _ => return None,
        })
    }

    /// In bytes.
    fn size(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::I16 => 2,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }

    fn decode<T: Scalar>(self, bytes: &[u8]) -> Vec<T> {
        match self {
            Self::U8 => big_endian(bytes, |[byte]| T::of(byte.into())),
            Self::I8 => big_endian(bytes, |value| T::of(i8::from_be_bytes(value).into())),
            Self::I16 => big_endian(bytes, |value| T::of(i16::from_be_bytes(value).into())),
            Self::I32 => big_endian(bytes, |value| T::of(i32::from_be_bytes(value).into())),
            Self::F32 => big_endian(bytes, |value| T::of(f32::from_be_bytes(value).into())),
            Self::F64 => big_endian(bytes, |value| T::of(f64::from_be_bytes(value))),
        }
    }
}

/// One value of every `N` bytes.
fn big_endian<V, const N: usize>(bytes: &[u8], value: impl Fn([u8; N]) -> V) -> Vec<V> {
    bytes.as_chunks().0.iter().map(|&chunk| value(chunk)).collect()
}

fn format(expected: String, received: String) -> DatasetError {
    DatasetError::Format { format: FORMAT, expected, received }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8]) -> String {
        parse::<f32>(bytes).unwrap_err().to_string()
    }

    #[test]
    fn every_type() -> Result<(), DatasetError> {
        let file = |kind, values: &[u8]| [&[0, 0, kind, 1, 0, 0, 0, 1], values].concat();
        for (kind, values, expected) in [
            (8, &[200][..], 200.0),
            (9, &[200], -56.0),
            (11, &[255, 254], -2.0),
            (12, &(-70_000_i32).to_be_bytes(), -70_000.0),
            (13, &1.5_f32.to_be_bytes(), 1.5),
            (14, &(-2.25_f64).to_be_bytes(), -2.25),
        ] {
            assert_eq!(parse::<f64>(&file(kind, values))?, Tensor::from([expected]));
            let error = parse::<f64>(&file(kind, &values[1..])).unwrap_err().to_string();
            assert!(error.contains("bytes of values of shape (1,). Received: "), "{error}");
        }
        assert_eq!(parse::<f32>(&[0, 0, 8, 0, 7])?, Tensor::new([], vec![7.0])?);
        assert_eq!(parse::<f32>(&[0, 0, 8, 1, 0, 0, 0, 0])?, Tensor::new([0], vec![])?);
        Ok(())
    }

    #[test]
    fn sizes_that_lie() {
        let first = "IDX: expected 4 bytes of type and number of dimensions. Received: ";
        assert_eq!(message(&[]), format!("{first}0 bytes"));
        assert_eq!(message(&[0, 0, 8]), format!("{first}3 bytes"));
        assert_eq!(message(&[0, 0, 8, 3, 0, 0, 0, 1]), "IDX: expected 12 bytes of dimensions. Received: 4 bytes");
        let huge = [&[0, 0, 14, 8][..], &[255; 32]].concat();
        assert!(message(&huge).starts_with("expected dimensions whose product this machine can address."));
        // 64 pebibytes are promised, one byte comes.
        let large = [0, 0, 8, 2, 16, 0, 0, 0, 16, 0, 0, 0, 1];
        let promised =
            "IDX: expected 72057594037927936 bytes of values of shape (268435456, 268435456). Received: 1 bytes";
        assert_eq!(message(&large), promised);
        assert!(message(&[0, 0, 8, 9]).starts_with("a shape has at most 8 dimensions."));
        assert_eq!(
            message(&[0, 0, 8, 1, 0, 0, 0, 1, 5, 6]),
            "IDX: expected the end of the file after its values. Received: more bytes"
        );
    }

    #[test]
    fn bytes_of_another_form() {
        let expected = "IDX: expected 0, 0, a type (8, 9, 11, 12, 13 or 14) and the number of dimensions. Received: ";
        assert_eq!(message(b"PK\x03\x04"), format!("{expected}[80, 75, 3, 4]"));
        assert_eq!(message(&[0, 0, 10, 1]), format!("{expected}[0, 0, 10, 1]"));
        assert!(message(&[0x1f, 0x8b, 8, 0]).starts_with("expected a whole gzip file."));
    }
}
