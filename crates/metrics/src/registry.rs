//! Keras's names and classes of the metrics.

use cornu_config::{Arguments, Config, ConfigError, Entry};
use cornu_tensor::Scalar;

use crate::mean_of_function::MeanOfFunction;
use crate::{
    AUC, Accuracy, AutoAccuracy, BinaryAccuracy, BinaryCrossentropy, BinaryIoU, CategoricalAccuracy,
    CategoricalCrossentropy, CategoricalHinge, ConcordanceCorrelation, CosineSimilarity, F1Score, FBetaScore,
    FalseNegatives, FalsePositives, Hinge, IoU, KLDivergence, LogCoshError, MeanAbsoluteError,
    MeanAbsolutePercentageError, MeanIoU, MeanSquaredError, MeanSquaredLogarithmicError, Metric, MetricError,
    OneHotIoU, OneHotMeanIoU, PearsonCorrelation, Poisson, Precision, PrecisionAtRecall, R2Score, Recall,
    RecallAtPrecision, RootMeanSquaredError, SensitivityAtSpecificity, SparseCategoricalAccuracy,
    SparseCategoricalCrossentropy, SparseTopKCategoricalAccuracy, SpecificityAtSensitivity, SquaredHinge,
    TopKCategoricalAccuracy, TrueNegatives, TruePositives,
};

type Boxed<T> = Result<Box<dyn Metric<T>>, MetricError>;
type Metrics<T> = Entry<Box<dyn Metric<T>>, MetricError>;

/// Every metric of this crate that Keras has too: one line each.
#[rustfmt::skip]
fn entries<T: Scalar>() -> [Metrics<T>; 43] {
    [
        entry("Accuracy", &["accuracy"], |c| boxed(Accuracy::from_config(c))),
        entry("BinaryAccuracy", &["binary_accuracy"], |c| boxed(BinaryAccuracy::from_config(c))),
        entry("CategoricalAccuracy", &["categorical_accuracy"], |c| boxed(CategoricalAccuracy::from_config(c))),
        entry("SparseCategoricalAccuracy", &["sparse_categorical_accuracy"], |c| boxed(SparseCategoricalAccuracy::from_config(c))),
        entry("TopKCategoricalAccuracy", &["top_k_categorical_accuracy"], |c| boxed(TopKCategoricalAccuracy::from_config(c))),
        entry("SparseTopKCategoricalAccuracy", &["sparse_top_k_categorical_accuracy"], |c| boxed(SparseTopKCategoricalAccuracy::from_config(c))),
        entry("MeanSquaredError", &["mean_squared_error", "mse", "MSE"], |c| boxed(MeanSquaredError::from_config(c))),
        entry("RootMeanSquaredError", &["root_mean_squared_error"], |c| boxed(RootMeanSquaredError::from_config(c))),
        entry("MeanAbsoluteError", &["mean_absolute_error", "mae", "MAE"], |c| boxed(MeanAbsoluteError::from_config(c))),
        entry("MeanAbsolutePercentageError", &["mean_absolute_percentage_error", "mape", "MAPE"], |c| boxed(MeanAbsolutePercentageError::from_config(c))),
        entry("MeanSquaredLogarithmicError", &["mean_squared_logarithmic_error", "msle", "MSLE"], |c| boxed(MeanSquaredLogarithmicError::from_config(c))),
        entry("LogCoshError", &["log_cosh_error"], |c| boxed(LogCoshError::from_config(c))),
        entry("CosineSimilarity", &["cosine_similarity"], |c| boxed(CosineSimilarity::from_config(c))),
        entry("R2Score", &["r2_score"], |c| boxed(R2Score::from_config(c))),
        entry("PearsonCorrelation", &["pearson_correlation"], |c| boxed(PearsonCorrelation::from_config(c))),
        entry("ConcordanceCorrelation", &["concordance_correlation"], |c| boxed(ConcordanceCorrelation::from_config(c))),
        entry("BinaryCrossentropy", &["binary_crossentropy", "bce", "BCE"], |c| boxed(BinaryCrossentropy::from_config(c))),
        entry("CategoricalCrossentropy", &["categorical_crossentropy"], |c| boxed(CategoricalCrossentropy::from_config(c))),
        entry("SparseCategoricalCrossentropy", &["sparse_categorical_crossentropy"], |c| boxed(SparseCategoricalCrossentropy::from_config(c))),
        entry("KLDivergence", &["kl_divergence"], |c| boxed(KLDivergence::from_config(c))),
        entry("Poisson", &["poisson"], |c| boxed(Poisson::from_config(c))),
        entry("Hinge", &["hinge"], |c| boxed(Hinge::from_config(c))),
        entry("SquaredHinge", &["squared_hinge"], |c| boxed(SquaredHinge::from_config(c))),
        entry("CategoricalHinge", &["categorical_hinge"], |c| boxed(CategoricalHinge::from_config(c))),
        entry("AUC", &["auc"], |c| boxed(AUC::from_config(c))),
        entry("Precision", &["precision"], |c| boxed(Precision::from_config(c))),
        entry("Recall", &["recall"], |c| boxed(Recall::from_config(c))),
        entry("TruePositives", &["true_positives"], |c| boxed(TruePositives::from_config(c))),
        entry("TrueNegatives", &["true_negatives"], |c| boxed(TrueNegatives::from_config(c))),
        entry("FalsePositives", &["false_positives"], |c| boxed(FalsePositives::from_config(c))),
        entry("FalseNegatives", &["false_negatives"], |c| boxed(FalseNegatives::from_config(c))),
        entry("SensitivityAtSpecificity", &[], |c| boxed(SensitivityAtSpecificity::from_config(c))),
        entry("SpecificityAtSensitivity", &[], |c| boxed(SpecificityAtSensitivity::from_config(c))),
        entry("PrecisionAtRecall", &[], |c| boxed(PrecisionAtRecall::from_config(c))),
        entry("RecallAtPrecision", &[], |c| boxed(RecallAtPrecision::from_config(c))),
        entry("F1Score", &["f1_score"], |c| boxed(F1Score::from_config(c))),
        entry("FBetaScore", &["f_beta_score"], |c| boxed(FBetaScore::from_config(c))),
        entry("IoU", &[], |c| boxed(IoU::from_config(c))),
        entry("BinaryIoU", &["binary_io_u"], |c| boxed(BinaryIoU::from_config(c))),
        entry("MeanIoU", &[], |c| boxed(MeanIoU::from_config(c))),
        entry("OneHotIoU", &[], |c| boxed(OneHotIoU::from_config(c))),
        entry("OneHotMeanIoU", &[], |c| boxed(OneHotMeanIoU::from_config(c))),
        entry("MeanMetricWrapper", &[], |c| boxed(MeanOfFunction::from_config(c))),
    ]
}

