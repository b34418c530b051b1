//! Keras's metrics: how good predictions are, over all batches seen.
//!
//! A [`Metric`] is a running state: [`update`](Metric::update) with each batch, [`result`](Metric::result) at any
//! time, [`reset`](Metric::reset) before the next epoch.
//!
//! ```
//! use cornu_metrics::{Metric, SparseCategoricalAccuracy};
//! use cornu_tensor::Tensor;
//!
//! let mut accuracy = SparseCategoricalAccuracy::new();
//! let y_pred = Tensor::from([[0.1_f32, 0.6, 0.3], [0.05, 0.95, 0.0]]);
//! accuracy.update(Tensor::from_labels(&[2, 1]).view(), y_pred.view(), None)?;
//! assert_eq!(accuracy.result(), 0.5);
//! # Ok::<(), cornu_metrics::MetricError>(())
//! ```
//!
//! A metric has a name ([`get`]), and whatever takes a metric takes the name as well ([`IntoMetric`]). As in
//! `model.compile`, `"accuracy"` is the accuracy that fits the shapes: [`AutoAccuracy`].
//! ```
//! use cornu_metrics::{BinaryAccuracy, IntoMetric, Metric};
//!
//! let by_name: Box<dyn Metric<f32>> = "accuracy".into_metric()?;
//! let by_type: Box<dyn Metric<f32>> = BinaryAccuracy::new().threshold(0.3)?.into_metric()?;
//! assert_eq!((by_name.name(), by_type.name()), ("accuracy", "binary_accuracy"));
//! # Ok::<(), cornu_metrics::MetricError>(())
//! ```

mod accuracy;
mod auto_accuracy;
mod binary_accuracy;
mod categorical_accuracy;
mod error;
mod mean;
mod mean_absolute_error;
mod mean_squared_error;
mod registry;
mod shapes;
mod sparse_categorical_accuracy;

use std::fmt::Debug;

pub use accuracy::Accuracy;
pub use auto_accuracy::AutoAccuracy;
pub use binary_accuracy::BinaryAccuracy;
pub use categorical_accuracy::CategoricalAccuracy;
pub use cornu_tensor as tensor;
use cornu_tensor::{Scalar, Shape, View};
use dyn_clone::DynClone;
pub use error::MetricError;
pub use mean::Mean;
pub use mean_absolute_error::MeanAbsoluteError;
pub use mean_squared_error::MeanSquaredError;
pub use registry::{IntoMetric, NAMES, get};
pub use sparse_categorical_accuracy::SparseCategoricalAccuracy;

/// How good predictions are, over all batches seen since the last reset.
///
/// One's own, on a [`Mean`]:
/// ```
/// use cornu_metrics::{Mean, Metric, MetricError};
/// use cornu_tensor::{Scalar, Shape, Tensor, View};
///
/// /// The largest difference of a batch, averaged over the batches.
/// #[derive(Debug, Clone)]
/// struct Worst(Mean);
///
/// impl<T: Scalar> Metric<T> for Worst {
///     fn name(&self) -> &str {
///         self.0.name()
///     }
///     fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
///         let misfit = || MetricError::shapes(self.0.name(), "y_true of the shape of y_pred", y_true, y_pred);
///         (y_true == y_pred).then_some(()).ok_or_else(misfit)
///     }
///     fn update(&mut self, t: View<'_, T>, p: View<'_, T>, _weight: Option<&[T]>) -> Result<(), MetricError> {
///         Metric::<T>::check(self, t.shape(), p.shape())?;
///         let differences = t.as_slice().iter().zip(p.as_slice()).map(|(&t, &p)| (t - p).abs().to_f64());
///         self.0.update_value(differences.fold(0.0, f64::max), 1.0);
///         Ok(())
///     }
///     fn result(&self) -> f64 {
///         self.0.result()
///     }
///     fn reset(&mut self) {
///         self.0.reset();
///     }
/// }
///
/// let mut worst = Worst(Mean::new("worst"));
/// worst.update(Tensor::from([[1.0_f32, 2.0]]).view(), Tensor::from([[1.5, 0.0]]).view(), None)?;
/// assert_eq!(Metric::<f32>::result(&worst), 2.0);
/// # Ok::<(), MetricError>(())
/// ```
pub trait Metric<T: Scalar>: Debug + DynClone + Send + Sync {
    /// The name under which the result stands in the logs.
    fn name(&self) -> &str;

    /// Whether labels of this shape fit predictions of that shape.
    ///
    /// # Errors
    /// [`MetricError::Shapes`] if they do not.
    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError>;

    /// Takes in a batch. Nothing is allocated.
    ///
    /// There is one weight a sample, or one a row (all dimensions of the predictions but the last). A row of
    /// weight 0 does not count.
    ///
    /// # Errors
    /// Those of [`Metric::check`], and [`MetricError::SampleWeight`] for another number of weights. The state
    /// is then as it was.
    fn update(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError>;

    /// Whether an update can fail that [`Metric::check`] agreed to. Training keeps a copy of all weights if so, to give
    /// them back after an error.
    fn may_fail(&self) -> bool {
        true
    }

    /// The result over all batches seen, 0 if there was none.
    fn result(&self) -> f64;

    /// Forgets what was seen.
    fn reset(&mut self);
}

dyn_clone::clone_trait_object!(<T: Scalar> Metric<T>);

impl<T: Scalar> Metric<T> for Box<dyn Metric<T>> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        (**self).check(y_true, y_pred)
    }

    fn update(
        &mut self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<(), MetricError> {
        (**self).update(y_true, y_pred, sample_weight)
    }

    fn may_fail(&self) -> bool {
        (**self).may_fail()
    }

    fn result(&self) -> f64 {
        (**self).result()
    }

    fn reset(&mut self) {
        (**self).reset();
    }
}

/// The README's Rust is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
