//! The golden cases: what Keras itself computed, kept as JSON in the folder `golden` of the repository.
//!
//! A tensor in JSON is `{"shape": [2, 3], "values": [..]}`, row-major. A number that JSON cannot say is a
//! string: `"nan"`, `"inf"`, `"-inf"`. `golden/README.md` describes each file.

use std::fs;
use std::path::{Path, PathBuf};

use cornu_tensor::{Scalar, Shape, Tensor, TensorError};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// The longest piece of a JSON value that an error message shows, in characters.
const SHOWN: usize = 120;

/// Why a golden case cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum GoldenError {
    /// The file cannot be opened.
    #[error("cannot open the golden file {path}: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not JSON.
    #[error("the golden file {path} is not JSON: {source}")]
    Json {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// A value of another form.
    #[error("golden value: expected {expected}. Received: {received}")]
    Form {
        /// What was expected, in words.
        expected: String,
        /// The value that came, cut short.
        received: String,
    },
    /// Dimensions and values that make no tensor.
    #[error(transparent)]
    Tensor(#[from] TensorError),
}

/// Reads `golden/NAME.json`.
///
/// # Errors
/// [`GoldenError::Open`] if there is no such file, [`GoldenError::Json`] if it is not JSON.
pub fn read(name: &str) -> Result<Value, GoldenError> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden").join(name).with_extension("json");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(source) => return Err(GoldenError::Open { path, source }),
    };
    serde_json::from_str(&text).map_err(|source| GoldenError::Json { path, source })
}

/// The value under this key.
///
/// # Errors
/// [`GoldenError::Form`] if the value is no object or has no such key.
///
/// ```
/// use cornu_testkit::golden;
///
/// let case = serde_json::json!({"name": "a", "units": 4, "x": {"shape": [2], "values": [0.5, "inf"]}});
/// assert_eq!(golden::text(golden::get(&case, "name")?)?, "a");
/// assert_eq!(golden::count(golden::get(&case, "units")?)?, 4);
/// assert_eq!(golden::tensor::<f32>(golden::get(&case, "x")?)?.as_slice(), [0.5, f32::INFINITY]);
/// # Ok::<(), golden::GoldenError>(())
/// ```
pub fn get<'a>(value: &'a Value, key: &str) -> Result<&'a Value, GoldenError> {
    value.get(key).ok_or_else(|| form(&format!("an object with the key {key:?}"), value))
}

/// A list, such as the cases of a file.
///
/// # Errors
/// [`GoldenError::Form`] for anything else.
pub fn list(value: &Value) -> Result<&[Value], GoldenError> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| form("a list", value))
}

/// A text.
///
/// # Errors
/// [`GoldenError::Form`] for anything else.
pub fn text(value: &Value) -> Result<&str, GoldenError> {
    value.as_str().ok_or_else(|| form("a text", value))
}

/// True or false.
///
/// # Errors
/// [`GoldenError::Form`] for anything else.
pub fn flag(value: &Value) -> Result<bool, GoldenError> {
    value.as_bool().ok_or_else(|| form("true or false", value))
}

/// A whole number, 0 or more.
///
/// # Errors
/// [`GoldenError::Form`] for anything else.
pub fn count(value: &Value) -> Result<usize, GoldenError> {
    usize::deserialize(value).map_err(|_| form("a whole number", value))
}

/// A number, or one of `"nan"`, `"inf"`, `"-inf"`.
///
/// # Errors
/// [`GoldenError::Form`] for anything else.
pub fn float<T: Scalar>(value: &Value) -> Result<T, GoldenError> {
    let number = match value {
        Value::String(name) => match name.as_str() {
            "nan" => Some(f64::NAN),
            "inf" => Some(f64::INFINITY),
            "-inf" => Some(f64::NEG_INFINITY),
            _ => None,
        },
        other => other.as_f64(),
    };
    number.map(T::of).ok_or_else(|| form("a number", value))
}

/// A list of numbers, each as [`float`] reads it.
///
/// # Errors
/// [`GoldenError::Form`] for anything else.
pub fn floats<T: Scalar>(value: &Value) -> Result<Vec<T>, GoldenError> {
    list(value)?.iter().map(float).collect()
}

/// A list of whole numbers.
///
/// # Errors
/// [`GoldenError::Form`] for anything else.
pub fn counts(value: &Value) -> Result<Vec<usize>, GoldenError> {
    list(value)?.iter().map(count).collect()
}

/// A list of dimensions.
///
/// # Errors
/// [`GoldenError::Form`] for anything else, [`GoldenError::Tensor`] for dimensions that make no shape.
pub fn shape(value: &Value) -> Result<Shape, GoldenError> {
    Ok(Shape::new(&counts(value)?)?)
}

/// A tensor: `{"shape": [..], "values": [..]}`.
///
/// # Errors
/// [`GoldenError::Form`] for anything else, [`GoldenError::Tensor`] if shape and values do not agree.
pub fn tensor<T: Scalar>(value: &Value) -> Result<Tensor<T>, GoldenError> {
    Ok(Tensor::new(shape(get(value, "shape")?)?, floats(get(value, "values")?)?)?)
}

/// A list of tensors, such as the weights of a layer.
///
/// # Errors
/// As [`tensor`], and [`GoldenError::Form`] for anything but a list.
pub fn tensors<T: Scalar>(value: &Value) -> Result<Vec<Tensor<T>>, GoldenError> {
    list(value)?.iter().map(tensor).collect()
}

/// The tensor or number under this key, if it is there and not `null`.
///
/// ```
/// use cornu_testkit::golden;
///
/// let case = serde_json::json!({"sample_weight": null});
/// assert_eq!(golden::optional(&case, "sample_weight"), None);
/// ```
#[must_use]
pub fn optional<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    value.get(key).filter(|found| !found.is_null())
}

fn form(expected: &str, received: &Value) -> GoldenError {
    let text = received.to_string();
    let received = match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    };
    GoldenError::Form { expected: expected.to_owned(), received }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_that_json_cannot_say() -> Result<(), GoldenError> {
        let values = floats::<f64>(&json!([1, -0.5, "nan", "inf", "-inf"]))?;
        assert_eq!(values[..2], [1.0, -0.5]);
        assert!(values[2].is_nan());
        assert_eq!(values[3..], [f64::INFINITY, f64::NEG_INFINITY]);
        Ok(())
    }

    #[test]
    fn messages_say_what_came() {
        let message = |error: GoldenError| error.to_string();
        assert_eq!(message(text(&json!(3)).unwrap_err()), "golden value: expected a text. Received: 3");
        assert_eq!(
            message(get(&json!({"a": 1}), "b").unwrap_err()),
            "golden value: expected an object with the key \"b\". Received: {\"a\":1}"
        );
        assert!(message(float::<f32>(&json!("x".repeat(999))).unwrap_err()).len() < 200);
        assert!(message(count(&json!(-1)).unwrap_err()).ends_with("Received: -1"));
    }

    #[test]
    fn shape_and_values_must_agree() {
        let short = json!({"shape": [2, 2], "values": [1, 2, 3]});
        assert!(matches!(tensor::<f32>(&short), Err(GoldenError::Tensor(TensorError::Length { .. }))));
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = read("no such family").unwrap_err();
        assert!(matches!(error, GoldenError::Open { .. }));
        assert!(error.to_string().contains("no such family.json"));
    }
}
