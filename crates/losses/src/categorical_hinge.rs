//! The distance of the right class from the best wrong one.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::clip::{positive, slope_above};
use crate::common::{common, written};
use crate::rows::sum_of_terms;
use crate::shapes::aligned;
use crate::shapes::row_length;
use crate::{Loss, LossError, Reduction};

const NAME: &str = "categorical_hinge";

/// `max(1 + max((1 − y_true)·y_pred) − Σ y_true·y_pred, 0)` over the last dimension, the classes
/// (`keras.losses.CategoricalHinge`).
///
/// Labels are one-hot, of the shape of the predictions. Where the value is over 0, the gradient is `−y_true`, and
/// `1 − y_true` for the largest of the wrong ones; several that are equally large share it. On the margin it is half of
/// that, as JAX has it.
///
/// ```
/// use cornu_losses::{CategoricalHinge, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([[0.0_f32, 1.0], [0.0, 0.0]]);
/// let y_pred = Tensor::from([[0.6, 0.4], [0.4, 0.6]]);
/// let value = Evaluator::new().value(&CategoricalHinge::new(), y_true.view(), y_pred.view(), None)?;
/// assert!((value - 1.4).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CategoricalHinge {
    reduction: Reduction,
    name: Option<String>,
}

impl CategoricalHinge {
    /// Keras's defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How the values become one number.
    #[must_use]
    pub fn with_reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Another name than `"categorical_hinge"`.
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
        arguments.finish()?;
        Ok(Self { reduction, name })
    }
}

/// What is missing to the margin, and the largest wrong prediction.
fn missing<T: Scalar>(labels: &[T], row: &[T]) -> (T, T) {
    let right = T::of(sum_of_terms(labels, row, |t, p| (t * p).to_f64()));
    let wrong = labels.iter().zip(row).map(|(&t, &p)| (T::one() - t) * p);
    // NaN stays: it is larger than nothing.
    let best = wrong.reduce(|a, b| if b <= a { a } else { b }).unwrap_or_else(T::zero);
    (best - right + T::one(), best)
}

impl<T: Scalar> Loss<T> for CategoricalHinge {
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
        true
    }

    fn values_shape(&self, y_true: Shape, y_pred: Shape) -> Result<Shape, LossError> {
        Ok(aligned(Loss::<T>::name(self), y_true, y_pred)?.outer())
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        let classes = row_length(y_true.shape(), y_pred.shape());
        let rows = y_true.as_slice().chunks_exact(classes).zip(y_pred.as_slice().chunks_exact(classes));
        for (value, (labels, row)) in values.iter_mut().zip(rows) {
            *value = positive(missing(labels, row).0);
        }
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        let classes = row_length(y_true.shape(), y_pred.shape());
        let rows = y_true.as_slice().chunks_exact(classes).zip(y_pred.as_slice().chunks_exact(classes));
        for ((g, &scale), (labels, row)) in gradient.chunks_exact_mut(classes).zip(scale).zip(rows) {
            if scale.is_zero() {
                g.fill(scale);
                continue;
            }
            let (missing, best) = missing(labels, row);
            let scale = scale * slope_above(missing, T::zero());
            let equal = labels.iter().zip(row).filter(|&(&t, &p)| (T::one() - t) * p == best).count();
            let share = T::one() / T::of_count(equal.max(1));
            for ((g, &t), &p) in g.iter_mut().zip(labels).zip(row) {
                let wrong = if (T::one() - t) * p == best { share * (T::one() - t) } else { T::zero() };
                *g = scale * (wrong - t);
            }
        }
    }

    fn get_config(&self) -> Option<Config> {
        Some(written("CategoricalHinge", Loss::<T>::name(self), self.reduction))
    }
}
