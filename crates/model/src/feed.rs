//! Where the batches of a training or a measurement come from: epoch by epoch, as Keras's `EpochIterator` cuts them.

use cornu_tensor::{Scalar, Shape};

use crate::compile::Compiled;
use crate::data::{Batch, Batches, ClassWeight, by_class};
use crate::source::{BatchSource, Length, OwnedBatch};
use crate::{ModelError, Sequential};

/// Arrays, or a source.
enum Origin<'a, T: Scalar> {
    Arrays(Batches<'a, T>),
    Source(Reader<'a, T>),
}

/// A source, with the batch that it gave last.
struct Reader<'a, T: Scalar> {
    source: &'a mut dyn BatchSource<T>,
    batch: OwnedBatch<T>,
    class_weight: Option<ClassWeight>,
    /// The weights that the classes give the batch.
    by_class: Vec<T>,
    /// The seed with which the source has begun, if its first batch lies here and nobody has had it.
    peeked: Option<u64>,
}

impl<T: Scalar> Reader<'_, T> {
    fn begin(&mut self, seed: u64) -> Result<(), ModelError> {
        if self.peeked.is_some_and(|peeked| peeked == seed || !self.source.restarts()) {
            return Ok(());
        }
        self.peeked = None;
        self.source.begin_epoch(seed)
    }

    fn advance(&mut self) -> Result<bool, ModelError> {
        if self.peeked.take().is_some() {
            return Ok(true);
        }
        self.batch.sample_weight.clear();
        self.source.next_batch(&mut self.batch)
    }

    fn batch(&mut self) -> Result<Batch<'_, T>, ModelError> {
        let OwnedBatch { x, y, sample_weight } = &self.batch;
        let own = (!sample_weight.is_empty()).then_some(sample_weight.as_slice());
        let sample_weight = match &self.class_weight {
            Some(classes) => Some(by_class(y.view(), classes, own, &mut self.by_class)?),
            None => own,
        };
        Ok(Batch { x: x.view(), y: y.view(), sample_weight })
    }
}

/// Batches, cut into epochs.
pub(crate) struct Feed<'a, T: Scalar> {
    origin: Origin<'a, T>,
    /// The batches of a pass over the data, if that is known.
    length: Option<usize>,
    /// Keras's `steps_per_epoch`.
    steps: Option<usize>,
    /// The batches that this pass has given. None: the next epoch begins a new pass.
    place: Option<usize>,
    /// The epochs before the first one, whose batches are left out.
    past: usize,
}

impl<'a, T: Scalar> Feed<'a, T> {
    /// Batches of arrays.
    pub(crate) fn arrays(batches: Batches<'a, T>, steps: Option<usize>) -> Self {
        let length = Some(batches.len());
        Self { origin: Origin::Arrays(batches), length, steps, place: None, past: 0 }
    }

    /// Batches of a source. `argument` is the one that says the steps.
    pub(crate) fn source(
        source: &'a mut dyn BatchSource<T>,
        class_weight: Option<ClassWeight>,
        steps: Option<usize>,
        (function, argument): (&'static str, &'static str),
    ) -> Result<Self, ModelError> {
        let length = match source.length() {
            Length::Known(0) => return Err(ModelError::NoBatches),
            Length::Known(batches) => Some(batches),
            Length::Unknown => None,
            Length::Endless if steps.is_none() => {
                let expected = "given for a source without an end".to_owned();
                return Err(ModelError::Argument { function, argument, expected, received: "none".to_owned() });
            }
            Length::Endless => None,
        };
        let reader = Reader { source, batch: OwnedBatch::default(), class_weight, by_class: Vec::new(), peeked: None };
        Ok(Self { origin: Origin::Source(reader), length, steps, place: None, past: 0 })
    }

    /// The batches of an epoch, if they are known.
    pub(crate) fn steps(&self) -> Option<usize> {
        self.steps.or(self.length)
    }

    fn is_source(&self) -> bool {
        matches!(self.origin, Origin::Source(_))
    }

    /// Whether an epoch ends before its steps are done, where so many were.
    pub(crate) fn is_short(&self, batches: usize) -> bool {
        self.steps.is_some_and(|steps| batches < steps)
    }

    /// The shape of a sample, read from the first batch of a pass with this seed.
    pub(crate) fn peek(&mut self, seed: u64) -> Result<Shape, ModelError> {
        let Origin::Source(reader) = &mut self.origin else { return Err(ModelError::NoBatches) };
        reader.begin(seed)?;
        if !reader.advance()? {
            return Err(ModelError::NoBatches);
        }
        reader.peeked = Some(seed);
        Ok(reader.batch.x.shape().sample())
    }

