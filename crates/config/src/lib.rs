//! What Keras writes of a component: its module, its class and its arguments.
//!
//! A [`Config`] is what `keras.saving.serialize_keras_object` makes of a loss, an optimizer, a layer … A component writes
//! its own with [`Config::with`], and is made from one by reading its [`Arguments`]. A family of components keeps one
//! [`Entry`] each, and finds them by name or by class.
//!
//! ```
//! use cornu_config::{Config, ConfigError};
//!
//! /// `factor · Σw²`
//! #[derive(Debug, PartialEq)]
//! struct L2 {
//!     l2: f64,
//! }
//!
//! impl L2 {
//!     fn get_config(&self) -> Config {
//!         Config::new("keras.regularizers", "L2").with("l2", self.l2)
//!     }
//!     fn from_config(config: &Config) -> Result<Self, ConfigError> {
//!         let mut arguments = config.arguments();
//!         let l2 = Self { l2: arguments.or("l2", 0.01)? };
//!         arguments.finish()?;
//!         Ok(l2)
//!     }
//! }
//!
//! let config: Config = serde_json::from_str(r#"{"class_name": "L2", "config": {"l2": 0.5}}"#)?;
//! assert_eq!(L2::from_config(&config)?, L2 { l2: 0.5 });
//! assert_eq!(L2 { l2: 0.5 }.get_config().arguments().or("l2", 0.0)?, 0.5);
//!
//! let wrong = Config::new("keras.regularizers", "L2").with("l2", "much");
//! assert!(L2::from_config(&wrong).unwrap_err().to_string().ends_with("Received: \"much\""));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arguments;
mod config;
mod entry;
mod error;

pub use arguments::Arguments;
pub use config::Config;
pub use entry::Entry;
pub use error::ConfigError;
/// One value of a config, as JSON has it.
pub use serde_json::Value;

/// The README's Rust is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
