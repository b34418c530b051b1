//! Batches from sources: the same bits as from arrays; threads that end; and what goes wrong.

use std::cell::RefCell;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cornu_layers::Dense;
use cornu_model::callbacks::{LambdaCallback, Verbose};
use cornu_model::source::{BatchSource, Epochs, Length, OwnedBatch, Stream};
use cornu_model::{Compile, Evaluate, Fit, ModelError, Predict, Sequential, sequential};
use cornu_tensor::Tensor;
use proptest::prelude::*;

use crate::elsewhere::{Elsewhere, data, model, silent};

#[path = "models/elsewhere.rs"]
mod elsewhere;

type Pair = Result<(Tensor<f32>, Tensor<f32>), ModelError>;
/// What goes wrong, and what the message says of it.
type Failure = (fn() -> Pair, &'static str);
type Done = Result<(), Box<dyn Error>>;

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
        let source = if unknown { source.of_length(Length::Unknown) } else { source };
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
}

#[test]
fn the_thread_ends_with_the_training() -> Done {
    let endless = || Elsewhere::new(400, 2, true).of_length(Length::Endless);
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
    let mut model = sequential![Dense::new(1)]?.with_seed(3)?;
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
    // Also where an epoch ends with the last batch, and the next one finds none.
    let history = model(1)?.fit_source(&mut Epochs::new(|_| batches()), silent().epochs(9).steps_per_epoch(5))?;
    assert_eq!(history.epochs().len(), 9);
    Ok(())
}

/// An iterator that must not be asked again after its end.
fn asked_once(batches: usize) -> impl Iterator<Item = (Tensor<f32>, Tensor<f32>)> {
    let (mut given, mut ended) = (0, false);
    std::iter::from_fn(move || {
        assert!(!ended, "asked again after its end");
        ended = given == batches;
        given += 1;
        (!ended).then(|| (Tensor::full([2, 3], 1.0), Tensor::full([2, 1], 1.0)))
    })
}

#[test]
fn an_iterator_is_not_asked_again_after_its_end() -> Done {
    let mut batch = OwnedBatch::default();
    let mut epochs = Epochs::new(|_| asked_once(1));
    epochs.begin_epoch(0)?;
    let sources: [&mut dyn BatchSource<f32>; 2] = [&mut Stream::new(asked_once(1)), &mut epochs];
    for source in sources {
        assert!(source.next_batch(&mut batch)?);
        assert!(!source.next_batch(&mut batch)? && !source.next_batch(&mut batch)?);
    }
    let history = model(1)?.fit_source(&mut Stream::new(asked_once(3)), silent().epochs(4))?;
    assert_eq!(history.epochs(), [0]);
    Ok(())
}

#[test]
fn a_pass_begins_after_the_epoch() -> Done {
    let notes = RefCell::new(Vec::new());
    let mut source = Epochs::new(|_| {
        notes.borrow_mut().push("pass");
        asked_once(2)
    });
    let mut watch = LambdaCallback::new().on_epoch_begin(|_, _| notes.borrow_mut().push("epoch"));
    model(1)?.fit_source(&mut source, silent().epochs(2).callback(&mut watch))?;
    drop((source, watch));
    assert_eq!(notes.into_inner(), ["epoch", "pass", "epoch", "pass"]);
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
