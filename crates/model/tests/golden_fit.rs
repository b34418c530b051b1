//! Whole runs of `fit` and `evaluate`, and the tables of `summary`, as Keras gives them (`golden/fit.json`).

use std::error::Error;

use cornu_layers::regularizers::{L1, L2};
use cornu_layers::{
    Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten, Input, KernelArguments, MaxPooling2D,
};
use cornu_model::callbacks::Verbose;
use cornu_model::{Compile, Evaluate, Fit, LayerArguments, Logs, Sequential, sequential};
use cornu_optimizers::SGD;
use cornu_tensor::Tensor;
use cornu_testkit::{assert_close, golden};
use serde_json::Value;

use crate::compile::{class_weight, compile};

#[path = "models/compile.rs"]
mod compile;

type Done = Result<(), Box<dyn Error>>;
type Model = Result<Sequential<f32>, Box<dyn Error>>;

fn tanh(units: usize) -> Dense<f32> {
    Dense::new(units).activation("tanh")
}

fn softmax(units: usize) -> Dense<f32> {
    Dense::new(units).activation("softmax")
}

/// The model of a run.
fn model(run: &str) -> Model {
    let made = match run {
        "default_batch_size" => sequential![Input::new([3]), tanh(6), Dense::new(1)],
        "binary" => sequential![Input::new([4]), tanh(5), Dense::new(1).activation("sigmoid")],
        "regularizer" => {
            let hidden = tanh(5).kernel_regularizer(L2::new(0.05)?).activity_regularizer(L1::new(0.01)?);
            sequential![Input::new([4]), hidden, softmax(3)]
        }
        "batch_normalization" => sequential![
            Input::new([4]),
            Dense::new(5),
            BatchNormalization::new().momentum(0.8),
            Activation::new("tanh"),
            softmax(3),
        ],
        "convolution" => sequential![
            Input::new([6, 6, 1]),
            Conv2D::new(3, 3).activation("relu"),
            MaxPooling2D::default(),
            Flatten,
            softmax(2),
        ],
        _ => sequential![Input::new([4]), tanh(5), softmax(3)],
    };
    Ok(made?)
}

#[test]
fn every_run_of_keras() -> Done {
    let file = golden::read("fit")?;
    for run in golden::list(&file["runs"])? {
        println!("{}", run["name"]); // shown where an assertion fails
        as_keras(run)?;
    }
    Ok(())
}

fn as_keras(run: &Value) -> Done {
    let (x, y) = (golden::tensor(&run["x"])?, golden::tensor(&run["y"])?);
    let mut model = model(golden::text(&run["name"])?)?;
    model.set_weights(&golden::tensors(&run["weights_before"])?)?;
    compile(&mut model, run)?;

    let arguments = &run["arguments"];
    let validation = golden::optional(arguments, "validation_data").map(golden::tensors::<f32>).transpose()?;
    let weights = golden::optional(arguments, "sample_weight").map(golden::tensor::<f32>).transpose()?;
    let mut fit = Fit::new().shuffle(false).verbose(Verbose::Silent);
    for (name, value) in arguments.as_object().ok_or("expected arguments")? {
        fit = match name.as_str() {
            "epochs" => fit.epochs(golden::count(value)?),
            "initial_epoch" => fit.initial_epoch(golden::count(value)?),
            "batch_size" => fit.batch_size(golden::count(value)?),
            "validation_batch_size" => fit.validation_batch_size(golden::count(value)?),
            "validation_freq" => fit.validation_freq(golden::count(value)?),
            "validation_split" => fit.validation_split(golden::float(value)?),
            "class_weight" => fit.class_weight(class_weight(value)?),
            "sample_weight" => fit.sample_weight(weights.as_ref().ok_or("no weights")?.as_slice()),
            "validation_data" => match validation.as_deref() {
                Some([x, y]) => fit.validation_data(x, y),
                Some([x, y, weights]) => fit.weighted_validation_data(x, y, weights.as_slice()),
                _ => return Err("expected two or three arrays for the validation".into()),
            },
            other => return Err(format!("fit has no argument {other}").into()),
        };
    }
    let history = model.fit(&x, &y, fit)?;

    assert_eq!(history.epochs(), golden::counts(&run["epoch"])?);
    let names: Vec<&str> = golden::list(&run["history_keys"])?.iter().map(golden::text).collect::<Result<_, _>>()?;
    assert_eq!(history.iter().map(|(name, _)| name).collect::<Vec<_>>(), names);
    for (name, values) in history.iter() {
        assert_close(values, &golden::floats(&run["history"][name])?, 1e-5);
    }
    for (weight, expected) in model.get_weights().iter().zip(golden::list(&run["weights_after"])?) {
        assert_close(weight.as_slice(), golden::tensor::<f32>(expected)?.as_slice(), 1e-5);
    }
    assert_close(model.predict(&x)?.as_slice(), golden::tensor::<f32>(&run["prediction"])?.as_slice(), 1e-5);
    for key in ["evaluate", "evaluate_weighted"] {
        let weights = golden::optional(&run[key], "sample_weight").map(golden::tensor::<f32>).transpose()?;
        let evaluate = Evaluate::new().batch_size(golden::count(&run[key]["batch_size"])?).verbose(Verbose::Silent);
        let evaluate = match &weights {
            Some(weights) => evaluate.sample_weight(weights.as_slice()),
            None => evaluate,
        };
        assert_logs(&model.evaluate(&x, &y, evaluate)?, &run[key]["result"])?;
    }
    Ok(())
}

