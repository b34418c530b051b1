//! 150 irises of three species, measured by E. Anderson (Fisher, 1936).
//!
//! Setosa lies apart; versicolor and virginica overlap a little, in the petals least of all. The data comes from
//! the UCI Machine Learning Repository under CC BY 4.0, DOI [10.24432/C56C76](https://doi.org/10.24432/C56C76).

use cornu_tensor::{Scalar, Tensor};
use csv::ByteRecord;

use crate::table::{count, read_rows, reader, text};
use crate::{Dataset, DatasetError};

/// The names of the features, in the order of the columns.
pub const FEATURE_NAMES: [&str; 4] = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"];

/// The data set: features `(150, 4)` in centimetres, classes setosa, versicolor and virginica.
///
/// ```
/// use cornu_datasets::iris;
///
/// let iris = iris::load::<f32>()?;
/// assert_eq!(iris.features().shape(), [150, 4].into());
/// assert_eq!(&iris.features().as_slice()[..4], [5.1, 3.5, 1.4, 0.2]);
/// assert_eq!(iris.class_names(), ["setosa", "versicolor", "virginica"]);
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
///
/// # Errors
/// As [`parse`]; the data of this crate has none of them.
pub fn load<T: Scalar>() -> Result<Dataset<T>, DatasetError> {
    parse(include_bytes!("../data/iris.csv"))
}

/// The data set from comma-separated values: a line `rows,4,class,class,…`, then four numbers and the class's
/// number a line.
///
/// ```
/// use cornu_datasets::iris;
///
/// let iris = iris::parse::<f64>(b"2,4,setosa,versicolor\n5.1,3.5,1.4,0.2,0\n7,3.2,4.7,1.4,1\n")?;
/// assert_eq!(iris.class_name(1), Some("versicolor"));
///
/// let error = iris::parse::<f64>(b"1,4,setosa\n5.1,3.5,1.4,tiny,0\n").unwrap_err();
/// assert_eq!(error.to_string(), "line 2, column 4: expected a finite number. Received: \"tiny\"");
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
///
/// # Errors
/// [`DatasetError::Empty`], [`DatasetError::Header`], [`DatasetError::Rows`], [`DatasetError::Fields`],
/// [`DatasetError::Number`] or [`DatasetError::Label`] for what has another form.
pub fn parse<T: Scalar>(bytes: &[u8]) -> Result<Dataset<T>, DatasetError> {
    let mut reader = reader(bytes);
    let mut first = ByteRecord::new();
    if !reader.read_byte_record(&mut first).map_err(DatasetError::Csv)? {
        return Err(DatasetError::Empty);
    }
    let mut fields = first.iter();
    let mut header = |column, expected, allowed: fn(usize) -> bool| {
        let field = fields.next().unwrap_or_default();
        let found = count(field).filter(|&count| allowed(count));
        found.ok_or_else(|| DatasetError::Header { column, expected, received: text(field) })
    };
    let rows = header(1, "the number of rows", |_| true)?;
    header(2, "the number of features, 4", |count| count == FEATURE_NAMES.len())?;
    let class_names: Vec<String> = fields.map(text).collect();
    if class_names.is_empty() {
        return Err(DatasetError::Header { column: 3, expected: "the name of a class", received: String::new() });
    }
    let (values, labels) = read_rows(&mut reader, bytes, FEATURE_NAMES.len(), class_names.len())?;
    if labels.len() != rows {
        return Err(DatasetError::Rows { expected: rows, received: labels.len() });
    }
    let features = Tensor::new([rows, FEATURE_NAMES.len()], values)?;
    Dataset::new(features, labels, &class_names, &FEATURE_NAMES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8]) -> String {
        parse::<f32>(bytes).unwrap_err().to_string()
    }

    #[test]
    fn the_whole_set() -> Result<(), DatasetError> {
        let iris = load::<f64>()?;
        for class in 0..3 {
            assert_eq!(iris.labels().iter().filter(|&&label| label == class).count(), 50);
        }
        // The sums of the columns.
        for (name, sum) in FEATURE_NAMES.iter().zip([876.5, 458.6, 563.7, 179.9]) {
            let column = iris.with_features(&[name])?;
            assert!((column.features().as_slice().iter().sum::<f64>() - sum).abs() < 1e-9);
        }
        Ok(())
    }

    #[test]
    fn lines_of_another_form() {
        assert_eq!(message(b""), "expected at least one row. Received: none");
        assert_eq!(message(b"\n\n"), "expected at least one row. Received: none");
        assert_eq!(message(b"0,4,a\n"), "expected at least one row. Received: none");
        assert_eq!(message(b"2,4,a\n1,2,3,4,0\n"), "expected 2 rows, as the first line says. Received: 1");
        assert_eq!(message(b"1,4,a\n1,2,3,0\n"), "line 2: expected 5 fields. Received: 4");
        assert_eq!(message(b"1,4,a\n1,2,3,4,0,\n"), "line 2: expected 5 fields. Received: 6");
        let number = "line 3, column 2: expected a finite number. Received: ";
        assert_eq!(message(b"2,4,a\n1,2,3,4,0\n1,two,3,4,0\n"), format!("{number}\"two\""));
        assert_eq!(message(b"2,4,a\n1,2,3,4,0\n1,nan,3,4,0\n"), format!("{number}\"nan\""));
        assert_eq!(message(b"2,4,a\n1,2,3,4,0\n1,,3,4,0\n"), format!("{number}\"\""));
        assert_eq!(message(b"2,4,a\n1,2,3,4,0\n1,1e99,3,4,0\n"), format!("{number}\"1e99\"")); // not an f32
        assert_eq!(message(b"2,4,a\n1,2,3,4,0\n1,\xff,3,4,0\n"), format!("{number}\"\u{fffd}\""));
        let label = "line 2, column 5: expected a class from 0 to 1. Received: ";
        for received in ["2", "-1", "0.5", "a", ""] {
            let file = format!("1,4,a,b\n1,2,3,4,{received}\n");
            assert_eq!(message(file.as_bytes()), format!("{label}{received:?}"));
        }
    }

    #[test]
    fn first_lines_of_another_form() {
        assert_eq!(message(b"many,4,a\n"), "line 1, column 1: expected the number of rows. Received: \"many\"");
        assert_eq!(message(b"1,5,a\n"), "line 1, column 2: expected the number of features, 4. Received: \"5\"");
        assert_eq!(message(b"1\n"), "line 1, column 2: expected the number of features, 4. Received: \"\"");
        assert_eq!(message(b"1,4\n"), "line 1, column 3: expected the name of a class. Received: \"\"");
    }

    #[test]
    fn spaces_and_line_ends_do_not_matter() -> Result<(), DatasetError> {
        let unix = parse::<f32>(b"1,4,a,b\n1,2,3,4,1\n")?;
        assert_eq!(parse::<f32>(b"1, 4, a, b\r\n 1, 2 ,3,4, 1")?, unix);
        Ok(())
    }
}
