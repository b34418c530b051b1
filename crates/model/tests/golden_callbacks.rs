//! Whole runs of `fit` with callbacks, as Keras gives them (`golden/callbacks.json`).

use std::error::Error;
use std::fs;
use std::path::Path;

use cornu_layers::{Dense, Input, KernelArguments};
use cornu_model::callbacks::{
    CSVLogger, Callback, EarlyStopping, LambdaCallback, LearningRateScheduler, ModelCheckpoint, MonitorMode,
    ReduceLROnPlateau, SwapEMAWeights, TerminateOnNaN, Verbose,
};
use cornu_model::{Compile, Fit, Sequential, sequential};
use cornu_optimizers::{OptimizerArguments, SGD};
use cornu_testkit::{assert_close, golden};
use serde_json::Value;

type Done = Result<(), Box<dyn Error>>;
type Arguments = serde_json::Map<String, Value>;

fn model(run: &Value) -> Result<Sequential<f32>, Box<dyn Error>> {
    let mut model = sequential![Input::new([3]), Dense::new(2).activation("tanh"), Dense::new(1)]?;
    model.set_weights(&golden::tensors(&run["weights_before"])?)?;
    let use_ema = run["extra"]["use_ema"] == true;
    model.compile(Compile::new(SGD::new(0.1)?.use_ema(use_ema).ema_momentum(0.9)?, "mse"))?;
    Ok(model)
}

fn mode(value: &Value) -> Result<MonitorMode, Box<dyn Error>> {
    Ok(match golden::text(value)? {
        "min" => MonitorMode::Min,
        "max" => MonitorMode::Max,
        other => return Err(format!("no mode {other}").into()),
    })
}

fn unknown(name: &str) -> Box<dyn Error> {
    format!("no argument {name}").into()
}

fn reduce(arguments: &Arguments) -> Result<ReduceLROnPlateau, Box<dyn Error>> {
    let monitor = arguments.get("monitor").map(golden::text).transpose()?;
    let mut callback = monitor.map_or_else(ReduceLROnPlateau::default, ReduceLROnPlateau::new);
    for (name, value) in arguments {
        callback = match name.as_str() {
            "monitor" => callback,
            "mode" => callback.mode(mode(value)?),
            "factor" => callback.factor(golden::float(value)?),
            "patience" => callback.patience(golden::count(value)?),
            "min_delta" => callback.min_delta(golden::float(value)?),
            "cooldown" => callback.cooldown(golden::count(value)?),
            "min_lr" => callback.min_lr(golden::float(value)?),
            other => return Err(unknown(other)),
        };
    }
    Ok(callback)
}

fn stopping(arguments: &Arguments) -> Result<EarlyStopping<f32>, Box<dyn Error>> {
    let mut callback = EarlyStopping::new("watched");
    for (name, value) in arguments {
        callback = match name.as_str() {
            "monitor" => callback,
            "mode" => callback.mode(mode(value)?),
            "patience" => callback.patience(golden::count(value)?),
            "min_delta" => callback.min_delta(golden::float(value)?),
            "baseline" => callback.baseline(golden::float(value)?),
            "restore_best_weights" => callback.restore_best_weights(value == true),
            "start_from_epoch" => callback.start_from_epoch(golden::count(value)?),
            other => return Err(unknown(other)),
        };
    }
    Ok(callback)
}

/// Keras's file names end in `.keras`.
fn own_name(name: &str) -> String {
    name.replace(".keras", ".safetensors")
}

fn checkpoint(arguments: &Arguments, folder: &Path) -> Result<ModelCheckpoint, Box<dyn Error>> {
    let filepath = folder.join(own_name(golden::text(&arguments["filepath"])?));
    let mut callback = ModelCheckpoint::new(filepath.to_string_lossy());
    for (name, value) in arguments {
        callback = match name.as_str() {
            "filepath" => callback,
            "monitor" => callback.monitor(golden::text(value)?),
            "mode" => callback.mode(mode(value)?),
            "save_best_only" => callback.save_best_only(value == true),
            "save_freq" => callback.save_freq(golden::count(value)?),
            "initial_value_threshold" => callback.initial_value_threshold(golden::float(value)?),
            other => return Err(unknown(other)),
        };
    }
    Ok(callback)
}

#[test]
fn every_run_of_keras() -> Done {
    let file = golden::read("callbacks")?;
    for run in golden::list(&file["runs"])? {
        println!("{} {}", run["class_name"], run["config"]); // shown where an assertion fails
        as_keras(&file, run)?;
    }
    Ok(())
}

