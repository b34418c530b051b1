//! Data sets, and files of numbers.
//!
//! Inside the crate, so that a program needs no file at run time:
//! - [`iris`]: 150 flowers of three species, four measures each;
//! - [`digits`]: 1,797 handwritten digits, as pictures of 8 by 8 pixels.
//!
//! From files in a folder ([`Cache`]; Keras's own, if none is named):
//! - [`mnist`]: 70,000 handwritten digits, 28 by 28 pixels;
//! - [`fashion_mnist`]: 70,000 pictures of clothes, 28 by 28 pixels;
//! - [`cifar10`]: 60,000 colour pictures, 32 by 32 pixels.
//!
//! One's own files: [`csv`], [`idx`], and with the feature `npy` NumPy's `npy` and `npz`.
//!
//! A [`Dataset`] gives its features and classes as Cornu's layers and losses take them, and parts of itself.
//! [`to_categorical`] and [`normalize`] are those of `keras.utils`.
//!
//! ```
//! use cornu_datasets::iris;
//!
//! // Which of two irises is it, by the length of its petals?
//! let data = iris::load::<f32>()?
//!     .with_features(&["petal length (cm)"])?
//!     .with_classes(&["versicolor", "virginica"])?;
//! let (train, validation) = data.split(0.2, 42)?;
//! assert_eq!(train.features().shape(), [80, 1].into());
//! assert_eq!(validation.targets().shape(), [20].into());
//! # Ok::<(), cornu_datasets::DatasetError>(())
//! ```
//!
//! # Features
//! None is on by default.
//! - `download`: what is not in the folder is downloaded, compared with the SHA-256 of the published file, and only
//!   then put there. Brings an HTTP client with TLS.
//! - `npy`: NumPy's files, and Keras's own `mnist.npz`.

mod cache;
pub mod cifar10;
pub mod csv;
mod dataset;
pub mod digits;
#[cfg(feature = "download")]
mod download;
mod error;
pub mod fashion_mnist;
pub mod idx;
mod input;
pub mod iris;
pub mod mnist;
mod normalize;
#[cfg(feature = "npy")]
pub mod npy;
#[cfg(feature = "npy")]
pub mod npz;
mod pictures;
mod select;
mod split;
mod table;
mod to_categorical;

pub use cache::Cache;
pub use cornu_tensor as tensor;
pub use dataset::Dataset;
pub use error::DatasetError;
pub use normalize::normalize;
pub use to_categorical::to_categorical;

/// The README's Rust is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
