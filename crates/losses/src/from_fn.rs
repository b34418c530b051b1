//! One's own loss, from closures.

use cornu_tensor::{Scalar, Shape, View};

use crate::rows::{row_gradients, row_means};
use crate::shapes::{aligned, row_length};
use crate::{Loss, LossError, Reduction};

/// One's own loss of single values: the mean over the last dimension of a function of label and prediction.
///
/// Two closures: the function `f(y_true, y_pred)`, and its derivative with respect to `y_pred`. Labels have the shape of the
/// predictions; `(n,)` and `(n, 1)` fit each other. For a function of a whole row there is [`FromRows`], for anything else
/// the trait [`Loss`] itself.
///
/// ```
/// use cornu_losses::{Evaluator, FromFn};
/// use cornu_tensor::Tensor;
///
/// // The square of the error, three times as dear if the prediction is too low.
/// let weight = |t: f32, p: f32| if p < t { 3.0 } else { 1.0 };
/// let loss = FromFn::new(
///     "lopsided",
///     move |t: f32, p: f32| weight(t, p) * (p - t) * (p - t),
///     move |t: f32, p: f32| weight(t, p) * 2.0 * (p - t),
/// );
/// let (y_true, y_pred) = (Tensor::from([[1.0], [1.0]]), Tensor::from([[2.0], [0.0]]));
/// let mut gradient = [0.0; 2];
/// let value = Evaluator::new().value_and_gradient(&loss, y_true.view(), y_pred.view(), None, &mut gradient)?;
/// assert_eq!((value, gradient), (2.0, [1.0, -3.0]));
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Clone)]
pub struct FromFn<V, G> {
    name: String,
    value: V,
    derivative: G,
    reduction: Reduction,
}

impl<V, G> FromFn<V, G> {
    /// A loss of this name. `value` and `derivative` get a label and a prediction.
    #[must_use]
    pub fn new(name: impl Into<String>, value: V, derivative: G) -> Self {
        Self { name: name.into(), value, derivative, reduction: Reduction::default() }
    }

    /// How the values become one number.
    #[must_use]
    pub fn with_reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }
}

impl<T, V, G> Loss<T> for FromFn<V, G>
where
    T: Scalar,
    V: Fn(T, T) -> T + Clone + Send + Sync,
    G: Fn(T, T) -> T + Clone + Send + Sync,
{
    fn name(&self) -> &str {
        &self.name
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
        Ok(aligned(&self.name, y_true, y_pred)?.outer())
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        row_means(y_true, y_pred, values, |t, p| (self.value)(t, p));
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        row_gradients(y_true, y_pred, scale, gradient, |t, p| (self.derivative)(t, p));
    }
}

/// One's own loss of rows: a function of the labels and the predictions along the last dimension.
///
/// Two closures: `value(y_true, y_pred)` gives the value of a row, and `gradient(y_true, y_pred, g)` writes its gradient with
/// respect to the predictions into `g`. Both get rows of the same length. Labels have the shape of the predictions; `(n,)` and
/// `(n, 1)` fit each other.
///
/// ```
/// use cornu_losses::{Evaluator, FromRows};
/// use cornu_tensor::Tensor;
///
/// // The squared error of the sum of a row.
/// let error = |t: &[f32], p: &[f32]| p.iter().sum::<f32>() - t.iter().sum::<f32>();
/// let loss = FromRows::new(
///     "total",
///     move |t: &[f32], p: &[f32]| error(t, p).powi(2),
///     move |t: &[f32], p: &[f32], g: &mut [f32]| g.fill(2.0 * error(t, p)),
/// );
/// let (y_true, y_pred) = (Tensor::from([[1.0, 2.0], [0.0, 1.0]]), Tensor::from([[2.0, 2.0], [1.0, 0.0]]));
/// let mut gradient = [0.0; 4];
/// let value = Evaluator::new().value_and_gradient(&loss, y_true.view(), y_pred.view(), None, &mut gradient)?;
/// assert_eq!((value, gradient), (0.5, [1.0, 1.0, 0.0, 0.0]));
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Clone)]
pub struct FromRows<V, G> {
    name: String,
    value: V,
    gradient: G,
    reduction: Reduction,
}

impl<V, G> FromRows<V, G> {
    /// A loss of this name. `value` gets the labels and the predictions of a row, `gradient` also where the gradient goes.
    #[must_use]
    pub fn new(name: impl Into<String>, value: V, gradient: G) -> Self {
        Self { name: name.into(), value, gradient, reduction: Reduction::default() }
    }

    /// How the values become one number.
    #[must_use]
    pub fn with_reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }
}

impl<T, V, G> Loss<T> for FromRows<V, G>
where
    T: Scalar,
    V: Fn(&[T], &[T]) -> T + Clone + Send + Sync,
    G: Fn(&[T], &[T], &mut [T]) + Clone + Send + Sync,
{
    fn name(&self) -> &str {
        &self.name
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
        Ok(aligned(&self.name, y_true, y_pred)?.outer())
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        let width = row_length(y_true.shape(), y_pred.shape());
        let rows = y_true.as_slice().chunks_exact(width).zip(y_pred.as_slice().chunks_exact(width));
        for (value, (t, p)) in values.iter_mut().zip(rows) {
            *value = (self.value)(t, p);
        }
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        let width = row_length(y_true.shape(), y_pred.shape());
        let rows = y_true.as_slice().chunks_exact(width).zip(y_pred.as_slice().chunks_exact(width));
        for ((g, &scale), (t, p)) in gradient.chunks_exact_mut(width).zip(scale).zip(rows) {
            // A row of weight 0 adds nothing, whatever it holds.
            if scale.is_zero() {
                g.fill(scale);
                continue;
            }
            (self.gradient)(t, p, g);
            g.iter_mut().for_each(|g| *g *= scale);
        }
    }
}

impl<V, G> std::fmt::Debug for FromFn<V, G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FromFn").field("name", &self.name).field("reduction", &self.reduction).finish_non_exhaustive()
    }
}

impl<V, G> std::fmt::Debug for FromRows<V, G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FromRows").field("name", &self.name).field("reduction", &self.reduction).finish_non_exhaustive()
    }
}