fn as_keras(file: &Value, run: &Value) -> Done {
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("log.csv");
    let (watched, arguments) = (golden::floats(&file["watched"])?, run["config"].as_object().ok_or("no config")?);
    let (x, y) = (golden::tensor(&file["x"])?, golden::tensor(&run["y"])?);
    let validation = golden::tensors::<f32>(&file["validation"])?;
    let mut stopping_callback = stopping(&Arguments::new())?;
    let mut other: Box<dyn Callback<f32>>;
    let class_name = golden::text(&run["class_name"])?;
    let callback: &mut dyn Callback<f32> = match class_name {
        "EarlyStopping" => {
            stopping_callback = stopping(arguments)?;
            &mut stopping_callback
        }
        _ => {
            other = match class_name {
                "ReduceLROnPlateau" => Box::new(reduce(arguments)?),
                "LearningRateScheduler" => {
                    Box::new(LearningRateScheduler::new(|epoch, rate| if epoch < 3 { rate } else { rate * 0.5 }))
                }
                "TerminateOnNaN" => Box::new(TerminateOnNaN::new()),
                "SwapEMAWeights" => {
                    Box::new(SwapEMAWeights::new().swap_on_epoch(run["config"]["swap_on_epoch"] == true))
                }
                "CSVLogger" => {
                    if let Some(text) = run["extra"]["text"].as_str() {
                        fs::write(&log, text)?;
                    }
                    let separator = run["config"]["separator"].as_str().and_then(|text| text.chars().next());
                    let append = run["config"]["append"] == true;
                    Box::new(CSVLogger::new(&log).separator(separator.unwrap_or(',')).append(append))
                }
                "ModelCheckpoint" => Box::new(checkpoint(arguments, folder.path())?),
                other => return Err(format!("no callback {other}").into()),
            };
            other.as_mut()
        }
    };
    let mut watch = LambdaCallback::new().on_epoch_end(|epoch, logs, _| logs.set("watched", watched[epoch]));
    let mut fit = Fit::new().batch_size(4).epochs(watched.len()).shuffle(false).verbose(Verbose::Silent);
    if run["extra"]["validated"] != false {
        fit = fit.validation_data(&validation[0], &validation[1]);
    }
    if class_name != "CSVLogger" {
        fit = fit.callback(&mut watch);
    }
    let mut model = model(run)?;
    let history = model.fit(&x, &y, fit.callback(callback))?;

    let expected = run["history"].as_object().ok_or("no history")?;
    let names: Vec<&str> = golden::list(&run["history_keys"])?.iter().map(golden::text).collect::<Result<_, _>>()?;
    assert_eq!(history.iter().map(|(name, _)| name).collect::<Vec<_>>(), names);
    for (name, values) in history.iter() {
        assert_close(values, &golden::floats(&expected[name])?, 1e-5);
    }
    for (weight, expected) in model.get_weights().iter().zip(golden::list(&run["weights_after"])?) {
        assert_close(weight.as_slice(), golden::tensor::<f32>(expected)?.as_slice(), 1e-5);
    }
    match class_name {
        "EarlyStopping" => {
            // Keras says 0 where training was not stopped.
            assert_eq!(stopping_callback.stopped_epoch().unwrap_or(0), golden::count(&run["stopped_epoch"])?);
            assert_eq!(stopping_callback.best_epoch(), golden::count(&run["best_epoch"])?);
        }
        "CSVLogger" => same_table(&fs::read_to_string(&log)?, golden::text(&run["text"])?)?,
        "ModelCheckpoint" => {
            let files = fs::read_dir(&folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
            let mut files = files.collect::<Result<Vec<_>, std::io::Error>>()?;
            files.sort();
            let expected = golden::list(&run["files"])?.iter().map(|name| Ok(own_name(golden::text(name)?)));
            assert_eq!(files, expected.collect::<Result<Vec<_>, golden::GoldenError>>()?);
        }
        _ => {}
    }
    Ok(())
}

/// Two tables with the same text, but for the last digits of numbers.
fn same_table(own: &str, keras: &str) -> Done {
    let lines: (Vec<&str>, Vec<&str>) =
        (own.split_inclusive("\r\n").collect(), keras.split_inclusive("\r\n").collect());
    assert_eq!(lines.0.len(), lines.1.len(), "{own}");
    for (own, keras) in lines.0.iter().zip(lines.1) {
        let (own, keras) = (
            own.strip_suffix("\r\n").ok_or("a line without an end")?,
            keras.strip_suffix("\r\n").ok_or("a line without an end")?,
        );
        let (own, keras): (Vec<&str>, Vec<&str>) = (own.split([',', ';']).collect(), keras.split([',', ';']).collect());
        assert_eq!(own.len(), keras.len(), "{own:?}");
        for (own, keras) in own.iter().zip(keras) {
            match (own.parse::<f64>(), keras.parse::<f64>()) {
                (Ok(own), Ok(keras)) => assert_close(&[own], &[keras], 1e-5),
                _ => assert_eq!(*own, keras),
            }
        }
    }
    Ok(())
}
