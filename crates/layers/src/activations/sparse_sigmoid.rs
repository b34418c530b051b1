//! The logistic function in three straight pieces, and steeper.

use cornu_config::Config;
use cornu_tensor::Scalar;

use super::{Activation, function, map, scale};

/// 0 for `x ≤ −1`, 1 for `x ≥ 1`, `(x + 1)/2` between them (`keras.activations.sparse_sigmoid`). The derivative at both ends
/// is that of the middle, halved.
///
/// Source: [Blondel et al., 2019](https://arxiv.org/abs/1901.02324).
///
/// ```
/// use cornu_layers::activations::{Activation, SparseSigmoid};
///
/// let mut values = [-2.0_f32, 0.0, 0.5, 2.0];
/// SparseSigmoid.apply(&mut values, 4);
/// assert_eq!(values, [0.0, 0.5, 0.75, 1.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SparseSigmoid;

impl<T: Scalar> Activation<T> for SparseSigmoid {
    fn name(&self) -> &'static str {
        "sparse_sigmoid"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        let two = T::of(2.0);
        map(values, |x| {
            let above = x + T::one();
            let above = if above < T::zero() { T::zero() } else { above };
            (if above > two { two } else { above }) / two
        });
    }

    /// The output does not tell an end from what lies beyond it.
    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        let half = T::of(0.5);
        scale(gradient, from, |x| {
            let (above, two) = (x + T::one(), T::of(2.0));
            let end = above.is_zero() || above == two;
            let inside = above > T::zero() && above < two;
            if inside {
                half
            } else if end {
                half * half
            } else {
                T::zero()
            }
        });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("sparse_sigmoid"))
    }
}
