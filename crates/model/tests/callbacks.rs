//! Callbacks: when they are called, what they see, and what they can do. The numbers are those of Keras 3.15.1.

#![expect(clippy::expect_used, reason = "a test may panic, in its helpers too")]

use cornu_layers::{Dense, Dropout, KernelArguments};
use cornu_metrics::F1Score;
use cornu_model::callbacks::{
    CSVLogger, Callback, EarlyStopping, LambdaCallback, MonitorMode, TrainingParams, Verbose, WeightRecorder,
};
use cornu_model::{Compile, Fit, History, LayerArguments, ModelError, Sequential, sequential};
use cornu_optimizers::SGD;
use cornu_tensor::Tensor;

fn line() -> Result<Sequential<f32>, ModelError> {
    let mut model = sequential![Dense::new(1).kernel_initializer("zeros").use_bias(false).input_shape([1])]?;
    model.compile(Compile::new(SGD::new(0.1)?, "mse").metric("mae"))?;
    Ok(model)
}

fn ones(samples: usize) -> Tensor<f32> {
    Tensor::full([samples, 1], 1.0)
}

fn silent<'a>() -> Fit<'a, f32> {
    Fit::new().verbose(Verbose::Silent).batch_size(2)
}

/// What `EarlyStopping` did: epochs run, the epoch it stopped in, the best epoch, and whose weights the model has.
type Outcome = (usize, Option<usize>, usize, usize);

/// Ten epochs in which the watched number is as given.
fn stopping(values: &[f64; 10], stopping: EarlyStopping<f32>) -> Result<Outcome, ModelError> {
    let mut watched = LambdaCallback::new().on_epoch_end(|epoch, logs, _| logs.set("watched", values[epoch]));
    let (mut recorder, mut stopping, mut model) = (WeightRecorder::new(), stopping, line()?);
    let fit = silent().epochs(10).callback(&mut watched).callback(&mut recorder).callback(&mut stopping);
    let history = model.fit(&ones(2), &ones(2), fit)?;
    let weights = model.get_weights();
    let kept = recorder.moments()[1..].iter().position(|moment| *moment == weights).expect("the weights of an epoch");
    Ok((history.epochs().len(), stopping.stopped_epoch(), stopping.best_epoch(), kept))
}

const DOWN_UP: [f64; 10] = [5.0, 4.0, 3.0, 3.5, 3.4, 3.3, 2.0, 1.0, 0.5, 0.4];
const FLAT: [f64; 10] = [1.0; 10];
const WAVE: [f64; 10] = [1.0, 0.95, 0.93, 0.92, 0.9, 0.8, 0.85, 0.84, 0.83, 0.82];
const NAN: [f64; 10] = [3.0, f64::NAN, 2.0, f64::NAN, f64::NAN, f64::NAN, 1.0, 1.0, 1.0, 1.0];
const NAN_FIRST: [f64; 10] = [f64::NAN, 3.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0];
const UP: [f64; 10] = [0.1, 0.2, 0.3, 0.25, 0.28, 0.3, 0.31, 0.2, 0.2, 0.2];

#[test]
fn early_stopping_stops_where_keras_does() -> Result<(), ModelError> {
    let watch = |patience| EarlyStopping::new("watched").mode(MonitorMode::Min).patience(patience);
    let restore = |patience| watch(patience).restore_best_weights(true);
    let upwards = |patience| EarlyStopping::new("watched").mode(MonitorMode::Max).patience(patience);
    let cases: [(&[f64; 10], EarlyStopping<f32>, Outcome); 20] = [
        (&DOWN_UP, watch(0), (4, Some(3), 2, 3)),
        (&DOWN_UP, watch(1), (4, Some(3), 2, 3)),
        (&DOWN_UP, restore(2), (5, Some(4), 2, 2)),
        (&DOWN_UP, watch(3), (6, Some(5), 2, 5)),
        (&DOWN_UP, watch(4), (10, None, 9, 9)),
        (&FLAT, watch(0), (2, Some(1), 0, 1)),
        (&FLAT, restore(3), (4, Some(3), 0, 0)),
        (&WAVE, watch(2).min_delta(0.06), (5, Some(4), 2, 4)),
        (&WAVE, restore(2).min_delta(-0.06), (5, Some(4), 2, 2)),
        (&WAVE, watch(3), (9, Some(8), 5, 8)),
        (&WAVE, restore(3).baseline(0.9), (9, Some(8), 5, 5)),
        (&WAVE, watch(6).baseline(0.91), (10, None, 5, 9)),
        (&WAVE, restore(2).baseline(0.1), (7, Some(6), 5, 5)),
        (&DOWN_UP, watch(1).start_from_epoch(4), (10, None, 9, 9)),
        (&DOWN_UP, restore(0).start_from_epoch(3), (10, None, 9, 9)),
        (&FLAT, restore(0).start_from_epoch(20), (10, None, 0, 9)),
        (&NAN, restore(2), (5, Some(4), 2, 2)),
        (&NAN_FIRST, restore(2), (3, Some(2), 0, 0)),
        (&UP, upwards(2).restore_best_weights(true), (5, Some(4), 2, 2)),
        (&UP, upwards(3).min_delta(0.02), (6, Some(5), 2, 5)),
    ];
    for (i, (values, callback, expected)) in cases.into_iter().enumerate() {
        assert_eq!(stopping(values, callback)?, expected, "case {i}");
    }
    Ok(())
}

