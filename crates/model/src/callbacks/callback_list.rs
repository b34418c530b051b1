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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::callbacks::WeightRecorder;

    #[test]
    fn a_progress_bar_that_is_given_takes_the_place_of_the_other() {
        let (mut recorder, mut given) = (WeightRecorder::<f32>::new(), ProgbarLogger::new());
        let len = |given: &mut [&mut dyn Callback<f32>], verbose| {
            CallbackList::new(given, &mut ProgbarLogger::new(), verbose).callbacks.len()
        };
        assert_eq!(len(&mut [&mut recorder], Verbose::Line), 2);
        assert_eq!(len(&mut [&mut recorder], Verbose::Silent), 1);
        assert_eq!(len(&mut [&mut given, &mut recorder], Verbose::Line), 2);
    }
}
