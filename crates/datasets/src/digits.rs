//! 1,797 handwritten digits, as pictures of 8 by 8 pixels (Alpaydin and Kaynak, 1998).
//!
//! The test part of "Optical Recognition of Handwritten Digits" of the UCI Machine Learning Repository, under CC
//! BY 4.0, DOI [10.24432/C50P49](https://doi.org/10.24432/C50P49).

use std::io::Read;

use cornu_tensor::{Scalar, Tensor};
use flate2::read::MultiGzDecoder;

use crate::table::{read_rows, reader};
use crate::{Dataset, DatasetError};

/// The pixels of a row, and the rows of a picture.
const SIDE: usize = 8;
/// The digits.
const CLASSES: usize = 10;

/// The darkest pixel; paper is 0. `scaled(1.0 / INK)` brings the pixels between 0 and 1.
pub const INK: f64 = 16.0;

/// The data set: features `(1797, 8, 8)` from 0 to [`INK`], as in the file, and the classes 0 to 9.
///
/// ```
/// use cornu_datasets::digits;
///
/// let digits = digits::load::<f32>()?;
/// assert_eq!(digits.features().shape(), [1797, 8, 8].into());
/// assert_eq!(&digits.features().as_slice()[..8], [0.0, 0.0, 5.0, 13.0, 9.0, 1.0, 0.0, 0.0]);
/// assert_eq!(digits.class_name(0), Some("0"));
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
///
/// # Errors
/// As [`parse`]; the data of this crate has none of them.
pub fn load<T: Scalar>() -> Result<Dataset<T>, DatasetError> {
    parse(include_bytes!("../data/digits.csv.gz"))
}

/// The data set from compressed (gzip) comma-separated values: 64 pixels and the class a line.
///
/// # Errors
/// [`DatasetError::Gzip`], [`DatasetError::Empty`], [`DatasetError::Fields`], [`DatasetError::Number`] or
/// [`DatasetError::Label`] for what has another form.
pub fn parse<T: Scalar>(bytes: &[u8]) -> Result<Dataset<T>, DatasetError> {
    let mut table = Vec::new();
    MultiGzDecoder::new(bytes).read_to_end(&mut table).map_err(DatasetError::Gzip)?;
    let (values, labels) = read_rows(&mut reader(&table), &table, SIDE * SIDE, CLASSES)?;
    let features = Tensor::new([labels.len(), SIDE, SIDE], values)?;
    let class_names: Vec<String> = (0..CLASSES).map(|digit| digit.to_string()).collect();
    let feature_names: Vec<String> = (0..SIDE * SIDE).map(|i| format!("pixel_{}_{}", i / SIDE, i % SIDE)).collect();
    Dataset::new(features, labels, &class_names, &feature_names)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn message(bytes: &[u8]) -> String {
        parse::<f32>(bytes).unwrap_err().to_string()
    }

    #[test]
    fn the_whole_set() -> Result<(), DatasetError> {
        let digits = load::<f64>()?;
        let count = |class| digits.labels().iter().filter(|&&label| label == class).count();
        let counts: Vec<usize> = (0..CLASSES).map(count).collect();
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        assert!(digits.features().as_slice().iter().all(|&p| (0.0..=INK).contains(&p) && p.fract() == 0.0));
        assert_eq!(digits.feature_names()[9], "pixel_1_1");
        Ok(())
    }

    #[test]
    fn bytes_of_another_form() {
        let line = |fields: usize, last: &str| format!("{}{last}\n", "1,".repeat(fields - 1));
        assert_eq!(message(&gzip("")), "expected at least one row. Received: none");
        assert_eq!(message(&gzip(&line(64, "0"))), "line 1: expected 65 fields. Received: 64");
        let label = "line 2, column 65: expected a class from 0 to 9. Received: \"10\"";
        assert_eq!(message(&gzip(&format!("{}{}", line(65, "9"), line(65, "10")))), label);
        let number = "line 1, column 1: expected a finite number. Received: \"x\"";
        assert_eq!(message(&gzip(&format!("x,{}", line(64, "0")))), number);
    }

    #[test]
    fn only_whole_gzip_files() {
        let whole = include_bytes!("../data/digits.csv.gz");
        for bytes in [&whole[..whole.len() / 2], &whole[..whole.len() - 1], &whole[..5], &[], b"1,2,3\n"] {
            assert!(matches!(parse::<f32>(bytes), Err(DatasetError::Gzip(_))));
        }
        let mut changed = whole.to_vec();
        changed[whole.len() - 6] ^= 1; // the checksum
        assert!(message(&changed).starts_with("expected a whole gzip file. Received: "));
    }
}