#[test]
fn early_stopping_begins_anew_at_every_fit() -> Result<(), ModelError> {
    let mut model = line()?;
    model.set_learning_rate(0.0)?;
    let mut stopping = EarlyStopping::new("loss").patience(2);
    for _ in 0..2 {
        let history = model.fit(&ones(2), &ones(2), silent().epochs(9).callback(&mut stopping))?;
        assert_eq!((history.epochs().len(), stopping.stopped_epoch()), (3, Some(2)));
    }
    Ok(())
}

#[test]
fn early_stopping_waits_for_the_validation() -> Result<(), ModelError> {
    let (x, mut model) = (ones(4), line()?);
    model.set_learning_rate(0.0)?;
    let mut stopping = EarlyStopping::new("val_loss").patience(1);
    let fit = silent().epochs(9).validation_split(0.5).validation_freq(3);
    let history = model.fit(&x, &x, fit.callback(&mut stopping))?;
    // Seen in epochs 2 and 5: not better in epoch 5.
    assert_eq!((history.epochs().len(), stopping.stopped_epoch()), (6, Some(5)));
    assert_eq!(history.get("val_loss").map(<[f64]>::len), Some(2));
    Ok(())
}

#[test]
fn a_number_that_nobody_measures_is_an_error() -> Result<(), ModelError> {
    for (name, known) in [("val_loss", "loss, mae"), ("accuracy", "loss, mae")] {
        let mut stopping = EarlyStopping::new(name);
        let error = line()?.fit(&ones(2), &ones(2), silent().callback(&mut stopping)).unwrap_err().to_string();
        assert!(error.contains(known) && error.ends_with(&format!("Received: monitor={name:?}")), "{error}");
    }
    let mut stopping = EarlyStopping::new("mae2");
    let mut set = LambdaCallback::new().on_epoch_end(|_, logs, _| logs.set("mae2", 1.0));
    let fit = silent().callback(&mut set).callback(&mut stopping);
    let error = line()?.fit(&ones(2), &ones(2), fit).unwrap_err().to_string();
    assert!(error.contains("`mode` to be Min or Max"), "{error}");
    Ok(())
}

#[test]
fn a_csv_file_holds_lists_and_goes_on_after_half_a_line() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("log.csv");
    let mut model = sequential![Dense::new(2).activation("softmax").input_shape([1])]?;
    model.compile(Compile::new("sgd", "categorical_crossentropy").metric(F1Score::new()))?;
    let (x, y) = (Tensor::from([[1.0], [2.0], [3.0]]), Tensor::from([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]));
    std::fs::write(&path, "epoch,f1_score,loss\r\n0,\"\"\"[0.5, 0.")?;
    let mut logger = CSVLogger::new(&path).append(true);
    let history = model.fit(&x, &y, silent().callback(&mut logger))?;
    let scores = &history.get_list("f1_score").ok_or("no scores")?[0];
    let text = std::fs::read_to_string(&path)?;
    let (before, after) = text.split_once("\r\n0,\"\"\"[0.5, 0.\r\n").ok_or(text.clone())?;
    assert_eq!(before, "epoch,f1_score,loss");
    let [a, b] = scores[..] else { return Err("two classes".into()) };
    let loss = history.last("loss").ok_or("no loss")?;
    assert_eq!(after, format!("0,\"\"\"[{a:?}, {b:?}]\"\"\",{loss:?},NA,NA\r\n"));
    Ok(())
}

#[test]
fn what_one_sets_the_next_sees_for_this_epoch() -> Result<(), ModelError> {
    let mut seen = Vec::new();
    let mut first = LambdaCallback::new().on_epoch_end(|epoch, logs, _| {
        if epoch == 0 {
            logs.set("extra", 0.5);
        }
    });
    let mut second = LambdaCallback::new().on_epoch_end(|_, logs, _| seen.push(logs.get("extra")));
    let fit = silent().epochs(3).callback(&mut first).callback(&mut second);
    let history = line()?.fit(&ones(2), &ones(2), fit)?;
    drop(second);
    assert_eq!(seen, [Some(0.5), None, None]);
    assert_eq!(history.get("extra"), Some(&[0.5][..]));
    assert_eq!(history.get("loss").map(<[f64]>::len), Some(3));
    Ok(())
}

