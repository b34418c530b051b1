//! The workloads on which Cornu is measured, ready to run.
//!
//! Three measure them: this package's program beside PyTorch, JAX and Keras, criterion (`benches/`), and the guard of
//! instruction counts (`crates/guard`). All take the networks and the data from here.

mod exponential;
mod filling;
pub mod networks;
mod prediction;
mod training;

pub use filling::Filling;
pub use prediction::Prediction;
pub use training::Training;

use std::fmt::Display;
use std::process::exit;

use cornu::initializers::random;
use cornu::{Shape, Tensor};
use rand::RngExt;

/// What a benchmark needs, or the end of its process: a benchmark that cannot run has failed.
pub fn or_exit<T, E: Display>(made: Result<T, E>) -> T {
    made.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        exit(1)
    })
}

/// Values from 0 to 1, the same at every call.
fn uniform(shape: Shape) -> Tensor<f32> {
    let mut rng = random::generator(1);
    Tensor::from_fn(shape, |_| rng.random())
}
