//! What holds for every metric, on any batches.

use cornu_metrics::config::Config;
use cornu_metrics::{
    AUC, Accuracy, AutoAccuracy, BinaryAccuracy, Curve, MeanMetricWrapper, Metric, MetricError, Precision,
    SummationMethod, from_config, get, names,
};
use cornu_tensor::{Scalar, Tensor};
use cornu_testkit::{assert_close, strategies};
use proptest::prelude::*;

/// Those with a name, those that need arguments, and some options.
fn every_metric<T: Scalar>() -> Result<Vec<Box<dyn Metric<T>>>, MetricError> {
    let mut metrics = names().into_iter().map(get).collect::<Result<Vec<_>, _>>()?;
    let of = |class: &str| Config::new("keras.metrics", class);
    let iou = |class: &str| of(class).with("num_classes", 6).with("dtype", "float64");
    let configs = [
        of("SensitivityAtSpecificity").with("specificity", 0.5),
        of("SpecificityAtSensitivity").with("sensitivity", 0.5).with("num_thresholds", 1),
        of("PrecisionAtRecall").with("recall", 0.4).with("class_id", 0),
        of("RecallAtPrecision").with("precision", 0.3).with("num_thresholds", 9),
        iou("IoU").with("target_class_ids", vec![1, 5]),
        iou("MeanIoU").with("ignore_class", 0),
        iou("OneHotIoU").with("target_class_ids", vec![0, 1]),
        iou("OneHotMeanIoU"),
        of("BinaryIoU").with("dtype", "float64"),
        of("Precision").with("thresholds", vec![0.9, 0.1, 0.1]),
        of("Recall").with("top_k", 1),
        of("TruePositives").with("thresholds", vec![0.0, 0.5, 1.0]),
        of("AUC").with("multi_label", true).with("curve", "PR"),
        of("AUC").with("thresholds", vec![0.8, 0.3]).with("curve", "PRGAIN").with("summation_method", "majoring"),
        of("F1Score").with("average", "weighted").with("threshold", 0.5),
        of("FBetaScore").with("average", "micro").with("beta", 2.0),
        of("R2Score").with("class_aggregation", None::<String>),
        of("SparseTopKCategoricalAccuracy").with("k", 2),
        of("MeanMetricWrapper").with("fn", "huber").with("delta", 0.2),
    ];
    for config in configs {
        metrics.push(from_config(&config)?);
    }
    metrics.push(Box::new(Accuracy::new()));
    metrics.push(Box::new(BinaryAccuracy::new().threshold(0.2)?));
    metrics.push(Box::new(MeanMetricWrapper::from_fn("own", |t: &[T], p: &[T]| {
        t.iter().zip(p).fold(T::zero(), |sum, (&t, &p)| sum + t * p)
    })));
    Ok(metrics)
}

/// Labels that fit: class numbers for the sparse ones, one-hot for the others.
fn labels<T: Scalar>(metric: &dyn Metric<T>, classes: &[usize], width: usize) -> Tensor<T> {
    if metric.name().starts_with("sparse") {
        return Tensor::from_labels(classes);
    }
    Tensor::from_fn([classes.len(), width], |i| if i % width == classes[i / width] { T::one() } else { T::zero() })
}

/// The result and the results.
fn all<T: Scalar>(metric: &dyn Metric<T>) -> Vec<f64> {
    [vec![metric.result()], metric.results().unwrap_or_default()].concat()
}

/// Class numbers, predictions and weights of some samples.
fn samples() -> impl Strategy<Value = (Vec<usize>, Tensor<f64>, Vec<f64>)> {
    (1_usize..12, 1_usize..6).prop_flat_map(|(n, c)| {
        let (classes, weights) = (prop::collection::vec(0..c, n), prop::collection::vec(0.1..3.0, n));
        (classes, strategies::tensor([n, c], 0.0..1.0), weights)
    })
}

/// Binary labels, predictions with many ties, weights.
fn binary() -> impl Strategy<Value = (Vec<f64>, Vec<f64>, Vec<f64>)> {
    (1_usize..40).prop_flat_map(|n| {
        let values = |range: std::ops::Range<u8>, scale: f64| {
            prop::collection::vec(range.prop_map(move |value| f64::from(value) / scale), n)
        };
        (values(0..2, 1.0), values(0..21, 20.0), values(0..5, 2.0))
    })
}

