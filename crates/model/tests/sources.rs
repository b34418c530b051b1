//! Batches from sources: the same bits as from arrays, resumed too; threads that end; and what goes wrong.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cornu_layers::{Dense, Dropout, KernelArguments};
use cornu_model::callbacks::{BackupAndRestore, Callback, LambdaCallback, Training, Verbose};
use cornu_model::source::{BatchSource, Epochs, Length, OwnedBatch, Stream, shuffle};
use cornu_model::{Compile, Evaluate, Fit, LayerArguments, ModelError, Predict, Sequential, sequential};
use cornu_tensor::Tensor;
use proptest::prelude::*;

type Pair = Result<(Tensor<f32>, Tensor<f32>), ModelError>;
/// What goes wrong, and what the message says of it.
type Failure = (fn() -> Pair, &'static str);
type Done = Result<(), Box<dyn Error>>;

fn model(seed: u64) -> Result<Sequential<f32>, ModelError> {
    let layers = sequential![Dense::new(4).activation("tanh").input_shape([3]), Dropout::new(0.2), Dense::new(1)]?;
    let mut model = layers.with_seed(seed)?;
    model.compile(Compile::new("adam", "mse").metric("mae").weighted_metric("mse"))?;
    Ok(model)
}

fn data(samples: usize) -> (Tensor<f32>, Tensor<f32>) {
    (Tensor::from_fn([samples, 3], |i| (i as f32 * 0.7).sin()), Tensor::from_fn([samples, 1], |i| (i as f32).cos()))
}

fn silent<'a>() -> Fit<'a, f32> {
    Fit::new().verbose(Verbose::Silent)
}

/// Samples that lie elsewhere, in the order in which `fit` puts them.
struct Elsewhere {
    x: Tensor<f32>,
    y: Tensor<f32>,
    order: Vec<usize>,
    batch_size: usize,
    shuffled: bool,
    length: Length,
    at: usize,
    /// Held as long as the source is.
    alive: Arc<()>,
}

impl Elsewhere {
    fn new(samples: usize, batch_size: usize, shuffled: bool) -> Self {
        let ((x, y), order) = (data(samples), (0..samples).collect());
        let length = Length::Known(samples.div_ceil(batch_size));
        Self { x, y, order, batch_size, shuffled, length, at: 0, alive: Arc::default() }
    }

    fn unknown(self) -> Self {
        Self { length: Length::Unknown, ..self }
    }
}

impl BatchSource<f32> for Elsewhere {
    fn length(&self) -> Length {
        self.length
    }

    fn begin_epoch(&mut self, seed: u64) -> Result<(), ModelError> {
        self.order = (0..self.order.len()).collect();
        if self.shuffled {
            shuffle(&mut self.order, seed);
        }
        self.at = 0;
        Ok(())
    }

    fn next_batch(&mut self, batch: &mut OwnedBatch<f32>) -> Result<bool, ModelError> {
        let rows = &self.order[self.at..(self.at + self.batch_size).min(self.order.len())];
        self.at += rows.len();
        batch.x.resize([rows.len(), 3]);
        batch.y.resize([rows.len(), 1]);
        for (i, &row) in rows.iter().enumerate() {
            batch.x.as_mut_slice()[3 * i..3 * i + 3].copy_from_slice(&self.x.as_slice()[3 * row..3 * row + 3]);
            batch.y.as_mut_slice()[i] = self.y.as_slice()[row];
        }
        Ok(!rows.is_empty())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_source_trains_as_arrays_do(
        samples in 1_usize..30, batch_size in 1_usize..9, steps in prop::option::of(1_usize..7), shuffled: bool,
        unknown: bool, ahead in prop::option::of(1_usize..4), seed: u64,
    ) {
        let (x, y) = data(samples);
        let fit = |fit: Fit<'static, f32>| {
            let fit = fit.epochs(4).batch_size(batch_size).shuffle(shuffled);
            match steps {
                Some(steps) => fit.steps_per_epoch(steps),
                None => fit,
            }
        };
        let (mut from_arrays, mut from_source) = (model(seed)?, model(seed)?);
        let expected = from_arrays.fit(&x, &y, fit(silent()))?;
        let source = Elsewhere::new(samples, batch_size, shuffled);
        // Where nobody knows the length, an epoch that ends at the end of the data begins the next one without a batch.
        let source = if unknown && steps.is_none() { source.unknown() } else { source };
        let history = match ahead {
            Some(batches) => from_source.fit_source(&mut source.prefetch(batches)?, fit(silent()))?,
            None => {
                let mut source = source;
                from_source.fit_source(&mut source, fit(silent()))?
            }
        };
        prop_assert_eq!(history, expected);
        prop_assert_eq!(from_source.get_weights(), from_arrays.get_weights());
        prop_assert_eq!(from_source.optimizer_variables(), from_arrays.optimizer_variables());
        let silent = || Evaluate::new().batch_size(batch_size).verbose(Verbose::Silent);
        let mut source = Elsewhere::new(samples, batch_size, false);
        prop_assert_eq!(from_source.evaluate_source(&mut source, silent())?, from_arrays.evaluate(&x, &y, silent())?);
        let predicted = from_source.predict_source(&mut source, Predict::new().verbose(Verbose::Silent))?;
        prop_assert_eq!(predicted.shape(), [samples, 1].into());
        cornu_testkit::assert_close(predicted.as_slice(), from_arrays.predict(&x)?.as_slice(), 1e-5);
    }

    #[test]
    fn a_training_over_a_source_resumes_with_the_same_bits(
        steps in prop::option::of(1_usize..7), epoch in 1_usize..5, batch in 0_usize..3, arrays: bool, unknown: bool,
    ) {
        let folder = tempfile::tempdir()?;
        let batch = batch.min(steps.unwrap_or(5) - 1);
        let (x, y) = data(18);
        let train = |model: &mut Sequential<f32>, callbacks: Vec<&mut dyn Callback<f32>>| {
            let fit = steps.map_or_else(silent, |steps| silent().steps_per_epoch(steps)).epochs(6).batch_size(4);
            let fit = callbacks.into_iter().fold(fit, |fit, callback| fit.callback(callback));
            let source = Elsewhere::new(18, 4, true);
            let mut source = if unknown && steps.is_none() { source.unknown() } else { source };
            if arrays { model.fit(&x, &y, fit) } else { model.fit_source(&mut source, fit) }
        };
        let mut whole = model(3)?;
        let history = train(&mut whole, vec![])?;
        let mut now = 0;
        let mut interrupt = Interrupt { epoch, batch, now: &mut now };
        let mut backup = BackupAndRestore::new(folder.path()).save_freq(1);
        // As many epochs as the shortest has a batch before.
        let stopped = train(&mut model(3)?, vec![&mut backup, &mut interrupt]);
        if stopped.is_err() {
            let (mut other, mut backup) = (model(99)?, BackupAndRestore::new(folder.path()).save_freq(1));
            let resumed = train(&mut other, vec![&mut backup])?;
            prop_assert_eq!(other.get_weights(), whole.get_weights());
            prop_assert_eq!(other.optimizer_variables(), whole.optimizer_variables());
            let whole_epochs = resumed.epochs().len() - 1; // the first of them was not seen from its beginning
            let losses = |history: &cornu_model::History| {
                let losses = history.get("loss").unwrap_or_default();
                losses[losses.len() - whole_epochs..].to_vec()
            };
            prop_assert_eq!(losses(&resumed), losses(&history));
        }
    }
}

/// Fails before a batch, as a machine would.
struct Interrupt<'a> {
    epoch: usize,
    batch: usize,
    now: &'a mut usize,
}

