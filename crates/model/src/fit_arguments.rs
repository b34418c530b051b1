//! The arguments of `fit`.

use cornu_tensor::{Scalar, Tensor};

use crate::ModelError;
use crate::callbacks::{Callback, Verbose};
use crate::data::{ClassWeight, all_at_least_one};
use crate::source::BatchSource;

/// What the model is validated on.
pub(crate) enum ValidationData<'a, T: Scalar> {
    /// Samples, labels and sample weights.
    Arrays(&'a Tensor<T>, &'a Tensor<T>, Option<&'a [T]>),
    /// Batches.
    Source(&'a mut dyn BatchSource<T>),
}

/// After which epochs the model is validated (Keras's `validation_freq`): `2` is every second epoch, a list says the
/// epochs, counted from 1.
///
/// ```
/// use cornu_model::{Fit, ValidationFreq};
///
/// assert_eq!(ValidationFreq::from(2), ValidationFreq::Every(2));
/// let fit = Fit::<f32>::new().epochs(20).validation_freq([1, 2, 20]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValidationFreq {
    /// After this many epochs each.
    Every(usize),
    /// After these epochs, counted from 1.
    At(Vec<usize>),
}

impl ValidationFreq {
    /// Whether the model is validated after this epoch, counted from 0.
    pub(crate) fn includes(&self, epoch: usize) -> bool {
        match self {
            Self::Every(epochs) => (epoch + 1).is_multiple_of(*epochs),
            Self::At(epochs) => epochs.contains(&(epoch + 1)),
        }
    }
}

impl From<usize> for ValidationFreq {
    fn from(epochs: usize) -> Self {
        Self::Every(epochs)
    }
}

impl From<Vec<usize>> for ValidationFreq {
    fn from(epochs: Vec<usize>) -> Self {
        Self::At(epochs)
    }
}

impl<const N: usize> From<[usize; N]> for ValidationFreq {
    fn from(epochs: [usize; N]) -> Self {
        Self::At(epochs.to_vec())
    }
}

impl From<&[usize]> for ValidationFreq {
    fn from(epochs: &[usize]) -> Self {
        Self::At(epochs.to_vec())
    }
}

/// The arguments of [`Sequential::fit`](crate::Sequential::fit) and
/// [`Sequential::fit_source`](crate::Sequential::fit_source), in Keras's words and with its defaults.
///
/// ```
/// use cornu_model::Fit;
/// use cornu_model::callbacks::Verbose;
///
/// let fit = Fit::<f32>::new().epochs(20).batch_size(16).validation_split(0.2).verbose(Verbose::Line);
/// ```
pub struct Fit<'a, T: Scalar> {
    pub(crate) batch_size: Option<usize>,
    pub(crate) epochs: usize,
    pub(crate) initial_epoch: usize,
    pub(crate) shuffle: bool,
    pub(crate) verbose: Verbose,
    pub(crate) validation_split: f64,
    pub(crate) validation_data: Option<ValidationData<'a, T>>,
    pub(crate) validation_batch_size: Option<usize>,
    pub(crate) validation_freq: ValidationFreq,
    pub(crate) validation_steps: Option<usize>,
    pub(crate) steps_per_epoch: Option<usize>,
    pub(crate) sample_weight: Option<&'a [T]>,
    pub(crate) class_weight: Option<ClassWeight>,
    pub(crate) callbacks: Vec<&'a mut dyn Callback<T>>,
}

impl<T: Scalar> std::fmt::Debug for Fit<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fit")
            .field("epochs", &self.epochs)
            .field("batch_size", &self.batch_size)
            .finish_non_exhaustive()
    }
}

impl<T: Scalar> Default for Fit<'_, T> {
    fn default() -> Self {
        Self {
            batch_size: None,
            epochs: 1,
            initial_epoch: 0,
            shuffle: true,
            verbose: Verbose::Auto,
            validation_split: 0.0,
            validation_data: None,
            validation_batch_size: None,
            validation_freq: ValidationFreq::Every(1),
            validation_steps: None,
            steps_per_epoch: None,
            sample_weight: None,
            class_weight: None,
            callbacks: Vec::new(),
        }
    }
}

