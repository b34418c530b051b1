//! A model, and samples for it that lie elsewhere.

use std::sync::Arc;

use cornu_layers::{Dense, Dropout, KernelArguments};
use cornu_model::callbacks::Verbose;
use cornu_model::source::{BatchSource, Length, OwnedBatch, shuffle};
use cornu_model::{Compile, Fit, LayerArguments, ModelError, Sequential, sequential};
use cornu_tensor::Tensor;

pub(crate) fn model(seed: u64) -> Result<Sequential<f32>, ModelError> {
    let layers = sequential![Dense::new(4).activation("tanh").input_shape([3]), Dropout::new(0.2), Dense::new(1)]?;
    let mut model = layers.with_seed(seed)?;
    model.compile(Compile::new("adam", "mse").metric("mae").weighted_metric("mse"))?;
    Ok(model)
}

pub(crate) fn data(samples: usize) -> (Tensor<f32>, Tensor<f32>) {
    (Tensor::from_fn([samples, 3], |i| (i as f32 * 0.7).sin()), Tensor::from_fn([samples, 1], |i| (i as f32).cos()))
}

pub(crate) fn silent<'a>() -> Fit<'a, f32> {
    Fit::new().verbose(Verbose::Silent)
}

/// Samples that lie elsewhere, in the order in which `fit` puts them.
pub(crate) struct Elsewhere {
    x: Tensor<f32>,
    y: Tensor<f32>,
    order: Vec<usize>,
    batch_size: usize,
    shuffled: bool,
    length: Length,
    at: usize,
    /// Held as long as the source is.
    pub(crate) alive: Arc<()>,
}

impl Elsewhere {
    pub(crate) fn new(samples: usize, batch_size: usize, shuffled: bool) -> Self {
        let ((x, y), order) = (data(samples), (0..samples).collect());
        let length = Length::Known(samples.div_ceil(batch_size));
        Self { x, y, order, batch_size, shuffled, length, at: 0, alive: Arc::default() }
    }

    pub(crate) fn of_length(self, length: Length) -> Self {
        Self { length, ..self }
    }
}

impl BatchSource<f32> for Elsewhere {
    fn length(&self) -> Length {
        self.length
    }

    fn begin_epoch(&mut self, seed: u64) -> Result<(), ModelError> {
        self.order = (0..self.order.len()).collect();
        if self.shuffled {
            shuffle(&mut self.order, seed);
        }
        self.at = 0;
        Ok(())
    }

    fn next_batch(&mut self, batch: &mut OwnedBatch<f32>) -> Result<bool, ModelError> {
        let rows = &self.order[self.at..(self.at + self.batch_size).min(self.order.len())];
        self.at += rows.len();
        batch.x.resize([rows.len(), 3]);
        batch.y.resize([rows.len(), 1]);
        for (i, &row) in rows.iter().enumerate() {
            batch.x.as_mut_slice()[3 * i..3 * i + 3].copy_from_slice(&self.x.as_slice()[3 * row..3 * row + 3]);
            batch.y.as_mut_slice()[i] = self.y.as_slice()[row];
        }
        Ok(!rows.is_empty())
    }
}
