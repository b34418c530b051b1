//! Sources made of iterators and closures.

use std::iter::Fuse;

use cornu_tensor::{Scalar, Tensor};

use super::{BatchSource, Length, OwnedBatch};
use crate::ModelError;

/// What an iterator may give as a batch: samples and labels, with sample weights or without; or the result of trying to
/// have them.
pub trait IntoBatch<T> {
    /// The batch.
    ///
    /// # Errors
    /// [`ModelError::Source`], or whatever the iterator gave.
    fn into_batch(self) -> Result<OwnedBatch<T>, ModelError>;
}

impl<T> IntoBatch<T> for OwnedBatch<T> {
    fn into_batch(self) -> Result<Self, ModelError> {
        Ok(self)
    }
}

impl<T> IntoBatch<T> for (Tensor<T>, Tensor<T>) {
    fn into_batch(self) -> Result<OwnedBatch<T>, ModelError> {
        Ok(OwnedBatch { x: self.0, y: self.1, sample_weight: Vec::new() })
    }
}

impl<T> IntoBatch<T> for (Tensor<T>, Tensor<T>, Vec<T>) {
    fn into_batch(self) -> Result<OwnedBatch<T>, ModelError> {
        Ok(OwnedBatch { x: self.0, y: self.1, sample_weight: self.2 })
    }
}

impl<T, B: IntoBatch<T>, E: Into<ModelError>> IntoBatch<T> for Result<B, E> {
    fn into_batch(self) -> Result<OwnedBatch<T>, ModelError> {
        self.map_err(Into::into)?.into_batch()
    }
}

/// Takes the next batch of an iterator.
fn take<T, B: IntoBatch<T>>(
    iterator: &mut impl Iterator<Item = B>,
    batch: &mut OwnedBatch<T>,
) -> Result<bool, ModelError> {
    let Some(next) = iterator.next() else { return Ok(false) };
    *batch = next.into_batch()?;
    Ok(true)
}

/// The batches of an iterator, once: every epoch goes on where the one before ended.
///
/// ```
/// use cornu_layers::Dense;
/// use cornu_model::callbacks::Verbose;
/// use cornu_model::source::Stream;
/// use cornu_model::{Compile, Fit, LayerArguments, sequential};
/// use cornu_tensor::Tensor;
///
/// let mut model = sequential![Dense::new(1).input_shape([1])]?;
/// model.compile(Compile::new("sgd", "mse"))?;
/// let batches = (0..).map(|i| (Tensor::full([8, 1], i as f32 % 3.0), Tensor::full([8, 1], i as f32 % 3.0)));
/// let fit = Fit::new().epochs(2).steps_per_epoch(5).verbose(Verbose::Silent);
/// model.fit_source(&mut Stream::new(batches).endless(), fit)?;
/// assert_eq!(model.iterations(), 10);
/// # Ok::<(), cornu_model::ModelError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Stream<I> {
    iterator: Fuse<I>,
    length: Length,
}

impl<I: Iterator> Stream<I> {
    /// The batches of this iterator.
    #[must_use]
    pub fn new(iterator: impl IntoIterator<IntoIter = I>) -> Self {
        Self { iterator: iterator.into_iter().fuse(), length: Length::Unknown }
    }

    /// Says that the iterator never ends.
    #[must_use]
    pub fn endless(self) -> Self {
        Self { length: Length::Endless, ..self }
    }
}

impl<T: Scalar, B: IntoBatch<T>, I: Iterator<Item = B>> BatchSource<T> for Stream<I> {
    fn length(&self) -> Length {
        self.length
    }

    fn restarts(&self) -> bool {
        false
    }

    fn begin_epoch(&mut self, _seed: u64) -> Result<(), ModelError> {
        Ok(())
    }

    fn next_batch(&mut self, batch: &mut OwnedBatch<T>) -> Result<bool, ModelError> {
        take(&mut self.iterator, batch)
    }
}

/// The batches of the iterators that a closure makes, one an epoch, for the seed of the epoch.
///
/// ```
/// use cornu_layers::Dense;
/// use cornu_model::callbacks::Verbose;
/// use cornu_model::source::{BatchSource, Epochs, shuffle};
/// use cornu_model::{Compile, Fit, LayerArguments, sequential};
/// use cornu_tensor::Tensor;
///
/// let mut model = sequential![Dense::new(1).input_shape([1])]?;
/// model.compile(Compile::new("sgd", "mse"))?;
/// let epochs = Epochs::new(|seed| {
///     let mut order: Vec<usize> = (0..12).collect();
///     shuffle(&mut order, seed);
///     order.into_iter().map(|i| (Tensor::full([8, 1], i as f32 / 12.0), Tensor::full([8, 1], i as f32 / 6.0)))
/// });
/// let mut source = epochs.batches(12).prefetch(2)?;
/// model.fit_source(&mut source, Fit::new().epochs(3).verbose(Verbose::Silent))?;
/// assert_eq!(model.iterations(), 36);
/// # Ok::<(), cornu_model::ModelError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Epochs<F, I> {
    make: F,
    iterator: Option<Fuse<I>>,
    length: Length,
}

impl<F: FnMut(u64) -> I, I: Iterator> Epochs<F, I> {
    /// The batches of what this closure makes of a seed.
    #[must_use]
    pub fn new(make: F) -> Self {
        Self { make, iterator: None, length: Length::Unknown }
    }

    /// Says how many batches an epoch has.
    #[must_use]
    pub fn batches(self, batches: usize) -> Self {
        Self { length: Length::Known(batches), ..self }
    }

    /// Says that the iterators never end.
    #[must_use]
    pub fn endless(self) -> Self {
        Self { length: Length::Endless, ..self }
    }
}

impl<T: Scalar, B: IntoBatch<T>, I: Iterator<Item = B>, F: FnMut(u64) -> I> BatchSource<T> for Epochs<F, I> {
    fn length(&self) -> Length {
        self.length
    }

    fn begin_epoch(&mut self, seed: u64) -> Result<(), ModelError> {
        self.iterator = Some((self.make)(seed).fuse());
        Ok(())
    }

    fn next_batch(&mut self, batch: &mut OwnedBatch<T>) -> Result<bool, ModelError> {
        self.iterator.as_mut().map_or(Ok(false), |iterator| take(iterator, batch))
    }
}
