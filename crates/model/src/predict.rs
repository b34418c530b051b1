//! Prediction, through `&self`.

use cornu_layers::{Mode, Scratch};
use cornu_tensor::{Scalar, Shape, Tensor, View, ViewMut, threads};

use crate::data::{at_least_one, check_samples};
use crate::feed::Feed;
use crate::source::BatchSource;
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
        self.run_in_blocks(x, output)
    }

    /// Predicts block by block, so that what runs through the layers stays near the processor.
    fn run_in_blocks(&mut self, x: View<'_, T>, mut output: ViewMut<'_, T>) -> Result<(), ModelError> {
        let samples = x.shape().batch();
        if samples <= BATCH {
            return self.run(x, output);
        }
        for start in (0..samples).step_by(BATCH) {
            let range = start..(start + BATCH).min(samples);
            self.run(x.rows(range.clone())?, output.reborrow().rows(range)?)?;
        }
        Ok(())
    }

    /// Predicts for a batch whose shapes are known to fit.
    fn run(&mut self, x: View<'_, T>, output: ViewMut<'_, T>) -> Result<(), ModelError> {
        let (model, chain) = (self.model, self.model.chain());
        threads::inside(chain.work(x.shape().batch()), || {
            chain.forward(&model.weights, x, output, Mode::Inference, &mut self.scratch)
        })
        .map_err(|error| model.at(error))?;
        self.scratch.take_loss(); // nobody asks for penalties here
        Ok(())
    }
}

impl<T: Scalar> Sequential<T> {
    /// The model's outputs for samples `x`, in inference: shape `(samples, …)`.
    ///
    /// # Errors
    /// [`ModelError::NotBuilt`], [`ModelError::Samples`], [`ModelError::NoSamples`].
    pub fn predict(&self, x: &Tensor<T>) -> Result<Tensor<T>, ModelError> {
        let mut output = self.room_for(x)?;
        self.predictor()?.run_in_blocks(x.view(), output.view_mut())?;
        Ok(output)
    }

    /// The model's outputs for samples `x`, all in one batch.
    ///
    /// # Errors
    /// As [`Sequential::predict`].
    pub fn predict_on_batch(&self, x: &Tensor<T>) -> Result<Tensor<T>, ModelError> {
        let mut output = self.room_for(x)?;
        self.predictor()?.run(x.view(), output.view_mut())?;
        Ok(output)
    }

    /// The model's outputs for the samples of a source, one batch after the other, in inference: shape `(samples, …)`.
    /// The labels are not looked at. The source begins anew, with seed 0, and gives so many batches, or all.
    ///
    /// # Errors
    /// [`ModelError::NotBuilt`]; [`ModelError::Batch`] for a batch that does not fit; [`ModelError::NoBatches`];
    /// [`ModelError::Argument`] for 0 steps, and for none where the source has no end.
    ///
    /// ```
    /// use cornu_layers::Dense;
    /// use cornu_model::source::Stream;
    /// use cornu_model::{LayerArguments, sequential};
    /// use cornu_tensor::Tensor;
    ///
    /// let model = sequential![Dense::new(2).input_shape([1])]?;
    /// let batches = (0..3).map(|i| (Tensor::full([4, 1], i as f32), Tensor::default()));
    /// let predictions = model.predict_source(&mut Stream::new(batches), None)?;
    /// assert_eq!(predictions.shape(), [12, 2].into());
    /// # Ok::<(), cornu_model::ModelError>(())
    /// ```
    pub fn predict_source(
        &self,
        source: &mut dyn BatchSource<T>,
        steps: Option<usize>,
    ) -> Result<Tensor<T>, ModelError> {
        let mut predictor = self.predictor()?;
        if let Some(steps) = steps {
            at_least_one("predict_source", "steps", steps)?;
        }
        let mut feed = Feed::source(source, None, steps, ("predict_source", "steps"))?;
        let (mut outputs, mut output, mut samples, mut batches) = (Vec::new(), Tensor::default(), 0, 0);
        feed.begin_pass(0, 0)?;
        while feed.advance_to(batches, None)? {
            let name = feed.naming(batches, None);
            let x = feed.batch().map_err(&name)?.x;
            output.resize(self.outputs_for(x).map_err(&name)?);
            predictor.run_in_blocks(x, output.view_mut()).map_err(&name)?;
            outputs.extend_from_slice(output.as_slice());
            (samples, batches) = (samples + x.shape().batch(), batches + 1);
        }
        if batches == 0 {
            return Err(ModelError::NoBatches);
        }
        Ok(Tensor::new(self.shapes("weights")?.1.with_batch(samples)?, outputs)?)
    }

    /// Room for the outputs for these samples, if they fit.
    fn room_for(&self, x: &Tensor<T>) -> Result<Tensor<T>, ModelError> {
        Ok(Tensor::zeros(self.outputs_for(x.view())?))
    }

    /// The shape of the outputs for these samples, if they fit.
    fn outputs_for(&self, x: View<'_, T>) -> Result<Shape, ModelError> {
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
