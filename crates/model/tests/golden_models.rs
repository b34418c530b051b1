//! Every model of `golden/models.json`: predictions, twenty training steps, and the weights after them, as Keras.

use std::error::Error;

use cornu_model::callbacks::Verbose;
use cornu_model::{Evaluate, Fit, Logs, Sequential};
use cornu_optimizers::StateValue;
use cornu_tensor::Tensor;
use cornu_testkit::{assert_close, golden};
use serde_json::Value;

use crate::models::compile::{NO_METRIC, class_weight, compile};
use crate::models::model;

mod models;

type Done = Result<(), Box<dyn Error>>;

#[test]
fn every_model_of_keras() -> Done {
    let file = golden::read("models")?;
    let mut ran = 0;
    for case in golden::list(&file["cases"])? {
        let name = golden::text(&case["name"])?;
        println!("{name}"); // shown where an assertion fails
        as_keras(name, case)?;
        ran += 1;
    }
    assert!(ran >= 34, "only {ran} models ran");
    Ok(())
}

fn as_keras(name: &str, case: &Value) -> Done {
    let (x, y) = (golden::tensor(&case["x"])?, golden::tensor(&case["y"])?);
    let mut model = model(name)?;
    if !model.is_built() {
        model.build(x.shape().sample())?;
    }
    has_the_weights(&model, name, case)?;
    model.set_weights(&golden::tensors(&case["weights_before"])?)?;
    assert_tensor(&model.predict(&x)?, &case["prediction_before"], 1e-6)?;

    compile(&mut model, case)?;
    for (logs, expected) in train(&mut model, case, &x, &y)?.iter().zip(golden::list(&case["steps"])?) {
        assert_logs(logs, expected)?;
    }
    for (weight, expected) in model.get_weights().iter().zip(golden::list(&case["weights_after"])?) {
        assert_tensor(weight, expected, 1e-5)?;
    }
    assert_tensor(&model.predict(&x)?, &case["prediction_after"], 1e-5)?;
    has_the_optimizer_variables(&mut model, case)?;
    let evaluate = Evaluate::new().batch_size(x.shape().batch()).verbose(Verbose::Silent);
    assert_logs(&model.evaluate(&x, &y, evaluate)?, &case["evaluation_after"])
}

/// What Keras's optimizer keeps, in its order; the whole state can be read and given back.
fn has_the_optimizer_variables(model: &mut Sequential<f32>, case: &Value) -> Done {
    let expected = golden::list(&case["optimizer_variables"])?;
    let mut again = model.clone();
    let variables = model.optimizer_variables();
    assert_eq!(variables.len(), expected.len());
    for (variable, expected) in variables.iter().zip(expected) {
        let expected = golden::tensor::<f32>(expected)?;
        assert_eq!(variable.value.shape(), expected.shape(), "{}", variable.name);
        match variable.value {
            StateValue::Integer(count) => assert_eq!(count as f32, expected.as_slice()[0]),
            StateValue::Number(number) => assert_close(&[number as f32], expected.as_slice(), 0.0),
            StateValue::Tensor(tensor) => assert_close(tensor.as_slice(), expected.as_slice(), 1e-5),
        }
    }
    let values: Vec<_> = variables.iter().map(|variable| variable.value).collect();
    compile(&mut again, case)?;
    again.set_optimizer_variables(&values)?;
    assert_eq!(again.optimizer_variables(), variables);
    Ok(())
}

/// Number, order, shapes, paths, and whether gradients move them.
fn has_the_weights(model: &Sequential<f32>, name: &str, case: &Value) -> Done {
    let expected = golden::list(&case["weights"])?;
    assert_eq!(model.get_weights().len(), expected.len());
    let mut count = 0;
    for (weight, expected) in model.named_weights().zip(expected) {
        let path = golden::text(&expected["path"])?;
        assert_eq!(
            (weight.shape, weight.trainable),
            (golden::shape(&expected["shape"])?, expected["trainable"] == true)
        );
        if name.starts_with("nested") {
            // Keras counts names and begins paths anew in a model in a model.
            assert_eq!(weight.path.rsplit('/').next(), path.rsplit('/').next());
        } else {
            assert_eq!(weight.path, path);
        }
        count += weight.shape.size();
    }
    assert_eq!(model.count_params()?, count);
    Ok(())
}

/// The logs of every step: `train_on_batch`, or with class weights an epoch of one batch.
fn train(
    model: &mut Sequential<f32>,
    case: &Value,
    x: &Tensor<f32>,
    y: &Tensor<f32>,
) -> Result<Vec<Logs>, Box<dyn Error>> {
    let steps = golden::list(&case["steps"])?.len();
    let mut all = Vec::new();
    if let Some(weights) = golden::optional(case, "class_weight") {
        let fit = Fit::new().epochs(steps).batch_size(x.shape().batch()).shuffle(false).verbose(Verbose::Silent);
        let history = model.fit(x, y, fit.class_weight(class_weight(weights)?))?;
        for step in 0..steps {
            let mut logs = Logs::default();
            history.iter().for_each(|(name, values)| logs.set(name, values[step]));
            all.push(logs);
        }
        return Ok(all);
    }
    let weights = golden::optional(case, "sample_weight").map(golden::tensor::<f32>).transpose()?;
    for _ in 0..steps {
        let mut logs = Logs::default();
        model.train_on_batch(x, y, weights.as_ref().map(Tensor::as_slice), &mut logs)?;
        all.push(logs);
    }
    Ok(all)
}

#[track_caller]
fn assert_tensor(actual: &Tensor<f32>, expected: &Value, tolerance: f64) -> Done {
    let expected = golden::tensor::<f32>(expected)?;
    assert_eq!(actual.shape(), expected.shape());
    assert_close(actual.as_slice(), expected.as_slice(), tolerance);
    Ok(())
}

#[track_caller]
fn assert_logs(logs: &Logs, expected: &Value) -> Done {
    let expected = expected.as_object().ok_or("expected an object")?;
    let known: Vec<_> = expected.iter().filter(|(name, _)| *name != NO_METRIC).collect();
    assert_eq!(
        logs.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        known.iter().map(|(name, _)| *name).collect::<Vec<_>>()
    );
    for ((_, value), (_, expected)) in logs.iter().zip(known) {
        assert_close(&[value], &[golden::float(expected)?], 1e-5);
    }
    Ok(())
}
