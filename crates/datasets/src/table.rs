//! Lines of numbers that end with a class.

use cornu_tensor::Scalar;
use csv::{ByteRecord, Reader, ReaderBuilder, Trim};

use crate::DatasetError;

/// Comma-separated values, every line on its own: what a line must have is for the caller to say.
pub(crate) fn reader(bytes: &[u8]) -> Reader<&[u8]> {
    ReaderBuilder::new().has_headers(false).flexible(true).trim(Trim::All).from_reader(bytes)
}

/// A field as text, for an error or for a parser.
pub(crate) fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(field).into_owned()
}

/// The values of all further lines, row after row, and the class of each.
pub(crate) fn read_rows<T: Scalar>(
    reader: &mut Reader<&[u8]>,
    features: usize,
    classes: usize,
) -> Result<(Vec<T>, Vec<usize>), DatasetError> {
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(DatasetError::Csv)? {
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != features + 1 {
            return Err(DatasetError::Fields { line, expected: features + 1, received: record.len() });
        }
        for (field, column) in record.iter().zip(1..) {
            if column <= features {
                let error = || DatasetError::Number { line, column, received: text(field) };
                values.push(number(field).ok_or_else(error)?);
            } else {
                let label = count(field).filter(|&label| label < classes);
                let error = || DatasetError::Label { line, column, classes, received: text(field) };
                labels.push(label.ok_or_else(error)?);
            }
        }
    }
    if labels.is_empty() { Err(DatasetError::Empty) } else { Ok((values, labels)) }
}

/// A number that the type can hold, neither infinite nor `NaN`.
pub(crate) fn number<T: Scalar>(field: &[u8]) -> Option<T> {
    let number: f64 = std::str::from_utf8(field).ok()?.parse().ok()?;
    Some(T::of(number)).filter(T::is_finite)
}

/// A whole number, 0 or more.
pub(crate) fn count(field: &[u8]) -> Option<usize> {
    std::str::from_utf8(field).ok()?.parse().ok()
}
