//! The validation of a training.

use cornu_tensor::Scalar;

use crate::callbacks::Verbose;
use crate::compile::Compiled;
use crate::data::{Batch, Batches, batch_size, rows};
use crate::feed::Feed;
use crate::fit::warn;
use crate::source::BatchSource;
use crate::{Fit, Logs, ModelError, Sequential};

/// The seed with which every validation begins its source.
const SEED: u64 = 0;

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
pub(crate) struct Validator<'a, T: Scalar> {
    compiled: Compiled<T>,
    feed: Feed<'a, T>,
}

impl<'a, T: Scalar> Validator<'a, T> {
    /// On arrays, which were checked.
    pub(crate) fn arrays(model: &Sequential<T>, data: Batch<'a, T>, fit: &Fit<'_, T>) -> Result<Self, ModelError> {
        let size = fit.validation_batch_size.or(fit.batch_size);
        let size = batch_size(data.x.shape().batch(), size, fit.validation_steps);
        let feed = Feed::arrays(Batches::new(data, size, false), fit.validation_steps);
        Ok(Self { compiled: model.compiled("fit")?.for_test(), feed })
    }

    /// On a source.
    pub(crate) fn source(
        model: &Sequential<T>,
        source: &'a mut dyn BatchSource<T>,
        fit: &Fit<'_, T>,
    ) -> Result<Self, ModelError> {
        let feed = Feed::source(source, None, fit.validation_steps, ("fit", "validation_steps"));
        let feed = feed.map_err(|error| if error == ModelError::NoBatches { of_validation(error) } else { error })?;
        Ok(Self { compiled: model.compiled("fit")?.for_test(), feed })
    }

    /// Validates; the numbers come into the logs.
    pub(crate) fn run(&mut self, model: &Sequential<T>, logs: &mut Logs, verbose: Verbose) -> Result<(), ModelError> {
        let Self { compiled, feed } = self;
        compiled.find_tail(model.links.last().map(|link| link.layer.as_ref())); // a callback may have changed it
        let batches = model.test_on(compiled, feed, SEED, |_, _| {}).map_err(|error| match error {
            ModelError::NoBatches | ModelError::Batch { .. } | ModelError::Source { .. } => of_validation(error),
            error => error,
        })?;
        if feed.is_short(batches) {
            warn(verbose, "The data ended before `validation_steps` batches, so the validation is shorter.");
        }
        compiled.log("val_", logs);
        compiled.log_lists("val_", logs);
        Ok(())
    }
}

fn of_validation(error: ModelError) -> ModelError {
    ModelError::Validation(Box::new(error))
}
