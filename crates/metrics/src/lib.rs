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
//!
//! | | |
//! |---|---|
//! | accuracy | [`AutoAccuracy`], [`Accuracy`], [`BinaryAccuracy`], [`CategoricalAccuracy`], [`SparseCategoricalAccuracy`], [`TopKCategoricalAccuracy`], [`SparseTopKCategoricalAccuracy`] |
//! | right and wrong at thresholds | [`AUC`], [`Precision`], [`Recall`], [`TruePositives`], [`TrueNegatives`], [`FalsePositives`], [`FalseNegatives`], [`SensitivityAtSpecificity`], [`SpecificityAtSensitivity`], [`PrecisionAtRecall`], [`RecallAtPrecision`] |
//! | F-scores | [`F1Score`], [`FBetaScore`] |
//! | intersection over union | [`IoU`], [`BinaryIoU`], [`MeanIoU`], [`OneHotIoU`], [`OneHotMeanIoU`] |
//! | regression | [`MeanSquaredError`], [`RootMeanSquaredError`], [`MeanAbsoluteError`], [`MeanAbsolutePercentageError`], [`MeanSquaredLogarithmicError`], [`LogCoshError`], [`CosineSimilarity`], [`R2Score`], [`PearsonCorrelation`], [`ConcordanceCorrelation`] |
//! | probabilities | [`BinaryCrossentropy`], [`CategoricalCrossentropy`], [`SparseCategoricalCrossentropy`], [`KLDivergence`], [`Poisson`] |
//! | margins | [`Hinge`], [`SquaredHinge`], [`CategoricalHinge`] |
//! | of values | [`Mean`], [`Sum`] |
//! | one's own | [`Metric`], [`MeanMetricWrapper`] (a function of each row), [`MeanOfLoss`] |
//!
//! Some have several results, one a threshold or a class: [`Metric::results`].
//! ```
//! use cornu_metrics::{Metric, Precision};
//! use cornu_tensor::Tensor;
//!
//! let mut precision = Precision::new().thresholds([0.25, 0.75])?;
//! precision.update(Tensor::from([0.0, 1.0]).view(), Tensor::from([0.5_f32, 0.9]).view(), None)?;
//! assert_eq!(precision.results(), Some(vec![0.5, 1.0]));
//! # Ok::<(), cornu_metrics::MetricError>(())
//! ```
//!
//! What Keras writes of a metric, [`Metric::get_config`] writes and [`from_config`] reads.
//! ```
//! use cornu_metrics::{AUC, Curve, Metric, from_config};
//!
//! let auc: Box<dyn Metric<f32>> = Box::new(AUC::new().curve(Curve::PR).num_thresholds(50)?);
//! let config = auc.get_config().ok_or("no config")?;
//! assert_eq!(from_config::<f32>(&config)?.get_config(), Some(config));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod accuracy;
mod area;
mod at;
mod auc;
mod auto_accuracy;
mod average;
mod binary_accuracy;
mod binary_crossentropy;
mod binary_iou;
mod categorical_accuracy;
mod categorical_crossentropy;
mod categorical_hinge;
mod class_matrix;
mod concordance_correlation;
mod confusion;
mod cosine_similarity;
mod curve;
mod error;
mod f1_score;
mod f_beta_score;
mod false_negatives;
mod false_positives;
mod hinge;
mod iou;
mod kl_divergence;
mod lanes;
mod log_cosh_error;
mod mean;
mod mean_absolute_error;
mod mean_absolute_percentage_error;
mod mean_iou;
mod mean_metric_wrapper;
mod mean_of_function;
mod mean_of_loss;
mod mean_squared_error;
mod mean_squared_logarithmic_error;
mod moments;
mod one_hot_iou;
mod one_hot_mean_iou;
mod pearson_correlation;
mod poisson;
mod precision;
mod precision_at_recall;
mod r2_score;
mod recall;
mod recall_at_precision;
mod registry;
mod root_mean_squared_error;
mod selection;
mod sensitivity_at_specificity;
mod shapes;
mod sparse_categorical_accuracy;
mod sparse_categorical_crossentropy;
mod sparse_top_k_categorical_accuracy;
mod specificity_at_sensitivity;
mod squared_hinge;
mod sum;
mod tally;
mod thresholds;
mod top_k_categorical_accuracy;
mod true_negatives;
mod true_positives;
mod weights;

