//! `compile` as a golden case says it.

use std::error::Error;

use cornu_losses::{
    BinaryCrossentropy, CategoricalCrossentropy, Loss, MeanAbsoluteError, MeanSquaredError, Reduction,
    SparseCategoricalCrossentropy,
};
use cornu_model::{ClassWeight, Compile, Sequential};
use cornu_optimizers::Optimizer;
use cornu_optimizers::config::Config;
use cornu_testkit::golden;
use serde_json::Value;

/// A metric of Keras that Cornu does not have.
pub(crate) const NO_METRIC: &str = "sparse_categorical_crossentropy";

/// Compiles the model with the case's loss, optimizer and metrics.
pub(crate) fn compile(model: &mut Sequential<f32>, case: &Value) -> Result<(), Box<dyn Error>> {
    let mut compile = Compile::new(optimizer(&case["optimizer"])?, loss(&case["loss"])?);
    for name in golden::list(&case["metrics"])? {
        if name != NO_METRIC {
            compile = compile.metric(golden::text(name)?);
        }
    }
    Ok(model.compile(compile)?)
}

/// Class number → weight.
pub(crate) fn class_weight(value: &Value) -> Result<ClassWeight, Box<dyn Error>> {
    let entries = value.as_object().ok_or("expected an object")?;
    entries.iter().map(|(class, weight)| Ok((class.parse()?, golden::float(weight)?))).collect()
}

fn loss(case: &Value) -> Result<Box<dyn Loss<f32>>, Box<dyn Error>> {
    let config = &case["config"];
    let from_logits = config["from_logits"] == true;
    let smoothing = config["label_smoothing"].as_f64().unwrap_or(0.0);
    let reduction: Reduction = config["reduction"].as_str().unwrap_or("sum_over_batch_size").parse()?;
    Ok(match golden::text(&case["class_name"])? {
        "MeanSquaredError" => Box::new(MeanSquaredError::new().with_reduction(reduction)),
        "MeanAbsoluteError" => Box::new(MeanAbsoluteError::new().with_reduction(reduction)),
        "SparseCategoricalCrossentropy" => Box::new(SparseCategoricalCrossentropy::new().from_logits(from_logits)),
        "CategoricalCrossentropy" => {
            Box::new(CategoricalCrossentropy::new().from_logits(from_logits).label_smoothing(smoothing)?)
        }
        "BinaryCrossentropy" => {
            Box::new(BinaryCrossentropy::new().from_logits(from_logits).label_smoothing(smoothing)?)
        }
        other => return Err(format!("no loss {other}").into()),
    })
}

fn optimizer(case: &Value) -> Result<Box<dyn Optimizer<f32>>, Box<dyn Error>> {
    Ok(cornu_optimizers::from_config(&serde_json::from_value::<Config>(case.clone())?)?)
}