fn entry<T: Scalar>(
    class_name: &'static str,
    names: &'static [&'static str],
    from_config: fn(&Config) -> Boxed<T>,
) -> Metrics<T> {
    Entry { class_name, names, from_config }
}

fn boxed<T: Scalar, M: Metric<T> + 'static>(metric: Result<M, MetricError>) -> Boxed<T> {
    Ok(Box::new(metric?))
}

/// The beginning of what Keras writes of a metric.
pub(crate) fn written<T: Scalar>(class_name: &str, name: &str) -> Config {
    Config::new("keras.metrics", class_name).with("name", name).with("dtype", T::DTYPE)
}

/// The arguments of a metric, and its name. `dtype` says nothing here: sums are taken in `f64`.
pub(crate) fn read<'c>(config: &'c Config, default_name: &str) -> Result<(Arguments<'c>, String), MetricError> {
    let (mut arguments, name) = read_name(config, default_name)?;
    arguments.skip(&["dtype"]);
    Ok((arguments, name))
}

/// The arguments of a metric for which `dtype` says something, and its name.
pub(crate) fn read_name<'c>(config: &'c Config, default_name: &str) -> Result<(Arguments<'c>, String), MetricError> {
    let mut arguments = config.arguments();
    let name = arguments.or("name", default_name.to_owned())?;
    Ok((arguments, name))
}

/// The names that [`get`] lists, in Keras's snake case. The class names (`"BinaryAccuracy"`) and Keras's short names
/// (`"acc"`, `"mse"`, `"MSE"` …) work too. A metric that needs arguments has no name: [`from_config`] makes it, or its
/// `new`.
///
/// ```
/// assert!(cornu_metrics::names().contains(&"auc"));
/// ```
#[must_use]
pub fn names() -> Vec<&'static str> {
    Entry::names(&entries::<f32>())
}

