//! The validation of a training.

use cornu_tensor::Scalar;

use crate::callbacks::{CallbackList, Training};
use crate::data::{Batch, Batches, batch_size, rows};
use crate::feed::Feed;
use crate::fit_arguments::ValidationData;
use crate::tester::Tester;
use crate::{Fit, Logs, ModelError, Sequential};

/// The argument that says how many batches.
const STEPS: &str = "validation_steps";

/// The samples to train on, and those to validate on.
pub(crate) fn split<T: Scalar>(
    all: Batch<'_, T>,
    validation_split: f64,
) -> Result<(Batch<'_, T>, Option<Batch<'_, T>>), ModelError> {
    if validation_split == 0.0 {
        return Ok((all, None));
    }
    let samples = all.x.shape().batch();
    let at = (samples as f64 * (1.0 - validation_split)).floor();
    if !(0.0..1.0).contains(&validation_split) || at < 1.0 || at >= samples as f64 {
        return Err(ModelError::Argument {
            function: "fit",
            argument: "validation_split",
            expected: format!("a number from 0 to 1 that leaves samples on both sides of {samples}"),
            received: validation_split.to_string(),
        });
    }
    let at = at as usize;
    Ok((rows(all, 0..at)?, Some(rows(all, at..samples)?)))
}

/// The validation of each epoch, with memory of its own.
pub(crate) struct Validator<'a, T: Scalar>(Tester<'a, T>);

impl<'a, T: Scalar> Validator<'a, T> {
    /// On what `fit` was given to validate on, if anything.
    pub(crate) fn given<'g: 'a>(
        model: &Sequential<T>,
        data: Option<ValidationData<'g, T>>,
        fit: &Fit<'_, T>,
    ) -> Result<Option<Self>, ModelError> {
        match data {
            Some(ValidationData::Arrays(x, y, sample_weight)) => {
                let data = Batch { x: x.view(), y: y.view(), sample_weight };
                model.check(model.compiled("fit")?, data).map_err(of_validation)?;
                Self::arrays(model, data, fit).map(Some)
            }
            Some(ValidationData::Source(source)) => {
                let feed = Feed::source(source, None, fit.validation_steps, ("fit", STEPS));
                let feed =
                    feed.map_err(|error| if error == ModelError::NoBatches { of_validation(error) } else { error });
                Ok(Some(Self(Tester::new(model, feed?, STEPS)?)))
            }
            None => Ok(None),
        }
    }

    /// On arrays, which were checked.
    pub(crate) fn arrays(model: &Sequential<T>, data: Batch<'a, T>, fit: &Fit<'_, T>) -> Result<Self, ModelError> {
        let size = fit.validation_batch_size.or(fit.batch_size);
        let size = batch_size(data.x.shape().batch(), size, fit.validation_steps);
        let feed = Feed::arrays(Batches::new(data, size, false), fit.validation_steps);
        Ok(Self(Tester::new(model, feed, STEPS)?))
    }

    /// Validates; the numbers come into the logs.
    pub(crate) fn run(
        &mut self,
        training: &mut Training<'_, T>,
        callbacks: &mut CallbackList<'_, T>,
        logs: &mut Logs,
    ) -> Result<(), ModelError> {
        let measured = self.0.run(training, callbacks).map_err(|error| match error {
            ModelError::NoBatches | ModelError::Batch { .. } | ModelError::Source { .. } => of_validation(error),
            error => error,
        })?;
        logs.take_in("val_", &measured);
        Ok(())
    }
}

fn of_validation(error: ModelError) -> ModelError {
    ModelError::Validation(Box::new(error))
}
