//! NumPy's `.npy` files: one array each. Feature `npy`.
//!
//! Numbers of 1 to 8 bytes (`f4`, `f8`, `i1` to `i8`, `u1` to `u8`, `b1`) are read, little- and big-endian, in C and
//! in Fortran order; row-major values of the tensor's own type are written. An array of Python objects is a pickle,
//! which is a program: it is refused.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use cornu_tensor::{Scalar, Shape, Tensor};
use npyz::{AutoSerialize, DType, Deserialize, NpyFile, NpyHeader, Order, TypeChar, WriteOptions, WriterBuilder};

use crate::DatasetError;
use crate::input::{Input, in_file};

const FORMAT: &str = "npy";
/// What a file begins with, before the version.
const MAGIC: &[u8] = b"\x93NUMPY";
/// The longest header, in bytes: NumPy reads no longer one either (its `max_header_size`).
const LONGEST_HEADER: usize = 10_000;
/// Dimensions of so many digits together have a product that 64 bits can hold.
const MOST_DIGITS: usize = 19;

/// The array in a file. A number that the tensor's type does not have becomes the nearest one.
///
/// ```no_run
/// use cornu_datasets::npy;
///
/// let x = npy::read::<f32>("x.npy")?;
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
///
/// # Errors
/// [`DatasetError::Io`] if the file cannot be opened, else [`DatasetError::File`] with what is wrong in it: see
/// [`parse`].
pub fn read<T: Scalar>(path: impl AsRef<Path>) -> Result<Tensor<T>, DatasetError> {
    in_file(path.as_ref(), |file| tensor(Input::new(file)?))
}

/// The array in these bytes.
///
/// ```
/// use cornu_datasets::npy;
/// use cornu_tensor::Tensor;
///
/// let x = Tensor::from([[1.0_f32, 2.0], [3.0, f32::INFINITY]]);
/// assert_eq!(npy::parse::<f32>(&npy::to_bytes(&x)?)?, x);
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
///
/// # Errors
/// [`DatasetError::Format`] for bytes of another form, too few or too many, and for an array of anything but numbers;
/// [`DatasetError::Tensor`] for a shape that no tensor can have.
pub fn parse<T: Scalar>(bytes: &[u8]) -> Result<Tensor<T>, DatasetError> {
    tensor(Input::new(bytes)?)
}

/// Writes a file, as `numpy.save` does.
///
/// # Errors
/// [`DatasetError::Io`] if it cannot be written.
pub fn write<T: Scalar>(path: impl AsRef<Path>, x: &Tensor<T>) -> Result<(), DatasetError> {
    let path = path.as_ref();
    let written = File::create(path).and_then(|file| {
        let mut file = BufWriter::new(file);
        encode(&mut file, x)?;
        file.flush()
    });
    written.map_err(|source| DatasetError::Io { action: "write", path: path.to_owned(), source })
}

/// The bytes of such a file.
///
/// # Errors
/// [`DatasetError::Format`] if there can be none; there always can.
pub fn to_bytes<T: Scalar>(x: &Tensor<T>) -> Result<Vec<u8>, DatasetError> {
    let mut bytes = Vec::new();
    encode(&mut bytes, x).map_err(|error| format("an array that can be written", error))?;
    Ok(bytes)
}

pub(crate) fn encode<T: Scalar>(writer: impl Write, x: &Tensor<T>) -> io::Result<()> {
    let values = x.as_slice().iter().map(|value| value.to_f64());
    if T::DTYPE == f32::DTYPE {
        encode_values(writer, x.shape(), values.map(|value| value as f32))
    } else {
        encode_values(writer, x.shape(), values)
    }
}

fn encode_values<V: AutoSerialize>(
    writer: impl Write,
    shape: Shape,
    values: impl Iterator<Item = V>,
) -> io::Result<()> {
    let dims: Vec<u64> = shape.dims().iter().map(|&dim| dim as u64).collect();
    let mut writer = WriteOptions::new().default_dtype().shape(&dims).writer(writer).begin_nd()?;
    writer.extend(values)?;
    writer.finish()
}

