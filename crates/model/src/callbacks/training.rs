//! What a callback can see and do.

use cornu_tensor::Scalar;

use super::Verbose;
use crate::{ModelError, Sequential};

/// How large a training is, or an evaluation or a prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrainingParams {
    /// The epoch at which it ends; 1 for an evaluation and a prediction.
    pub epochs: usize,
    /// Batches an epoch; 0 as long as nobody knows, in the first epoch over a source that does not say it.
    pub steps: usize,
    /// The samples of the arrays; 0 for a source.
    pub samples: usize,
    /// Whether there is validation data. Not every epoch need be validated.
    pub validated: bool,
    /// What is printed; never [`Verbose::Auto`].
    pub verbose: Verbose,
}

impl TrainingParams {
    /// Of an evaluation or a prediction.
    pub(crate) fn of_one_pass(steps: Option<usize>, samples: usize, verbose: Verbose) -> Self {
        Self { epochs: 1, steps: steps.unwrap_or(0), samples, validated: false, verbose: verbose.resolved() }
    }
}

/// The model that a callback sees.
#[derive(Debug)]
enum Held<'a, T: Scalar> {
    /// The one that is trained.
    Trained(&'a mut Sequential<T>),
    /// One that is looked at alone, and its copy, made before the first change.
    Lent(&'a Sequential<T>, Option<Box<Sequential<T>>>),
}

/// What a callback can see and do, in a training, an evaluation or a prediction.
#[derive(Debug)]
pub struct Training<'a, T: Scalar> {
    model: Held<'a, T>,
    pub(crate) params: TrainingParams,
    pub(crate) stop: bool,
    pub(crate) stop_evaluating: bool,
    pub(crate) stop_predicting: bool,
    pub(crate) initial_epoch: usize,
    /// In the first epoch: the batch to begin with, and the step at which that epoch had begun.
    pub(crate) midway: Option<(usize, u64)>,
    /// The step at which this epoch began: the order of its samples depends on it.
    pub(crate) epoch_iteration: u64,
}

impl<'a, T: Scalar> Training<'a, T> {
    /// A training that has not begun.
    pub(crate) fn new(model: &'a mut Sequential<T>, params: TrainingParams, initial_epoch: usize) -> Self {
        Self::with(Held::Trained(model), params, initial_epoch)
    }

    /// An evaluation or a prediction that has not begun.
    pub(crate) fn of_lent(model: &'a Sequential<T>, params: TrainingParams) -> Self {
        Self::with(Held::Lent(model, None), params, 0)
    }

    fn with(model: Held<'a, T>, params: TrainingParams, initial_epoch: usize) -> Self {
        Self {
            model,
            params,
            stop: false,
            stop_evaluating: false,
            stop_predicting: false,
            initial_epoch,
            midway: None,
            epoch_iteration: 0,
        }
    }

    /// Begins an epoch; gives back its first batch.
    pub(crate) fn begin_epoch(&mut self) -> usize {
        let (batch, iteration) = self.midway.take().unwrap_or((0, self.model().iterations()));
        self.epoch_iteration = iteration;
        batch
    }

    /// The epoch at which training begins, counted from 0.
    #[must_use]
    pub fn initial_epoch(&self) -> usize {
        self.initial_epoch
    }

    /// Lets training begin at another epoch. It counts in [`Callback::on_train_begin`](super::Callback::on_train_begin)
    /// alone.
    pub fn set_initial_epoch(&mut self, epoch: usize) {
        (self.initial_epoch, self.midway) = (epoch, None);
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &Sequential<T> {
        match &self.model {
            Held::Trained(model) => model,
            Held::Lent(model, None) => model,
            Held::Lent(_, Some(copy)) => copy,
        }
    }

    /// The model, to change its weights. [`Sequential::evaluate`] and [`Sequential::predict_with`] only borrow the
    /// model: there this is a copy, made at the first call, with which they go on, and which ends with them.
    #[must_use]
    pub fn model_mut(&mut self) -> &mut Sequential<T> {
        match &mut self.model {
            Held::Trained(model) => model,
            Held::Lent(model, copy) => copy.get_or_insert_with(|| Box::new(model.snapshot())),
        }
    }

    /// How large the training is.
    #[must_use]
    pub fn params(&self) -> TrainingParams {
        self.params
    }

    /// The optimizer's learning rate; of a schedule, that of the next step.
    #[must_use]
    pub fn learning_rate(&self) -> f64 {
        self.model().learning_rate().unwrap_or(0.0)
    }

    /// Gives the optimizer another learning rate.
    ///
    /// # Errors
    /// [`ModelError::Optimizer`] for a rate that is not a number, 0 or more, and if a schedule says the rates.
    pub fn set_learning_rate(&mut self, rate: f64) -> Result<(), ModelError> {
        self.model_mut().set_learning_rate(rate)
    }

    /// Ends the training (Keras's `stop_training`): after this batch, if it is asked for during an epoch. The epoch
    /// still ends, with its validation.
    pub fn stop(&mut self) {
        self.stop = true;
    }

    /// Ends the evaluation, or the validation of this epoch, after this batch (Keras's `stop_evaluating`).
    pub fn stop_evaluating(&mut self) {
        self.stop_evaluating = true;
    }

    /// Ends the prediction after this batch (Keras's `stop_predicting`).
    pub fn stop_predicting(&mut self) {
        self.stop_predicting = true;
    }
}