impl Callback<f32> for Interrupt<'_> {
    fn on_epoch_begin(&mut self, epoch: usize, _training: &mut Training<'_, f32>) -> Result<(), ModelError> {
        *self.now = epoch;
        Ok(())
    }

    fn on_train_batch_begin(&mut self, batch: usize, _training: &mut Training<'_, f32>) -> Result<(), ModelError> {
        if (*self.now, batch) == (self.epoch, self.batch) {
            return Err(ModelError::Callback { callback: "Interrupt".to_owned(), message: "the power".to_owned() });
        }
        Ok(())
    }
}

#[test]
fn the_thread_ends_with_the_training() -> Done {
    let endless = || Elsewhere { length: Length::Endless, ..Elsewhere::new(400, 2, true) };
    let source = endless();
    let alive = Arc::clone(&source.alive);
    {
        let mut source = source.prefetch(3)?;
        let mut stop = LambdaCallback::new().on_train_batch_end(|batch, _, training| {
            if batch == 4 {
                training.stop();
            }
        });
        let fit = silent().epochs(9).steps_per_epoch(20).callback(&mut stop);
        let mut model = model(1)?;
        model.fit_source(&mut source, fit)?;
        assert_eq!((model.iterations(), Arc::strong_count(&alive)), (5, 2));
    }
    assert_eq!(Arc::strong_count(&alive), 1, "the thread dropped the source before it ended");
    // Never begun, and begun again and again.
    drop(endless().prefetch(1)?);
    let mut again = endless().prefetch(2)?;
    let (mut batch, mut first) = (OwnedBatch::default(), Vec::new());
    for seed in [1, 2, 1, 1] {
        again.begin_epoch(seed)?;
        assert!(again.next_batch(&mut batch)?);
        first.push(batch.x.clone());
    }
    assert!(first[0] == first[2] && first[0] == first[3] && first[0] != first[1]);
    Ok(())
}