pub(crate) fn tensor<T: Scalar>(mut input: Input<'_>) -> Result<Tensor<T>, DatasetError> {
    let header = header(&mut input)?;
    let dims: Option<Vec<usize>> = header.shape().iter().map(|&dim| usize::try_from(dim).ok()).collect();
    let shape = Shape::new(&dims.ok_or_else(|| format("dimensions of this machine", "larger ones"))?)?;
    let Some((size, decode)) = decoder::<T>(&header.dtype()) else {
        let received = if header.uses_pickled_array() { "objects".to_owned() } else { header.dtype().descr() };
        return Err(format("numbers (f4, f8, i1, i2, i4, i8, u1, u2, u4, u8 or b1)", received));
    };
    let bytes = input.exactly(shape.size() * size, FORMAT, &format!("values of shape {shape}"))?;
    input.end(FORMAT)?;
    let order = header.order();
    let values = decode(NpyFile::with_header(header, &bytes)).map_err(|error| format("numbers", error))?;
    Ok(Tensor::new(shape, if order == Order::Fortran { row_major(shape, &values) } else { values })?)
}

/// The values of a file as the tensor's type.
type Decode<T> = fn(NpyFile<&[u8]>) -> io::Result<Vec<T>>;

/// The size of a value, and how to read it.
fn decoder<T: Scalar>(dtype: &DType) -> Option<(usize, Decode<T>)> {
    let DType::Plain(kind) = dtype else { return None };
    Some(match (kind.type_char(), kind.size_field()) {
        (TypeChar::Float, 4) => (4, |file| values(file, |value: f32| value.into())),
        (TypeChar::Float, 8) => (8, |file| values(file, |value: f64| value)),
        (TypeChar::Int, 1) => (1, |file| values(file, |value: i8| value.into())),
        (TypeChar::Int, 2) => (2, |file| values(file, |value: i16| value.into())),
        (TypeChar::Int, 4) => (4, |file| values(file, |value: i32| value.into())),
        (TypeChar::Int, 8) => (8, |file| values(file, |value: i64| value as f64)),
        (TypeChar::Uint, 1) => (1, |file| values(file, |value: u8| value.into())),
        (TypeChar::Uint, 2) => (2, |file| values(file, |value: u16| value.into())),
        (TypeChar::Uint, 4) => (4, |file| values(file, |value: u32| value.into())),
        (TypeChar::Uint, 8) => (8, |file| values(file, |value: u64| value as f64)),
        (TypeChar::Bool, 1) => (1, |file| values(file, |value: bool| u8::from(value).into())),
        _ => return None,
    })
}

fn values<V: Deserialize, T: Scalar>(file: NpyFile<&[u8]>, value: fn(V) -> f64) -> io::Result<Vec<T>> {
    let data = file.data::<V>().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    data.map(|read| read.map(|number| T::of(value(number)))).collect()
}

/// Values in Fortran order, the first dimension fastest, with the last one fastest.
fn row_major<T: Scalar>(shape: Shape, values: &[T]) -> Vec<T> {
    let dims = shape.dims();
    let at = |mut i: usize| {
        // The step of a dimension among the values: the product of those before it.
        let mut step = values.len();
        dims.iter().rev().fold(0, |at, &dim| {
            step /= dim;
            let index = i % dim;
            i /= dim;
            at + index * step
        })
    };
    (0..values.len()).map(|i| values[at(i)]).collect()
}

/// The header, which is Python's text of a dictionary.
fn header(input: &mut Input<'_>) -> Result<NpyHeader, DatasetError> {
    let mut bytes = input.exactly(MAGIC.len() + 2, FORMAT, "format and version")?;
    if !bytes.starts_with(MAGIC) {
        return Err(format("\\x93NUMPY first", format!("{:?}", String::from_utf8_lossy(&bytes))));
    }
    let wide = bytes.get(MAGIC.len()).is_some_and(|&version| version > 1);
    let length = input.exactly(if wide { 4 } else { 2 }, FORMAT, "the header's length")?;
    let count = length.iter().rev().fold(0, |count, &byte| count << 8 | usize::from(byte));
    if count > LONGEST_HEADER {
        return Err(format(&format!("a header of at most {LONGEST_HEADER} bytes"), format!("{count} bytes")));
    }
    let text = input.exactly(count, FORMAT, "header")?;
    plain(&text).map_err(|received| format("a header of one type and one shape", received))?;
    bytes.extend([length, text].concat());
    NpyHeader::from_reader(&bytes[..]).map_err(|error| format("the header of an array", error))
}

