//! What holds for every metric, on any batches.

use cornu_metrics::{Accuracy, AutoAccuracy, BinaryAccuracy, Metric, MetricError, NAMES, get};
use cornu_tensor::{Scalar, Tensor};
use cornu_testkit::{assert_close, strategies};
use proptest::prelude::*;

fn every_metric<T: Scalar>() -> Result<Vec<Box<dyn Metric<T>>>, MetricError> {
    let mut metrics = NAMES.map(get).into_iter().collect::<Result<Vec<_>, _>>()?;
    metrics.push(Box::new(Accuracy::new()));
    metrics.push(Box::new(BinaryAccuracy::new().threshold(0.2)?));
    Ok(metrics)
}

/// Labels that fit: class numbers for the sparse accuracy, one-hot for the others.
fn labels<T: Scalar>(metric: &dyn Metric<T>, classes: &[usize], width: usize) -> Tensor<T> {
    if metric.name().starts_with("sparse") {
        return Tensor::from_labels(classes);
    }
    Tensor::from_fn([classes.len(), width], |i| if i % width == classes[i / width] { T::one() } else { T::zero() })
}

/// Class numbers, predictions and weights of some samples.
fn samples() -> impl Strategy<Value = (Vec<usize>, Tensor<f64>, Vec<f64>)> {
    (1_usize..12, 1_usize..6).prop_flat_map(|(n, c)| {
        let (classes, weights) = (prop::collection::vec(0..c, n), prop::collection::vec(0.1..3.0, n));
        (classes, strategies::tensor([n, c], 0.0..1.0), weights)
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
            assert_close(&[single.result()], &[whole.result()], 1e-12);
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
            assert_close(&[with.result()], &[without.result()], 1e-12);
        }
    }

    #[test]
    fn a_weight_of_zero_leaves_the_sample_out((classes, y_pred, mut weights) in samples()) {
        weights[0] = 0.0;
        for metric in every_metric::<f64>()? {
            let y_true = labels(&metric, &classes, y_pred.shape().last_dim());
            let (mut all, mut rest) = (metric.clone(), metric);
            all.update(y_true.view(), y_pred.view(), Some(&weights))?;
            let n = classes.len();
            rest.update(y_true.view().rows(1..n)?, y_pred.view().rows(1..n)?, Some(&weights[1..]))?;
            assert_close(&[all.result()], &[rest.result()], 1e-12);
        }
    }

    #[test]
    fn after_a_reset_nothing_is_left((classes, y_pred, weights) in samples()) {
        for mut metric in every_metric::<f64>()? {
            let y_true = labels(&metric, &classes, y_pred.shape().last_dim());
            metric.update(y_true.view(), y_pred.view(), Some(&weights))?;
            let first = metric.result();
            metric.reset();
            prop_assert_eq!(metric.result(), 0.0);
            metric.update(y_true.view(), y_pred.view(), Some(&weights))?;
            prop_assert_eq!(metric.result(), first);
        }
    }

    #[test]
    fn never_nan(
        values in prop::collection::vec(strategies::finite(), 12),
        weights in prop::collection::vec(0_u8..3, 4),
        classes in prop::collection::vec(0_usize..3, 4),
    ) {
        let wide = Tensor::new([4, 3], values)?;
        let weights: Vec<f64> = weights.into_iter().map(f64::from).collect();
        for metric in every_metric::<f64>()? {
            let y_true = labels(&metric, &classes, 3);
            for weight in [None, Some(weights.as_slice())] {
                let mut metric = metric.clone();
                metric.update(y_true.view(), wide.view(), weight)?;
                prop_assert!(!metric.result().is_nan(), "{metric:?}");
            }
        }
    }

    #[test]
    fn an_accuracy_is_a_share((classes, y_pred, weights) in samples()) {
        for metric in every_metric::<f64>()? {
            if !metric.name().ends_with("accuracy") { continue; }
            let y_true = labels(&metric, &classes, y_pred.shape().last_dim());
            let mut metric = metric;
            metric.update(y_true.view(), y_pred.view(), Some(&weights))?;
            prop_assert!((0.0..=1.0 + 1e-12).contains(&metric.result()));
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
}
