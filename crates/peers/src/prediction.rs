//! Predictions.

use cornu::Predictor;
use cornu::prelude::*;

use crate::uniform;

/// A model that predicts, samples, and the memory for what it says of them.
#[derive(Debug)]
pub struct Prediction<'m> {
    predictor: Predictor<'m, f32>,
    x: Tensor<f32>,
    y: Tensor<f32>,
}

impl<'m> Prediction<'m> {
    /// Predictions of so many samples at once.
    ///
    /// # Errors
    /// Those of [`Sequential::predictor`], and of too many samples.
    pub fn new(model: &'m Sequential, samples: usize) -> Result<Self, ModelError> {
        let (input, output) = (model.sample_shape().unwrap_or_default(), model.output_shape().unwrap_or_default());
        let (x, y) = (uniform(input.with_batch(samples)?), Tensor::zeros(output.with_batch(samples)?));
        Ok(Self { predictor: model.predictor()?, x, y })
    }

    /// The samples of a call.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.x.shape().batch()
    }

    /// Predicts all of the samples.
    ///
    /// # Errors
    /// Those of [`Predictor::predict_into`].
    pub fn run(&mut self) -> Result<(), ModelError> {
        self.predictor.predict_into(self.x.view(), self.y.view_mut())
    }
}