/// Whether a header is one of a plain array: `npyz` multiplies the dimensions without a check, and reads nested
/// brackets by recursion. So there must be one tuple, of digits alone, and not more of them than can be multiplied.
fn plain(text: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(text);
    let received = || format!("{:?}", text.trim_end());
    let count = |bracket: char| text.matches(bracket).count();
    if (count('{'), count('('), count(')'), count('[')) != (1, 1, 1, 0) {
        return Err(received());
    }
    let shape = text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(shape, _)| shape);
    let shape = shape.filter(|shape| shape.chars().all(|c| c.is_ascii_digit() || c == ',' || c == ' '));
    match shape.map(|shape| shape.chars().filter(char::is_ascii_digit).count()) {
        Some(digits) if digits <= MOST_DIGITS => Ok(()),
        _ => Err(received()),
    }
}

fn format(expected: &str, received: impl ToString) -> DatasetError {
    DatasetError::Format { format: FORMAT, expected: expected.to_owned(), received: received.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of this header.
    fn file(header: &str, values: &[u8]) -> Vec<u8> {
        let length = u16::try_from(header.len()).unwrap().to_le_bytes();
        [MAGIC, &[1, 0], &length, header.as_bytes(), values].concat()
    }

    fn of(descr: &str, shape: &str) -> String {
        format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n")
    }

    fn message(bytes: &[u8]) -> String {
        parse::<f32>(bytes).unwrap_err().to_string()
    }

    #[test]
    fn sizes_that_lie() {
        let four = of("'<f4'", "(2, 2)");
        let values = "npy: expected 16 bytes of values of shape (2, 2). Received: ";
        assert_eq!(message(&file(&four, &[0; 15])), format!("{values}15 bytes"));
        assert_eq!(
            message(&file(&four, &[0; 17])),
            "npy: expected the end of the file after its values. Received: more bytes"
        );
        let large = message(&file(&of("'<f8'", "(100000000, 100000000)"), &[0; 8]));
        assert!(large.ends_with("values of shape (100000000, 100000000). Received: 8 bytes"), "{large}");
        let huge = message(&file(&of("'<f8'", "(9999999999999999999,)"), &[]));
        assert!(huge.starts_with("expected dimensions whose product"), "{huge}");
        for shape in
            ["(4294967296, 4294967296, 4294967296)", "(0xFFFFFFFFFFFFFFFF, 2)", "(1, (2,))", "((((", "[3]", "3"]
        {
            let error = message(&file(&of("'<f4'", shape), &[0; 64]));
            assert!(error.starts_with("npy: expected a header of one type and one shape. Received: "), "{error}");
        }
        assert!(message(&file(&of("'<f4'", "(1,1,1,1,1,1,1,1,1)"), &[0; 4])).starts_with("a shape has at most 8"));
        let long = [MAGIC, &[2, 0], &u32::MAX.to_le_bytes(), &[b' '; 100]].concat();
        assert_eq!(message(&long), "npy: expected a header of at most 10000 bytes. Received: 4294967295 bytes");
        assert_eq!(message(&[MAGIC, &[1, 0, 9, 0]].concat()), "npy: expected 9 bytes of header. Received: 0 bytes");
    }

    #[test]
    fn bytes_of_another_form() {
        assert_eq!(message(b"PK\x03\x04"), "npy: expected 8 bytes of format and version. Received: 4 bytes");
        assert_eq!(message(b"not NumPy"), "npy: expected \\x93NUMPY first. Received: \"not NumP\"");
        for (descr, received) in [("'|O'", "objects"), ("'<c8'", "'<c8'"), ("'<f2'", "'<f2'"), ("'<U3'", "'<U3'")] {
            let expected = "npy: expected numbers (f4, f8, i1, i2, i4, i8, u1, u2, u4, u8 or b1). Received: ";
            assert_eq!(message(&file(&of(descr, "(1,)"), &[0; 64])), format!("{expected}{received}"));
        }
        for header in
            ["{'shape': (1,)}", "", "{}", "{('descr')}", "{'descr': '<f9', 'fortran_order': 1, 'shape': (1,)}"]
        {
            assert!(message(&file(header, &[0; 8])).starts_with("npy: expected"), "{header}");
        }
        assert!(message(&[MAGIC, &[9, 9, 0, 0, 0, 0]].concat()).starts_with("npy: expected"));
    }

    #[test]
    fn no_dimension_and_no_value() -> Result<(), DatasetError> {
        for shape in [Shape::from([]), Shape::from([0]), Shape::from([3, 0, 2])] {
            let x = Tensor::<f64>::full(shape, 7.0);
            assert_eq!(parse(&to_bytes(&x)?)?, x);
        }
        let fortran = of("'<f4'", "(3, 0)").replace("False", "True");
        assert_eq!(parse::<f32>(&file(&fortran, &[]))?.shape(), [3, 0].into());
        Ok(())
    }
}
