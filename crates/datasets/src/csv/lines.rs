//! The lines of a file, all with as many fields as the first.

use cornu_tensor::Scalar;
use csv::{ByteRecord, Reader, ReaderBuilder, Trim};

use crate::DatasetError;
use crate::csv::{Column, Options};
use crate::dataset::argument;
use crate::select::position;
use crate::table::{line, number, text};

/// The lines, and the names of their fields.
pub(crate) struct Lines<'a> {
    bytes: &'a [u8],
    reader: Reader<&'a [u8]>,
    record: ByteRecord,
    /// The first line has values, and was read for their number.
    ahead: bool,
    names: Vec<String>,
}

/// A line of values.
pub(crate) struct Line<'a> {
    /// All lines.
    bytes: &'a [u8],
    /// What stands between the commas.
    pub(crate) fields: &'a ByteRecord,
}

impl<'a> Lines<'a> {
    /// Reads the first line.
    pub(crate) fn new(bytes: &'a [u8], options: &Options) -> Result<Self, DatasetError> {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(Trim::All)
            .delimiter(options.delimiter)
            .from_reader(bytes);
        let mut record = ByteRecord::new();
        if !reader.read_byte_record(&mut record).map_err(DatasetError::Csv)? {
            return Err(DatasetError::Empty);
        }
        let names = if options.header {
            record.iter().map(text).collect()
        } else {
            (0..record.len()).map(|index| format!("column_{index}")).collect()
        };
        Ok(Self { bytes, reader, record, ahead: !options.header, names })
    }

    /// Where this column stands; the last one if none is named.
    pub(crate) fn position(&self, column: Option<&Column>) -> Result<usize, DatasetError> {
        let count = self.names.len();
        match column {
            None => Ok(count.saturating_sub(1)),
            Some(Column::Index(index)) if *index < count => Ok(*index),
            Some(Column::Index(index)) => {
                Err(argument("label", format!("less than {count}, the number of columns"), index))
            }
            Some(Column::Name(name)) => position("column", &self.names, name),
        }
    }

    /// The next line, if there is one.
    pub(crate) fn read(&mut self) -> Result<Option<Line<'_>>, DatasetError> {
        if !std::mem::take(&mut self.ahead)
            && !self.reader.read_byte_record(&mut self.record).map_err(DatasetError::Csv)?
        {
            return Ok(None);
        }
        let (line, expected) = (Line { bytes: self.bytes, fields: &self.record }, self.names.len());
        if line.fields.len() != expected {
            return Err(DatasetError::Fields { line: line.number(), expected, received: line.fields.len() });
        }
        Ok(Some(line))
    }

    /// The names of the columns.
    pub(crate) fn into_names(self) -> Vec<String> {
        self.names
    }
}

impl Line<'_> {
    /// Counted from 1.
    pub(crate) fn number(&self) -> u64 {
        line(self.bytes, self.fields)
    }

    /// The number in a field.
    pub(crate) fn value<T: Scalar>(&self, index: usize, field: &[u8]) -> Result<T, DatasetError> {
        let error = || DatasetError::Number { line: self.number(), column: index + 1, received: text(field) };
        number(field).ok_or_else(error)
    }
}