/// Batches of ones, of which one goes wrong.
fn ones_but(wrong: usize, what: impl Fn() -> Pair + Send + 'static) -> impl BatchSource<f32> + Send + 'static {
    let mut at = 0;
    Stream::new(std::iter::from_fn(move || {
        at += 1;
        Some(if at == wrong { what() } else { Ok((Tensor::full([2, 3], 1.0), Tensor::full([2, 1], 1.0))) })
    }))
    .endless()
}

#[test]
fn a_batch_that_fails_is_named_and_the_model_is_as_it_was() -> Done {
    let failures: [Failure; 5] = [
        (|| Ok((Tensor::zeros([2, 4]), Tensor::zeros([2, 1]))), "`x` must be a batch of samples of shape (3,)"),
        (|| Ok((Tensor::zeros([2, 3]), Tensor::zeros([3, 1]))), "`y` must have one entry for each of the 2 samples"),
        (|| Ok((Tensor::zeros([0, 3]), Tensor::zeros([0, 1]))), "expected at least one sample"),
        (|| Err(ModelError::Source { message: "the disk is gone".to_owned() }), "source: the disk is gone"),
        (|| panic!("a bug"), "source: the source panicked: a bug"),
    ];
    for (what, expected) in failures {
        let mut model = model(5)?;
        let before = model.get_weights();
        let mut source = ones_but(6, what).prefetch(2)?;
        let error = model.fit_source(&mut source, silent().epochs(3).steps_per_epoch(4)).expect_err("a failure");
        assert!(matches!(error, ModelError::Batch { epoch: Some(1), batch: 1, .. }), "{error}");
        let message = error.to_string();
        assert!(message.starts_with("epoch 2, batch 2: ") && message.contains(expected), "{message}");
        assert_eq!((model.get_weights(), model.iterations()), (before, 0));
        // In a validation.
        let (mut good, mut bad) = (ones_but(0, what), ones_but(2, what).prefetch(1)?);
        let fit = silent().epochs(2).steps_per_epoch(3).validation_source(&mut bad).validation_steps(2);
        let message = model.fit_source(&mut good, fit).expect_err("a failure").to_string();
        assert!(message.starts_with("validation_data: batch 2: ") && message.contains(expected), "{message}");
        assert_eq!(model.iterations(), 0);
        let mut bad = ones_but(2, what).prefetch(1)?;
        let message = model.evaluate_source(&mut bad, Evaluate::new().steps(3)).expect_err("a failure").to_string();
        assert!(message.starts_with("batch 2: ") && message.contains(expected), "{message}");
    }
    Ok(())
}

#[test]
fn a_model_that_is_not_built_is_built_for_the_first_batch() -> Done {
    let mut model = sequential![Dense::new(1)]?;
    model.compile(Compile::new("sgd", "mse"))?;
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    let batches = (0..5).map(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        (Tensor::full([2, 3], 1.0_f32), Tensor::full([2, 1], 1.0))
    });
    let history = model.fit_source(&mut Stream::new(batches), silent().epochs(3))?;
    // The stream ends with the first epoch, and the training with the stream.
    assert_eq!((history.epochs(), model.iterations(), seen.load(Ordering::SeqCst)), (&[0][..], 5, 5));
    let mut other = sequential![Dense::new(1)]?;
    other.compile(Compile::new("sgd", "mse"))?;
    let wrong = std::iter::once((Tensor::full([2, 3], 1.0_f32), Tensor::full([1, 1], 1.0)));
    assert!(other.fit_source(&mut Stream::new(wrong), silent()).is_err() && !other.is_built());
    Ok(())
}

