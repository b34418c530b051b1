//! Values kept within bounds, such as probabilities away from 0 and 1, and the slopes of that.
//!
//! On a bound the slope is the half, as JAX has it.

use cornu_tensor::Scalar;

/// Keras's epsilon (`keras.config.epsilon()`).
pub(crate) const EPSILON: f64 = 1e-7;

/// The smallest and the largest probability.
pub(crate) fn bounds<T: Scalar>() -> (T, T) {
    (T::of(EPSILON), T::of(1.0 - EPSILON))
}

/// The probability, not under 1e-7 and not over 1 − 1e-7.
pub(crate) fn clip<T: Scalar>(p: T) -> T {
    let (low, high) = bounds();
    clip_between(p, low, high)
}

/// The derivative of [`clip`]: 1 between the bounds, 0 outside, and on a bound the half.
pub(crate) fn slope<T: Scalar>(p: T) -> T {
    let (low, high) = bounds();
    slope_between(p, low, high)
}

/// The value, not under `low` and not over `high`.
pub(crate) fn clip_between<T: Scalar>(x: T, low: T, high: T) -> T {
    if x < low {
        low
    } else if x > high {
        high
    } else {
        x
    }
}

/// The derivative of [`clip_between`].
pub(crate) fn slope_between<T: Scalar>(x: T, low: T, high: T) -> T {
    if x > low && x < high {
        T::one()
    } else if x == low || x == high {
        T::of(0.5)
    } else {
        T::zero()
    }
}

/// `max(x, 0)`; NaN stays.
pub(crate) fn positive<T: Scalar>(x: T) -> T {
    if x < T::zero() { T::zero() } else { x }
}

/// The derivative of `max(x, least)`.
pub(crate) fn slope_above<T: Scalar>(x: T, least: T) -> T {
    if x > least {
        T::one()
    } else if x == least {
        T::of(0.5)
    } else {
        T::zero()
    }
}
