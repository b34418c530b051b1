//! A training that was interrupted goes on as if it never had been: bit by bit.

use std::error::Error;
use std::fs;
use std::path::Path;

use cornu_layers::{BatchNormalization, Dense, Dropout, KernelArguments};
use cornu_model::callbacks::{BackupAndRestore, Callback, Training, Verbose, WeightRecorder};
use cornu_model::{Compile, Fit, History, LayerArguments, Logs, ModelError, Sequential, sequential};
use cornu_optimizers::schedules::ExponentialDecay;
use cornu_optimizers::{
    Adam, IntoOptimizer, LossScaleOptimizer, Nadam, Optimizer, OptimizerArguments, OptimizerError, SGD,
};
use cornu_tensor::Tensor;

type Done = Result<(), Box<dyn Error>>;

const EPOCHS: usize = 5;
const SAMPLES: usize = 22; // six batches of 4, the last of 2

fn data() -> (Tensor<f32>, Tensor<f32>) {
    let x = Tensor::from_fn([SAMPLES, 3], |i| ((i * 37 % 29) as f32 - 14.0) / 7.0);
    let y = Tensor::from_fn([SAMPLES, 1], |i| ((i * 17 % 13) as f32 - 6.0) / 5.0);
    (x, y)
}

fn model(seed: u64, optimizer: impl IntoOptimizer<f32>) -> Result<Sequential<f32>, ModelError> {
    let layers = sequential![
        Dense::new(6).activation("tanh").input_shape([3]),
        BatchNormalization::new(),
        Dropout::new(0.3),
        Dense::new(1),
    ]?;
    let mut model = layers.with_seed(seed)?;
    model.compile(Compile::new(optimizer, "mse").metric("mae"))?;
    Ok(model)
}

/// Every kind of state an optimizer can have.
fn optimizers() -> Result<[Box<dyn Optimizer<f32>>; 4], OptimizerError> {
    Ok([
        Box::new(Adam::new(ExponentialDecay::new(0.02, 7, 0.8)?)?.clipnorm(1.0)?),
        Box::new(Adam::new(0.01)?.use_ema(true).ema_momentum(0.9)?.gradient_accumulation_steps(4)?),
        Box::new(Nadam::new(0.01)?),
        Box::new(LossScaleOptimizer::new(SGD::new(0.05)?.momentum(0.9)?)?.dynamic_growth_steps(5)?),
    ])
}

/// Fails at an epoch's begin, or before a batch of it, as a machine would.
struct Interrupt(usize, usize);

impl Callback<f32> for Interrupt {
    fn on_train_batch_begin(&mut self, batch: usize, training: &mut Training<'_, f32>) -> Result<(), ModelError> {
        let epoch = training.model().iterations() as usize / training.params().steps;
        if (epoch, batch) == (self.0, self.1) {
            return Err(ModelError::Callback { callback: "Interrupt".to_owned(), message: "the power".to_owned() });
        }
        Ok(())
    }
}

fn fit<'a>() -> Fit<'a, f32> {
    Fit::new().epochs(EPOCHS).batch_size(4).verbose(Verbose::Silent)
}

/// The training without an interruption.
fn whole(model: &mut Sequential<f32>) -> Result<(History, WeightRecorder<f32>), ModelError> {
    let ((x, y), mut recorder) = (data(), WeightRecorder::new());
    let history = model.fit(&x, &y, fit().callback(&mut recorder))?;
    Ok((history, recorder))
}

