//! Runs of `fit` with steps, validation epochs and weighted metrics, from arrays and from generators, as Keras gives them
//! (`golden/fit_options.json`).

use std::error::Error;
use std::fs;

use cornu_layers::regularizers::L2;
use cornu_layers::{Dense, Input, KernelArguments};
use cornu_losses::config::Config;
use cornu_model::callbacks::{CSVLogger, Verbose};
use cornu_model::source::{Epochs, OwnedBatch, Stream};
use cornu_model::{Compile, Fit, Sequential, sequential};
use cornu_optimizers::SGD;
use cornu_tensor::Tensor;
use cornu_testkit::{assert_close, golden};
use serde_json::Value;

use crate::compile::class_weight;

#[expect(dead_code, reason = "the other tests compile with it")]
#[path = "models/compile.rs"]
mod compile;

type Done = Result<(), Box<dyn Error>>;

fn model(run: &Value) -> Result<Sequential<f32>, Box<dyn Error>> {
    let hidden = Dense::new(5).activation("tanh");
    let is_regularized = golden::text(&run["name"])?.contains("regularized");
    let hidden = if is_regularized { hidden.kernel_regularizer(L2::new(0.05)?) } else { hidden };
    let mut model = sequential![Input::new([4]), hidden, Dense::new(3).activation("softmax")]?;
    model.set_weights(&golden::tensors(&run["weights_before"])?)?;
    let loss = cornu_losses::from_config(&serde_json::from_value::<Config>(run["loss"].clone())?)?;
    let mut compile = Compile::new(SGD::new(0.05)?, loss);
    for (argument, names) in run["compile"].as_object().ok_or("expected arguments")? {
        for name in golden::list(names)? {
            let name = golden::text(name)?;
            compile = if argument == "metrics" { compile.metric(name) } else { compile.weighted_metric(name) };
        }
    }
    model.compile(compile)?;
    Ok(model)
}

/// Rows `start..end`.
fn rows(tensor: &Tensor<f32>, start: usize, end: usize) -> Result<Tensor<f32>, Box<dyn Error>> {
    let rows = tensor.view().rows(start..end)?;
    Ok(Tensor::new(rows.shape(), rows.as_slice().to_vec())?)
}

/// The batches of four, the last one of two.
fn batches(x: &Tensor<f32>, y: &Tensor<f32>, w: Option<&Tensor<f32>>) -> Result<Vec<OwnedBatch<f32>>, Box<dyn Error>> {
    let samples = x.shape().batch();
    let batch = |start: usize| {
        let end = (start + 4).min(samples);
        let sample_weight = w.map_or_else(Vec::new, |w| w.as_slice()[start..end].to_vec());
        Ok(OwnedBatch { x: rows(x, start, end)?, y: rows(y, start, end)?, sample_weight })
    };
    (0..samples).step_by(4).map(batch).collect()
}

/// What is compared.
enum From {
    Arrays,
    Stream,
    Epochs,
}

fn as_keras(run: &Value, from: &From) -> Done {
    let (x, y) = (golden::tensor(&run["x"])?, golden::tensor(&run["y"])?);
    let mut model = model(run)?;
    let arguments = &run["arguments"];
    let validation = golden::optional(arguments, "validation_data").map(golden::tensors::<f32>).transpose()?;
    let weights = golden::optional(arguments, "sample_weight").map(golden::tensor::<f32>).transpose()?;
    let mut fit = Fit::new().shuffle(false).verbose(Verbose::Silent);
    for (name, value) in arguments.as_object().ok_or("expected arguments")? {
        fit = match name.as_str() {
            "epochs" => fit.epochs(golden::count(value)?),
            "batch_size" => fit.batch_size(golden::count(value)?),
            "steps_per_epoch" => fit.steps_per_epoch(golden::count(value)?),
            "validation_steps" => fit.validation_steps(golden::count(value)?),
            "validation_freq" => fit.validation_freq(golden::counts(value)?),
            "class_weight" => fit.class_weight(class_weight(value)?),
            "sample_weight" if matches!(from, From::Arrays) => {
                fit.sample_weight(weights.as_ref().ok_or("no weights")?.as_slice())
            }
            "sample_weight" => fit,
            "validation_data" => match validation.as_deref() {
                Some([x, y]) => fit.validation_data(x, y),
                Some([x, y, weights]) => fit.weighted_validation_data(x, y, weights.as_slice()),
                _ => return Err("expected two or three arrays for the validation".into()),
            },
            other => return Err(format!("fit has no argument {other}").into()),
        };
    }
    let (folder, batches) = (tempfile::tempdir()?, batches(&x, &y, weights.as_ref())?);
    let table = folder.path().join("log.csv");
    let mut logger = CSVLogger::new(&table);
    let fit = fit.callback(&mut logger);
    let history = match from {
        From::Arrays => model.fit(&x, &y, fit)?,
        From::Stream => model.fit_source(&mut Stream::new(batches.into_iter().cycle()).endless(), fit)?,
        From::Epochs => {
            let count = batches.len();
            model.fit_source(&mut Epochs::new(|_| batches.clone().into_iter()).batches(count), fit)?
        }
    };

    assert_eq!(history.epochs(), golden::counts(&run["epoch"])?);
    let names: Vec<&str> = golden::list(&run["history_keys"])?.iter().map(golden::text).collect::<Result<_, _>>()?;
    assert_eq!(history.iter().map(|(name, _)| name).collect::<Vec<_>>(), names);
    assert_eq!(fs::read_to_string(&table)?.lines().next(), run["csv_header"].as_str());
    for (name, values) in history.iter() {
        let expected = &run["history"][name];
        match history.get_list(name) {
            Some(lists) => {
                assert_eq!(lists.len(), golden::list(expected)?.len());
                assert!(fs::read_to_string(&table)?.contains("\"\"\"[")); // as Keras writes a list
                for ((list, expected), mean) in lists.iter().zip(golden::list(expected)?).zip(values) {
                    assert_close(list, &golden::floats(expected)?, 1e-5);
                    assert_close(&[*mean], &[list.iter().sum::<f64>() / list.len() as f64], 1e-12);
                }
            }
            None => assert_close(values, &golden::floats(expected)?, 1e-5),
        }
    }
    for (weight, expected) in model.get_weights().iter().zip(golden::list(&run["weights_after"])?) {
        assert_close(weight.as_slice(), golden::tensor::<f32>(expected)?.as_slice(), 1e-5);
    }
    Ok(())
}

#[test]
fn every_run_of_keras() -> Done {
    let (file, mut from_sources) = (golden::read("fit_options")?, 0);
    for run in golden::list(&file["runs"])? {
        println!("{}", run["name"]); // shown where an assertion fails
        if run["from_generator"] == true {
            as_keras(run, &From::Stream)?;
            from_sources += 1;
        } else {
            as_keras(run, &From::Arrays)?;
        }
        // What Keras does with arrays, a source with the same batches does too.
        let weighted = golden::optional(&run["arguments"], "sample_weight").is_some();
        if run["from_generator"] == false && run["arguments"]["batch_size"] == 4 {
            println!("as a source, weighted: {weighted}");
            as_keras(run, &From::Epochs)?;
            from_sources += 1;
        }
    }
    assert!(from_sources > 10, "{from_sources}");
    Ok(())
}
