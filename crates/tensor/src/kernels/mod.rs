//! The numeric kernels: the matrix product, the convolution of images, Householder reflections, and the passes over
//! values and rows that more than one crate needs.

#[cfg(feature = "simd")]
mod convolution;
#[cfg(feature = "simd")]
mod dots;
mod elementwise;
#[cfg(feature = "simd")]
mod few_rows;
#[cfg(feature = "simd")]
mod output;
#[cfg(feature = "simd")]
mod packed;
mod passes;
#[cfg(feature = "simd")]
mod product;
mod reflections;
mod rows;
#[cfg(feature = "simd")]
mod small;
pub(crate) mod vectors;

#[cfg(feature = "simd")]
pub use convolution::Convolution;
pub use elementwise::{map, scale};
pub use passes::{Pass, Routine, dispatch, run};
#[cfg(feature = "simd")]
pub use product::{Matrix, MatrixMut, product};
pub use reflections::{Line, Reflections};
pub use rows::{add_to_rows, argmax, sum_rows};