#[test]
fn a_training_resumed_at_any_epoch_has_the_same_bits() -> Done {
    let (x, y) = data();
    for optimizer in optimizers()? {
        let mut never_stopped = model(3, optimizer.clone())?;
        let (history, recorder) = whole(&mut never_stopped)?;
        for epoch in 1..EPOCHS {
            let folder = tempfile::tempdir()?;
            let (mut backup, mut interrupt) =
                (BackupAndRestore::new(folder.path().join("backup")), Interrupt(epoch, 0));
            let error = model(3, optimizer.clone())?.fit(&x, &y, fit().callback(&mut backup).callback(&mut interrupt));
            assert!(error.is_err());
            // Another process: another model, another seed.
            let (mut other, mut recorded) = (model(99, optimizer.clone())?, WeightRecorder::new());
            let mut backup = BackupAndRestore::new(folder.path().join("backup"));
            let resumed = other.fit(&x, &y, fit().callback(&mut backup).callback(&mut recorded))?;
            assert_eq!(resumed.epochs(), (epoch..EPOCHS).collect::<Vec<_>>());
            for (name, values) in resumed.iter() {
                assert_eq!(Some(values), history.get(name).map(|values| &values[epoch..]), "{name}");
            }
            assert_eq!(recorded.moments()[1..], recorder.moments()[epoch + 1..], "{} {epoch}", optimizer.name());
            assert_eq!(other.get_weights(), never_stopped.get_weights());
            assert_eq!(other.optimizer_variables(), never_stopped.optimizer_variables());
            assert!(!folder.path().join("backup").exists());
        }
    }
    Ok(())
}

#[test]
fn a_training_resumed_at_any_batch_has_the_same_bits() -> Done {
    let (x, y) = data();
    for optimizer in optimizers()?.into_iter().take(2) {
        let mut never_stopped = model(3, optimizer.clone())?;
        let (_, recorder) = whole(&mut never_stopped)?;
        for (save_freq, epoch, batch, first) in
            [(1, 0, 1, 0), (1, 1, 4, 1), (2, 2, 5, 2), (3, 3, 0, 3), (4, 1, 3, 1), (5, 4, 5, 4), (1, 2, 0, 2)]
        {
            let folder = tempfile::tempdir()?;
            let mut backup = BackupAndRestore::new(folder.path()).save_freq(save_freq);
            let mut interrupt = Interrupt(epoch, batch);
            let fit_it = fit().callback(&mut backup).callback(&mut interrupt);
            assert!(model(3, optimizer.clone())?.fit(&x, &y, fit_it).is_err());
            let (mut other, mut recorded) = (model(99, optimizer.clone())?, WeightRecorder::new());
            let mut backup = BackupAndRestore::new(folder.path()).save_freq(save_freq);
            let resumed = other.fit(&x, &y, fit().callback(&mut backup).callback(&mut recorded))?;
            assert_eq!(resumed.epochs()[0], first, "{save_freq} {epoch} {batch}");
            assert_eq!(recorded.moments()[1..], recorder.moments()[first + 1..], "{save_freq} {epoch} {batch}");
            assert_eq!(other.optimizer_variables(), never_stopped.optimizer_variables());
        }
    }
    Ok(())
}

/// An interrupted training with a backup after each of its first two epochs.
fn interrupted(folder: &Path, double: bool) -> Done {
    let (x, y) = data();
    let (mut backup, mut interrupt) = (BackupAndRestore::new(folder).double_checkpoint(double), Interrupt(2, 1));
    let fit_it = fit().callback(&mut backup).callback(&mut interrupt);
    assert!(model(3, "adam")?.fit(&x, &y, fit_it).is_err());
    Ok(())
}

fn go_on(folder: &Path) -> Result<History, ModelError> {
    let ((x, y), mut backup) = (data(), BackupAndRestore::new(folder));
    model(3, "adam")?.fit(&x, &y, fit().callback(&mut backup))
}

#[test]
fn a_damaged_backup_is_an_error_or_the_one_before_it_is_taken() -> Done {
    for double in [false, true] {
        let folder = tempfile::tempdir()?;
        interrupted(folder.path(), double)?;
        let latest = folder.path().join("latest.safetensors");
        let bytes = fs::read(&latest)?;
        fs::write(&latest, &bytes[..bytes.len() / 2])?;
        match go_on(folder.path()) {
            Ok(history) => assert!(double && history.epochs() == [1, 2, 3, 4], "{history:?}"),
            Err(error) => {
                assert!(!double && matches!(error, ModelError::Checkpoint { .. }), "{error}");
                assert!(error.to_string().contains("latest.safetensors"), "{error}");
            }
        }
    }
    let folder = tempfile::tempdir()?;
    interrupted(folder.path(), true)?;
    fs::remove_file(folder.path().join("latest.safetensors"))?;
    assert_eq!(go_on(folder.path())?.epochs(), [1, 2, 3, 4]);
    Ok(())
}

