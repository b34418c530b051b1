//! How many inputs and outputs a unit of a weight has.

use cornu_tensor::Shape;

use crate::InitializerError;

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

impl Fans {
    /// The fans of a weight whose inputs and outputs lie along these axes; a negative one counts from the end. Each fan is
    /// the product of the dimensions (`keras.src.initializers.compute_fans` with `input_axes` and `output_axes`).
    ///
    /// # Errors
    /// [`InitializerError::Shape`] if the shape lacks one of the axes.
    ///
    /// ```
    /// use cornu_initializers::Fans;
    ///
    /// let fans = Fans::along([8, 4, 16].into(), [0], [1, -1])?;
    /// assert_eq!(fans, Fans { fan_in: 8, fan_out: 64 });
    /// assert!(Fans::along([8, 4].into(), [0], [2]).is_err());
    /// # Ok::<(), cornu_initializers::InitializerError>(())
    /// ```
    pub fn along(
        shape: Shape,
        input_axes: impl IntoIterator<Item = isize>,
        output_axes: impl IntoIterator<Item = isize>,
    ) -> Result<Self, InitializerError> {
        Ok(Self { fan_in: product(shape, input_axes)?, fan_out: product(shape, output_axes)? })
    }
}

/// The product of the dimensions along these axes; beside one of 0 the others may be of any size.
fn product(shape: Shape, axes: impl IntoIterator<Item = isize>) -> Result<usize, InitializerError> {
    let rank = shape.rank();
    axes.into_iter().try_fold(1_usize, |product, axis| {
        let place = if axis < 0 { rank.checked_sub(axis.unsigned_abs()) } else { Some(axis.unsigned_abs()) };
        match place.and_then(|place| shape.dims().get(place)) {
            Some(&dim) => Ok(product.saturating_mul(dim)),
            None => {
                let expected = format!("a shape with the axis {axis}");
                Err(InitializerError::Shape { initializer: "VarianceScaling", expected, received: shape })
            }
        }
    })
}
