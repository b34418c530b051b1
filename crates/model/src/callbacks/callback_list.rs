//! The callbacks of a call, in their order.

use cornu_tensor::Scalar;

use super::{Callback, ProgbarLogger, Verbose};
use crate::ModelError;

/// The callbacks of a call, in their order (`keras.callbacks.CallbackList`).
pub(crate) struct CallbackList<'c, T: Scalar> {
    callbacks: Vec<&'c mut dyn Callback<T>>,
}

impl<'c, T: Scalar> CallbackList<'c, T> {
    /// The callbacks that were given; and last, as in Keras, the progress bar, which shows what the others set in the
    /// logs. It is left out where it has nothing to print, and where another shows the progress.
    pub(crate) fn new(
        given: &'c mut [&mut dyn Callback<T>],
        progress: &'c mut ProgbarLogger,
        verbose: Verbose,
    ) -> Self {
        let is_shown = verbose == Verbose::Silent || given.iter().any(|callback| callback.shows_progress());
        let mut callbacks: Vec<&mut dyn Callback<T>> = Vec::with_capacity(given.len() + 1);
        callbacks.extend(given.iter_mut().map(|callback| &mut **callback as &mut dyn Callback<T>));
        if !is_shown {
            callbacks.push(progress);
        }
        Self { callbacks }
    }

    /// Calls each, until one fails.
    pub(crate) fn each(
        &mut self,
        mut call: impl FnMut(&mut dyn Callback<T>) -> Result<(), ModelError>,
    ) -> Result<(), ModelError> {
        self.callbacks.iter_mut().try_for_each(|callback| call(&mut **callback))
    }
}
