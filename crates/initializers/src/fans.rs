//! How many inputs and outputs a unit of a weight has.

use cornu_tensor::Shape;

/// The number of inputs and outputs a weight connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fans {
    /// Inputs of one unit.
    pub fan_in: usize,
    /// Outputs of one unit.
    pub fan_out: usize,
}

/// The fans of a weight of this shape (`keras.src.initializers.compute_fans`).
///
/// | shape | fan in | fan out |
/// |---|---|---|
/// | `()` | 1 | 1 |
/// | `(n,)` | n | n |
/// | `(i, o)` | i | o |
/// | `(…, i, o)`, a convolution's kernel | i · receptive field | o · receptive field |
///
/// ```
/// use cornu_initializers::compute_fans;
///
/// let fans = compute_fans([3, 3, 16, 32].into());
/// assert_eq!((fans.fan_in, fans.fan_out), (9 * 16, 9 * 32));
/// ```
#[must_use]
pub fn compute_fans(shape: Shape) -> Fans {
    match shape.dims() {
        [] => Fans { fan_in: 1, fan_out: 1 },
        &[units] => Fans { fan_in: units, fan_out: units },
        [field @ .., inputs, outputs] => {
            // Beside a dimension of 0 the others may be of any size.
            let times = |count: &usize| field.iter().fold(*count, |product, &dim| product.saturating_mul(dim));
            Fans { fan_in: times(inputs), fan_out: times(outputs) }
        }
    }
}
