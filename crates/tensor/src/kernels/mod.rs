//! The numeric kernels: the matrix product, the convolution of images, Householder reflections, and the passes over
//! values and rows that more than one crate needs.

#[cfg(feature = "simd")]
mod convolution;
mod elementwise;
#[cfg(all(feature = "matmul", feature = "simd"))]
mod few_rows;
mod passes;
#[cfg(feature = "matmul")]
mod product;
mod reflections;
mod rows;
#[cfg(feature = "matmul")]
mod small;
pub(crate) mod vectors;

#[cfg(feature = "simd")]
pub use convolution::Convolution;
pub use elementwise::{map, scale};
pub use passes::{Pass, Routine, dispatch, run};
#[cfg(feature = "matmul")]
pub use product::{Matrix, MatrixMut, product};
pub use reflections::{Line, Reflections};
pub use rows::{add_to_rows, argmax, sum_rows};