#[test]
fn a_source_that_ends_early_ends_the_training() -> Done {
    let batches = || (0..10).map(|_| (Tensor::full([2, 3], 1.0_f32), Tensor::full([2, 1], 1.0)));
    let mut trained = model(1)?;
    let history = trained.fit_source(&mut Stream::new(batches()), silent().epochs(9).steps_per_epoch(4))?;
    assert_eq!((history.epochs(), trained.iterations()), (&[0, 1, 2][..], 10));
    // One that can begin anew does.
    let history = model(1)?.fit_source(&mut Epochs::new(|_| batches()), silent().epochs(9).steps_per_epoch(4))?;
    assert_eq!(history.epochs().len(), 9);
    Ok(())
}

#[test]
fn wrong_arguments_are_errors() -> Done {
    let (x, y) = data(6);
    let mut model = model(1)?;
    let none = || Stream::new(std::iter::empty::<(Tensor<f32>, Tensor<f32>)>());
    let ones = || ones_but(0, || Err(ModelError::NoBatches));
    let zero = |fit: Fit<'_, f32>, model: &mut Sequential<f32>| {
        let error = model.fit(&x, &y, fit).expect_err("0 is refused").to_string();
        assert!(error.contains("1 or more") && error.ends_with("=0"), "{error}");
    };
    zero(silent().steps_per_epoch(0), &mut model);
    zero(silent().validation_steps(0), &mut model);
    zero(silent().validation_freq([2, 0]), &mut model);
    zero(silent().validation_freq(0), &mut model);
    assert_eq!(model.fit_source(&mut none(), silent()), Err(ModelError::NoBatches));
    assert_eq!(model.evaluate_source(&mut none(), Evaluate::new()), Err(ModelError::NoBatches));
    assert_eq!(model.predict_source(&mut none(), Predict::new()), Err(ModelError::NoBatches));
    let mut no_epochs = Epochs::new(|_| std::iter::empty::<(Tensor<f32>, Tensor<f32>)>()).batches(0);
    assert_eq!(model.fit_source(&mut no_epochs, silent()), Err(ModelError::NoBatches));
    let mut empty = none();
    let error = model.fit(&x, &y, silent().validation_source(&mut empty)).expect_err("no batches");
    assert!(error.to_string().starts_with("validation_data: expected a source of at least one batch"), "{error}");
    for (error, argument) in [
        (model.fit_source(&mut ones(), silent()).err(), "steps_per_epoch"),
        (model.fit(&x, &y, silent().validation_source(&mut ones())).err(), "validation_steps"),
        (model.evaluate_source(&mut ones(), Evaluate::new()).err(), "steps"),
        (model.evaluate_source(&mut ones(), Evaluate::new().steps(0)).err(), "steps"),
        (model.evaluate(&x, &y, Evaluate::new().steps(0)).err(), "steps"),
        (model.predict_source(&mut ones(), Predict::new()).err(), "steps"),
        (model.predict_source(&mut ones(), Predict::new().steps(0)).err(), "steps"),
        (model.fit_source(&mut ones(), silent().validation_split(0.5)).err(), "validation_split"),
        (model.fit_source(&mut ones(), silent().sample_weight(&[1.0])).err(), "sample_weight"),
        (model.evaluate_source(&mut ones(), Evaluate::new().sample_weight(&[1.0])).err(), "sample_weight"),
        (ones().prefetch(0).err(), "batches"),
    ] {
        let error = error.ok_or(argument)?;
        assert!(matches!(&error, ModelError::Argument { argument: own, .. } if *own == argument), "{error}");
    }
    assert_eq!(model.iterations(), 0);
    // Weights of the classes beside those of the samples, as in Keras.
    let weighted = || std::iter::once((Tensor::full([2, 3], 1.0), Tensor::full([2, 1], 1.0), vec![1.0, 2.0]));
    let fit = silent().class_weight([(1, 2.0)]);
    let error = model.fit_source(&mut Stream::new(weighted()), fit).expect_err("both").to_string();
    assert!(error.starts_with("epoch 1, batch 1: fit: expected `class_weight`"), "{error}");
    Ok(())
}
