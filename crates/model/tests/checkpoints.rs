//! Checkpoint files: what comes back, and what is refused.

use std::error::Error;
use std::fs;

use cornu_layers::{Dense, KernelArguments};
use cornu_model::callbacks::{
    CSVLogger, Callback, EarlyStopping, LearningRateScheduler, ModelCheckpoint, ReduceLROnPlateau, SwapEMAWeights,
    TerminateOnNaN, Verbose,
};
use cornu_model::{Compile, Fit, LayerArguments, ModelError, Sequential, sequential};
use cornu_optimizers::schedules::ExponentialDecay;
use cornu_optimizers::{OptimizerArguments, SGD};
use cornu_tensor::Tensor;
use proptest::prelude::*;

type Done = Result<(), Box<dyn Error>>;

fn model(seed: u64) -> Result<Sequential<f32>, ModelError> {
    let mut model = sequential![Dense::new(2).input_shape([1]), Dense::new(1)]?.with_seed(seed)?;
    model.compile(Compile::new("adam", "mse"))?;
    Ok(model)
}

fn data() -> (Tensor<f32>, Tensor<f32>) {
    (Tensor::from([[1.0], [2.0], [3.0]]), Tensor::from([[2.0], [4.0], [7.0]]))
}

fn fit<'a>() -> Fit<'a, f32> {
    Fit::new().batch_size(2).verbose(Verbose::Silent)
}

fn trained(seed: u64) -> Result<Sequential<f32>, ModelError> {
    let ((x, y), mut model) = (data(), model(seed)?);
    model.fit(&x, &y, fit().epochs(2))?;
    Ok(model)
}

/// All that a checkpoint keeps of a model.
fn state(model: &mut Sequential<f32>) -> String {
    format!("{:?} {:?}", model.get_weights(), model.optimizer_variables())
}

#[test]
fn all_comes_back_and_training_goes_on_the_same() -> Done {
    let (folder, (x, y)) = (tempfile::tempdir()?, data());
    let path = folder.path().join("model.safetensors");
    let mut saved = trained(5)?;
    saved.save_checkpoint(&path)?;
    let mut loaded = model(6)?;
    loaded.load_checkpoint(&path)?;
    assert_eq!(state(&mut loaded), state(&mut saved));
    saved.fit(&x, &y, fit().epochs(3))?;
    loaded.fit(&x, &y, fit().epochs(3))?;
    assert_eq!(state(&mut loaded), state(&mut saved));
    Ok(())
}

#[test]
fn a_model_goes_back_to_before_its_first_step() -> Done {
    let (folder, (x, y)) = (tempfile::tempdir()?, data());
    let path = folder.path().join("model.safetensors");
    let mut first = model(5)?;
    first.set_learning_rate(0.25)?;
    let summary = first.summary();
    first.save_checkpoint(&path)?;
    assert_eq!(first.summary(), summary);
    first.fit(&x, &y, fit().epochs(3))?;
    let mut again = trained(6)?;
    again.load_checkpoint(&path)?;
    assert_eq!((again.iterations(), again.learning_rate()), (0, Some(0.25)));
    again.fit(&x, &y, fit().epochs(3))?;
    assert_eq!(state(&mut again), state(&mut first));
    // A file that does not fit leaves no trace.
    let mut other = sequential![Dense::new(2).input_shape([1])]?;
    other.compile(Compile::new("adam", "mse"))?;
    let summary = other.summary();
    assert!(other.load_checkpoint(&path).is_err());
    assert_eq!(other.summary(), summary);
    Ok(())
}

#[test]
fn special_numbers_and_f64_come_back() -> Done {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("model.safetensors");
    let mut exact = sequential![f64; Dense::new(5).use_bias(false).input_shape([1])]?;
    let values = Tensor::from([[f64::INFINITY, -0.0, f64::MIN_POSITIVE / 2.0, 0.1 + 0.2, f64::MAX]]);
    exact.set_weights(std::slice::from_ref(&values))?;
    exact.save_checkpoint(&path)?;
    let mut loaded = sequential![f64; Dense::new(5).use_bias(false).input_shape([1])]?;
    loaded.load_checkpoint(&path)?;
    let bits =
        |model: &Sequential<f64>| model.get_weights()[0].as_slice().iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&loaded), bits(&exact));
    // The same layers in f32 are another model.
    let mut short = sequential![Dense::new(5).use_bias(false).input_shape([1])]?;
    let error = short.load_checkpoint(&path).unwrap_err().to_string();
    assert!(error.contains("float32 (1, 5). Received: float64 (1, 5)"), "{error}");
    Ok(())
}

