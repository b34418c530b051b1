//! Probabilities from a row of values.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function, map};

/// `e^xᵢ / Σⱼ e^xⱼ` over each row (`keras.activations.softmax`, axis −1).
///
/// The largest value of the row is taken off first, so that no exponential overflows. The gradient is
/// `yᵢ·(gᵢ − Σⱼ gⱼyⱼ)`.
///
/// ```
/// use cornu_layers::activations::{Activation, Softmax};
///
/// let mut values = [3.0_f64, 3.0, 800.0, 0.0]; // two rows of two
/// Softmax.apply(&mut values, 2);
/// assert_eq!(values, [0.5, 0.5, 1.0, 0.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Softmax;

impl<T: Scalar> Activation<T> for Softmax {
    fn name(&self) -> &'static str {
        "softmax"
    }

    fn apply(&self, values: &mut [T], width: usize) {
        let width = width.max(1);
        for row in values.chunks_exact_mut(width) {
            let largest = row.iter().copied().fold(row[0], |a, b| if b > a { b } else { a });
            row.iter_mut().for_each(|x| *x -= largest);
        }
        // All at once: short rows would not fill the processor's vectors.
        map(values, T::fast_exp);
        for row in values.chunks_exact_mut(width) {
            let sum = row.iter().fold(T::zero(), |sum, &y| sum + y);
            row.iter_mut().for_each(|y| *y /= sum);
        }
    }

    fn backward(&self, from: &[T], gradient: &mut [T], width: usize) {
        let width = width.max(1);
        for (gradient, y) in gradient.chunks_exact_mut(width).zip(from.chunks_exact(width)) {
            let mean = gradient.iter().zip(y).fold(T::zero(), |sum, (&g, &y)| sum + g * y);
            for (g, &y) in gradient.iter_mut().zip(y) {
                *g = y * (*g - mean);
            }
        }
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("softmax"))
    }
}
