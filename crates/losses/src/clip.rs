//! Probabilities kept away from 0 and 1, so that their logarithm is finite.

use cornu_tensor::Scalar;

/// Keras's epsilon (`keras.config.epsilon()`).
const EPSILON: f64 = 1e-7;

/// The smallest and the largest probability.
pub(crate) fn bounds<T: Scalar>() -> (T, T) {
    (T::of(EPSILON), T::of(1.0 - EPSILON))
}

/// The probability, not under 1e-7 and not over 1 − 1e-7.
pub(crate) fn clip<T: Scalar>(p: T) -> T {
    let (low, high) = bounds();
    if p < low {
        low
    } else if p > high {
        high
    } else {
        p
    }
}

/// The derivative of [`clip`]: 1 between the bounds, 0 outside, and on a bound the half, as JAX has it.
pub(crate) fn slope<T: Scalar>(p: T) -> T {
    let (low, high) = bounds();
    if p > low && p < high {
        T::one()
    } else if p == low || p == high {
        T::of(0.5)
    } else {
        T::zero()
    }
}