#[test]
fn batch_logs_are_the_means_of_the_epoch_so_far() -> Result<(), ModelError> {
    let mut losses = Vec::new();
    let mut watch = LambdaCallback::new().on_train_batch_end(|_, logs, _| losses.extend(logs.get("loss")));
    let mut model = line()?;
    model.set_learning_rate(0.0)?;
    let y = Tensor::from([[1.0], [1.0], [3.0], [3.0], [2.0]]);
    let history = model.fit(&ones(5), &y, silent().shuffle(false).callback(&mut watch))?;
    drop(watch);
    assert_eq!(losses, [1.0, 5.0, 24.0 / 5.0]);
    assert_eq!(history.last("loss"), Some(24.0 / 5.0));
    Ok(())
}

/// Trains for three epochs of four batches until the callback says stop.
fn stopped(callback: &mut dyn Callback<f32>) -> Result<(History, u64), ModelError> {
    let mut model = line()?;
    let (validation, fit) = (ones(2), silent().epochs(3));
    let history = model.fit(&ones(8), &ones(8), fit.validation_data(&validation, &validation).callback(callback))?;
    Ok((history, model.iterations()))
}

#[test]
fn a_stop_ends_the_training_where_keras_does() -> Result<(), ModelError> {
    // In a batch: after this batch, but with the validation and the end of the epoch.
    let mut at_batch = LambdaCallback::new().on_train_batch_end(|batch, _, training| {
        if batch == 1 {
            training.stop();
        }
    });
    let (history, iterations) = stopped(&mut at_batch)?;
    assert_eq!((history.epochs(), iterations, history.get("val_loss").map(<[f64]>::len)), (&[0][..], 2, Some(1)));
    // At the beginning of an epoch: after its first batch.
    let mut at_begin = LambdaCallback::new().on_epoch_begin(|epoch, training| {
        if epoch == 1 {
            training.stop();
        }
    });
    let (history, iterations) = stopped(&mut at_begin)?;
    assert_eq!((history.epochs(), iterations), (&[0, 1][..], 5));
    // At the end of an epoch: no other begins.
    let mut at_end = LambdaCallback::new().on_epoch_end(|_, _, training| training.stop());
    let (history, iterations) = stopped(&mut at_end)?;
    assert_eq!((history.epochs(), iterations), (&[0][..], 4));
    Ok(())
}

#[test]
fn a_callback_sees_the_training_and_sets_the_learning_rate() -> Result<(), ModelError> {
    let mut rates = Vec::new();
    let mut schedule = LambdaCallback::new().on_epoch_begin(|epoch, training| {
        let params = TrainingParams { epochs: 5, steps: 3, samples: 5, validated: false, verbose: Verbose::Silent };
        assert_eq!(training.params(), params);
        rates.push(training.learning_rate());
        assert_eq!(training.set_learning_rate(0.1 / (epoch + 1) as f64), Ok(()));
        assert!(training.set_learning_rate(f64::NAN).is_err());
    });
    let mut model = line()?;
    let fit = silent().epochs(5).initial_epoch(3);
    let history = model.fit(&ones(5), &ones(5), fit.callback(&mut schedule))?;
    drop(schedule);
    assert_eq!(history.epochs(), [3, 4]);
    assert_eq!(rates, [0.1, 0.1 / 4.0]);
    assert_eq!(model.optimizer().map(|optimizer| optimizer.learning_rate()), Some(0.1 / 5.0));
    Ok(())
}

#[test]
fn the_recorder_keeps_every_moment() -> Result<(), ModelError> {
    let layers = sequential![Dense::new(3).activation("relu").input_shape([1]), Dropout::new(0.5), Dense::new(1)]?;
    let mut model = layers.with_seed(3)?;
    model.compile(Compile::new("adam", "mse"))?;
    let before = model.get_weights();
    let mut recorder = WeightRecorder::new();
    let mut model_at_end = Vec::new();
    let mut witness =
        LambdaCallback::new().on_epoch_end(|_, _, training| model_at_end.push(training.model().get_weights()));
    let fit = silent().epochs(3).callback(&mut recorder).callback(&mut witness);
    model.fit(&ones(6), &ones(6), fit)?;
    drop(witness);
    assert_eq!(recorder.paths(), model.named_weights().map(|weight| weight.path).collect::<Vec<_>>());
    assert_eq!((recorder.moments().len(), &recorder.moments()[0]), (4, &before));
    assert_eq!(recorder.moments()[1..], model_at_end);
    assert_eq!(recorder.moments()[3], model.get_weights());
    // It begins anew.
    model.fit(&ones(6), &ones(6), silent().callback(&mut recorder))?;
    assert_eq!((recorder.moments().len(), &recorder.moments()[0]), (2, &model_at_end[2]));
    Ok(())
}
