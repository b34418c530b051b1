//! A tensor as an initializer: the weight begins with exactly these values, as Keras takes an array.

use cornu_tensor::{Scalar, Shape, Tensor};
use rand::Rng;

use crate::{Initializer, InitializerError};

/// The values themselves; the shape asked for must be the tensor's.
///
/// ```
/// use cornu_initializers::{Initializer, random};
/// use cornu_tensor::Tensor;
///
/// let given = Tensor::from([1.0_f32, 2.0]);
/// assert_eq!(given.init([2].into(), &mut random::generator(0))?, given);
/// assert!(given.init([3].into(), &mut random::generator(0)).is_err());
/// # Ok::<(), cornu_initializers::InitializerError>(())
/// ```
impl<T: Scalar> Initializer<T> for Tensor<T> {
    fn init(&self, shape: Shape, _rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        if shape != self.shape() {
            let expected = format!("the shape of its tensor, {}", self.shape());
            return Err(InitializerError::Shape { initializer: "a given tensor", expected, received: shape });
        }
        Ok(self.clone())
    }
}