/// The metric of this name, with Keras's default arguments, as `compile(metrics=[name])` makes it: it bears the
/// name as it was given, and `"accuracy"` or `"acc"` is [`AutoAccuracy`].
///
/// # Errors
/// [`MetricError::UnknownName`], with the names there are; [`MetricError::Config`] for the class name of a metric that
/// needs arguments.
///
/// ```
/// use cornu_metrics::get;
///
/// assert_eq!(get::<f32>("mse")?.name(), "mse");
/// assert!(get::<f32>("SparseCategoricalAccuracy").is_ok());
/// assert!(get::<f32>("error").unwrap_err().to_string().ends_with("Received: \"error\""));
/// assert!(get::<f32>("MeanIoU").unwrap_err().to_string().contains("`num_classes`"));
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
pub fn get<T: Scalar>(name: &str) -> Result<Box<dyn Metric<T>>, MetricError> {
    if ["accuracy", "acc"].iter().any(|own| name.eq_ignore_ascii_case(own)) {
        return Ok(Box::new(AutoAccuracy::new().with_name(name)));
    }
    match Entry::by_name(&entries(), name) {
        Some(entry) => (entry.from_config)(&entry.defaults().with("name", name)),
        None => Err(MetricError::UnknownName { received: name.to_owned() }),
    }
}

/// The metric of a config: of its class, with its arguments (`keras.metrics.deserialize`). What is left out has Keras's
/// default.
///
/// # Errors
/// [`MetricError::Config`] for a class or an argument that is not known, [`MetricError::Argument`] for one outside its
/// range.
///
/// ```
/// use cornu_metrics::config::Config;
/// use cornu_metrics::from_config;
///
/// let config = Config::new("keras.metrics", "MeanIoU").with("num_classes", 3);
/// assert_eq!(from_config::<f32>(&config)?.name(), "mean_io_u");
/// # Ok::<(), cornu_metrics::MetricError>(())
/// ```
pub fn from_config<T: Scalar>(config: &Config) -> Result<Box<dyn Metric<T>>, MetricError> {
    let entries = entries();
    match Entry::by_class(&entries, config.class_name()) {
        Some(entry) => (entry.from_config)(config),
        None => Err(MetricError::Config(ConfigError::Class {
            family: "keras.metrics",
            known: entries.iter().map(|entry| entry.class_name).collect::<Vec<_>>().join(", "),
            received: config.class_name().to_owned(),
        })),
    }
}

/// What can be given where a metric is wanted: a name, a metric, or a boxed metric.
///
/// ```
/// use cornu_metrics::{BinaryAccuracy, IntoMetric, MetricError};
///
/// fn name_of(metric: impl IntoMetric<f32>) -> Result<String, MetricError> {
///     Ok(metric.into_metric()?.name().to_owned())
/// }
/// assert_eq!(name_of("mae")?, "mae");
/// assert_eq!(name_of(BinaryAccuracy::new().with_name("yes_or_no"))?, "yes_or_no");
/// # Ok::<(), MetricError>(())
/// ```
pub trait IntoMetric<T: Scalar> {
    /// The metric.
    ///
    /// # Errors
    /// [`MetricError::UnknownName`] for a name that no metric has.
    fn into_metric(self) -> Result<Box<dyn Metric<T>>, MetricError>;
}

// One for each scalar type: for all at once, it would overlap with a `Metric` that another crate could give `&str`.
impl IntoMetric<f32> for &str {
    fn into_metric(self) -> Result<Box<dyn Metric<f32>>, MetricError> {
        get(self)
    }
}

impl IntoMetric<f64> for &str {
    fn into_metric(self) -> Result<Box<dyn Metric<f64>>, MetricError> {
        get(self)
    }
}

impl<T: Scalar, M: Metric<T> + 'static> IntoMetric<T> for M {
    fn into_metric(self) -> Result<Box<dyn Metric<T>>, MetricError> {
        Ok(Box::new(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_gives_a_metric_of_that_name() -> Result<(), MetricError> {
        for name in names().into_iter().chain(["acc", "Accuracy", "MSE", "mse", "mae", "MAE", "BinaryAccuracy"]) {
            assert_eq!(get::<f64>(name)?.name(), name);
        }
        Ok(())
    }

    #[test]
    fn an_unknown_name_is_named() {
        let error = IntoMetric::<f32>::into_metric("error").unwrap_err();
        assert_eq!(error, MetricError::UnknownName { received: "error".to_owned() });
        assert!(error.to_string().contains("binary_accuracy, "));
    }
}
