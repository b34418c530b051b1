//! What each metric refuses. A refused batch leaves the state as it was.

use cornu_metrics::config::{Config, ConfigError};
use cornu_metrics::{
    AUC, Accuracy, Average, BinaryIoU, FBetaScore, IoU, MeanIoU, Metric, MetricError, Precision, PrecisionAtRecall,
    SparseCategoricalCrossentropy, TopKCategoricalAccuracy, from_config, get, names,
};
use cornu_tensor::{Shape, Tensor};

fn values(shape: &[usize]) -> Result<Tensor<f32>, MetricError> {
    Ok(Tensor::full(Shape::new(shape)?, 1.0))
}

#[test]
fn labels_of_another_shape() -> Result<(), MetricError> {
    for (y_true, y_pred) in
        [(vec![3, 2], vec![2, 2]), (vec![3, 4, 2], vec![3, 4]), (vec![], vec![]), (vec![2, 0], vec![2, 0])]
    {
        let (y_true, y_pred) = (values(&y_true)?, values(&y_pred)?);
        let metrics = names().into_iter().map(get).chain([Ok(Box::new(Accuracy::new()) as Box<dyn Metric<f32>>)]);
        for metric in metrics {
            let mut metric = metric?;
            let error = metric.update(y_true.view(), y_pred.view(), None).unwrap_err();
            assert!(matches!(&error, MetricError::Shapes { metric: name, .. } if name == metric.name()), "{error}");
            let received = format!("Received: y_true of shape {}, y_pred of shape {}", y_true.shape(), y_pred.shape());
            assert!(error.to_string().ends_with(&received), "{error}");
            assert_eq!(metric.check(y_true.shape(), y_pred.shape()), Err(error));
            assert_eq!(metric.result(), 0.0);
        }
    }
    Ok(())
}

#[test]
fn labels_that_would_be_broadcast() -> Result<(), MetricError> {
    for name in names().into_iter().filter(|name| !name.starts_with("sparse") && *name != "accuracy") {
        let metric = get::<f32>(name)?;
        assert!(metric.check([3, 1].into(), [3, 4].into()).is_err());
        assert!(metric.check([4].into(), [4, 4].into()).is_err());
    }
    assert!(get::<f32>("sparse_categorical_accuracy")?.check([3, 4].into(), [3, 4].into()).is_err());
    Ok(())
}

#[test]
fn weights_of_another_number() -> Result<(), MetricError> {
    let y = values(&[2, 3, 4])?;
    for name in ["accuracy", "categorical_accuracy", "mean_squared_error", "binary_accuracy"] {
        for (count, fits) in [(0, false), (1, false), (2, true), (3, false), (6, true), (12, false)] {
            let mut metric = get::<f32>(name)?;
            metric.update(y.view(), y.view(), None)?;
            let before = format!("{metric:?}");
            let outcome = metric.update(y.view(), y.view(), Some(&vec![1.0; count]));
            assert_eq!(outcome.is_ok(), fits);
            if let Err(error) = outcome {
                assert!(matches!(error, MetricError::SampleWeight { received, .. } if received == count));
                assert_eq!(format!("{metric:?}"), before);
            }
        }
    }
    Ok(())
}

#[test]
fn classes_that_are_not_there() -> Result<(), MetricError> {
    let metrics: [(Box<dyn Metric<f32>>, _); 6] = [
        (Box::new(Precision::new().class_id(3)), "more classes than the class_id"),
        (Box::new(Precision::new().top_k(4)?), "at least top_k predictions a row"),
        (Box::new(PrecisionAtRecall::new(0.5)?.class_id(7)), "more classes than the class_id"),
        (Box::new(AUC::new().label_weights([1.0, 2.0])?), "as many labels as label_weights"),
        (Box::new(AUC::new().multi_label(true).num_labels(2)?), "as many labels as num_labels"),
        (Box::new(AUC::new().multi_label(true).label_weights([1.0])?), "as many labels as label_weights"),
    ];
    for (metric, expected) in metrics {
        let error = metric.check([4, 3].into(), [4, 3].into()).unwrap_err().to_string();
        assert!(error.contains(expected) && error.ends_with("y_pred of shape (4, 3)"), "{error}");
    }
    let flat = Precision::new().class_id(0);
    assert!(Metric::<f32>::check(&flat, [4].into(), [4].into()).is_err());
    assert!(Metric::<f32>::check(&AUC::new().multi_label(true), [4, 3, 2].into(), [4, 3, 2].into()).is_err());
    Ok(())
}

