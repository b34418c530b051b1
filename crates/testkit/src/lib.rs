//! What the tests of Cornu share: closeness, numeric gradients, golden cases, event files, proptest strategies and the
//! Kolmogorov–Smirnov test. It is a dev-dependency and is not published.
//!
//! ```
//! use cornu_testkit::{assert_close, numeric_gradient};
//!
//! let gradient = numeric_gradient(|x| x[0] * x[0] + 3.0 * x[1], &[2.0, 5.0]);
//! assert_close(&gradient, &[4.0, 3.0], 1e-8);
//! ```

mod close;
pub mod events;
pub mod golden;
mod gradient;
pub mod ks;
pub mod strategies;

pub use close::assert_close;
pub use gradient::numeric_gradient;