use std::fmt::Debug;

pub use accuracy::Accuracy;
pub use auc::AUC;
pub use auto_accuracy::AutoAccuracy;
pub use average::Average;
pub use binary_accuracy::BinaryAccuracy;
pub use binary_crossentropy::BinaryCrossentropy;
pub use binary_iou::BinaryIoU;
pub use categorical_accuracy::CategoricalAccuracy;
pub use categorical_crossentropy::CategoricalCrossentropy;
pub use categorical_hinge::CategoricalHinge;
pub use concordance_correlation::ConcordanceCorrelation;
pub use cornu_config as config;
use cornu_config::Config;
pub use cornu_tensor as tensor;
use cornu_tensor::{Scalar, Shape, Tensor, View};
pub use cosine_similarity::CosineSimilarity;
pub use curve::{Curve, SummationMethod};
use dyn_clone::DynClone;
pub use error::MetricError;
pub use f_beta_score::FBetaScore;
pub use f1_score::F1Score;
pub use false_negatives::FalseNegatives;
pub use false_positives::FalsePositives;
pub use hinge::Hinge;
pub use iou::IoU;
pub use kl_divergence::KLDivergence;
pub use log_cosh_error::LogCoshError;
pub use mean::Mean;
pub use mean_absolute_error::MeanAbsoluteError;
pub use mean_absolute_percentage_error::MeanAbsolutePercentageError;
pub use mean_iou::MeanIoU;
pub use mean_metric_wrapper::MeanMetricWrapper;
pub use mean_of_loss::MeanOfLoss;
pub use mean_squared_error::MeanSquaredError;
pub use mean_squared_logarithmic_error::MeanSquaredLogarithmicError;
pub use one_hot_iou::OneHotIoU;
pub use one_hot_mean_iou::OneHotMeanIoU;
pub use pearson_correlation::PearsonCorrelation;
pub use poisson::Poisson;
pub use precision::Precision;
pub use precision_at_recall::PrecisionAtRecall;
pub use r2_score::{ClassAggregation, R2Score};
pub use recall::Recall;
pub use recall_at_precision::RecallAtPrecision;
pub use registry::{IntoMetric, from_config, get, names};
pub use root_mean_squared_error::RootMeanSquaredError;
pub use sensitivity_at_specificity::SensitivityAtSpecificity;
pub use sparse_categorical_accuracy::SparseCategoricalAccuracy;
pub use sparse_categorical_crossentropy::SparseCategoricalCrossentropy;
pub use sparse_top_k_categorical_accuracy::SparseTopKCategoricalAccuracy;
pub use specificity_at_sensitivity::SpecificityAtSensitivity;
pub use squared_hinge::SquaredHinge;
pub use sum::Sum;
pub use thresholds::Thresholds;
pub use top_k_categorical_accuracy::TopKCategoricalAccuracy;
pub use true_negatives::TrueNegatives;
pub use true_positives::TruePositives;

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

    /// Takes in a batch. Nothing is allocated, once the first batch has been seen.
    ///
    /// There is one weight a sample, or one a row (all dimensions of the predictions but the last), and for some one a
    /// value. What has weight 0 does not count.
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

    /// The result over all batches seen, 0 if there was none. Of several numbers it is the mean.
    fn result(&self) -> f64;

    /// The result where it is several numbers: one a threshold, a class, a column. `None`, the default, where it is
    /// one.
    fn results(&self) -> Option<Vec<f64>> {
        None
    }

    /// Forgets what was seen.
    fn reset(&mut self);

    /// The sums that it keeps, under the names of Keras's variables and in their order; none by default.
    fn variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        Vec::new()
    }

    /// What Keras writes of it; `None`, the default, for one of one's own that no file can carry.
    fn get_config(&self) -> Option<Config> {
        None
    }
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

    fn results(&self) -> Option<Vec<f64>> {
        (**self).results()
    }

    fn reset(&mut self) {
        (**self).reset();
    }

    fn variables(&self) -> Vec<(&'static str, Tensor<f64>)> {
        (**self).variables()
    }

    fn get_config(&self) -> Option<Config> {
        (**self).get_config()
    }
}

/// The README's Rust is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
