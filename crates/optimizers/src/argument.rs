//! The ranges of the arguments.

use crate::OptimizerError;

/// A finite number, 0 or more: a learning rate, an epsilon.
pub(crate) fn not_negative(optimizer: &'static str, argument: &'static str, value: f64) -> Result<f64, OptimizerError> {
    if value.is_finite() && value >= 0.0 {
        return Ok(value);
    }
    Err(error(optimizer, argument, "a finite number, 0 or more", value))
}

/// A number from 0 to 1, both allowed: a momentum.
pub(crate) fn fraction(optimizer: &'static str, argument: &'static str, value: f64) -> Result<f64, OptimizerError> {
    if (0.0..=1.0).contains(&value) {
        return Ok(value);
    }
    Err(error(optimizer, argument, "a number from 0 to 1", value))
}

/// A number from 0 to 1, 1 not allowed: how much of a moving average stays.
pub(crate) fn decay(optimizer: &'static str, argument: &'static str, value: f64) -> Result<f64, OptimizerError> {
    if (0.0..1.0).contains(&value) {
        return Ok(value);
    }
    Err(error(optimizer, argument, "0 or more and less than 1", value))
}

/// A number from 0 to 1, 0 not allowed: a share that is divided by.
pub(crate) fn share(optimizer: &'static str, argument: &'static str, value: f64) -> Result<f64, OptimizerError> {
    if value > 0.0 && value <= 1.0 {
        return Ok(value);
    }
    Err(error(optimizer, argument, "above 0 and no more than 1", value))
}

/// A finite number above 0: a factor that is divided by.
pub(crate) fn positive(optimizer: &'static str, argument: &'static str, value: f64) -> Result<f64, OptimizerError> {
    if value.is_finite() && value > 0.0 {
        return Ok(value);
    }
    Err(error(optimizer, argument, "a finite number above 0", value))
}

/// Any number but NaN and the infinities.
pub(crate) fn finite(optimizer: &'static str, argument: &'static str, value: f64) -> Result<f64, OptimizerError> {
    if value.is_finite() {
        return Ok(value);
    }
    Err(error(optimizer, argument, "a finite number", value))
}

/// The error of an argument that came as it must not.
pub(crate) fn error(
    optimizer: &'static str,
    argument: &'static str,
    expected: &'static str,
    received: impl ToString,
) -> OptimizerError {
    OptimizerError::Argument { optimizer, argument, expected, received: received.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits() {
        let (none, one, below) = (0.0, 1.0, 1.0 - f64::EPSILON);
        let allowed = |check: fn(&'static str, &'static str, f64) -> Result<f64, OptimizerError>, value| {
            check("Adam", "x", value).is_ok()
        };
        for value in [f64::NAN, f64::INFINITY, -f64::INFINITY, -f64::MIN_POSITIVE] {
            assert!(!allowed(not_negative, value) && !allowed(fraction, value) && !allowed(decay, value));
        }
        assert!(allowed(not_negative, none) && allowed(fraction, none) && allowed(decay, none));
        assert!(allowed(not_negative, 5.0) && !allowed(fraction, 1.0 + f64::EPSILON));
        assert!(!allowed(positive, none) && allowed(positive, f64::MIN_POSITIVE) && !allowed(positive, f64::INFINITY));
        assert!(allowed(finite, -5.0) && !allowed(finite, f64::NAN));
        assert!(allowed(fraction, one) && !allowed(decay, one) && allowed(decay, below));
    }

    #[test]
    fn the_message_ends_with_what_came() {
        let error = decay("Adam", "beta_1", 1.5).unwrap_err();
        let message = "Adam: expected `beta_1` to be 0 or more and less than 1. Received: beta_1=1.5";
        assert_eq!(error.to_string(), message);
    }
}
