//! The laws of a histogram, and TensorBoard's own buckets (`golden/events.json`).

use std::error::Error;

use cornu_tensorboard::Histogram;
use cornu_testkit::golden;
use proptest::prelude::*;

#[test]
fn the_buckets_are_tensorboards() -> Result<(), Box<dyn Error>> {
    for case in golden::list(&golden::read("events")?["histograms"])? {
        let histogram = Histogram::new(golden::floats(&case["values"])?);
        let buckets = golden::list(&case["buckets"])?;
        assert_eq!(buckets.len(), Histogram::BUCKETS);
        for (ours, theirs) in histogram.buckets().iter().zip(buckets) {
            assert_eq!(vec![ours.left, ours.right, ours.count as f64], golden::floats::<f64>(theirs)?, "{case}");
        }
    }
    Ok(())
}

#[test]
fn nothing_is_nowhere() {
    for values in [&[][..], &[f64::NAN], &[f64::INFINITY, f64::NEG_INFINITY, -f64::NAN]] {
        for bucket in Histogram::new(values.iter().copied()).buckets() {
            assert_eq!((bucket.left, bucket.right, bucket.count), (0.0, 0.0, 0));
        }
    }
}

/// Numbers of every size, with NaN, infinities and repetitions.
fn values() -> impl Strategy<Value = Vec<f64>> {
    let near = (-3i32..=3).prop_map(f64::from);
    prop::collection::vec(
        prop_oneof![any::<f64>(), -1.0..1.0, near, Just(f64::MAX), Just(f64::MIN), Just(f64::NAN), Just(f64::INFINITY)],
        0..80,
    )
}

proptest! {
    #[test]
    fn every_finite_value_is_counted_once_between_min_and_max(values in values()) {
        let histogram = Histogram::new(values.iter().copied());
        let finite: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
        let buckets = histogram.buckets();
        prop_assert_eq!(buckets.len(), Histogram::BUCKETS);
        prop_assert_eq!(buckets.iter().map(|bucket| bucket.count).sum::<u64>(), finite.len() as u64);
        if let (Some(min), Some(max)) = (finite.iter().copied().reduce(f64::min), finite.iter().copied().reduce(f64::max)) {
            prop_assert_eq!(buckets[0].left, min);
            prop_assert_eq!(buckets[Histogram::BUCKETS - 1].right, max);
        }
        for pair in buckets.windows(2) {
            prop_assert_eq!(pair[0].right, pair[1].left);
        }
        for bucket in buckets {
            prop_assert!(bucket.left <= bucket.right && bucket.left.is_finite() && bucket.right.is_finite());
        }
    }

    #[test]
    fn a_value_lies_between_the_edges_of_its_bucket(values in prop::collection::vec(-1e6..1e6f64, 1..80)) {
        let histogram = Histogram::new(values.iter().copied());
        let buckets = histogram.buckets();
        let all = buckets[Histogram::BUCKETS - 1].right - buckets[0].left;
        let rounding = 1e-12 * (all + buckets[0].left.abs());
        // No more values lie well inside of a bucket than it counts, and no fewer near to it.
        for bucket in buckets {
            let between = |left: f64, right: f64| values.iter().filter(|&&x| left <= x && x <= right).count() as u64;
            prop_assert!(between(bucket.left + rounding, bucket.right - rounding) <= bucket.count);
            prop_assert!(bucket.count <= between(bucket.left - rounding, bucket.right + rounding));
        }
    }

    #[test]
    fn the_order_of_the_values_is_nothing(values in values()) {
        let backwards = Histogram::new(values.iter().rev().copied());
        prop_assert_eq!(Histogram::new(values.iter().copied()), backwards);
    }
}
