//! How the values of an array are distributed.

/// The values from one edge to the next. The left edge is in it, the right one only in the last bucket.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bucket {
    /// The lower edge.
    pub left: f64,
    /// The upper edge.
    pub right: f64,
    /// How many values are in it.
    pub count: u64,
}

/// How values are distributed: 30 buckets of one width from the least to the greatest (`tf.summary.histogram`, with its
/// default).
///
/// Bucket `i` of `n` begins at `min + i · (max − min) / n`, and a value `x` is in bucket `⌊(x − min) / ((max − min) / n)⌋`, the
/// greatest in the last one. Where all values are equal, every edge is this value and the last bucket has them all; where
/// there is none, all is 0.
///
/// NaN and infinities are in no bucket. (TensorFlow has no sensible answer to them.)
///
/// ```
/// use cornu_tensorboard::Histogram;
///
/// let histogram = Histogram::new([0.0, 0.5, 1.0, 1.0, f64::NAN]);
/// let [first, .., last] = histogram.buckets() else { return };
/// assert_eq!((first.left, first.count), (0.0, 1));
/// assert_eq!((last.right, last.count), (1.0, 2));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    buckets: [Bucket; Self::BUCKETS],
}

impl Histogram {
    /// How many buckets there are.
    pub const BUCKETS: usize = 30;

    /// Of these values, which are gone through twice.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = f64, IntoIter: Clone>) -> Self {
        let finite = values.into_iter().filter(|value| value.is_finite());
        let (min, max) = finite.clone().fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), value| {
            (value.min(min), value.max(max)) // no NaN gets here
        });
        let mut buckets = [Bucket::default(); Self::BUCKETS];
        if min < max {
            // Half of everything, where the whole distance is too much for a number.
            let scale = if (max - min).is_finite() { 1.0 } else { 0.5 };
            let (low, high) = (min * scale, max * scale);
            let width = (high - low) / Self::BUCKETS as f64;
            let edge = |i: usize| (i as f64 * width + low) / scale;
            for (i, bucket) in buckets.iter_mut().enumerate() {
                let right = if i + 1 == Self::BUCKETS { max } else { edge(i + 1) };
                *bucket = Bucket { left: edge(i), right, count: 0 };
            }
            for value in finite {
                let index = ((value * scale - low) / width).floor() as usize; // 0 for what is not a number
                if let Some(bucket) = buckets.get_mut(index.min(Self::BUCKETS - 1)) {
                    bucket.count += 1;
                }
            }
        } else if min == max {
            buckets.fill(Bucket { left: min, right: min, count: 0 });
            if let Some(last) = buckets.last_mut() {
                last.count = finite.count() as u64;
            }
        }
        Self { buckets }
    }

    /// The buckets, from the least values to the greatest.
    #[must_use]
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }
}