#[test]
fn a_model_that_is_not_compiled_gets_the_weights() -> Done {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("model.safetensors");
    let saved = trained(5)?;
    saved.save_checkpoint(&path)?;
    let mut plain = sequential![Dense::new(2).input_shape([1]), Dense::new(1)]?;
    plain.load_checkpoint(&path)?;
    assert_eq!(plain.get_weights(), saved.get_weights());
    assert!(matches!(Sequential::new().load_checkpoint(&path), Err(ModelError::Empty { .. })));
    assert!(matches!(sequential![Dense::new(1)]?.save_checkpoint(&path), Err(ModelError::NotBuilt { .. })));
    let missing = plain.load_checkpoint(folder.path().join("none")).unwrap_err();
    assert!(matches!(missing, ModelError::File { kind: std::io::ErrorKind::NotFound, .. }), "{missing}");
    Ok(())
}

#[test]
fn one_error_lists_all_that_differs() -> Done {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("model.safetensors");
    trained(5)?.save_checkpoint(&path)?;
    let mut other = sequential![Dense::new(3).input_shape([1]), Dense::new(1).use_bias(false).named("last")]?;
    other.compile(Compile::new("sgd", "mse"))?;
    let before = state(&mut other);
    let error = other.load_checkpoint(&path).unwrap_err();
    let ModelError::CheckpointOfAnother { differences, .. } = &error else { return Err(error.into()) };
    assert_eq!(
        differences,
        &[
            "expected the optimizer `sgd`. Received: `adam`",
            "expected `sequential/dense/kernel`, float32 (1, 3). Received: float32 (1, 2)",
            "expected `sequential/dense/bias`, float32 (3). Received: float32 (2)",
            "expected `sequential/last/kernel`, float32 (3, 1). Received: none",
            "expected no `sequential/dense_1/bias`. Received: float32 (1)",
            "expected no `sequential/dense_1/kernel`. Received: float32 (2, 1)",
        ]
    );
    assert_eq!(state(&mut other), before);
    // The same optimizer with other variables.
    let mut other = model(1)?;
    other.compile(Compile::new(cornu_optimizers::Adam::new(0.1)?.use_ema(true), "mse"))?;
    let error = other.load_checkpoint(&path).unwrap_err().to_string();
    assert!(error.contains("`optimizer/sequential_dense_kernel_average`, float32 (1, 2). Received: none"), "{error}");
    Ok(())
}

