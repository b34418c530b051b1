//! The array of Cornu: [`Shape`], [`Tensor`], [`Scalar`] and the numeric kernels.
//!
//! A tensor's values are contiguous and row-major, the order of NumPy and of Keras's files. nalgebra's
//! matrices go in and come out with rows as rows (see [`Tensor::from_dmatrix`]). This is the one crate
//! that knows how nalgebra lays out a matrix, and the one in which `unsafe` may stand.
//!
//! ```
//! use cornu_tensor::{Shape, Tensor};
//!
//! let x = Tensor::from([[1.0_f32, 2.0, 3.0], [4.0, 5.0, 6.0]]);
//! assert_eq!(x.shape(), Shape::from([2, 3]));
//! assert_eq!(x.as_slice()[3], 4.0); // the second row begins here
//! # Ok::<(), cornu_tensor::TensorError>(())
//! ```

mod convert;
mod display;
mod elementary;
mod error;
pub mod kernels;
pub mod labels;
mod scalar;
mod shape;
mod tensor;
pub mod threads;
mod view;

pub use error::TensorError;
pub use nalgebra;
pub use scalar::Scalar;
pub use shape::{MAX_RANK, Shape};
pub use tensor::Tensor;
pub use view::{View, ViewMut};

/// The README's Rust is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