    /// Lets training begin with this epoch: the batches of those before it are left out. A source that cannot begin anew
    /// is where the epoch `given` by the user begins.
    pub(crate) fn begin_at(&mut self, initial_epoch: usize, given: usize) {
        let restarts = match &self.origin {
            Origin::Arrays(_) => true,
            Origin::Source(reader) => reader.source.restarts(),
        };
        self.past = if restarts { initial_epoch } else { initial_epoch.saturating_sub(given) };
    }

    /// Begins a pass.
    pub(crate) fn begin_pass(&mut self, seed: u64) -> Result<(), ModelError> {
        match &mut self.origin {
            Origin::Arrays(batches) => batches.shuffle(seed),
            Origin::Source(reader) => reader.begin(seed)?,
        }
        self.place = Some(0);
        Ok(())
    }

    /// Goes to the first batch of an epoch, if there is one: on where the epoch before ended, or in a new pass. `began` is
    /// the step of the training, and `seed` that of a pass which begins at a step.
    pub(crate) fn begin_epoch(
        &mut self,
        epoch: usize,
        began: u64,
        seed: impl Fn(u64) -> u64,
    ) -> Result<bool, ModelError> {
        self.leave_out_the_past(began, &seed)?;
        let goes_on = self.steps.is_some() && self.place.is_some();
        if goes_on && self.advance_to(0, epoch)? {
            return Ok(true);
        }
        self.begin_pass(seed(began))?;
        self.advance_to(0, epoch)
    }

    /// Goes to where the epochs before the first one have ended in a pass, as if they had just been trained on.
    fn leave_out_the_past(&mut self, began: u64, seed: impl Fn(u64) -> u64) -> Result<(), ModelError> {
        let past = std::mem::take(&mut self.past);
        let Some(steps) = self.steps.filter(|_| past > 0) else { return Ok(()) };
        // Each pass is so many epochs, of which the last may be short.
        let within = |length: usize| past % length.div_ceil(steps) * steps;
        let batches = self.length.map_or(steps.saturating_mul(past), within);
        let left_out = self.begin_pass_after(batches, began, &seed)?;
        if left_out < batches && left_out > 0 {
            self.begin_pass_after(within(left_out), began, &seed)?; // now it is known how long a pass is
        }
        Ok(())
    }

    /// Begins a pass so many batches before the step `began`, and leaves these out; gives back how many there were.
    fn begin_pass_after(&mut self, batches: usize, began: u64, seed: impl Fn(u64) -> u64) -> Result<usize, ModelError> {
        self.begin_pass(seed(began.saturating_sub(batches as u64)))?;
        for left_out in 0..batches {
            if !self.advance()? {
                return Ok(left_out);
            }
        }
        Ok(batches)
    }

    /// Goes to the next batch, if there is one.
    fn advance(&mut self) -> Result<bool, ModelError> {
        let Some(place) = self.place.filter(|&place| self.length.is_none_or(|length| place < length)) else {
            self.place = None;
            return Ok(false);
        };
        let more = match &mut self.origin {
            Origin::Arrays(_) => true,
            Origin::Source(reader) => reader.advance()?,
        };
        self.place = more.then_some(place + 1);
        Ok(more)
    }

    /// The batch that it is at.
    pub(crate) fn batch(&mut self) -> Result<Batch<'_, T>, ModelError> {
        match &mut self.origin {
            Origin::Arrays(batches) => batches.get(self.place.map_or(0, |place| place.saturating_sub(1))),
            Origin::Source(reader) => reader.batch(),
        }
    }

    /// Goes to the batch of this index in its epoch, if there is to be one and there is.
    pub(crate) fn advance_to(&mut self, index: usize, epoch: impl Into<Option<usize>>) -> Result<bool, ModelError> {
        let epoch = epoch.into();
        if self.steps().is_some_and(|steps| index >= steps) {
            return Ok(false);
        }
        self.advance().map_err(self.naming(index, epoch))
    }

    /// The batch that it is at, of this index in its epoch. A source's is checked: arrays were, as a whole.
    pub(crate) fn checked(
        &mut self,
        model: &Sequential<T>,
        compiled: Option<&Compiled<T>>,
        index: usize,
        epoch: Option<usize>,
    ) -> Result<Batch<'_, T>, ModelError> {
        let (is_source, name) = (self.is_source(), self.naming(index, epoch));
        let batch = self.batch().map_err(&name)?;
        if is_source {
            let compiled = compiled.map_or_else(|| model.compiled("fit_source"), Ok)?;
            model.check(compiled, batch).map_err(name)?;
        }
        Ok(batch)
    }

    /// Names the batch of a source that an error belongs to.
    pub(crate) fn naming(&self, batch: usize, epoch: Option<usize>) -> impl Fn(ModelError) -> ModelError + use<T> {
        let is_source = self.is_source();
        move |error| if is_source { ModelError::Batch { epoch, batch, source: Box::new(error) } } else { error }
    }
}
