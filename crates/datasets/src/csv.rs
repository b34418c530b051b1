//! Comma-separated values (CSV): lines of numbers, with a class in each or without.

mod classes;
mod lines;
mod numbers;

use std::path::Path;

use cornu_tensor::{Scalar, Tensor};

pub use numbers::{Table, parse_table, read_table};

use crate::csv::classes::Classes;
use crate::csv::lines::Lines;
use crate::input::{all, in_file};
use crate::table::text;
use crate::{Dataset, DatasetError};

/// How a file is read: [`Options::new`] says what holds if nothing is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    header: bool,
    delimiter: u8,
    label: Option<Column>,
    classes: Vec<String>,
}

/// A column: by the name in the first line, or by its position, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// The name.
    Name(String),
    /// The position.
    Index(usize),
}

impl From<&str> for Column {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<usize> for Column {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

impl Options {
    /// The first line has the names of the columns, the last column the class, commas stand between the fields.
    #[must_use]
    pub fn new() -> Self {
        Self { header: true, delimiter: b',', label: None, classes: Vec::new() }
    }

    /// Whether the first line has the names of the columns. Without one they are `column_0`, `column_1` …
    #[must_use]
    pub fn with_header(mut self, header: bool) -> Self {
        self.header = header;
        self
    }

    /// The byte between the fields, such as `b';'` or `b'\t'`.
    #[must_use]
    pub fn with_delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// The column of the class, by its name or by its position from 0.
    #[must_use]
    pub fn with_label(mut self, column: impl Into<Column>) -> Self {
        self.label = Some(column.into());
        self
    }

    /// The names of the classes, in the order in which they are counted; no other may come. Otherwise the classes are
    /// those that come, in the order of their numbers if all are numbers, else in the order of the alphabet.
    #[must_use]
    pub fn with_classes(mut self, names: &[impl AsRef<str>]) -> Self {
        self.classes = names.iter().map(|name| name.as_ref().to_owned()).collect();
        self
    }
}

/// The samples of a file: a line each, its numbers the features and one column the class.
///
/// ```no_run
/// use cornu_datasets::csv::{self, Options};
///
/// let penguins = csv::read::<f32>("penguins.csv", &Options::new().with_label("species"))?;
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
///
/// # Errors
/// [`DatasetError::Io`] if the file cannot be opened, else [`DatasetError::File`] with what is wrong in it: see
/// [`parse`].
pub fn read<T: Scalar>(path: impl AsRef<Path>, options: &Options) -> Result<Dataset<T>, DatasetError> {
    in_file(path.as_ref(), |file| parse(&all(file)?, options))
}

/// The samples of these bytes.
///
/// ```
/// use cornu_datasets::csv::{self, Options};
///
/// let lines = b"species,bill,flipper\nGentoo,46.1,211\nAdelie,39.1,181\n";
/// let data = csv::parse::<f32>(lines, &Options::new().with_label("species"))?;
/// assert_eq!(data.features().as_slice(), [46.1, 211.0, 39.1, 181.0]);
/// assert_eq!(data.feature_names(), ["bill", "flipper"]);
/// assert_eq!((data.class_names(), data.labels()), (&["Adelie".to_owned(), "Gentoo".to_owned()][..], &[1, 0][..]));
///
/// let lines = b"5.1,3.5,1\n4.9,NA,0\n";
/// let error = csv::parse::<f32>(lines, &Options::new().with_header(false).with_label(2)).unwrap_err();
/// assert_eq!(error.to_string(), "line 2, column 2: expected a finite number. Received: \"NA\"");
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
///
/// # Errors
/// [`DatasetError::Empty`], [`DatasetError::Fields`], [`DatasetError::Number`], [`DatasetError::ClassName`] or
/// [`DatasetError::Csv`] for what has another form; [`DatasetError::UnknownName`] or [`DatasetError::Argument`] for a
/// column that does not exist; [`DatasetError::Argument`] for a class that is named twice.
pub fn parse<T: Scalar>(bytes: &[u8], options: &Options) -> Result<Dataset<T>, DatasetError> {
    let mut lines = Lines::new(bytes, options)?;
    let label = lines.position(options.label.as_ref())?;
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    let mut classes = Classes::new(&options.classes)?;
    while let Some(line) = lines.read()? {
        for (index, field) in line.fields.iter().enumerate() {
            if index == label {
                let class = std::str::from_utf8(field).ok().and_then(|name| classes.number(name));
                labels.push(class.ok_or_else(|| DatasetError::ClassName {
                    line: line.number(),
                    column: index + 1,
                    known: if options.classes.is_empty() {
                        vec!["any name".to_owned()]
                    } else {
                        options.classes.clone()
                    },
                    received: text(field),
                })?);
            } else {
                values.push(line.value(index, field)?);
            }
        }
    }
    if labels.is_empty() {
        return Err(DatasetError::Empty);
    }
    let class_names = classes.finish(&mut labels);
    let mut names = lines.into_names();
    names.remove(label);
    Dataset::new(Tensor::new([labels.len(), names.len()], values)?, labels, &class_names, &names)
}
