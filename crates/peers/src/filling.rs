//! Filling a tensor with initial values.

use std::sync::Arc;

use cornu::initializers::{Initializer, InitializerError, get, random};
use cornu::{Shape, Tensor};

/// An initializer and a square kernel's shape.
#[derive(Debug)]
pub struct Filling {
    initializer: Arc<dyn Initializer<f32>>,
    shape: Shape,
    rng: random::Generator,
}

impl Filling {
    /// The initializer of this name on a kernel of `side` × `side`.
    ///
    /// # Errors
    /// [`InitializerError`] for a name that is not known.
    pub fn new(name: &str, side: usize) -> Result<Self, InitializerError> {
        Ok(Self { initializer: get(name)?, shape: [side, side].into(), rng: random::generator(1) })
    }

    /// The values of a filling.
    #[must_use]
    pub fn values(&self) -> usize {
        self.shape.size()
    }

    /// A new tensor of initial values.
    ///
    /// # Errors
    /// Those of [`Initializer::init`].
    pub fn run(&mut self) -> Result<Tensor<f32>, InitializerError> {
        self.initializer.init(self.shape, &mut self.rng)
    }
}