#[test]
fn no_part_of_a_file_and_no_other_file_is_taken_for_a_checkpoint() -> Done {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("model.safetensors");
    trained(5)?.save_checkpoint(&path)?;
    let (bytes, mut other) = (fs::read(&path)?, model(6)?);
    let before = state(&mut other);
    let mut refused = |bytes: &[u8], what: &str| -> Done {
        fs::write(&path, bytes)?;
        let error = other.load_checkpoint(&path).err().ok_or_else(|| format!("{what} was taken"))?;
        assert!(matches!(error, ModelError::Checkpoint { .. }), "{what}: {error}");
        assert!(error.to_string().contains("model.safetensors"), "{error}");
        assert_eq!(state(&mut other), before);
        Ok(())
    };
    for length in 0..bytes.len() {
        refused(&bytes[..length], &format!("{length} bytes"))?;
    }
    refused(&[&bytes[..], &[0]].concat(), "one byte more")?;
    for lie in [0, 1, 7, bytes.len() as u64, u64::MAX, u64::MAX / 2, 1 << 32, 100_000_000, 100_000_001] {
        refused(&[&lie.to_le_bytes(), &bytes[8..]].concat(), &format!("a header of {lie} bytes"))?;
    }
    for header in [
        "{}",
        r#"{"__metadata__":{"format":"pt"}}"#,
        r#"{"__metadata__":{"format":"cornu-checkpoint-2"}}"#,
        r#"{"__metadata__":{"format":"cornu-checkpoint-1"}}"#,
        r#"{"a":{"dtype":"F32","shape":[18446744073709551615,18446744073709551615],"data_offsets":[0,4]}}"#,
        r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#,
    ] {
        refused(&[&(header.len() as u64).to_le_bytes(), header.as_bytes()].concat(), header)?;
    }
    refused(b"PK\x03\x04 a zip archive, such as a .keras file", "a zip archive")?;
    refused(b"\x89HDF\r\n\x1a\n an HDF5 file, such as .weights.h5", "an HDF5 file")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn no_changed_byte_goes_unnoticed(flip in 1_u8.., offset in 0_usize..64) {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("model.safetensors");
        trained(5).unwrap().save_checkpoint(&path).unwrap();
        let bytes = fs::read(&path)?;
        let (mut saved, mut other) = (trained(5).unwrap(), model(6).unwrap());
        let (before, after) = (state(&mut other), state(&mut saved));
        for at in (offset..bytes.len()).step_by(64) {
            let mut changed = bytes.clone();
            changed[at] ^= flip;
            fs::write(&path, &changed)?;
            // A space of the header may have become another space.
            let taken = other.load_checkpoint(&path).is_ok();
            prop_assert_eq!(&state(&mut other), if taken { &after } else { &before });
            prop_assert!(!taken || changed[at].is_ascii_whitespace(), "byte {} of {}", at, bytes.len());
            if taken {
                other = model(6).unwrap();
            }
        }
    }
}

#[test]
fn a_checkpoint_that_cannot_be_written_leaves_the_earlier_one() -> Done {
    let ((x, y), folder) = (data(), tempfile::tempdir()?);
    let path = folder.path().join("folder.safetensors");
    fs::create_dir(&path)?;
    fs::write(path.join("file"), "")?;
    let mut checkpoint = ModelCheckpoint::new(path.to_string_lossy());
    let mut model = model(1)?;
    let before = model.get_weights();
    let error = model.fit(&x, &y, fit().callback(&mut checkpoint)).unwrap_err();
    assert!(matches!(error, ModelError::File { .. }) && error.to_string().contains("folder.safetensors"), "{error}");
    assert_eq!(model.get_weights(), before);
    assert_eq!(fs::read_dir(folder.path())?.count(), 1);
    Ok(())
}

#[test]
fn the_best_weights_alone() -> Done {
    let ((x, y), folder) = (data(), tempfile::tempdir()?);
    let name = folder.path().join("deep/best.safetensors");
    let mut checkpoint =
        ModelCheckpoint::new(name.to_string_lossy()).monitor("loss").save_best_only(true).save_weights_only(true);
    let mut first = model(1)?;
    let history = first.fit(&x, &y, fit().epochs(6).callback(&mut checkpoint))?;
    let losses = history.get("loss").ok_or("no loss")?;
    assert_eq!(checkpoint.best(), losses.iter().copied().reduce(f64::min));
    let mut other = model(2)?;
    let optimizer = format!("{:?}", other.optimizer_variables());
    other.load_checkpoint(&name)?;
    assert_eq!(format!("{:?}", other.optimizer_variables()), optimizer);
    Ok(())
}

#[test]
fn what_could_not_be_saved_is_not_the_best() -> Done {
    let ((x, y), folder) = (data(), tempfile::tempdir()?);
    let path = folder.path().join("best.safetensors");
    fs::create_dir(&path)?;
    let mut checkpoint = ModelCheckpoint::new(path.to_string_lossy()).monitor("loss").save_best_only(true);
    assert!(trained(1)?.fit(&x, &y, fit().callback(&mut checkpoint)).is_err());
    assert_eq!((checkpoint.best(), checkpoint.last_saved()), (None, None));
    fs::remove_dir(&path)?;
    model(1)?.fit(&x, &y, fit().callback(&mut checkpoint))?;
    assert_eq!(checkpoint.last_saved(), Some(&*path));
    Ok(())
}

