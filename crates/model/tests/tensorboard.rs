//! What `TensorBoard` writes is what Keras's writes (`golden/events.json`), read by a reader of another make.

#![cfg(feature = "tensorboard")]

use std::error::Error;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use cornu_layers::{Dense, Input, KernelArguments};
use cornu_model::callbacks::{LambdaCallback, TensorBoard, UpdateFreq, Verbose};
use cornu_model::{Compile, Fit, ModelError, Sequential, sequential};
use cornu_optimizers::SGD;
use cornu_optimizers::schedules::ExponentialDecay;
use cornu_tensor::Tensor;
use cornu_testkit::events::{self, Content, Event};
use cornu_testkit::golden;
use serde_json::Value;

type Done = Result<(), Box<dyn Error>>;

fn model(run: &Value) -> Result<Sequential<f32>, Box<dyn Error>> {
    let mut model = sequential![Input::new([3]), Dense::new(2).activation("tanh"), Dense::new(1)]?;
    model.set_weights(&golden::tensors(&run["weights_before"])?)?;
    let sgd = match golden::optional(&run["extra"], "decay") {
        Some(rate) => SGD::new(ExponentialDecay::new(0.1, 3, golden::float(rate)?)?)?,
        None => SGD::new(0.1)?,
    };
    model.compile(Compile::new(sgd, "mse").metric("mae"))?;
    Ok(model)
}

fn board(folder: &Path, arguments: &Value) -> Result<TensorBoard, Box<dyn Error>> {
    let mut board = TensorBoard::new(folder);
    for (name, value) in arguments.as_object().ok_or("no arguments")? {
        board = match name.as_str() {
            "histogram_freq" => board.histogram_freq(golden::count(value)?),
            "update_freq" if value == "batch" => board.update_freq(UpdateFreq::Batch),
            "update_freq" => board.update_freq(golden::count(value)?),
            "write_steps_per_second" => board.write_steps_per_second(value == true),
            other => return Err(format!("no argument {other}").into()),
        };
    }
    Ok(board)
}

/// The events of the one file of a run, without that of the version; none where there is no such folder.
fn events(folder: &Path, run: &str) -> Result<Vec<Event>, Box<dyn Error>> {
    let folder = folder.join(run);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let files = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let [file] = &files[..] else { return Err(format!("{} files", files.len()).into()) };
    let mut events = events::read(&file.path())?;
    assert_eq!(events.remove(0).content, Content::Version("brain.Event:2".to_owned()));
    Ok(events)
}

/// Tag and step, with the place where the value is.
type Key = (String, i64);

