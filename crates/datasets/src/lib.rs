//! Small real data sets, inside the crate: a program needs no file at run time.
//!
//! - [`iris`]: 150 flowers of three species, four measures each;
//! - [`digits`]: 1,797 handwritten digits, as pictures of 8 by 8 pixels.
//!
//! A [`Dataset`] gives its features and classes as Cornu's layers and losses take them, and parts of itself.
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

mod dataset;
pub mod digits;
mod error;
pub mod iris;
mod select;
mod split;
mod table;

pub use cornu_tensor as tensor;
pub use dataset::Dataset;
pub use error::DatasetError;

/// The README's Rust is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
