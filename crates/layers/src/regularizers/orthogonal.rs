//! A penalty on rows or columns that are not orthogonal to each other.

use std::str::FromStr;

use cornu_config::Config;
use cornu_tensor::kernels::{Matrix, MatrixMut, product};
use cornu_tensor::threads::with_memory;
use cornu_tensor::{Scalar, Shape, TensorError, View};

use super::{MODULE, Regularizer, check_factor, sign};
use crate::LayerError;

/// What should be orthogonal to each other. Keras's text parses to it.
///
/// ```
/// use cornu_layers::regularizers::OrthogonalMode;
///
/// assert_eq!("columns".parse(), Ok(OrthogonalMode::Columns));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OrthogonalMode {
    /// The rows of a matrix (`"rows"`).
    #[default]
    Rows,
    /// The columns (`"columns"`).
    Columns,
}

impl FromStr for OrthogonalMode {
    type Err = LayerError;

    fn from_str(name: &str) -> Result<Self, LayerError> {
        match name {
            "rows" => Ok(Self::Rows),
            "columns" => Ok(Self::Columns),
            _ => Err(LayerError::Argument {
                component: "OrthogonalRegularizer",
                argument: "mode",
                expected: "one of rows, columns".to_owned(),
                received: name.to_owned(),
            }),
        }
    }
}

/// `factor` times the mean of `|uᵢ · uⱼ|` over all pairs of different rows (or columns) of a matrix, where
/// `u = w / max(‖w‖, 10⁻⁷)` (`keras.regularizers.OrthogonalRegularizer`; by default 0.01 and rows).
///
/// As in Keras, a single row has no pairs, so that its penalty is NaN; so is the gradient of a row of zeros, which has no
/// direction.
///
/// ```
/// use cornu_layers::regularizers::{OrthogonalMode, OrthogonalRegularizer, Regularizer};
/// use cornu_tensor::Tensor;
///
/// let kernel = Tensor::from([[2.0_f64, 0.0], [0.0, 3.0], [0.0, 1.0]]);
/// let rows = OrthogonalRegularizer::new(0.3)?;
/// assert!((rows.penalty(kernel.view()) - 0.1).abs() < 1e-12); // of three pairs, one is parallel
/// let columns = rows.mode(OrthogonalMode::Columns);
/// assert_eq!(columns.penalty(kernel.view()), 0.0);
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrthogonalRegularizer {
    factor: f64,
    mode: OrthogonalMode,
}

impl OrthogonalRegularizer {
    /// The factor, for rows.
    ///
    /// # Errors
    /// [`LayerError::Argument`] if it is negative or not finite.
    pub fn new(factor: f64) -> Result<Self, LayerError> {
        let factor = check_factor("OrthogonalRegularizer", "factor", factor)?;
        Ok(Self { factor, mode: OrthogonalMode::Rows })
    }

    /// Rows or columns.
    #[must_use]
    pub fn mode(self, mode: OrthogonalMode) -> Self {
        Self { mode, ..self }
    }

    /// From what Keras writes of it.
    ///
    /// # Errors
    /// [`LayerError::Config`] for an argument that is not understood, and as [`OrthogonalRegularizer::new`].
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        let regularizer = Self::new(arguments.or("factor", 0.01)?)?;
        let mode = arguments.get::<String>("mode")?.map_or(Ok(OrthogonalMode::Rows), |mode| mode.parse())?;
        arguments.finish()?;
        Ok(regularizer.mode(mode))
    }

    /// Runs `f` on the unit vectors of a matrix, in its own form; on their inverse norms, before the limit; on their
    /// products with each other; and on memory for a matrix more.
    fn with_products<T: Scalar, R>(
        self,
        values: View<'_, T>,
        f: impl FnOnce(Products<'_, T>) -> Result<R, TensorError>,
    ) -> Result<R, TensorError> {
        let &[rows, columns] = values.shape().dims() else {
            let expected = "a matrix".to_owned();
            return Err(TensorError::Shape { op: "OrthogonalRegularizer", expected, received: values.shape() });
        };
        let of_rows = self.mode == OrthogonalMode::Rows;
        let count = if of_rows { rows } else { columns };
        let size = rows * columns;
        with_memory(count + 2 * size + count * count, |memory| {
            let (inverse, memory) = memory.split_at_mut(count);
            let (units, memory) = memory.split_at_mut(size);
            let (products, spare) = memory.split_at_mut(count * count);
            inverse.fill(T::zero());
            let vector = |place: usize| if of_rows { place / columns } else { place % columns };
            for (place, &value) in values.as_slice().iter().enumerate() {
                inverse[vector(place)] += value * value;
            }
            inverse.iter_mut().for_each(|square| *square = T::one() / square.sqrt());
            for (place, (unit, &value)) in units.iter_mut().zip(values.as_slice()).enumerate() {
                *unit = value * limited(inverse[vector(place)]);
            }
            let matrix = Matrix::new(units, rows, columns)?;
            let (left, right) = if of_rows { (matrix, matrix.transposed()) } else { (matrix.transposed(), matrix) };
            product(MatrixMut::new(products, count, count)?, T::zero(), left, right)?;
            f(Products { rows, columns, count, units, inverse, products, spare })
        })
    }

    /// The factor on the sum over the pairs.
    fn share<T: Scalar>(self, count: usize) -> T {
        let count = count as f64;
        T::of(self.factor) / T::of(count * (count - 1.0) / 2.0)
    }
}

