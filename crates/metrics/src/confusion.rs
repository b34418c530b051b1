//! How many predictions are right and wrong, for each of many thresholds.

use cornu_tensor::Scalar;

/// What stands in place of a prediction that is not among the largest: it is above no threshold.
pub(crate) const NEG_INF: f64 = -1e10;

/// How far Keras's tests for equality let numbers lie apart (`keras.config.epsilon()`).
pub(crate) const EPSILON: f64 = 1e-7;

/// The four sums of weights at one threshold. Above it, a prediction means 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Counts {
    pub(crate) true_positives: f64,
    pub(crate) false_positives: f64,
    pub(crate) true_negatives: f64,
    pub(crate) false_negatives: f64,
}

impl Counts {
    /// `TP / (TP + FP)`
    pub(crate) fn precision(self) -> f64 {
        no_nan(self.true_positives, self.true_positives + self.false_positives)
    }

    /// `TP / (TP + FN)`
    pub(crate) fn recall(self) -> f64 {
        no_nan(self.true_positives, self.true_positives + self.false_negatives)
    }

    /// `TN / (TN + FP)`
    pub(crate) fn specificity(self) -> f64 {
        no_nan(self.true_negatives, self.true_negatives + self.false_positives)
    }
}

/// Keras's `divide_no_nan`: 0 for the divisor 0.
pub(crate) fn no_nan(value: f64, divisor: f64) -> f64 {
    if divisor == 0.0 { 0.0 } else { value / divisor }
}

/// How a prediction finds its place among the thresholds.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Search {
    /// By halving.
    Halving,
    /// By a product: the thresholds are `0, 1/(n−1), …, 1`. Predictions are taken to lie from 0 to 1.
    Even,
    /// The same, but the first is a little less than 0 and the last a little more than 1.
    EvenBeyond,
}

/// The sums of weights of labels 0 and of labels 1 in the buckets that the thresholds make.
///
/// A prediction lies in the bucket of as many thresholds as it is above. So an update costs the same whatever the
/// number of thresholds (its logarithm if they are not even), and the counts at all thresholds are one pass over the
/// buckets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Confusion {
    /// Ascending.
    thresholds: Vec<f64>,
    /// Where the thresholds stood when they were given.
    places: Vec<usize>,
    search: Search,
    labels: usize,
    /// `[labels, thresholds + 1]`, each the weights of labels 0 and of labels 1.
    buckets: Vec<[f64; 2]>,
}

impl Confusion {
    /// Nothing seen yet, for so many labels.
    pub(crate) fn new(thresholds: &[f64], labels: usize) -> Self {
        let mut places: Vec<usize> = (0..thresholds.len()).collect();
        let at = |place: usize| thresholds.get(place).copied().unwrap_or_default();
        places.sort_by(|&a, &b| at(a).total_cmp(&at(b)));
        let ends = at(0) < 0.0 || at(thresholds.len().saturating_sub(1)) > 1.0;
        let search = match (are_even(thresholds), ends) {
            (false, _) => Search::Halving,
            (true, false) => Search::Even,
            (true, true) => Search::EvenBeyond,
        };
        let thresholds: Vec<f64> = places.iter().map(|&place| at(place)).collect();
        let buckets = vec![[0.0; 2]; labels * (thresholds.len() + 1)];
        Self { thresholds, places, search, labels, buckets }
    }

    /// `n` thresholds from 0 to 1 at equal distances; 0.5 if it is one.
    pub(crate) fn even(n: usize) -> Self {
        let confusion = Self::new(&spread(n), 1);
        Self { search: if n > 1 { Search::Even } else { Search::Halving }, ..confusion }
    }

    /// These thresholds, and one a little less than 0 and one a little more than 1.
    pub(crate) fn between_ends(thresholds: &[f64], labels: usize) -> Self {
        let around = |low, high| [&[low], thresholds, &[high]].concat();
        let even = thresholds.is_empty() || are_even(&around(0.0, 1.0));
        let confusion = Self::new(&around(-EPSILON, 1.0 + EPSILON), labels);
        Self { search: if even { Search::EvenBeyond } else { Search::Halving }, ..confusion }
    }

