//! The lines of a file, all with as many fields as the first.

use std::io::Read;

use cornu_tensor::Scalar;
use csv::{ByteRecord, Position, Reader, ReaderBuilder, Trim};

use crate::DatasetError;
use crate::csv::{Column, Options};
use crate::dataset::argument;
use crate::select::positions;
use crate::table::{number, text};

/// The lines, and the names of their fields.
pub(crate) struct Lines<R> {
    reader: Reader<R>,
    record: ByteRecord,
    /// The first line has values, and was read for their number.
    ahead: bool,
    names: Vec<String>,
}

/// A line of values.
pub(crate) struct Line<'a> {
    /// Counted from 1.
    pub(crate) number: u64,
    /// What stands between the commas.
    pub(crate) fields: &'a ByteRecord,
}

impl<R: Read> Lines<R> {
    /// Reads the first line.
    pub(crate) fn new(input: R, options: &Options) -> Result<Self, DatasetError> {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(Trim::All)
            .delimiter(options.delimiter)
            .from_reader(input);
        let mut record = ByteRecord::new();
        if !reader.read_byte_record(&mut record).map_err(DatasetError::Csv)? {
            return Err(DatasetError::Empty);
        }
        let names = if options.header {
            record.iter().map(text).collect()
        } else {
            (0..record.len()).map(|index| format!("column_{index}")).collect()
        };
        Ok(Self { reader, record, ahead: !options.header, names })
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
            Some(Column::Name(name)) => Ok(positions("column", &self.names, &[name])?.into_iter().sum()),
        }
    }

    /// The next line, if there is one.
    pub(crate) fn read(&mut self) -> Result<Option<Line<'_>>, DatasetError> {
        if !std::mem::take(&mut self.ahead)
            && !self.reader.read_byte_record(&mut self.record).map_err(DatasetError::Csv)?
        {
            return Ok(None);
        }
        let number = self.record.position().map_or(0, Position::line);
        let (expected, received) = (self.names.len(), self.record.len());
        if received != expected {
            return Err(DatasetError::Fields { line: number, expected, received });
        }
        Ok(Some(Line { number, fields: &self.record }))
    }

    /// The names of the columns.
    pub(crate) fn into_names(self) -> Vec<String> {
        self.names
    }
}

impl Line<'_> {
    /// The number in a field.
    pub(crate) fn value<T: Scalar>(&self, index: usize, field: &[u8]) -> Result<T, DatasetError> {
        let error = || DatasetError::Number { line: self.number, column: index + 1, received: text(field) };
        number(field).ok_or_else(error)
    }
}
