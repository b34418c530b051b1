//! Every golden file reads, and every tensor in it is one.

use cornu_testkit::golden::{self, GoldenError};
use serde_json::Value;

const FAMILIES: [&str; 8] =
    ["losses", "metrics", "optimizers", "initializers", "activations", "layers", "models", "fit"];

/// Reads every tensor under this value and gives their number.
fn tensors(value: &Value) -> Result<usize, GoldenError> {
    match value {
        Value::Object(entries) if entries.contains_key("shape") && entries.contains_key("values") => {
            golden::tensor::<f64>(value).map(|_| 1)
        }
        Value::Object(entries) => entries.values().map(tensors).sum(),
        Value::Array(entries) => entries.iter().map(tensors).sum(),
        _ => Ok(0),
    }
}

#[test]
fn every_tensor_reads() -> Result<(), GoldenError> {
    for family in FAMILIES {
        let file = golden::read(family)?;
        assert_eq!(golden::text(golden::get(&file, "keras")?)?, "3.15.1", "{family}");
        assert!(tensors(&file)? > 0, "{family}");
    }
    Ok(())
}
