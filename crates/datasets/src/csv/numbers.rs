//! A file of numbers alone, for regression and for anything else.

use std::path::Path;

use cornu_tensor::{Scalar, Tensor};

use crate::DatasetError;
use crate::csv::Options;
use crate::csv::lines::Lines;
use crate::input::{all, in_file};
use crate::select::positions;

/// Numbers in columns that have names.
#[derive(Debug, Clone, PartialEq)]
pub struct Table<T> {
    names: Vec<String>,
    values: Tensor<T>,
}

impl<T: Scalar> Table<T> {
    /// The names of the columns.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// All numbers: shape `(lines, columns)`.
    #[must_use]
    pub fn values(&self) -> &Tensor<T> {
        &self.values
    }

    /// These columns, in this order: shape `(lines, columns)`.
    ///
    /// # Errors
    /// [`DatasetError::UnknownName`], with the names there are.
    pub fn columns(&self, names: &[&str]) -> Result<Tensor<T>, DatasetError> {
        Ok(self.at(&positions("column", &self.names, names)?))
    }

    /// All columns but these.
    ///
    /// # Errors
    /// [`DatasetError::UnknownName`], with the names there are.
    pub fn without(&self, names: &[&str]) -> Result<Tensor<T>, DatasetError> {
        let left_out = positions("column", &self.names, names)?;
        let kept: Vec<usize> = (0..self.names.len()).filter(|column| !left_out.contains(column)).collect();
        Ok(self.at(&kept))
    }

    fn at(&self, columns: &[usize]) -> Tensor<T> {
        let (values, width, count) = (self.values.as_slice(), self.names.len(), columns.len());
        Tensor::from_fn([self.values.shape().batch(), count], |i| values[i / count * width + columns[i % count]])
    }
}

/// The numbers of a file. A label and classes of the options do not matter.
///
/// # Errors
/// [`DatasetError::Io`] if the file cannot be opened, else [`DatasetError::File`] with what is wrong in it: see
/// [`parse_table`].
pub fn read_table<T: Scalar>(path: impl AsRef<Path>, options: &Options) -> Result<Table<T>, DatasetError> {
    in_file(path.as_ref(), |file| parse_table(&all(file)?, options))
}

/// The numbers of these bytes.
///
/// ```
/// use cornu_datasets::csv::{self, Options};
/// use cornu_tensor::Tensor;
///
/// let houses = csv::parse_table::<f32>(b"rooms,price,age\n3,120,40\n5,310,2\n", &Options::new())?;
/// assert_eq!(houses.without(&["price"])?, Tensor::from([[3.0, 40.0], [5.0, 2.0]]));
/// assert_eq!(houses.columns(&["price"])?, Tensor::from([[120.0], [310.0]]));
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
///
/// # Errors
/// [`DatasetError::Empty`], [`DatasetError::Fields`], [`DatasetError::Number`] or [`DatasetError::Csv`] for what has
/// another form.
pub fn parse_table<T: Scalar>(bytes: &[u8], options: &Options) -> Result<Table<T>, DatasetError> {
    let mut lines = Lines::new(bytes, options)?;
    let (mut values, mut count) = (Vec::new(), 0);
    while let Some(line) = lines.read()? {
        count += 1;
        for (index, field) in line.fields.iter().enumerate() {
            values.push(line.value(index, field)?);
        }
    }
    if count == 0 {
        return Err(DatasetError::Empty);
    }
    let names = lines.into_names();
    Ok(Table { values: Tensor::new([count, names.len()], values)?, names })
}
