//! Training steps.

use cornu::prelude::*;

use crate::{exponential, networks, uniform};

/// A compiled model and one batch: each call of [`Training::step`] is a training step with Adam.
#[derive(Debug)]
pub struct Training {
    model: Sequential,
    x: Tensor<f32>,
    y: Tensor<f32>,
    logs: Logs,
}

impl Training {
    /// A classifier, with the sparse crossentropy and labels in turn.
    ///
    /// # Errors
    /// Those of [`Sequential::compile`], and of a batch that is too large.
    pub fn new(model: Sequential, batch: usize) -> Result<Self, ModelError> {
        let (input, output) = (model.sample_shape().unwrap_or_default(), model.output_shape().unwrap_or_default());
        let x = uniform(input.with_batch(batch)?);
        let y = Tensor::from_fn([batch], |i| (i % output.size()) as f32);
        Self::with(model, x, y, "sparse_categorical_crossentropy")
    }

    /// [`networks::exponential`], with the mean squared error; all samples are one batch, so a step is an epoch.
    ///
    /// # Errors
    /// Those of [`Sequential::compile`].
    pub fn exponential(samples: usize) -> Result<Self, ModelError> {
        let (x, y) = exponential::samples(samples);
        Self::with(networks::exponential()?, x, y, "mse")
    }

    fn with(mut model: Sequential, x: Tensor<f32>, y: Tensor<f32>, loss: &str) -> Result<Self, ModelError> {
        model.compile(Compile::new("adam", loss))?;
        Ok(Self { model, x, y, logs: Logs::default() })
    }

    /// The samples of a step.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.x.shape().batch()
    }

    /// One step on the batch.
    ///
    /// # Errors
    /// Those of [`Sequential::train_on_batch`].
    pub fn step(&mut self) -> Result<(), ModelError> {
        self.model.train_on_batch(&self.x, &self.y, None, &mut self.logs)
    }
}
