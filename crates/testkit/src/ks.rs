//! The Kolmogorov–Smirnov test: whether samples follow a distribution.
//!
//! ```
//! use cornu_testkit::ks;
//!
//! let samples: Vec<f64> = (0..1000).map(|i| (i as f64 + 0.5) / 1000.0).collect();
//! ks::assert_follows(&samples, |x| ks::uniform_cdf(x, 0.0, 1.0));
//! assert!(ks::statistic(&samples, |x| ks::uniform_cdf(x, 0.0, 1.2)) > ks::critical_value(1000));
//! ```

use cornu_tensor::Scalar;

/// How often [`assert_follows`] refuses samples that do follow the distribution: once in a million.
pub const SIGNIFICANCE: f64 = 1e-6;

/// The largest distance between the empirical distribution of the samples and the distribution function `cdf`.
pub fn statistic(samples: &[f64], cdf: impl Fn(f64) -> f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let distance = |(i, &x): (usize, &f64)| {
        let (p, below, above) = (cdf(x), i as f64 / n, (i + 1) as f64 / n);
        (p - below).max(above - p)
    };
    sorted.iter().enumerate().map(distance).fold(0.0, f64::max)
}

/// The statistic of `n` samples above which they do not follow the distribution: `√(−ln(α/2) / 2n)` with
/// `α` = [`SIGNIFICANCE`].
#[must_use]
pub fn critical_value(n: usize) -> f64 {
    (-(SIGNIFICANCE / 2.0).ln() / (2.0 * n as f64)).sqrt()
}

/// Asserts that the samples follow the distribution.
///
/// # Panics
/// If they do not, or there are none.
#[track_caller]
pub fn assert_follows(samples: &[f64], cdf: impl Fn(f64) -> f64) {
    assert!(!samples.is_empty(), "expected samples. Received: none");
    let (found, limit) = (statistic(samples, cdf), critical_value(samples.len()));
    assert!(
        found <= limit,
        "{} samples do not follow the distribution: expected a statistic of {limit:.6} at most. Received: {found:.6}",
        samples.len()
    );
}

/// `P(X ≤ x)` of `N(mean, stddev²)`.
#[must_use]
pub fn normal_cdf(x: f64, mean: f64, stddev: f64) -> f64 {
    standard_normal_cdf((x - mean) / stddev)
}

/// `P(X ≤ x)` of `N(mean, stddev²)` cut at two standard deviations. `stddev` is that before the cut.
#[must_use]
pub fn truncated_normal_cdf(x: f64, mean: f64, stddev: f64) -> f64 {
    let z = ((x - mean) / stddev).clamp(-2.0, 2.0);
    let (lower, upper) = (standard_normal_cdf(-2.0), standard_normal_cdf(2.0));
    (standard_normal_cdf(z) - lower) / (upper - lower)
}

/// `P(X ≤ x)` of the uniform distribution on `low..high`.
#[must_use]
pub fn uniform_cdf(x: f64, low: f64, high: f64) -> f64 {
    ((x - low) / (high - low)).clamp(0.0, 1.0)
}

fn standard_normal_cdf(z: f64) -> f64 {
    (1.0 + Scalar::erf(z / std::f64::consts::SQRT_2)) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assert_close;

    #[test]
    fn known_probabilities() {
        let normal = [-1.0, 0.0, 1.959_963_984_540_054].map(|z| normal_cdf(3.0 + 2.0 * z, 3.0, 2.0));
        assert_close(&normal, &[0.158_655_253_931_457_05, 0.5, 0.975], 1e-12);
        let cut = [-2.5, -2.0, 0.0, 1.0, 2.0, 9.0].map(|z| truncated_normal_cdf(z, 0.0, 1.0));
        assert_close(&cut, &[0.0, 0.0, 0.5, 0.857_616_386_0, 1.0, 1.0], 1e-8);
        let uniform = [-9.0, -1.0, 0.0, 3.0, 4.0].map(|x| uniform_cdf(x, -1.0, 3.0));
        assert_close(&uniform, &[0.0, 0.0, 0.25, 1.0, 1.0], 0.0);
    }

    #[test]
    fn the_statistic_of_a_few_samples() {
        // One sample at 0.3: the empirical distribution jumps from 0 to 1 there.
        assert_close(&[statistic(&[0.3], |x| x)], &[0.7], 1e-15);
        assert_close(&[statistic(&[0.9, 0.1], |x| x)], &[0.4], 1e-15);
    }

    #[test]
    fn the_wrong_scale_is_found() {
        // The quantiles of a uniform distribution on 0..1, taken for one on 0..1.05.
        let n = 20_000;
        let samples: Vec<f64> = (0..n).map(|i| (i as f64 + 0.5) / n as f64).collect();
        assert_follows(&samples, |x| uniform_cdf(x, 0.0, 1.0));
        assert!(statistic(&samples, |x| uniform_cdf(x, 0.0, 1.05)) > critical_value(n));
        assert!((critical_value(n) - 0.019_047).abs() < 1e-5);
    }

    #[test]
    #[should_panic(expected = "Received: none")]
    fn no_samples_follow_nothing() {
        assert_follows(&[], |x| x);
    }
}