#[test]
fn another_number_of_columns_than_at_first() -> Result<(), MetricError> {
    for metric in
        [get::<f32>("f1_score")?, get("r2_score")?, from_config(&Config::new("", "AUC").with("multi_label", true))?]
    {
        let mut metric = metric;
        let (three, two) = (values(&[4, 3])?, values(&[4, 2])?);
        metric.update(three.view(), three.view(), None)?;
        let before = format!("{metric:?}");
        let error = metric.update(two.view(), two.view(), None).unwrap_err();
        assert!(error.to_string().contains("the first batch"), "{error}");
        assert_eq!(format!("{metric:?}"), before);
    }
    Ok(())
}

#[test]
fn a_label_that_is_no_class() -> Result<(), MetricError> {
    let mut metric = SparseCategoricalCrossentropy::new();
    let y_pred = Tensor::from([[0.5_f32, 0.5], [0.2, 0.8]]);
    let error = metric.update(Tensor::from([1.0, 2.0]).view(), y_pred.view(), None).unwrap_err();
    assert!(error.to_string().ends_with("Received: 2 at position 1"), "{error}");
    assert!(Metric::<f32>::may_fail(&metric));
    assert_eq!(metric.result(), 0.0);
    Ok(())
}

#[test]
fn arguments_outside_their_range() {
    let errors = [
        (Precision::new().thresholds([0.5, f64::NAN]).err(), "thresholds=[0.5, NaN]"),
        (Precision::new().thresholds(Vec::new()).err(), "thresholds=[]"),
        (Precision::new().top_k(0).err(), "top_k=0"),
        (PrecisionAtRecall::new(-0.1).err(), "recall=-0.1"),
        (PrecisionAtRecall::new(0.5).and_then(|metric| metric.num_thresholds(0)).err(), "num_thresholds=0"),
        (AUC::new().num_thresholds(1).err(), "num_thresholds=1"),
        (AUC::new().thresholds([f64::INFINITY]).err(), "thresholds=[inf]"),
        (AUC::new().num_labels(3).err(), "num_labels=3"),
        (AUC::new().label_weights([f64::NAN]).err(), "label_weights=[NaN]"),
        (FBetaScore::new().beta(0.0).err(), "beta=0"),
        (FBetaScore::new().threshold(1.5).err(), "threshold=1.5"),
        ("mean".parse::<Average>().err(), "average=mean"),
        (IoU::new(2, []).err(), "target_class_ids=[]"),
        (IoU::new(2, [0, 2]).err(), "target_class_ids=[0, 2]"),
        (BinaryIoU::new([1]).and_then(|metric| metric.threshold(f64::NAN)).err(), "threshold=NaN"),
        (MeanIoU::new(0).err(), "num_classes=0"),
        (MeanIoU::new(usize::MAX).err(), "num_classes=18446744073709551615"),
        (MeanIoU::new(2).and_then(|metric| metric.dtype("complex64")).err(), "dtype=complex64"),
        (TopKCategoricalAccuracy::new().k(0).err(), "k=0"),
    ];
    for (error, received) in errors {
        let error = error.map_or_else(String::new, |error| error.to_string());
        assert!(error.ends_with(&format!("Received: {received}")), "{error}: {received}");
    }
}

#[test]
fn configs_that_say_something_else() {
    let metric = |class: &str| Config::new("keras.metrics", class);
    let refused = |config: Config| from_config::<f32>(&config).unwrap_err();
    let unknown = refused(metric("Median"));
    assert!(matches!(unknown, MetricError::Config(ConfigError::Class { received, .. }) if received == "Median"));
    for (config, expected) in [
        (metric("MeanIoU"), "expected the argument `num_classes`"),
        (metric("MeanIoU").with("num_classes", 2).with("axis", 1), "Received: axis=1"),
        (metric("AUC").with("curve", "lift"), "Received: curve=lift"),
        (metric("AUC").with("label_weights", "heavy"), "Received: label_weights=\"heavy\""),
        (metric("AUC").with("num_thresholds", 1), "Received: num_thresholds=1"),
        (metric("Precision").with("thresholds", "many"), "Received: thresholds=\"many\""),
        (metric("Recall").with("top_k", -1), "argument `top_k`"),
        (metric("R2Score").with("class_aggregation", "median"), "Received: class_aggregation=median"),
        (metric("PearsonCorrelation").with("axis", 0.5), "Received: axis=0.5"),
        (metric("F1Score").with("beta", 2.0), "Received: beta=2.0"),
        (metric("BinaryCrossentropy").with("label_smoothing", 2.0), "label_smoothing"),
        (metric("MeanMetricWrapper").with("fn", 3), "Received: fn=3"),
        (metric("MeanMetricWrapper").with("fn", "square"), "Received: \"square\""),
    ] {
        let error = refused(config).to_string();
        assert!(error.contains(expected), "{error}: {expected}");
    }
}