fn assert_logs(logs: &Logs, expected: &Value) -> Done {
    assert_eq!(Some(logs.iter().len()), expected.as_object().map(serde_json::Map::len));
    for (name, value) in logs.iter() {
        assert_close(&[value], &[golden::float(&expected[name])?], 1e-5);
    }
    Ok(())
}

/// The model of a table.
fn summarized(name: &str) -> Model {
    let two_layers = || sequential![Input::new([4]), tanh(5), softmax(3)];
    let x = Tensor::from_fn([2, 4], |i| i as f32);
    let silent = || Fit::new().verbose(Verbose::Silent);
    let made = match name {
        "built" => two_layers(),
        "unbuilt" => sequential![tanh(5), Dropout::new(0.5), softmax(3)],
        "compiled_and_trained" | "compiled_not_trained" => two_layers().and_then(|mut model| {
            model.compile(Compile::new("adam", "sparse_categorical_crossentropy").metric("accuracy"))?;
            if name == "compiled_and_trained" {
                model.fit(&x, &Tensor::from_labels(&[0, 2]), silent())?;
            }
            Ok(model)
        }),
        "trained_with_sgd_momentum" => {
            let mut model = sequential![Input::new([1]), Dense::new(1)]?.with_name("line");
            model.compile(Compile::new(SGD::default().momentum(0.9)?, "mse"))?;
            let line = Tensor::from([[1.0], [2.0]]);
            model.fit(&line, &line, silent())?;
            Ok(model)
        }
        "non_trainable_weights" => sequential![
            Input::new([28, 28, 1]),
            Conv2D::new(32, 3),
            BatchNormalization::new(),
            Activation::new("relu"),
            MaxPooling2D::default(),
            Flatten,
            Dense::new(128).activation("relu").trainable(false),
            Dropout::new(0.5),
            softmax(10),
        ],
        "long_names" => sequential![
            Input::new([4]),
            Dense::new(5).named("a_layer_whose_name_is_much_too_long_for_its_column"),
            Dense::new(1_000_000).kernel_initializer("zeros").named("wide"),
            Dense::new(3).kernel_initializer("zeros").named("short"),
        ]
        .map(|model| {
            model.with_name("a_model_whose_name_is_long_as_well_and_goes_on_and_on_until_the_line_is_full_and_more")
        }),
        "nested" => {
            let inner = sequential![Input::new([4]), Dense::new(5), BatchNormalization::new()]?;
            let inner = inner.with_name("inner");
            // Keras counts the names of all layers, those of inner models too.
            sequential![Input::new([4]), inner, softmax(3).named("dense_1")]
        }
        "empty" => sequential![],
        other => return Err(format!("no model of the name {other}").into()),
    };
    Ok(made?)
}

#[test]
fn every_table_of_keras() -> Done {
    let file = golden::read("fit")?;
    let (mut same, mut asked_for_more) = (0, 0);
    for table in golden::list(&file["summaries"])? {
        if table["arguments"].as_object().is_some_and(|arguments| !arguments.is_empty()) {
            asked_for_more += 1; // expand_nested, show_trainable, line_length: Cornu's `summary` has no arguments
            continue;
        }
        let name = golden::text(&table["name"])?;
        let (summary, expected) = (summarized(name)?.summary(), golden::text(&table["text"])?.to_owned());
        // Keras's console breaks a title that is wider than the table; Cornu's stays one line.
        let expected = if name == "long_names" {
            expected.replacen("Model: \n", "Model: ", 1).replace("an\nd_more", "and_more")
        } else {
            expected
        };
        assert_eq!(summary.trim_end(), expected.trim_end(), "{name}");
        same += 1;
    }
    assert_eq!((same, asked_for_more), (9, 3));
    Ok(())
}
