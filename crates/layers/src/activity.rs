//! A penalty on what a layer gives, which Keras divides by the size of the batch.

use cornu_tensor::{Scalar, View};

use crate::Scratch;
use crate::regularizers::Regularizer;

/// Adds the penalty on a whole output to the loss.
pub(crate) fn penalize<T: Scalar>(regularizer: &dyn Regularizer<T>, output: View<'_, T>, scratch: &mut Scratch<T>) {
    let batch = T::of_count(output.shape().batch().max(1));
    scratch.add_loss(regularizer.penalty(output) / batch);
}

/// The way back through [`penalize`]: adds the penalty's gradient to that of the rest of the loss.
pub(crate) fn undo_penalty<T: Scalar>(regularizer: &dyn Regularizer<T>, output: View<'_, T>, gradient: &mut [T]) {
    // The penalty is a mean over the batch: see it as a sum, and the rest of the loss so much larger.
    let batch = T::of_count(output.shape().batch());
    gradient.iter_mut().for_each(|g| *g *= batch);
    regularizer.add_gradient(output, gradient);
    gradient.iter_mut().for_each(|g| *g /= batch);
}
