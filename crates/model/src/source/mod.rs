//! Batches that do not lie in memory: a contract, and what fulfils it.

mod iterators;
mod prefetch;

use cornu_initializers::random;
use cornu_tensor::{Scalar, Tensor};
pub use iterators::{Epochs, IntoBatch, Stream};
pub use prefetch::Prefetch;
use rand::Rng;

use crate::ModelError;

/// The number of batches that a source gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// This many an epoch.
    Known(usize),
    /// An end, but nobody knows where.
    Unknown,
    /// No end: training needs `steps_per_epoch`, and everything else a number of steps too.
    Endless,
}

/// A batch in buffers of its own, which are used again for the next one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OwnedBatch<T> {
    /// The samples: shape `(samples, …)`.
    pub x: Tensor<T>,
    /// The labels, one entry a sample.
    pub y: Tensor<T>,
    /// The sample weights; empty, as it is before every batch, where there are none.
    pub sample_weight: Vec<T>,
}

/// Batches of samples and labels, one after the other: from a file, a stream, a generator.
///
/// [`Stream`] makes one of an iterator, [`Epochs`] of a closure that makes an iterator for every epoch, and
/// [`BatchSource::prefetch`] lets it run on another thread. One's own:
///
/// ```
/// use cornu_layers::Dense;
/// use cornu_model::callbacks::Verbose;
/// use cornu_model::{Compile, Fit, LayerArguments, ModelError, sequential};
/// use cornu_model::source::{BatchSource, Length, OwnedBatch};
///
/// /// The line `y = 2x`, four points at a time.
/// struct Line {
///     next: usize,
/// }
///
/// impl BatchSource<f32> for Line {
///     fn length(&self) -> Length {
///         Length::Known(10)
///     }
///     fn begin_epoch(&mut self, _seed: u64) -> Result<(), ModelError> {
///         self.next = 0;
///         Ok(())
///     }
///     fn next_batch(&mut self, batch: &mut OwnedBatch<f32>) -> Result<bool, ModelError> {
///         if self.next == 10 {
///             return Ok(false);
///         }
///         batch.x.resize([4, 1]);
///         for (i, x) in batch.x.as_mut_slice().iter_mut().enumerate() {
///             *x = (4 * self.next + i) as f32 / 40.0;
///         }
///         batch.y.resize([4, 1]);
///         for (y, &x) in batch.y.as_mut_slice().iter_mut().zip(batch.x.as_slice()) {
///             *y = 2.0 * x;
///         }
///         self.next += 1;
///         Ok(true)
///     }
/// }
///
/// let mut model = sequential![Dense::new(1).input_shape([1])]?;
/// model.compile(Compile::new("sgd", "mse"))?;
/// let history = model.fit_source(&mut Line { next: 0 }, Fit::new().epochs(3).verbose(Verbose::Silent))?;
/// assert_eq!(history.epochs().len(), 3);
/// assert_eq!(model.iterations(), 30);
/// # Ok::<(), ModelError>(())
/// ```
pub trait BatchSource<T: Scalar> {
    /// The number of batches from [`BatchSource::begin_epoch`] on.
    fn length(&self) -> Length {
        Length::Unknown
    }

    /// Whether [`BatchSource::begin_epoch`] begins anew; true by default. A source that cannot, such as [`Stream`], goes
    /// on instead, and no batch of it is ever left unused.
    fn restarts(&self) -> bool {
        true
    }

    /// Begins anew: the next batch is the first. Whatever is random, such as the order, depends on the seed alone; then
    /// a training that is resumed has the same bits. A source that cannot begin anew goes on instead.
    ///
    /// # Errors
    /// Whatever the source reports, as [`ModelError::Source`] or another.
    fn begin_epoch(&mut self, seed: u64) -> Result<(), ModelError>;

    /// Writes the next batch and gives back true; false where there is none, also when it is asked again. `batch` holds
    /// an earlier one, but for the weights.
    ///
    /// # Errors
    /// Whatever the source reports. Training names the batch.
    fn next_batch(&mut self, batch: &mut OwnedBatch<T>) -> Result<bool, ModelError>;

    /// Lets the source run on a thread of its own, up to so many batches ahead.
    ///
    /// # Errors
    /// [`ModelError::Argument`] for no batches, [`ModelError::Source`] if the system gives no thread.
    fn prefetch(self, batches: usize) -> Result<Prefetch<T>, ModelError>
    where
        Self: Sized + Send + 'static,
    {
        Prefetch::new(self, batches)
    }
}

impl<T: Scalar> BatchSource<T> for Box<dyn BatchSource<T> + Send> {
    fn length(&self) -> Length {
        (**self).length()
    }

    fn restarts(&self) -> bool {
        (**self).restarts()
    }

    fn begin_epoch(&mut self, seed: u64) -> Result<(), ModelError> {
        (**self).begin_epoch(seed)
    }

    fn next_batch(&mut self, batch: &mut OwnedBatch<T>) -> Result<bool, ModelError> {
        (**self).next_batch(batch)
    }
}

/// Puts items into an order that depends on the seed alone: the one in which `fit` puts its samples.
///
/// ```
/// let mut order = [0, 1, 2, 3, 4];
/// cornu_model::source::shuffle(&mut order, 7);
/// let mut again = [0, 1, 2, 3, 4];
/// cornu_model::source::shuffle(&mut again, 7);
/// assert_eq!(order, again);
/// ```
pub fn shuffle<V>(items: &mut [V], seed: u64) {
    // Fisher and Yates, on nothing but the generator: the order does not change with a release of `rand`.
    let mut rng = random::generator(seed);
    for last in (1..items.len()).rev() {
        let other = (u128::from(rng.next_u64()) * (last as u128 + 1)) >> 64;
        items.swap(last, other as usize);
    }
}
