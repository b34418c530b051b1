//! What Keras's utilities compute, and files that NumPy writes.

use cornu_datasets::{normalize, to_categorical};
use cornu_testkit::golden::{self, GoldenError};
use serde_json::Value;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn cases<'a>(file: &'a Value, key: &str) -> Result<&'a [Value], GoldenError> {
    golden::list(golden::get(file, key)?)
}

#[test]
fn classes_as_ones_among_zeros() -> Outcome {
    let file = golden::read("datasets")?;
    for case in cases(&file, "to_categorical")? {
        let x = golden::tensor::<f32>(golden::get(case, "x")?)?;
        let count = golden::get(case, "num_classes")?.as_u64().map(|count| count as usize);
        assert_eq!(to_categorical(&x, count)?, golden::tensor(golden::get(case, "value")?)?, "{case}");
    }
    Ok(())
}

#[test]
fn vectors_of_length_one() -> Outcome {
    let file = golden::read("datasets")?;
    for case in cases(&file, "normalize")? {
        let x = golden::tensor::<f32>(golden::get(case, "x")?)?;
        let axis = golden::get(case, "axis")?.as_i64().ok_or("an axis")? as isize;
        let order = golden::get(case, "order")?;
        let order = order.as_f64().map_or_else(|| order.as_str().unwrap_or_default().parse(), Ok)?;
        let (y, expected) = (normalize(&x, axis, order)?, golden::tensor::<f32>(golden::get(case, "value")?)?);
        assert_eq!(y.shape(), x.shape());
        for (y, expected) in y.as_slice().iter().zip(expected.as_slice()) {
            assert!((y - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{y}, not {expected}: {case}");
        }
    }
    Ok(())
}

#[cfg(feature = "npy")]
mod numpy {
    use std::io::Cursor;

    use cornu_datasets::npz::{self, Npz};
    use cornu_datasets::{DatasetError, npy};

    use super::*;

    fn bytes(case: &Value) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        let text = golden::text(golden::get(case, "file")?)?;
        Ok((0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16)).collect::<Result<_, _>>()?)
    }

    #[test]
    fn files_of_numpy() -> Outcome {
        let file = golden::read("datasets")?;
        for case in cases(&file, "npy")? {
            let (bytes, expected) = (bytes(case)?, golden::tensor::<f64>(golden::get(case, "value")?)?);
            assert_eq!(npy::parse::<f32>(&bytes)?, expected.cast(), "{case}");
            let exact = npy::parse::<f64>(&bytes)?;
            assert_eq!(exact.shape(), expected.shape());
            assert_eq!(exact.cast::<f32>(), expected.cast(), "{case}");
            for end in 0..bytes.len() {
                npy::parse::<f32>(&bytes[..end]).unwrap_err();
            }
        }
        for case in cases(&file, "refused")? {
            let error = npy::parse::<f32>(&bytes(case)?).unwrap_err();
            assert!(matches!(error, DatasetError::Format { .. }), "{error}");
        }
        Ok(())
    }

    #[test]
    fn archives_of_numpy() -> Outcome {
        let file = golden::read("datasets")?;
        for case in cases(&file, "npz")? {
            let bytes = bytes(case)?;
            let mut archive = Npz::new(Cursor::new(&bytes))?;
            assert_eq!(archive.names(), ["x", "y"]);
            let folder = tempfile::tempdir()?;
            let path = folder.path().join("a.npz");
            std::fs::write(&path, &bytes)?;
            for (name, array) in npz::read::<f32>(&path)? {
                let expected = golden::tensor(golden::get(golden::get(case, "arrays")?, &name)?)?;
                assert_eq!(array, expected);
                assert_eq!(archive.array::<f32>(&name)?, expected);
            }
            let message = archive.array::<f32>("z").unwrap_err().to_string();
            assert_eq!(message, "unknown array. Expected one of: x, y. Received: \"z\"");
            for end in 0..bytes.len() {
                // A prefix is no archive: its directory stands at the end.
                Npz::new(Cursor::new(&bytes[..end])).unwrap_err();
            }
        }
        Ok(())
    }
}
