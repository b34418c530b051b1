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

/// The line on which a record of these bytes begins, counted from 1. (The position that the reader gives counts the
/// line break before the record, and empty lines, to the record.)
pub(crate) fn line(bytes: &[u8], record: &ByteRecord) -> u64 {
    let is_break = |byte: &&u8| matches!(byte, b'\r' | b'\n');
    let start = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0);
    let skipped = bytes.iter().skip(start).take_while(is_break).count();
    let before = bytes.get(..start + skipped).unwrap_or(bytes);
    let pairs = before.windows(2).filter(|pair| pair == b"\r\n").count();
    (1 + before.iter().filter(is_break).count() - pairs) as u64
}

/// The values of all further lines of these bytes, row after row, and the class of each.
pub(crate) fn read_rows<T: Scalar>(
    reader: &mut Reader<&[u8]>,
    bytes: &[u8],
    features: usize,
    classes: usize,
) -> Result<(Vec<T>, Vec<usize>), DatasetError> {
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(DatasetError::Csv)? {
        if record.len() != features + 1 {
            let line = line(bytes, &record);
            return Err(DatasetError::Fields { line, expected: features + 1, received: record.len() });
        }
        for (field, column) in record.iter().zip(1..) {
            if column <= features {
                let error = || DatasetError::Number { line: line(bytes, &record), column, received: text(field) };
                values.push(number(field).ok_or_else(error)?);
            } else {
                let label = count(field).filter(|&label| label < classes);
                let line = || line(bytes, &record);
                let error = || DatasetError::Label { line: line(), column, classes, received: text(field) };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_begins_on_its_line() -> Result<(), csv::Error> {
        for (text, expected) in [
            ("a\nb\nc", &[1, 2, 3][..]),
            ("a\r\nb\r\nc\r\n", &[1, 2, 3]),
            ("a\rb\rc", &[1, 2, 3]),
            ("\n\na\n\n\nb", &[3, 6]),
            ("\r\n\r\na\r\n\r\nb", &[3, 5]),
            ("\u{feff}\"a\n1\",2\nb", &[1, 3]),
        ] {
            let (mut reader, mut record, mut lines) = (reader(text.as_bytes()), ByteRecord::new(), Vec::new());
            while reader.read_byte_record(&mut record)? {
                lines.push(line(text.as_bytes(), &record));
            }
            assert_eq!(lines, expected, "{text:?}");
        }
        Ok(())
    }
}
