//! The cosine of the angle between label and prediction, with a minus.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::axes::Axis;
use crate::clip::EPSILON;
use crate::common::{common, written};
use crate::rows::sum_of_terms;
use crate::shapes::row_length;
use crate::{Loss, LossError, Reduction};

const NAME: &str = "cosine_similarity";

/// `−Σ t·p` along the last dimension, where `t` and `p` are `y_true` and `y_pred` divided by their lengths
/// (`keras.losses.CosineSimilarity`): −1 for the same direction, 1 for opposite ones, 0 for right angles.
///
/// - Labels have the shape of the predictions; `(n,)` and `(n, 1)` fit each other.
/// - The gradient is `(c·p − t) / |y_pred|`, `c` the cosine.
/// - A vector of zeros has the cosine 0 with every other. (A length under 1e-7 counts as 1e-7; the gradient at zeros is
///   then `−t / 1e-7`, where Keras on JAX gives NaN.)
/// - [`axis`](Self::axis): the vectors lie along that dimension instead of the last. Keras's config does not say it.
///
/// ```
/// use cornu_losses::{CosineSimilarity, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([[0.0_f32, 1.0], [1.0, 1.0]]);
/// let y_pred = Tensor::from([[1.0, 0.0], [1.0, 1.0]]);
/// let value = Evaluator::new().value(&CosineSimilarity::new(), y_true.view(), y_pred.view(), None)?;
/// assert!((value + 0.5).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CosineSimilarity {
    axis: Axis,
    reduction: Reduction,
    name: Option<String>,
}

impl CosineSimilarity {
    /// Keras's defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The dimension along which the vectors lie; −1, the last, unless given.
    #[must_use]
    pub fn axis(self, axis: isize) -> Self {
        Self { axis: Axis(axis), ..self }
    }

    /// How the values become one number.
    #[must_use]
    pub fn with_reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Another name than `"cosine_similarity"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// The loss that [`Loss::get_config`] wrote.
    ///
    /// # Errors
    /// [`LossError::Config`] for arguments that it does not have, [`LossError::Argument`] for an unknown reduction.
    pub fn from_config(config: &Config) -> Result<Self, LossError> {
        let mut arguments = config.arguments();
        let (reduction, name) = common(config, &mut arguments, NAME)?;
        let loss = Self::new();
        let loss = loss.axis(arguments.or("axis", -1)?);
        arguments.finish()?;
        Ok(Self { reduction, name, ..loss })
    }
}

/// What the values of a vector are multiplied by to give it the length 1, and whether that varies with them: it does not
/// for lengths under 1e-7.
fn share<T: Scalar>(x: &[T]) -> (f64, bool) {
    let squares = sum_of_terms(x, x, |x, _| x.to_f64() * x.to_f64());
    let share = 1.0 / squares.sqrt();
    if share > 1.0 / EPSILON { (1.0 / EPSILON, false) } else { (share, true) }
}

/// Each value is made small before the product, so that none overflows.
fn cosine<T: Scalar>(t: &[T], p: &[T], t_share: f64, p_share: f64) -> f64 {
    sum_of_terms(t, p, |t, p| (t.to_f64() * t_share) * (p.to_f64() * p_share))
}

impl<T: Scalar> Loss<T> for CosineSimilarity {
    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(NAME)
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn rows_are_independent(&self) -> bool {
        self.axis.keeps_samples()
    }

    fn values_shape(&self, y_true: Shape, y_pred: Shape) -> Result<Shape, LossError> {
        self.axis.values_shape("CosineSimilarity", Loss::<T>::name(self), y_true, y_pred)
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        self.axis.rows(y_true, y_pred, &mut [], |y_true, y_pred, _| {
            let width = row_length(y_true.shape(), y_pred.shape());
            let rows = y_true.as_slice().chunks_exact(width).zip(y_pred.as_slice().chunks_exact(width));
            for (value, (t, p)) in values.iter_mut().zip(rows) {
                *value = -T::of(cosine(t, p, share(t).0, share(p).0));
            }
        });
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        self.axis.rows(y_true, y_pred, gradient, |y_true, y_pred, gradient| {
            let width = row_length(y_true.shape(), y_pred.shape());
            let rows = y_true.as_slice().chunks_exact(width).zip(y_pred.as_slice().chunks_exact(width));
            for ((g, &scale), (t, p)) in gradient.chunks_exact_mut(width).zip(scale).zip(rows) {
                if scale.is_zero() {
                    g.fill(scale);
                    continue;
                }
                let ((t_share, _), (p_share, varies)) = (share(t), share(p));
                let along = if varies { cosine(t, p, t_share, p_share) * p_share } else { 0.0 };
                let scale = scale.to_f64() * p_share;
                for ((g, &t), &p) in g.iter_mut().zip(t).zip(p) {
                    *g = T::of(scale * (p.to_f64() * along - t.to_f64() * t_share));
                }
            }
        });
    }

    fn get_config(&self) -> Option<Config> {
        Some(written("CosineSimilarity", Loss::<T>::name(self), self.reduction))
    }
}
