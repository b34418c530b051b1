//! A cross-entropy that bears wrong labels.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::common::{common, refused, written};
use crate::shapes::{check_labels, class_number, class_numbers};
use crate::{Loss, LossError, Reduction};

const NAME: &str = "categorical_generalized_cross_entropy";

/// `(1 − p_y^q) / q` over the last dimension, the classes, where `y` is a class number
/// (`keras.losses.CategoricalGeneralizedCrossEntropy`; [Zhang and Sabuncu, 2018](https://arxiv.org/abs/1805.07836)): nearer
/// to the cross-entropy for `q` near 0, to the mean absolute error for `q` near 1.
///
/// Labels are whole numbers from 0 to the number of classes − 1, one a row: of the shape of the predictions without the
/// last dimension, which may also be 1. (Keras means the same, but compares labels `(n, 1)` with every row.) Predictions are
/// probabilities. The gradient is `−p_y^(q − 1)` for the class of the label, and 0 for the others.
///
/// ```
/// use cornu_losses::{CategoricalGeneralizedCrossEntropy, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([0.0_f32, 1.0]);
/// let y_pred = Tensor::from([[0.5, 0.5], [0.2, 0.8]]);
/// let value = Evaluator::new().value(&CategoricalGeneralizedCrossEntropy::new(), y_true.view(), y_pred.view(), None)?;
/// assert!((value - 0.398).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CategoricalGeneralizedCrossEntropy {
    q: f64,
    reduction: Reduction,
    name: Option<String>,
}

impl Default for CategoricalGeneralizedCrossEntropy {
    fn default() -> Self {
        Self { q: 0.5, reduction: Reduction::default(), name: None }
    }
}

impl CategoricalGeneralizedCrossEntropy {
    /// Keras's defaults: `q` 0.5.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How little the loss trusts the labels.
    ///
    /// # Errors
    /// [`LossError::Argument`] if it is not a number between 0 and 1, and neither.
    pub fn q(self, q: f64) -> Result<Self, LossError> {
        if q > 0.0 && q < 1.0 {
            return Ok(Self { q, ..self });
        }
        Err(refused("CategoricalGeneralizedCrossEntropy", "q", "a number between 0 and 1, and neither", q))
    }

    /// How the values become one number.
    #[must_use]
    pub fn with_reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Another name than `"categorical_generalized_cross_entropy"`.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// The loss that [`Loss::get_config`] wrote.
    ///
    /// # Errors
    /// [`LossError::Config`] for arguments that it does not have, [`LossError::Argument`] for values outside their range.
    pub fn from_config(config: &Config) -> Result<Self, LossError> {
        let mut arguments = config.arguments();
        let (reduction, name) = common(config, &mut arguments, NAME)?;
        let loss = Self::new();
        let loss = loss.q(arguments.or("q", 0.5)?)?;
        arguments.finish()?;
        Ok(Self { reduction, name, ..loss })
    }
}

impl<T: Scalar> Loss<T> for CategoricalGeneralizedCrossEntropy {
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
        class_numbers(Loss::<T>::name(self), y_true, y_pred)
    }

    fn check(&self, y_true: View<'_, T>, y_pred: Shape) -> Result<(), LossError> {
        class_numbers(Loss::<T>::name(self), y_true.shape(), y_pred)?;
        let classes = y_pred.last_dim();
        check_labels(Loss::<T>::name(self), y_true, classes, |label| class_number(label, classes).is_some())
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        let classes = y_pred.shape().last_dim().max(1);
        let (q, one) = (T::of(self.q), T::one());
        let rows = y_true.as_slice().iter().zip(y_pred.as_slice().chunks_exact(classes));
        for (value, (&label, row)) in values.iter_mut().zip(rows) {
            let p = class_number(label, classes).and_then(|class| row.get(class)).copied();
            *value = (one - p.unwrap_or_else(T::zero).powf(q)) / q;
        }
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        let classes = y_pred.shape().last_dim().max(1);
        let less = T::of(self.q - 1.0);
        let rows = y_true.as_slice().iter().zip(y_pred.as_slice().chunks_exact(classes));
        for ((g, &scale), (&label, row)) in gradient.chunks_exact_mut(classes).zip(scale).zip(rows) {
            g.fill(T::zero());
            let class = class_number(label, classes).filter(|_| !scale.is_zero());
            if let Some((g, p)) = class.and_then(|class| Some((g.get_mut(class)?, row.get(class)?))) {
                *g = -scale * p.powf(less);
            }
        }
    }

    fn get_config(&self) -> Option<Config> {
        let config = written("CategoricalGeneralizedCrossEntropy", Loss::<T>::name(self), self.reduction);
        Some(config.with("q", self.q))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q_lies_between_0_and_1() {
        for bad in [0.0, 1.0, -0.5, f64::NAN] {
            let error = CategoricalGeneralizedCrossEntropy::new().q(bad).unwrap_err();
            assert!(error.to_string().ends_with(&format!("Received: q={bad}")));
        }
    }
}