impl<'a, T: Scalar> Fit<'a, T> {
    /// Keras's defaults: one epoch, batches of 32, shuffled.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The samples of a batch; by default as many as [`Fit::steps_per_epoch`] needs for one pass, and 32 without it.
    /// A source has batches of its own.
    #[must_use]
    pub fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size: Some(batch_size), ..self }
    }

    /// The batches of an epoch; all there are by default. The next epoch goes on where this one ended, and from the
    /// start after the last batch. If the batches end within an epoch, that epoch is shorter.
    #[must_use]
    pub fn steps_per_epoch(self, steps: usize) -> Self {
        Self { steps_per_epoch: Some(steps), ..self }
    }

    /// The epoch at which training ends, counted from 0; 1 by default.
    #[must_use]
    pub fn epochs(self, epochs: usize) -> Self {
        Self { epochs, ..self }
    }

    /// The epoch at which training begins; 0 by default. With [`Fit::steps_per_epoch`], it begins where in the data the
    /// epochs before it have ended, so that a training that goes on has the same bits as one that never stopped. (Keras
    /// begins with the first batch.)
    #[must_use]
    pub fn initial_epoch(self, initial_epoch: usize) -> Self {
        Self { initial_epoch, ..self }
    }

    /// Whether the samples are put in a new order for every epoch; true by default. The order depends on the
    /// model's seed and on the steps taken so far.
    #[must_use]
    pub fn shuffle(self, shuffle: bool) -> Self {
        Self { shuffle, ..self }
    }

    /// What is printed.
    #[must_use]
    pub fn verbose(self, verbose: Verbose) -> Self {
        Self { verbose, ..self }
    }

    /// The share of the samples, from the end and before any shuffling, that is kept for validation; 0 by
    /// default.
    #[must_use]
    pub fn validation_split(self, validation_split: f64) -> Self {
        Self { validation_split, ..self }
    }

    /// Samples and labels for validation. They go before a validation split.
    #[must_use]
    pub fn validation_data(self, x: &'a Tensor<T>, y: &'a Tensor<T>) -> Self {
        Self { validation_data: Some(ValidationData::Arrays(x, y, None)), ..self }
    }

    /// As [`Fit::validation_data`], with a weight for each sample.
    #[must_use]
    pub fn weighted_validation_data(self, x: &'a Tensor<T>, y: &'a Tensor<T>, sample_weight: &'a [T]) -> Self {
        Self { validation_data: Some(ValidationData::Arrays(x, y, Some(sample_weight))), ..self }
    }

    /// The samples of a batch of the validation; by default the batch size of the training, where one is given.
    #[must_use]
    pub fn validation_batch_size(self, batch_size: usize) -> Self {
        Self { validation_batch_size: Some(batch_size), ..self }
    }

    /// Batches for validation. Every validation begins the source anew, always with the same seed.
    #[must_use]
    pub fn validation_source(self, source: &'a mut dyn BatchSource<T>) -> Self {
        Self { validation_data: Some(ValidationData::Source(source)), ..self }
    }

    /// The batches of a validation, from the first on; all there are by default.
    #[must_use]
    pub fn validation_steps(self, steps: usize) -> Self {
        Self { validation_steps: Some(steps), ..self }
    }

    /// After which epochs the model is validated: a number for every so many, a list for these, counted from 1; after
    /// every epoch by default.
    #[must_use]
    pub fn validation_freq(self, epochs: impl Into<ValidationFreq>) -> Self {
        Self { validation_freq: epochs.into(), ..self }
    }

    /// How much each sample counts in the loss: one number a sample, or one for each value of the loss.
    #[must_use]
    pub fn sample_weight(self, sample_weight: &'a [T]) -> Self {
        Self { sample_weight: Some(sample_weight), ..self }
    }

    /// How much the samples of each class count in the loss; 1 for a class that is not named. A class that no label
    /// has is left out, as in Keras.
    #[must_use]
    pub fn class_weight(self, class_weight: impl Into<ClassWeight>) -> Self {
        Self { class_weight: Some(class_weight.into()), ..self }
    }

    /// One more callback. It is lent, so that what it saw can be asked for afterwards.
    #[must_use]
    pub fn callback(mut self, callback: &'a mut dyn Callback<T>) -> Self {
        self.callbacks.push(callback);
        self
    }

    /// Whether the numbers make sense.
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        let every = match &self.validation_freq {
            ValidationFreq::Every(epochs) => Some(*epochs),
            ValidationFreq::At(epochs) => epochs.iter().min().copied(),
        };
        let numbers = [
            ("batch_size", self.batch_size),
            ("validation_batch_size", self.validation_batch_size),
            ("validation_freq", every),
            ("steps_per_epoch", self.steps_per_epoch),
            ("validation_steps", self.validation_steps),
        ];
        all_at_least_one("fit", numbers)
    }

    /// Whether the arguments go with a source, which no one can cut, and which has weights of its own.
    pub(crate) fn check_for_source(&self) -> Result<(), ModelError> {
        let refused = |argument, received| {
            let expected = "given with arrays alone".to_owned();
            Err(ModelError::Argument { function: "fit_source", argument, expected, received })
        };
        if self.validation_split != 0.0 {
            return refused("validation_split", self.validation_split.to_string());
        }
        match self.sample_weight {
            Some(weights) => refused("sample_weight", format!("{} sample weights", weights.len())),
            None => Ok(()),
        }
    }
}