/// What the penalty and its gradient are made of.
struct Products<'a, T> {
    rows: usize,
    columns: usize,
    count: usize,
    units: &'a [T],
    inverse: &'a [T],
    products: &'a mut [T],
    spare: &'a mut [T],
}

/// The inverse of a norm of at least Keras's `backend.epsilon()`.
fn limited<T: Scalar>(inverse: T) -> T {
    let most = T::of(1e7);
    if inverse > most { most } else { inverse }
}

impl Default for OrthogonalRegularizer {
    fn default() -> Self {
        Self { factor: 0.01, mode: OrthogonalMode::Rows }
    }
}

impl<T: Scalar> Regularizer<T> for OrthogonalRegularizer {
    fn check(&self, shape: Shape) -> Result<(), LayerError> {
        if shape.rank() == 2 {
            return Ok(());
        }
        Err(LayerError::Other {
            layer: "OrthogonalRegularizer".to_owned(),
            message: format!("expected values of two dimensions. Received: shape={shape}"),
        })
    }

    /// NaN for values that are no matrix.
    fn penalty(&self, values: View<'_, T>) -> T {
        let penalty = self.with_products(values, |Products { count, products, .. }| {
            // Above the diagonal: each pair once.
            let above = products.chunks_exact(count.max(1)).enumerate().flat_map(|(i, row)| &row[i + 1..]);
            let sum: f64 = above.map(|product| product.to_f64().abs()).sum();
            Ok(T::of(sum) * self.share(count))
        });
        penalty.unwrap_or_else(|_| T::of(f64::NAN))
    }

    /// NaN for values that are no matrix.
    fn add_gradient(&self, values: View<'_, T>, gradient: &mut [T]) {
        let added = self.with_products(values, |all| {
            let Products { rows, columns, count, units, inverse, products, spare } = all;
            // With respect to a unit vector, the sum has the slope Σ sign(uᵢ·uⱼ)·uⱼ. What of that lies along the vector
            // itself, Σ|uᵢ·uⱼ|·uᵢ, does not change its direction; below the limit of the norm, there it grows.
            for (i, (row, &inverse)) in products.chunks_exact_mut(count.max(1)).zip(inverse).enumerate() {
                row[i] = T::zero();
                let along = row.iter().fold(T::zero(), |sum, product| sum + product.abs());
                row.iter_mut().for_each(|product| *product = sign(*product));
                row[i] = if inverse == T::one() / T::zero() {
                    T::of(f64::NAN)
                } else if inverse > limited(inverse) {
                    T::zero()
                } else {
                    -along
                };
            }
            let (units, signs) = (Matrix::new(units, rows, columns)?, Matrix::new(products, count, count)?);
            let of_rows = self.mode == OrthogonalMode::Rows;
            let (left, right) = if of_rows { (signs, units) } else { (units, signs) };
            product(MatrixMut::new(spare, rows, columns)?, T::zero(), left, right)?;
            let share: T = self.share(count);
            for (place, (g, &slope)) in gradient.iter_mut().zip(&*spare).enumerate() {
                let vector = if of_rows { place / columns } else { place % columns };
                *g += share * limited(inverse[vector]) * slope;
            }
            Ok(())
        });
        if added.is_err() {
            gradient.fill(T::of(f64::NAN));
        }
    }

    /// With the factor as the numbers of this type have it, as in Keras.
    fn get_config(&self) -> Option<Config> {
        let mode = match self.mode {
            OrthogonalMode::Rows => "rows",
            OrthogonalMode::Columns => "columns",
        };
        Some(
            Config::new(MODULE, "OrthogonalRegularizer").with("factor", T::of(self.factor).to_f64()).with("mode", mode),
        )
    }
}
