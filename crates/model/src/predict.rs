//! Prediction, through `&self`.

use cornu_layers::{Mode, Scratch};
use cornu_tensor::{Scalar, Shape, Tensor, View, ViewMut, threads};

use crate::data::check_samples;
use crate::{ModelError, Sequential};

/// The samples that run through the layers together, where there are many. It changes what comes out by no more than
/// the rounding of a sum.
const BATCH: usize = 512;

/// A model ready to predict into given buffers, with the memory that it works in.
///
/// After the first prediction for a number of samples, nothing is allocated. Each thread has its own.
///
/// ```
/// use cornu_layers::Dense;
/// use cornu_model::{LayerArguments, sequential};
/// use cornu_tensor::Tensor;
///
/// let model = sequential![Dense::new(2).input_shape([3])]?;
/// let mut predictor = model.predictor()?;
/// let (x, mut y) = (Tensor::from([[1.0, 2.0, 3.0]]), Tensor::zeros([1, 2]));
/// predictor.predict_into(x.view(), y.view_mut())?;
/// assert_eq!(y, model.predict(&x)?);
/// # Ok::<(), cornu_model::ModelError>(())
/// ```
#[derive(Debug)]
pub struct Predictor<'m, T: Scalar> {
    model: &'m Sequential<T>,
    scratch: Scratch<T>,
}

impl<T: Scalar> Predictor<'_, T> {
    /// Predicts for a batch of samples; `output` has one row a sample, of the model's output shape.
    ///
    /// # Errors
    /// [`ModelError::Samples`] or [`ModelError::NoSamples`] for the samples, [`ModelError::Buffer`] for the
    /// buffer.
    pub fn predict_into(&mut self, x: View<'_, T>, output: ViewMut<'_, T>) -> Result<(), ModelError> {
        let expected = self.model.outputs_for(x)?;
        if output.shape() != expected {
            return Err(ModelError::Buffer { expected, received: output.shape() });
        }
        self.model.predict_in_blocks(x, output, &mut self.scratch)
    }
}

impl<T: Scalar> Sequential<T> {
    /// The model's outputs for samples `x`, in inference: shape `(samples, …)`. [`Sequential::predict_with`] takes Keras's
    /// arguments, such as callbacks.
    ///
    /// # Errors
    /// [`ModelError::NotBuilt`], [`ModelError::Samples`], [`ModelError::NoSamples`].
    pub fn predict(&self, x: &Tensor<T>) -> Result<Tensor<T>, ModelError> {
        let mut output = self.room_for(x)?;
        self.predict_in_blocks(x.view(), output.view_mut(), &mut Scratch::default())?;
        Ok(output)
    }

    /// The model's outputs for samples `x`, all in one batch.
    ///
    /// # Errors
    /// As [`Sequential::predict`].
    pub fn predict_on_batch(&self, x: &Tensor<T>) -> Result<Tensor<T>, ModelError> {
        let mut output = self.room_for(x)?;
        self.predict_at_once(x.view(), output.view_mut(), &mut Scratch::default())?;
        Ok(output)
    }

    /// Predicts for samples whose shapes are known to fit, block by block, so that what runs through the layers stays
    /// near the processor.
    pub(crate) fn predict_in_blocks(
        &self,
        x: View<'_, T>,
        mut output: ViewMut<'_, T>,
        scratch: &mut Scratch<T>,
    ) -> Result<(), ModelError> {
        let samples = x.shape().batch();
        if samples <= BATCH {
            return self.predict_at_once(x, output, scratch);
        }
        for start in (0..samples).step_by(BATCH) {
            let range = start..(start + BATCH).min(samples);
            self.predict_at_once(x.rows(range.clone())?, output.reborrow().rows(range)?, scratch)?;
        }
        Ok(())
    }

    /// Predicts for a batch whose shapes are known to fit.
    fn predict_at_once(
        &self,
        x: View<'_, T>,
        output: ViewMut<'_, T>,
        scratch: &mut Scratch<T>,
    ) -> Result<(), ModelError> {
        let chain = self.chain();
        threads::inside(chain.work(x.shape().batch()), || {
            chain.forward(&self.weights, x, output, Mode::Inference, scratch)
        })
        .map_err(|error| self.at(error))?;
        scratch.take_loss(); // nobody asks for penalties here
        Ok(())
    }

    /// Room for the outputs for these samples, if they fit.
    fn room_for(&self, x: &Tensor<T>) -> Result<Tensor<T>, ModelError> {
        Ok(Tensor::zeros(self.outputs_for(x.view())?))
    }

    /// The shape of the outputs for these samples, if they fit.
    pub(crate) fn outputs_for(&self, x: View<'_, T>) -> Result<Shape, ModelError> {
        let (input, end) = self.shapes("weights")?;
        Ok(end.with_batch(check_samples(input, x)?)?)
    }

    /// The model with memory to predict in, again and again.
    ///
    /// # Errors
    /// [`ModelError::NotBuilt`].
    pub fn predictor(&self) -> Result<Predictor<'_, T>, ModelError> {
        self.shapes("weights")?;
        Ok(Predictor { model: self, scratch: Scratch::default() })
    }
}