#[test]
fn the_metric_tells_which_way_is_better() -> Done {
    // Keras knows that R² is better upwards, and nothing of what is only counted.
    let ((x, y), folder) = (data(), tempfile::tempdir()?);
    let mut model = model(1)?;
    model.compile(Compile::new("adam", "mse").metric(cornu_metrics::R2Score::new()))?;
    let path = folder.path().join("{epoch}.safetensors");
    let mut checkpoint = ModelCheckpoint::new(path.to_string_lossy()).monitor("r2_score").save_best_only(true);
    let history = model.fit(&x, &y, fit().epochs(4).callback(&mut checkpoint))?;
    let scores = history.get("r2_score").ok_or("no score")?;
    assert_eq!(checkpoint.best(), scores.iter().copied().reduce(f64::max));
    Ok(())
}

#[test]
fn wrong_arguments_are_errors_before_the_first_step() -> Done {
    let ((x, y), folder) = (data(), tempfile::tempdir()?);
    let missing = folder.path().join("none/log.csv");
    let cases: Vec<(Box<dyn Callback<f32>>, &str)> = vec![
        (Box::new(ReduceLROnPlateau::new("loss").factor(1.0)), "factor=1.0"),
        (Box::new(ReduceLROnPlateau::new("loss").factor(-0.5)), "factor=-0.5"),
        (Box::new(ReduceLROnPlateau::new("loss").factor(f64::NAN)), "factor=nan"),
        (Box::new(ReduceLROnPlateau::new("loss").min_lr(-1.0)), "min_lr=-1.0"),
        (Box::new(ReduceLROnPlateau::new("loss").min_delta(f64::NAN)), "min_delta=NaN"),
        (Box::new(EarlyStopping::new("loss").min_delta(f64::INFINITY)), "min_delta=inf"),
        (Box::new(ReduceLROnPlateau::new("los")), "monitor=\"los\""),
        (Box::new(ModelCheckpoint::new("model.keras")), "filepath=\"model.keras\""),
        (Box::new(ModelCheckpoint::new("{epoch.safetensors")), "filepath=\"{epoch.safetensors\""),
        (Box::new(ModelCheckpoint::new("{los}.safetensors")), "{los}"),
        (Box::new(ModelCheckpoint::new("a.safetensors").save_freq(0)), "save_freq=0"),
        (Box::new(ModelCheckpoint::new("a.safetensors").save_best_only(true)), "monitor=\"val_loss\""),
        (Box::new(SwapEMAWeights::new()), "use_ema=false"),
        (Box::new(LearningRateScheduler::new(|_, _| f64::NAN)), "learning_rate=NaN"),
        (Box::new(CSVLogger::new(&missing)), "No such file or directory (os error 2)"),
    ];
    for (mut callback, received) in cases {
        let mut model = model(1)?;
        let before = state(&mut model);
        let error = model.fit(&x, &y, fit().callback(callback.as_mut())).err().ok_or(received)?.to_string();
        assert!(error.ends_with(received), "{error}");
        assert_eq!(state(&mut model), before);
    }
    // Where a schedule says the rates, nothing else can.
    let mut model = model(1)?;
    model.compile(Compile::new(SGD::new(ExponentialDecay::new(0.1, 10, 0.5)?)?, "mse"))?;
    let (mut scheduler, mut reduce) = (LearningRateScheduler::new(|_, rate| rate), ReduceLROnPlateau::new("loss"));
    for callback in [&mut scheduler as &mut dyn Callback<f32>, &mut reduce] {
        assert!(matches!(model.fit(&x, &y, fit().callback(callback)), Err(ModelError::Optimizer(_))));
    }
    Ok(())
}

#[test]
fn a_loss_that_is_no_number_can_be_an_error() -> Done {
    let (x, y) = (data().0, Tensor::from([[1.0], [f32::INFINITY], [1.0]]));
    let mut terminate = TerminateOnNaN::new().raise_error(true);
    let error = model(1)?.fit(&x, &y, fit().shuffle(false).callback(&mut terminate)).unwrap_err().to_string();
    assert!(error.contains("`TerminateOnNaN`: expected a finite loss") && error.ends_with("inf in batch 0"), "{error}");
    Ok(())
}