#[test]
fn a_backup_that_had_not_taken_its_place_is_taken() -> Done {
    // The one before the last was damaged when it made room for another, and then the power failed.
    let folder = tempfile::tempdir()?;
    interrupted(folder.path(), true)?;
    fs::rename(folder.path().join("latest.safetensors"), folder.path().join("latest.safetensors.new"))?;
    fs::write(folder.path().join("latest.safetensors.bkp"), "damaged")?;
    assert_eq!(go_on(folder.path())?.epochs(), [2, 3, 4]);
    Ok(())
}

#[test]
fn a_backup_of_another_model_or_of_no_training_is_an_error() -> Done {
    let ((x, y), folder) = (data(), tempfile::tempdir()?);
    interrupted(folder.path(), false)?;
    let mut backup = BackupAndRestore::new(folder.path());
    let (mut other, fresh) = (model(3, "sgd")?, model(3, "adam")?);
    let before = other.clone();
    let error = other.fit(&x, &y, fit().callback(&mut backup)).unwrap_err();
    assert!(error.to_string().contains("expected the optimizer `sgd`. Received: `adam`"), "{error}");
    assert_eq!((other.get_weights(), other.iterations()), (before.get_weights(), 0));
    fresh.save_checkpoint(folder.path().join("latest.safetensors"))?;
    let error = go_on(folder.path()).unwrap_err().to_string();
    assert!(error.contains("a backup of a training") && error.ends_with("Received: none"), "{error}");
    Ok(())
}

#[test]
fn the_folder_keeps_what_is_not_of_the_backup() -> Done {
    let folder = tempfile::tempdir()?;
    interrupted(folder.path(), true)?;
    fs::write(folder.path().join("notes.txt"), "mine")?;
    fs::write(folder.path().join(".latest.safetensors.1-0.tmp"), "left by a process that was killed")?;
    assert_eq!(go_on(folder.path())?.epochs(), [2, 3, 4]);
    let names: Vec<_> =
        fs::read_dir(folder.path())?.map(|entry| entry.map(|e| e.file_name())).collect::<Result<_, _>>()?;
    assert_eq!(names, ["notes.txt"]);
    Ok(())
}

#[test]
fn wrong_arguments_are_errors_before_the_first_step() -> Done {
    let (x, y) = data();
    let steps = |callback: &mut dyn Callback<f32>| -> Result<ModelError, Box<dyn Error>> {
        let mut model = model(3, "sgd")?;
        let error = model.fit(&x, &y, fit().callback(callback)).err().ok_or("no error")?;
        assert_eq!(model.iterations(), 0);
        Ok(error)
    };
    let error = steps(&mut BackupAndRestore::new(""))?;
    assert!(error.to_string().ends_with("Received: backup_dir=\"\""), "{error}");
    let error = steps(&mut BackupAndRestore::new("unused").save_freq(0))?;
    assert!(error.to_string().ends_with("Received: save_freq=0"), "{error}");
    Ok(())
}

#[test]
fn a_callback_says_the_first_epoch() -> Done {
    struct From(usize);
    impl Callback<f32> for From {
        fn on_train_begin(&mut self, training: &mut Training<'_, f32>) -> Result<(), ModelError> {
            assert_eq!(training.initial_epoch(), 1);
            training.set_initial_epoch(self.0);
            Ok(())
        }
        fn on_train_end(&mut self, logs: &Logs, _training: &mut Training<'_, f32>) -> Result<(), ModelError> {
            assert_eq!(logs.get("loss").is_some(), self.0 < EPOCHS);
            Ok(())
        }
    }
    let (x, y) = data();
    for (first, epochs) in [(3, vec![3, 4]), (5, vec![]), (usize::MAX, vec![])] {
        let mut from = From(first);
        let history = model(3, "sgd")?.fit(&x, &y, fit().initial_epoch(1).callback(&mut from))?;
        assert_eq!(history.epochs(), epochs);
    }
    Ok(())
}