/// What Keras wrote into a run, by tag and step.
fn theirs<'g>(entries: &'g Value, run: &str) -> Result<Vec<(Key, &'g Value)>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in golden::list(entries)?.iter().filter(|entry| entry[0] == run) {
        found.push(((golden::text(&entry[1])?.to_owned(), entry[2].as_i64().ok_or("no step")?), &entry[3]));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

#[test]
fn scalars_and_histograms_are_keras_own() -> Done {
    let golden = golden::read("events")?;
    let [x, y, vx, vy] = ["x", "y", "vx", "vy"].map(|name| golden::tensor::<f32>(&golden[name]));
    let (x, y, vx, vy) = (x?, y?, vx?, vy?);
    for run in golden::list(&golden["runs"])? {
        let (folder, mut model) = (tempfile::tempdir()?, model(run)?);
        let mut board = board(folder.path(), &run["arguments"])?;
        let initial_epoch = golden::optional(&run["extra"], "initial_epoch").map_or(Ok(0), golden::count)?;
        let fit = Fit::new().batch_size(4).shuffle(false).verbose(Verbose::Silent).initial_epoch(initial_epoch);
        let fit = fit.epochs(golden::count(&golden["epochs"])?).callback(&mut board);
        let validated = run["extra"]["validated"] != false;
        model.fit(&x, &y, if validated { fit.validation_data(&vx, &vy) } else { fit })?;
        // Keras leaves out epochs and validations whose last batch is not one of each so many.
        let batches_alone = run["arguments"]["update_freq"].as_u64().is_some_and(|batches| batches > 1);
        let counts = |tag: &str| !batches_alone || tag.starts_with("batch_");
        let (mut scalars, mut histograms) = (0, 0);
        for name in ["train", "validation"] {
            let (mut numbers, mut buckets) = (Vec::new(), Vec::new());
            for event in events(folder.path(), name)? {
                match event.content {
                    Content::Scalar { tag, value } if counts(&tag) => numbers.push(((tag, event.step), value)),
                    Content::Histogram { tag, buckets: all } => buckets.push(((tag, event.step), all)),
                    _ => {}
                }
            }
            numbers.sort_by(|a, b| a.0.cmp(&b.0));
            buckets.sort_by(|a, b| a.0.cmp(&b.0));
            scalars += numbers.len();
            histograms += buckets.len();
            let mut expected = theirs(&run["scalars"], name)?;
            expected.retain(|(key, _)| counts(&key.0));
            assert_eq!(keys(&numbers), keys(&expected), "{name} of {}", run["arguments"]);
            for ((key, ours), (_, theirs)) in numbers.iter().zip(&expected) {
                if theirs.is_null() {
                    assert!(ours.is_finite() && *ours > 0.0, "{key:?}: {ours} steps a second");
                } else {
                    let theirs = golden::float::<f32>(theirs)?;
                    assert!((ours - theirs).abs() <= 1e-5 * theirs.abs().max(1.0), "{key:?}: {ours} {theirs}");
                }
            }
            let expected = theirs(&run["histograms"], name)?;
            assert_eq!(keys(&buckets), keys(&expected), "{name} of {}", run["arguments"]);
            for ((key, ours), (_, theirs)) in buckets.iter().zip(&expected) {
                for (ours, theirs) in ours.iter().zip(golden::list(theirs)?) {
                    let theirs = golden::floats::<f64>(theirs)?;
                    let near = (ours[0] - theirs[0]).abs() < 1e-5 && (ours[1] - theirs[1]).abs() < 1e-5;
                    assert!(near && ours[2] == theirs[2], "{key:?}: {ours:?} {theirs:?}");
                }
            }
        }
        assert!(scalars > 0);
        assert_eq!(histograms > 0, run["arguments"]["histogram_freq"].is_u64());
    }
    Ok(())
}

fn keys<V>(entries: &[(Key, V)]) -> Vec<Key> {
    entries.iter().map(|(key, _)| key.clone()).collect()
}

fn line() -> Result<(Sequential<f32>, Tensor<f32>), ModelError> {
    let mut model = sequential![Input::new([1]), Dense::new(1).kernel_initializer("ones")]?;
    model.compile(Compile::new("sgd", "mse"))?;
    Ok((model, Tensor::from([[1.0], [2.0], [3.0]])))
}

fn silent<'a>() -> Fit<'a, f32> {
    Fit::new().verbose(Verbose::Silent).batch_size(1)
}

#[test]
fn everything_is_on_the_disk_at_the_end_of_an_epoch() -> Done {
    let (folder, (mut model, x)) = (tempfile::tempdir()?, line()?);
    let mut board = TensorBoard::new(folder.path()).update_freq(UpdateFreq::Batch);
    let mut counts = Vec::new();
    let mut look = LambdaCallback::new().on_epoch_end(|_, _, _| {
        counts.push(events(folder.path(), "train").map_or(0, |events| events.len()));
    });
    model.fit(&x, &x, silent().epochs(2).callback(&mut board).callback(&mut look))?;
    drop(look);
    assert_eq!(counts, [5, 10]); // three batches, the loss and the learning rate of the epoch
    Ok(())
}

#[test]
fn every_epoch_is_written_whatever_update_freq_says() -> Done {
    let (folder, (mut model, x)) = (tempfile::tempdir()?, line()?);
    let mut board = TensorBoard::new(folder.path()).update_freq(1000);
    model.fit(&x, &x, silent().epochs(3).validation_data(&x, &x).callback(&mut board))?;
    let tags = |run| -> Result<Vec<String>, Box<dyn Error>> {
        let scalar = |event: Event| match event.content {
            Content::Scalar { tag, .. } => Some(format!("{tag} {}", event.step)),
            _ => None,
        };
        Ok(events(folder.path(), run)?.into_iter().filter_map(scalar).collect())
    };
    let of_an_epoch = |epoch| [format!("epoch_loss {epoch}"), format!("epoch_learning_rate {epoch}")];
    assert_eq!(tags("train")?, (0..3).flat_map(of_an_epoch).collect::<Vec<_>>());
    let of_a_validation =
        |epoch| [format!("evaluation_loss_vs_iterations {}", 3 * (epoch + 1)), format!("epoch_loss {epoch}")];
    assert_eq!(tags("validation")?, (0..3).flat_map(of_a_validation).collect::<Vec<_>>());
    Ok(())
}

#[test]
fn each_training_has_a_file_of_its_own() -> Done {
    let (folder, (mut model, x)) = (tempfile::tempdir()?, line()?);
    let mut board = TensorBoard::new(folder.path());
    for _ in 0..3 {
        model.fit(&x, &x, silent().callback(&mut board))?;
    }
    assert_eq!(fs::read_dir(folder.path().join("train"))?.count(), 3);
    Ok(())
}

#[test]
fn weights_that_are_not_numbers_do_not_end_the_training() -> Done {
    let (folder, (mut model, x)) = (tempfile::tempdir()?, line()?);
    let mut board = TensorBoard::new(folder.path()).histogram_freq(1).update_freq(UpdateFreq::Batch);
    let nan = Tensor::full([3, 1], f32::NAN);
    model.fit(&x, &nan, silent().callback(&mut board))?;
    let events = events(folder.path(), "train")?;
    let empty = |event: &Event| match &event.content {
        Content::Histogram { buckets, .. } => buckets.iter().all(|bucket| *bucket == [0.0; 3]),
        Content::Scalar { tag, value } => value.is_nan() || tag == "epoch_learning_rate",
        Content::Version(_) => false,
    };
    assert!(events.len() == 7 && events.iter().all(empty), "{events:?}");
    Ok(())
}

#[test]
fn bad_arguments_are_errors() -> Done {
    let (folder, (mut model, x)) = (tempfile::tempdir()?, line()?);
    let mut board = TensorBoard::new(folder.path()).update_freq(0);
    let error = model.fit(&x, &x, silent().callback(&mut board)).err().ok_or("no batch is no frequency")?;
    assert_eq!(
        error.to_string(),
        "callback `TensorBoard`: expected `update_freq` to be at least 1 batch. Received: update_freq=0"
    );
    let before = model.get_weights();
    for run in ["train", "validation"] {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join(run), "in the way")?;
        let mut board = TensorBoard::new(folder.path());
        let fit = silent().validation_data(&x, &x).callback(&mut board);
        let error = model.fit(&x, &x, fit).err().ok_or("a folder where a file is")?;
        let ModelError::File { path, kind, .. } = &error else { return Err(error.into()) };
        assert_eq!((path, *kind), (&folder.path().join(run), ErrorKind::AlreadyExists));
    }
    assert_eq!(model.get_weights(), before);
    Ok(())
}
