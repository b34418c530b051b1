//! A random orthogonal matrix.

use cornu_config::Config;
use cornu_tensor::kernels::{Line, Reflections};
use cornu_tensor::{Scalar, Shape, Tensor, threads};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::{Initializer, InitializerError, MODULE, random};

/// An orthogonal matrix, drawn evenly from all of them, times `gain`.
///
/// A weight of shape `(d₁, …, dₙ)` is seen as a matrix of `d₁·…·dₙ₋₁` rows and `dₙ` columns. If it has fewer
/// rows than columns its rows are orthonormal, otherwise its columns: `Q` of the QR decomposition of a matrix
/// of normal values, the signs fixed by a positive diagonal of `R`. Nothing is decomposed: such a `Q` is `H₁·H₂·…·D`,
/// where `Hₖ` reflects a normal vector of its own, of one value less than the one before, onto the k-th axis, and the
/// diagonal `D` turns the columns whose vector came onto the negative half. All this is computed in `f64`.
///
/// Sources: [Saxe et al., 2014](https://openreview.net/forum?id=_wzZwKpTDF_9C), for the initializer; G. W. Stewart, 1980,
/// "The efficient generation of random orthogonal matrices with an application to condition estimators", SIAM J. Numer.
/// Anal. 17, for the method.
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

    /// From what Keras writes of it.
    ///
    /// # Errors
    /// [`InitializerError::Config`] for an argument that is not understood, and as [`Orthogonal::new`].
    pub fn from_config(config: &Config) -> Result<Self, InitializerError> {
        let mut arguments = config.arguments();
        let orthogonal = Self { seed: random::read_seed(&mut arguments)?, ..Self::new(arguments.or("gain", 1.0)?)? };
        arguments.finish()?;
        Ok(orthogonal)
    }
}

impl Default for Orthogonal {
    fn default() -> Self {
        Self { gain: 1.0, seed: None }
    }
}

/// The columns of a panel, and the reflections of a group.
const WIDTH: usize = Line::WIDTH;

impl<T: Scalar> Initializer<T> for Orthogonal {
    fn init(&self, shape: Shape, rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        if shape.rank() < 2 {
            let expected = "a shape of at least two dimensions".to_owned();
            return Err(InitializerError::Shape { initializer: "Orthogonal", expected, received: shape });
        }
        let key = random::key(self.seed, rng);
        let mut tensor = Tensor::zeros(shape);
        if tensor.is_empty() {
            return Ok(tensor);
        }
        let (rows, columns) = (shape.rows(), shape.last_dim());
        let (long, short) = (rows.max(columns), rows.min(columns));
        let q = columns_of(&reflections(long, short, key), long, short);
        let round = |value: f64| T::of(self.gain * value);
        // Eight rows of the tensor are a panel, or eight lines of each.
        let width = WIDTH * columns;
        threads::over_blocks(tensor.as_mut_slice(), width, shape.size(), &|block, eight_rows| {
            let rows_of_eight = eight_rows.chunks_exact_mut(columns);
            if rows < columns {
                let panel = &q[block * long..][..long];
                for (j, row) in rows_of_eight.enumerate() {
                    row.iter_mut().zip(panel).for_each(|(value, line)| *value = round(line.0[j]));
                }
            } else {
                for (j, row) in rows_of_eight.enumerate() {
                    let lines = q.iter().skip(block * WIDTH + j).step_by(long);
                    let values =
                        row.chunks_mut(WIDTH).zip(lines).flat_map(|(values, line)| values.iter_mut().zip(line.0));
                    values.for_each(|(value, q)| *value = round(q));
                }
            }
        });
        Ok(tensor)
    }

    fn get_config(&self) -> Option<Config> {
        Some(Config::new(MODULE, "Orthogonal").with("seed", self.seed).with("gain", self.gain))
    }
}

/// The reflections of `count` normal vectors, of `len` values, `len − 1`, and so on, eight in a group. Each vector has
/// a stream of its own.
fn reflections(len: usize, count: usize, key: u64) -> Vec<Reflections> {
    let mut groups = vec![Reflections::default(); count.div_ceil(WIDTH)];
    threads::over_blocks(&mut groups, 1, random::VALUE * len * count, &|index, group| {
        let start = index * WIDTH;
        let mut vectors = vec![Line::default(); len - start];
        for j in 0..WIDTH.min(count - start) {
            let mut rng = random::generator(random::derive(key, (start + j) as u64));
            vectors[j..].iter_mut().for_each(|line| line.0[j] = StandardNormal.sample(&mut rng));
        }
        group.fill(Reflections::new(vectors));
    });
    groups
}

/// The first `count` columns of the product of the reflections, those of a negative sign turned, in panels of eight
/// columns: a line holds a row of a panel.
fn columns_of(groups: &[Reflections], len: usize, count: usize) -> Vec<Line> {
    let mut q = vec![Line::default(); groups.len() * len];
    threads::over_blocks(&mut q, len, len * count * count, &|index, panel| {
        for (j, (line, sign)) in panel[index * WIDTH..].iter_mut().zip(groups[index].signs()).enumerate() {
            line.0[j] = sign;
        }
        // These columns of the identity are left alone by later reflections.
        Reflections::apply(&groups[..=index], panel);
    });
    q
}
