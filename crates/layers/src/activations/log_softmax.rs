//! The logarithms of probabilities.

use cornu_config::Config;
use cornu_tensor::Scalar;
use cornu_tensor::threads::with_memory;

use super::{Activation, function, map};

/// `xᵢ − ln Σⱼ e^xⱼ` over each row (`keras.activations.log_softmax`, axis −1): the logarithm of [`super::Softmax`].
///
/// The largest value of the row is taken off first, so that no exponential overflows. The gradient is
/// `gᵢ − e^yᵢ · Σⱼ gⱼ`.
///
/// ```
/// use cornu_layers::activations::{Activation, LogSoftmax};
///
/// let mut values = [3.0_f64, 3.0, 800.0, 0.0]; // two rows of two
/// LogSoftmax.apply(&mut values, 2);
/// assert!((values[0] + 2.0_f64.ln()).abs() < 1e-12);
/// assert_eq!(values[2..], [0.0, -800.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogSoftmax;

impl<T: Scalar> Activation<T> for LogSoftmax {
    fn name(&self) -> &'static str {
        "log_softmax"
    }

    fn apply(&self, values: &mut [T], width: usize) {
        with_memory(width, |powers| {
            for row in values.chunks_exact_mut(width.max(1)) {
                let largest = row.iter().copied().fold(row[0], |a, b| if b > a { b } else { a });
                row.iter_mut().for_each(|x| *x -= largest);
                powers.copy_from_slice(row);
                map(powers, T::fast_exp);
                let sum = powers.iter().fold(T::zero(), |sum, &e| sum + e).fast_ln();
                row.iter_mut().for_each(|x| *x -= sum);
            }
        });
    }

    fn backward(&self, from: &[T], gradient: &mut [T], width: usize) {
        let width = width.max(1);
        for (gradient, y) in gradient.chunks_exact_mut(width).zip(from.chunks_exact(width)) {
            let sum = gradient.iter().fold(T::zero(), |sum, &g| sum + g);
            for (g, y) in gradient.iter_mut().zip(y) {
                *g -= y.fast_exp() * sum;
            }
        }
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("log_softmax"))
    }
}
