//! Whole runs of `fit` with every regularizer and constraint, as Keras gives them (`golden/penalties.json`). The models are
//! made from what Keras writes of their layers.

use std::error::Error;

use cornu_layers::config::Config;
use cornu_layers::{
    ActivityRegularization, BatchNormalization, Conv2D, Dense, Flatten, Input, KernelArguments, Size2D, constraints,
    regularizers,
};
use cornu_model::callbacks::Verbose;
use cornu_model::{Evaluate, Fit, Sequential};
use cornu_testkit::{assert_close, golden};
use serde_json::Value;

use crate::compile::compile;

#[path = "models/compile.rs"]
#[expect(dead_code, reason = "other tests use more of it")]
mod compile;

type Done<V = ()> = Result<V, Box<dyn Error>>;

/// What stands under this key of a layer's config, if anything does.
fn config(layer: &Value, key: &str) -> Done<Option<Config>> {
    Ok(golden::optional(layer, key).cloned().map(serde_json::from_value).transpose()?)
}

/// A layer with the regularizers and constraints that its config has.
fn with_penalties<L: KernelArguments<f32>>(layer: L, from: &Value) -> Done<L> {
    let mut layer = layer.activation(golden::text(&from["activation"])?);
    if let Some(config) = config(from, "kernel_regularizer")? {
        layer = layer.kernel_regularizer(regularizers::from_config(&config)?);
    }
    if let Some(config) = config(from, "bias_regularizer")? {
        layer = layer.bias_regularizer(regularizers::from_config(&config)?);
    }
    if let Some(config) = config(from, "activity_regularizer")? {
        layer = layer.activity_regularizer(regularizers::from_config(&config)?);
    }
    if let Some(config) = config(from, "kernel_constraint")? {
        layer = layer.kernel_constraint(constraints::from_config(&config)?);
    }
    if let Some(config) = config(from, "bias_constraint")? {
        layer = layer.bias_constraint(constraints::from_config(&config)?);
    }
    Ok(layer)
}

fn batch_normalization(from: &Value) -> Done<BatchNormalization<f32>> {
    let mut layer = BatchNormalization::new().momentum(golden::float(&from["momentum"])?);
    if let Some(config) = config(from, "gamma_regularizer")? {
        layer = layer.gamma_regularizer(regularizers::from_config(&config)?);
    }
    if let Some(config) = config(from, "beta_regularizer")? {
        layer = layer.beta_regularizer(regularizers::from_config(&config)?);
    }
    if let Some(config) = config(from, "gamma_constraint")? {
        layer = layer.gamma_constraint(constraints::from_config(&config)?);
    }
    if let Some(config) = config(from, "beta_constraint")? {
        layer = layer.beta_constraint(constraints::from_config(&config)?);
    }
    Ok(layer)
}

/// Adds the layer that Keras wrote so.
fn add(model: &mut Sequential<f32>, class: &str, from: &Value) -> Done {
    match class {
        "InputLayer" => {
            let batch = golden::list(&from["batch_shape"])?;
            let sample: Vec<usize> = batch[1..].iter().map(golden::count).collect::<Result<_, _>>()?;
            model.add(Input::new(cornu_tensor::Shape::new(&sample)?))?;
        }
        "Dense" => {
            model.add(with_penalties(Dense::new(golden::count(&from["units"])?), from)?)?;
        }
        "Conv2D" => {
            let [height, width] = golden::counts(&from["kernel_size"])?[..] else { return Err("two sizes".into()) };
            let conv = Conv2D::new(golden::count(&from["filters"])?, Size2D { height, width });
            model.add(with_penalties(conv, from)?)?;
        }
        "BatchNormalization" => {
            model.add(batch_normalization(from)?)?;
        }
        "ActivityRegularization" => {
            model.add(ActivityRegularization::new(golden::float(&from["l1"])?, golden::float(&from["l2"])?))?;
        }
        "Flatten" => {
            model.add(Flatten)?;
        }
        other => return Err(format!("no layer {other}").into()),
    }
    Ok(())
}

#[test]
fn every_run_of_keras() -> Done {
    let file = golden::read("penalties")?;
    for run in golden::list(&file["runs"])? {
        println!("{}", run["name"]); // shown where an assertion fails
        as_keras(run)?;
    }
    Ok(())
}

fn as_keras(run: &Value) -> Done {
    let (x, y) = (golden::tensor(&run["x"])?, golden::tensor(&run["y"])?);
    let mut model = Sequential::<f32>::new();
    for from in golden::list(&run["config"]["layers"])? {
        add(&mut model, golden::text(&from["class_name"])?, &from["config"])?;
    }
    model.set_weights(&golden::tensors(&run["weights_before"])?)?;
    compile(&mut model, run)?;

    let arguments = &run["arguments"];
    let mut fit = Fit::new().shuffle(false).verbose(Verbose::Silent);
    fit = fit.epochs(golden::count(&arguments["epochs"])?).batch_size(golden::count(&arguments["batch_size"])?);
    if let Some(split) = golden::optional(arguments, "validation_split") {
        fit = fit.validation_split(golden::float(split)?);
    }
    let history = model.fit(&x, &y, fit)?;

    let names: Vec<&str> = golden::list(&run["history_keys"])?.iter().map(golden::text).collect::<Result<_, _>>()?;
    assert_eq!(history.iter().map(|(name, _)| name).collect::<Vec<_>>(), names);
    for (name, values) in history.iter() {
        assert_close(values, &golden::floats(&run["history"][name])?, 1e-5);
    }
    for (weight, expected) in model.get_weights().iter().zip(golden::list(&run["weights_after"])?) {
        assert_close(weight.as_slice(), golden::tensor::<f32>(expected)?.as_slice(), 1e-5);
    }
    assert_close(model.predict(&x)?.as_slice(), golden::tensor::<f32>(&run["prediction"])?.as_slice(), 1e-5);
    let evaluate = Evaluate::new().batch_size(golden::count(&run["evaluate"]["batch_size"])?).verbose(Verbose::Silent);
    for (name, value) in model.evaluate(&x, &y, evaluate)?.iter() {
        assert_close(&[value], &[golden::float(&run["evaluate"]["result"][name])?], 1e-5);
    }
    Ok(())
}
