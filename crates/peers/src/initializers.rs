//! Filling a tensor with initial values.

use cornu::Tensor;
use cornu::initializers::{InitializerError, get, random};

use crate::clock::{Figure, time};

/// The values of a filling: a kernel of 1024 × 1024.
const SIDE: usize = 1024;

/// The time of one value.
pub(crate) fn fill(name: &str) -> Result<Figure, InitializerError> {
    calls(name, SIDE * SIDE)
}

/// The time of one orthogonal matrix of 1024 × 1024.
pub(crate) fn orthogonal() -> Result<Figure, InitializerError> {
    calls("orthogonal", 1)
}

fn calls(name: &str, units: usize) -> Result<Figure, InitializerError> {
    let (initializer, mut rng) = (get::<f32>(name)?, random::generator(1));
    time(units, || {
        let tensor: Tensor<f32> = initializer.init([SIDE, SIDE].into(), &mut rng)?;
        std::hint::black_box(tensor);
        Ok(())
    })
}
