//! The two loops that every activation which takes value by value needs.

use cornu_tensor::Scalar;

/// Replaces every value by `f` of it.
///
/// ```
/// let mut values = [1.0_f32, -2.0];
/// cornu_layers::activations::map(&mut values, |x| x * x);
/// assert_eq!(values, [1.0, 4.0]);
/// ```
pub fn map<T: Scalar>(values: &mut [T], f: impl Fn(T) -> T) {
    for value in values {
        *value = f(*value);
    }
}

/// Multiplies every value of the gradient by the slope at its place: `gradient[i] *= slope(from[i])`.
///
/// ```
/// let mut gradient = [1.0_f32, 1.0];
/// cornu_layers::activations::scale(&mut gradient, &[3.0, -2.0], |x| x + x);
/// assert_eq!(gradient, [6.0, -4.0]);
/// ```
pub fn scale<T: Scalar>(gradient: &mut [T], from: &[T], slope: impl Fn(T) -> T) {
    for (g, &value) in gradient.iter_mut().zip(from) {
        *g *= slope(value);
    }
}
