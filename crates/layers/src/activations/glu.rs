//! The gated linear unit.

use cornu_config::Config;
use cornu_tensor::Scalar;
use cornu_tensor::kernels::{Routine, dispatch};

use super::sigmoid::sigmoid;
use super::{Activation, function};

/// `a · sigmoid(b)`, a being the first half of each row and b the second (`keras.activations.glu`, axis −1).
///
/// The output is half as wide as the input: see [`Activation::halves`].
///
/// Source: [Dauphin et al., 2017](https://arxiv.org/abs/1612.08083).
///
/// ```
/// use cornu_layers::{Activation, Built};
/// use cornu_tensor::Tensor;
///
/// let glu = Built::<f64>::new(Activation::new("glu"), &[[4].into()], 0)?;
/// assert_eq!(glu.call(&Tensor::from([[3.0, -2.0, 0.0, 800.0]]))?, Tensor::from([[1.5, -2.0]]));
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Glu;

/// The way forward, in place.
struct Apply<'a, T> {
    values: &'a mut [T],
    width: usize,
}

impl<T: Scalar> Routine for Apply<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for row in self.values.chunks_exact_mut(self.width.max(1)) {
            let (a, b) = row.split_at_mut(self.width / 2);
            for (a, &b) in a.iter_mut().zip(&*b) {
                *a *= sigmoid(b);
            }
        }
    }
}

/// The way back, in place.
struct Back<'a, T> {
    from: &'a [T],
    gradient: &'a mut [T],
    width: usize,
}

impl<T: Scalar> Routine for Back<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (width, half) = (self.width.max(1), self.width / 2);
        for (row, gradient) in self.from.chunks_exact(width).zip(self.gradient.chunks_exact_mut(width)) {
            let ((a, b), (to_a, to_b)) = (row.split_at(half), gradient.split_at_mut(half));
            for ((&a, &b), (to_a, to_b)) in a.iter().zip(b).zip(to_a.iter_mut().zip(to_b)) {
                let s = sigmoid(b);
                *to_b = *to_a * a * s * (T::one() - s);
                *to_a *= s;
            }
        }
    }
}

impl<T: Scalar> Activation<T> for Glu {
    fn name(&self) -> &'static str {
        "glu"
    }

    fn halves(&self) -> bool {
        true
    }

    fn apply(&self, values: &mut [T], width: usize) {
        dispatch(Apply { values, width });
    }

    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], width: usize) {
        dispatch(Back { from, gradient, width });
    }

    fn get_config(&self) -> Option<Config> {
        Some(function("glu"))
    }
}
