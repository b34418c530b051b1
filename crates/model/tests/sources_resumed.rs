//! A training over a source that goes on: bit by bit as if it had never stopped.

use std::error::Error;

use cornu_layers::Dense;
use cornu_model::callbacks::{BackupAndRestore, Callback, Training};
use cornu_model::source::{BatchSource, Length, OwnedBatch, Stream};
use cornu_model::{Compile, Fit, ModelError, Sequential, sequential};
use cornu_tensor::Tensor;
use proptest::prelude::*;

use crate::elsewhere::{Elsewhere, data, model, silent};

#[expect(dead_code, reason = "another test uses more of it")]
#[path = "models/elsewhere.rs"]
mod elsewhere;

type Done = Result<(), Box<dyn Error>>;

/// Batches that never end, each with numbers of its own.
fn endless() -> Stream<impl Iterator<Item = (Tensor<f32>, Tensor<f32>)> + Send> {
    let numbers = |i: u32, j| (f64::from(i) * 0.37 + j as f64).sin() as f32;
    let batches = (0..)
        .map(move |i| (Tensor::from_fn([4, 3], |j| numbers(i, j)), Tensor::from_fn([4, 1], |j| numbers(i, 20 + j))));
    Stream::new(batches).endless()
}

/// Both know the same.
fn assert_same(mut one: Sequential<f32>, mut other: Sequential<f32>) {
    assert_eq!(one.get_weights(), other.get_weights());
    assert_eq!(one.optimizer_variables(), other.optimizer_variables());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

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
            let mut source = if unknown { source.of_length(Length::Unknown) } else { source };
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

    #[test]
    fn an_initial_epoch_begins_where_the_one_before_ended(
        steps in prop::option::of(1_usize..7), stopped in 1_usize..6, arrays: bool, known in 0..3, shuffled: bool,
    ) {
        let (x, y) = data(18);
        let length = [Length::Known(5), Length::Unknown, Length::Endless][known as usize];
        // One that says that it never ends must not end.
        prop_assume!(steps.is_some() || length != Length::Endless);
        let samples = if length == Length::Endless { 400 } else { 18 };
        let train = |model: &mut Sequential<f32>, from, to| {
            let fit = steps.map_or_else(silent, |steps| silent().steps_per_epoch(steps)).batch_size(4).shuffle(shuffled);
            let fit = fit.initial_epoch(from).epochs(to);
            let mut source = Elsewhere::new(samples, 4, shuffled).of_length(length);
            if arrays { model.fit(&x, &y, fit) } else { model.fit_source(&mut source, fit) }
        };
        let (mut whole, mut parts) = (model(3)?, model(3)?);
        train(&mut whole, 0, 8)?;
        train(&mut parts, 0, stopped)?;
        // Another process, another source.
        let history = train(&mut parts, stopped, 8)?;
        prop_assert_eq!(history.epochs(), (stopped..8).collect::<Vec<_>>());
        assert_same(parts, whole);
    }

    #[test]
    fn a_stream_goes_on_without_losing_a_batch(
        steps in 1_usize..5, stopped in 1_usize..4, ahead in prop::option::of(1_usize..6),
    ) {
        let source = || -> Result<Box<dyn BatchSource<f32> + Send>, ModelError> {
            Ok(match ahead {
                Some(batches) => Box::new(endless().prefetch(batches)?),
                None => Box::new(endless()),
            })
        };
        let fit = |from, to| silent().steps_per_epoch(steps).initial_epoch(from).epochs(to);
        let (mut whole, mut parts, mut stream) = (model(3)?, model(3)?, source()?);
        whole.fit_source(&mut source()?, fit(0, 5))?;
        parts.fit_source(&mut stream, fit(0, stopped))?;
        parts.fit_source(&mut stream, fit(stopped, 5))?;
        assert_same(parts, whole);
    }
}

/// Fails before an epoch, as a machine would.
struct InterruptAt(usize);

impl Callback<f32> for InterruptAt {
    fn on_epoch_begin(&mut self, epoch: usize, _training: &mut Training<'_, f32>) -> Result<(), ModelError> {
        let power = || ModelError::Callback { callback: "InterruptAt".to_owned(), message: "the power".to_owned() };
        if epoch == self.0 { Err(power()) } else { Ok(()) }
    }
}

#[test]
fn a_backup_leaves_out_what_it_has_had_of_a_stream() -> Done {
    // The model is built for a batch of the stream, which is then the first one of the training.
    let unbuilt = |seed| -> Result<Sequential<f32>, ModelError> {
        let mut model = sequential![Dense::new(2), Dense::new(1)]?.with_seed(seed)?;
        model.compile(Compile::new("adam", "mse"))?;
        Ok(model)
    };
    fn fit<'a>() -> Fit<'a, f32> {
        silent().steps_per_epoch(3).epochs(5)
    }
    let mut whole = unbuilt(3)?;
    whole.fit_source(&mut endless(), fit())?;
    for epoch in 1..5 {
        let folder = tempfile::tempdir()?;
        let (mut backup, mut interrupt) = (BackupAndRestore::new(folder.path()), InterruptAt(epoch));
        let interrupted = fit().callback(&mut backup).callback(&mut interrupt);
        assert!(unbuilt(3)?.fit_source(&mut endless(), interrupted).is_err());
        let (mut other, mut backup) = (unbuilt(99)?, BackupAndRestore::new(folder.path()));
        other.fit_source(&mut endless(), fit().callback(&mut backup))?;
        assert_same(other, whole.clone());
    }
    Ok(())
}

#[test]
fn an_evaluation_takes_no_batch_of_the_next_one() -> Done {
    let mut stream = endless().prefetch(4)?;
    let mut batch = OwnedBatch::default();
    let mut all = endless();
    for taken in [0, 3, 1, 5] {
        stream.begin_epoch(7)?;
        for _ in 0..taken {
            let mut expected = OwnedBatch::default();
            assert!(stream.next_batch(&mut batch)? && all.next_batch(&mut expected)?);
            assert_eq!(batch, expected);
        }
    }
    Ok(())
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
