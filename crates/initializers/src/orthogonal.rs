//! A random orthogonal matrix.

use cornu_tensor::{Scalar, Shape, Tensor};
use rand::Rng;
use rand_distr::StandardNormal;

use crate::{Initializer, InitializerError, random};

/// An orthogonal matrix, drawn evenly from all of them, times `gain`.
///
/// A weight of shape `(d₁, …, dₙ)` is seen as a matrix of `d₁·…·dₙ₋₁` rows and `dₙ` columns. If it has fewer
/// rows than columns its rows are orthonormal, otherwise its columns: `Q` of the QR decomposition of a matrix
/// of normal values, the signs fixed by a positive diagonal of `R`. The decomposition is made in `f64`.
/// Source: [Saxe et al., 2014](https://openreview.net/forum?id=_wzZwKpTDF_9C).
///
/// ```
/// use cornu_initializers::{Initializer, Orthogonal, random};
/// use cornu_tensor::Tensor;
///
/// let q: Tensor<f64> = Orthogonal::new(1.0)?.init([5, 3].into(), &mut random::generator(0))?;
/// let q = q.to_dmatrix().unwrap();
/// assert!((q.transpose() * &q).is_identity(1e-12));
/// # Ok::<(), cornu_initializers::InitializerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Orthogonal {
    gain: f64,
    seed: Option<u64>,
}

impl Orthogonal {
    /// The factor on the orthogonal matrix. Keras's default is 1.
    ///
    /// # Errors
    /// [`InitializerError::Argument`] if it is not finite.
    pub fn new(gain: f64) -> Result<Self, InitializerError> {
        if !gain.is_finite() {
            return Err(InitializerError::Argument {
                initializer: "Orthogonal",
                argument: "gain",
                expected: "a finite number",
                received: gain.to_string(),
            });
        }
        Ok(Self { gain, seed: None })
    }

    /// The same values at every call.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }
}

impl Default for Orthogonal {
    fn default() -> Self {
        Self { gain: 1.0, seed: None }
    }
}

impl<T: Scalar> Initializer<T> for Orthogonal {
    fn init(&self, shape: Shape, rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        if shape.rank() < 2 {
            let expected = "a shape of at least two dimensions".to_owned();
            return Err(InitializerError::Shape { initializer: "Orthogonal", expected, received: shape });
        }
        let key = random::key(self.seed, rng);
        if shape.size() == 0 {
            return Ok(Tensor::zeros(shape));
        }
        let (rows, columns) = (shape.rows(), shape.last_dim());
        let mut normal = Tensor::<f64>::zeros([rows.max(columns), rows.min(columns)]);
        random::fill(normal.as_mut_slice(), key, &StandardNormal);
        // nalgebra gives R a positive diagonal, which makes Q unique.
        let q = normal.to_dmatrix()?.qr().q();
        let q = if rows < columns { q.transpose() } else { q };
        Ok(Tensor::from_fn(shape, |i| T::of(self.gain * q[(i / columns, i % columns)])))
    }
}