    /// How many labels are counted apart.
    pub(crate) fn labels(&self) -> usize {
        self.labels
    }

    /// How many thresholds there are.
    pub(crate) fn len(&self) -> usize {
        self.thresholds.len()
    }

    /// Another number of labels. Nothing is seen yet.
    pub(crate) fn set_labels(&mut self, labels: usize) {
        self.labels = labels;
        self.buckets.clear();
        self.buckets.resize(labels * (self.thresholds.len() + 1), [0.0; 2]);
    }

    /// Takes in one prediction; any value of `y_true` but 0 means 1.
    pub(crate) fn add<T: Scalar>(&mut self, label: usize, y_true: T, y_pred: T, weight: f64) {
        let bucket = label * (self.thresholds.len() + 1) + self.bucket(y_pred);
        if let Some(sums) = self.buckets.get_mut(bucket) {
            sums[usize::from(!y_true.is_zero())] += weight;
        }
    }

    /// How many thresholds the prediction is above.
    fn bucket<T: Scalar>(&self, y_pred: T) -> usize {
        let steps = self.thresholds.len().saturating_sub(1);
        match self.search {
            Search::Halving => self.thresholds.partition_point(|&threshold| T::of(threshold) < y_pred),
            // Keras counts what is not a number as just above the first threshold.
            _ if y_pred.to_f64().is_nan() => 1,
            search => {
                let inside = y_pred.max(T::zero()).min(T::one());
                let bucket = (inside * T::of_count(steps)).ceil().to_f64() as usize;
                if search == Search::EvenBeyond { bucket.max(1) } else { bucket }
            }
        }
    }

    /// The counts of a label, from the highest threshold to the lowest.
    pub(crate) fn counts(&self, label: usize) -> impl Iterator<Item = Counts> + '_ {
        let buckets = self.buckets.chunks_exact(self.thresholds.len() + 1).nth(label).unwrap_or_default();
        let above = |sums: [f64; 2], bucket: &[f64; 2]| [sums[0] + bucket[0], sums[1] + bucket[1]];
        // Added up in the same order as below, so that nothing is left over where everything is counted.
        let all = buckets.iter().rev().fold([0.0; 2], above);
        buckets.iter().skip(1).rev().scan([0.0; 2], move |sums, bucket| {
            *sums = above(*sums, bucket);
            Some(Counts {
                true_positives: sums[1],
                false_positives: sums[0],
                true_negatives: all[0] - sums[0],
                false_negatives: all[1] - sums[1],
            })
        })
    }

    /// Forgets what was seen.
    pub(crate) fn reset(&mut self) {
        self.buckets.fill([0.0; 2]);
    }

    /// What `f` says of the counts at each threshold, `[thresholds]` in the order in which they were given, or
    /// `[thresholds, labels]`.
    pub(crate) fn each(&self, f: impl Fn(Counts) -> f64) -> Vec<f64> {
        let mut values = vec![0.0; self.len() * self.labels];
        for label in 0..self.labels {
            for (counts, place) in self.counts(label).zip(self.places.iter().rev()) {
                if let Some(value) = values.get_mut(place * self.labels + label) {
                    *value = f(counts);
                }
            }
        }
        values
    }
}

/// `n` numbers from 0 to 1 at equal distances; 0.5 if it is one.
pub(crate) fn spread(n: usize) -> Vec<f64> {
    if n == 1 {
        return vec![0.5];
    }
    (0..n).map(|i| i as f64 / n.saturating_sub(1) as f64).collect()
}

/// Whether these are `0, 1/(n−1), …, 1`, nearly (Keras's `is_evenly_distributed_thresholds`).
fn are_even(thresholds: &[f64]) -> bool {
    let near = |(&a, b): (&f64, f64)| (a - b).abs() <= EPSILON + 1e-5 * b.abs();
    thresholds.len() >= 3 && thresholds.iter().zip(spread(thresholds.len())).all(near)
}
