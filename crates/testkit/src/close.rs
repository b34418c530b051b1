//! Whether two lists of numbers agree.

use cornu_tensor::Scalar;

/// Asserts `|a − e| ≤ tolerance · max(1, |e|)` for every pair. NaN agrees with NaN, an infinity with itself.
///
/// # Panics
/// If the lengths differ or a pair does not agree. The message shows the pair that is farthest off.
///
/// ```
/// use cornu_testkit::assert_close;
///
/// assert_close(&[1.0_f32, 2000.0], &[1.0, 2000.1], 1e-4);
/// assert_close(&[f64::NAN, f64::INFINITY], &[f64::NAN, f64::INFINITY], 0.0);
/// ```
#[track_caller]
pub fn assert_close<T: Scalar>(actual: &[T], expected: &[T], tolerance: f64) {
    assert!(actual.len() == expected.len(), "expected {} values. Received: {} values", expected.len(), actual.len());
    let mut worst = (0, 0.0);
    let mut wrong = 0;
    for (i, (a, e)) in actual.iter().zip(expected).enumerate() {
        let error = error(a.to_f64(), e.to_f64());
        if error > tolerance {
            wrong += 1;
        }
        if error > worst.1 {
            worst = (i, error);
        }
    }
    let (index, error) = worst;
    assert!(
        wrong == 0,
        "{wrong} of {} values are not close. The worst, at index {index}: expected {}, error {error:e} against the \
         tolerance {tolerance:e}. Received: {}",
        expected.len(),
        expected[index],
        actual[index]
    );
}

/// `|a − e| / max(1, |e|)`; infinite where only one of the two is NaN, or an infinity differs.
fn error(actual: f64, expected: f64) -> f64 {
    if actual == expected || (actual.is_nan() && expected.is_nan()) {
        return 0.0;
    }
    let error = (actual - expected).abs() / expected.abs().max(1.0);
    if error.is_nan() { f64::INFINITY } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_values() {
        assert_eq!(error(f64::NAN, f64::NAN), 0.0);
        assert_eq!(error(f64::NAN, 1.0), f64::INFINITY);
        assert_eq!(error(1.0, f64::NAN), f64::INFINITY);
        assert_eq!(error(f64::NEG_INFINITY, f64::INFINITY), f64::INFINITY);
        assert_eq!(error(1.0, f64::INFINITY), f64::INFINITY);
        assert_eq!(error(f64::INFINITY, 1.0), f64::INFINITY);
        assert_eq!(error(3.0, 2.0), 0.5);
    }

    #[test]
    #[should_panic(expected = "2 of 3 values are not close. The worst, at index 2: expected 3, error 1e0")]
    fn the_message_shows_the_worst() {
        assert_close(&[1.0, 2.5, 6.0], &[1.0, 2.0, 3.0], 1e-3);
    }

    #[test]
    #[should_panic(expected = "The worst, at index 1")]
    fn nan_is_the_worst() {
        assert_close(&[9.0, f64::NAN], &[1.0, 1.0], 1e-3);
    }

    #[test]
    #[should_panic(expected = "expected 2 values. Received: 1 values")]
    fn lengths_must_agree() {
        assert_close(&[1.0], &[1.0, 1.0], 1.0);
    }
}