proptest! {
    #[test]
    fn a_batch_is_its_samples_in_any_order((classes, y_pred, weights) in samples(), turn in 0_usize..12) {
        for metric in every_metric::<f64>()? {
            let y_true = labels(&metric, &classes, y_pred.shape().last_dim());
            let mut whole = metric.clone();
            whole.update(y_true.view(), y_pred.view(), Some(&weights))?;
            let mut single = metric.clone();
            for i in 0..classes.len() {
                let i = (i + turn) % classes.len();
                let rows = (y_true.view().rows(i..i + 1)?, y_pred.view().rows(i..i + 1)?);
                single.update(rows.0, rows.1, Some(&weights[i..i + 1]))?;
            }
            println!("{whole:?}"); // shown if the test fails
            assert_close(&all(&single), &all(&whole), 1e-9);
        }
    }

    #[test]
    fn weights_of_one_are_no_weights((classes, y_pred, _) in samples()) {
        let ones = vec![1.0; classes.len()];
        for metric in every_metric::<f64>()? {
            let y_true = labels(&metric, &classes, y_pred.shape().last_dim());
            let (mut with, mut without) = (metric.clone(), metric);
            with.update(y_true.view(), y_pred.view(), Some(&ones))?;
            without.update(y_true.view(), y_pred.view(), None)?;
            assert_close(&all(&with), &all(&without), 1e-12);
        }
    }

    #[test]
    fn a_weight_of_zero_leaves_the_sample_out((classes, y_pred, mut weights) in samples()) {
        weights[0] = 0.0;
        for metric in every_metric::<f64>()? {
            let y_true = labels(&metric, &classes, y_pred.shape().last_dim());
            let (mut all_samples, mut rest) = (metric.clone(), metric);
            all_samples.update(y_true.view(), y_pred.view(), Some(&weights))?;
            let n = classes.len();
            rest.update(y_true.view().rows(1..n)?, y_pred.view().rows(1..n)?, Some(&weights[1..]))?;
            if n > 1 {
                assert_close(&all(&all_samples), &all(&rest), 1e-12);
            }
        }
    }

    #[test]
    fn a_prediction_without_weight_may_be_no_number((classes, y_pred, mut weights) in samples()) {
        weights[0] = 0.0;
        let c = y_pred.shape().last_dim();
        let mut unknown = y_pred.clone();
        unknown.as_mut_slice()[..c].fill(f64::NAN);
        for metric in every_metric::<f64>()? {
            let y_true = labels(&metric, &classes, c);
            let (mut before, mut after) = (metric.clone(), metric);
            before.update(y_true.view(), y_pred.view(), Some(&weights))?;
            after.update(y_true.view(), unknown.view(), Some(&weights))?;
            assert_close(&all(&after), &all(&before), 0.0);
        }
    }

    #[test]
    fn a_weight_of_two_is_the_sample_twice((classes, y_pred, _) in samples()) {
        let twos = vec![2.0; classes.len()];
        for metric in every_metric::<f64>()? {
            let y_true = labels(&metric, &classes, y_pred.shape().last_dim());
            let (mut with, mut twice) = (metric.clone(), metric);
            with.update(y_true.view(), y_pred.view(), Some(&twos))?;
            twice.update(y_true.view(), y_pred.view(), None)?;
            twice.update(y_true.view(), y_pred.view(), None)?;
            assert_close(&all(&with), &all(&twice), 1e-9);
        }
    }

    #[test]
    fn after_a_reset_nothing_is_left((classes, y_pred, weights) in samples()) {
        for mut metric in every_metric::<f64>()? {
            let y_true = labels(&metric, &classes, y_pred.shape().last_dim());
            metric.update(y_true.view(), y_pred.view(), Some(&weights))?;
            let (first, variables) = (format!("{:?}", all(&metric)), format!("{:?}", metric.variables()));
            metric.reset();
            prop_assert!(all(&metric).iter().all(|&result| result == 0.0), "{metric:?}");
            prop_assert!(metric.variables().iter().all(|(_, sums)| sums.as_slice().iter().all(|&sum| sum == 0.0)));
            metric.update(y_true.view(), y_pred.view(), Some(&weights))?;
            prop_assert_eq!((format!("{:?}", all(&metric)), format!("{:?}", metric.variables())), (first, variables));
        }
    }

    #[test]
    fn an_empty_batch_changes_nothing((classes, y_pred, weights) in samples()) {
        for mut metric in every_metric::<f64>()? {
            let y_true = labels(&metric, &classes, y_pred.shape().last_dim());
            metric.update(y_true.view(), y_pred.view(), Some(&weights))?;
            let before = format!("{metric:?}");
            metric.update(y_true.view().rows(0..0)?, y_pred.view().rows(0..0)?, Some(&[]))?;
            metric.update(y_true.view().rows(0..0)?, y_pred.view().rows(0..0)?, None)?;
            prop_assert_eq!(format!("{metric:?}"), before);
        }
    }

    #[test]
    fn an_update_that_was_checked_does_not_fail(
        values in prop::collection::vec(prop_oneof![strategies::finite(), Just(f64::NAN), Just(f64::INFINITY)], 24),
        weights in prop::collection::vec(0_u8..3, 4),
    ) {
        let y_true = Tensor::new([4, 3], values[..12].to_vec())?;
        let y_pred = Tensor::new([4, 3], values[12..].to_vec())?;
        let weights: Vec<f64> = weights.into_iter().map(f64::from).collect();
        for mut metric in every_metric::<f64>()? {
            if metric.check(y_true.shape(), y_pred.shape()).is_ok() {
                let outcome = metric.update(y_true.view(), y_pred.view(), Some(&weights));
                prop_assert!(outcome.is_ok() || metric.may_fail(), "{metric:?}");
                let _ = (all(&metric), metric.variables(), metric.get_config());
            }
        }
    }

    #[test]
    fn from_0_to_1((classes, y_pred, weights) in samples()) {
        let within = |name: &str| {
            let shares = ["accuracy", "precision", "recall", "auc", "score", "_at_", "io_u"];
            shares.iter().any(|share| name.contains(share)) && name != "r2_score"
        };
        for mut metric in every_metric::<f64>()? {
            let gain = format!("{metric:?}").contains("PRGAIN");
            if !within(metric.name()) || gain { continue; }
            let y_true = labels(&metric, &classes, y_pred.shape().last_dim());
            metric.update(y_true.view(), y_pred.view(), Some(&weights))?;
            prop_assert!(all(&metric).iter().all(|result| (-1e-12..=1.0 + 1e-9).contains(result)), "{metric:?}");
        }
    }

    #[test]
    fn written_and_read_it_is_the_same((classes, y_pred, weights) in samples()) {
        for metric in every_metric::<f64>()? {
            let Some(config) = metric.get_config() else { continue };
            let (mut own, mut read) = (metric, from_config::<f64>(&config)?);
            prop_assert_eq!(read.get_config(), Some(config));
            let y_true = labels(&own, &classes, y_pred.shape().last_dim());
            own.update(y_true.view(), y_pred.view(), Some(&weights))?;
            read.update(y_true.view(), y_pred.view(), Some(&weights))?;
            prop_assert_eq!(format!("{read:?}"), format!("{own:?}"));
        }
    }

    #[test]
    fn auto_accuracy_is_the_one_it_resolves_to((classes, y_pred, weights) in samples(), sparse in any::<bool>()) {
        let mut auto = AutoAccuracy::new();
        let c = y_pred.shape().last_dim();
        let y_true = if sparse {
            Tensor::from_labels(&classes).reshape([classes.len(), 1])?
        } else {
            Tensor::from_fn(y_pred.shape(), |i| if i % c == classes[i / c] { 1.0 } else { 0.0 })
        };
        let mut own = get::<f64>(AutoAccuracy::resolves_to(y_true.shape(), y_pred.shape()))?;
        auto.update(y_true.view(), y_pred.view(), Some(&weights))?;
        own.update(y_true.view(), y_pred.view(), Some(&weights))?;
        prop_assert_eq!(auto.result(), own.result());
    }

    #[test]
    fn the_area_is_the_share_of_pairs_in_order((t, p, w) in binary()) {
        // 21 thresholds between which no two predictions differ: ties count one half.
        let mut auc = AUC::new().thresholds((0..20).map(|i| (f64::from(i) + 0.5) / 20.0).collect::<Vec<_>>())?;
        auc.update(Tensor::vector(t.clone()).view(), Tensor::vector(p.clone()).view(), Some(&w))?;
        let (mut right, mut pairs) = (0.0, 0.0);
        for i in (0..t.len()).filter(|&i| t[i] == 1.0) {
            for j in (0..t.len()).filter(|&j| t[j] == 0.0) {
                let in_order = if p[i] > p[j] { 1.0 } else if p[i] == p[j] { 0.5 } else { 0.0 };
                right += w[i] * w[j] * in_order;
                pairs += w[i] * w[j];
            }
        }
        assert_close(&[auc.result()], &[if pairs == 0.0 { 0.0 } else { right / pairs }], 1e-9);
    }

    #[test]
    fn minoring_interpolation_and_majoring_are_in_order((t, p, w) in binary()) {
        for curve in [Curve::ROC, Curve::PR] {
            let area = |method: SummationMethod| -> Result<f64, MetricError> {
                let mut auc = AUC::new().curve(curve).summation_method(method).num_thresholds(7)?;
                auc.update(Tensor::vector(t.clone()).view(), Tensor::vector(p.clone()).view(), Some(&w))?;
                Ok(auc.result())
            };
            let (low, high) = (area(SummationMethod::Minoring)?, area(SummationMethod::Majoring)?);
            prop_assert!(low <= high + 1e-12);
            if curve == Curve::ROC {
                let middle = area(SummationMethod::Interpolation)?;
                assert_close(&[middle], &[f64::midpoint(low, high)], 1e-12);
            }
        }
    }

    #[test]
    fn counts_are_those_of_a_comparison((t, p, w) in binary(), thresholds in prop::collection::vec(0.0..1.0, 1..6)) {
        let mut precision = Precision::new().thresholds(thresholds.clone())?;
        precision.update(Tensor::vector(t.clone()).view(), Tensor::vector(p.clone()).view(), Some(&w))?;
        let expected: Vec<f64> = thresholds.iter().map(|&threshold| {
            let (t, p) = (&t, &p);
            let above = |label: f64| (0..t.len()).filter(move |&i| t[i] == label && p[i] > threshold);
            let sum = |label: f64| above(label).map(|i| w[i]).sum::<f64>();
            let (right, wrong) = (sum(1.0), sum(0.0));
            if right + wrong == 0.0 { 0.0 } else { right / (right + wrong) }
        }).collect();
        assert_close(&precision.results().unwrap_or_else(|| vec![precision.result()]), &expected, 1e-12);
    }
}
