//! The weighted, reduced loss of a batch.

use cornu_tensor::threads::{Rows, over_chunks};
use cornu_tensor::{Scalar, TensorError, View};

use crate::rows::sum_of_terms;
use crate::{Loss, LossError, Reduction};

/// Weights and reduces the values of a loss as Keras does, and owns the memory for it.
///
/// The loss is `Σ wᵢ·valueᵢ / divisor`. The divisor is that of the [`Reduction`]; a divisor of 0 gives the loss
/// 0. A sample weight counts for every row of its sample. A row of weight 0 adds nothing, whatever its value.
/// The memory grows to the largest batch and stays. A loss with one value for the whole batch, such as
/// [`Dice`](crate::Dice), takes one weight a sample too: the value counts once for each of them, as in Keras.
///
/// ```
/// use cornu_losses::{Evaluator, MeanSquaredError};
/// use cornu_tensor::Tensor;
///
/// let (y_true, y_pred) = (Tensor::from([[0.0_f32, 1.0], [0.0, 0.0]]), Tensor::from([[1.0_f32, 1.0], [1.0, 0.0]]));
/// let mut evaluator = Evaluator::new();
/// let mut gradient = [0.0; 4];
/// let loss = evaluator.value_and_gradient(
///     &MeanSquaredError::new(),
///     y_true.view(),
///     y_pred.view(),
///     Some(&[1.0, 3.0]),
///     &mut gradient,
/// )?;
/// assert_eq!(loss, 1.0); // (1 · 0.5 + 3 · 0.5) / 2
/// assert_eq!(gradient, [0.5, 0.0, 1.5, 0.0]);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Evaluator<T> {
    values: Vec<T>,
    weights: Vec<T>,
    scale: Vec<T>,
}

impl<T: Scalar> Evaluator<T> {
    /// No memory yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { values: Vec::new(), weights: Vec::new(), scale: Vec::new() }
    }

    /// The loss of a batch as one number.
    ///
    /// `sample_weight` has one weight a sample, or one a row (all dimensions of the predictions but the last).
    ///
    /// # Errors
    /// Those of [`Loss::check`]; [`LossError::SampleWeight`] for another number of weights;
    /// [`LossError::NotReduced`] for [`Reduction::None`].
    pub fn value(
        &mut self,
        loss: &dyn Loss<T>,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<T, LossError> {
        let divisor = self.weigh(loss, y_true, y_pred, sample_weight)?.ok_or_else(|| not_reduced(loss))?;
        let whole = !loss.rows_are_independent();
        in_chunks(whole, y_true, y_pred, &mut self.values, None, &|_, y_true, y_pred, values, _| {
            loss.values(y_true, y_pred, values);
        })?;
        Ok(self.reduced(divisor))
    }

    /// The loss of a batch as one number, and its gradient with respect to the predictions, written into
    /// `gradient`.
    ///
    /// # Errors
    /// As [`Evaluator::value`], and [`LossError::Gradient`] if `gradient` has not the length of the predictions.
    pub fn value_and_gradient(
        &mut self,
        loss: &dyn Loss<T>,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
        gradient: &mut [T],
    ) -> Result<T, LossError> {
        let expected = y_pred.shape().size();
        if gradient.len() != expected {
            return Err(LossError::Gradient { expected, received: gradient.len() });
        }
        let divisor = self.weigh(loss, y_true, y_pred, sample_weight)?.ok_or_else(|| not_reduced(loss))?;
        let share = |weight: T| T::of(no_nan(weight.to_f64(), divisor));
        // Most rows count as the row before.
        let mut last = (T::one(), share(T::one()));
        self.scale.clear();
        self.scale.extend(self.weights.iter().map(|&weight| {
            if weight != last.0 {
                last = (weight, share(weight));
            }
            last.1
        }));
        let (scale, values) = (&self.scale, &mut self.values);
        let whole = !loss.rows_are_independent();
        in_chunks(whole, y_true, y_pred, values, Some(gradient), &|first, y_true, y_pred, values, gradient| {
            loss.values_and_gradient(y_true, y_pred, &scale[first..first + values.len()], values, gradient);
        })?;
        Ok(self.reduced(divisor))
    }

    /// The weighted values, not reduced, whatever the reduction of the loss: what Keras gives for
    /// [`Reduction::None`]. (One value for a whole batch is multiplied by the sum of the weights, where Keras gives it once
    /// for each.)
    ///
    /// # Errors
    /// Those of [`Loss::check`]; [`LossError::SampleWeight`] for another number of weights.
    ///
    /// ```
    /// use cornu_losses::{Evaluator, MeanAbsoluteError};
    /// use cornu_tensor::Tensor;
    ///
    /// let (y_true, y_pred) = (Tensor::from([[0.0], [0.0]]), Tensor::from([[1.0], [-2.0]]));
    /// let mut evaluator = Evaluator::new();
    /// let values = evaluator.values(&MeanAbsoluteError::new(), y_true.view(), y_pred.view(), Some(&[1.0, 0.5]))?;
    /// assert_eq!(values, [1.0, 1.0]);
    /// # Ok::<(), cornu_losses::LossError>(())
    /// ```
    pub fn values(
        &mut self,
        loss: &dyn Loss<T>,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<&[T], LossError> {
        self.weigh(loss, y_true, y_pred, sample_weight)?;
        loss.values(y_true, y_pred, &mut self.values);
        for (value, &weight) in self.values.iter_mut().zip(&self.weights) {
            *value = if weight.is_zero() { weight } else { weight * *value };
        }
        Ok(&self.values)
    }

    /// Checks the batch, fills `weights` with one weight a row, makes room in `values`, and gives the divisor:
    /// none for [`Reduction::None`].
    fn weigh(
        &mut self,
        loss: &dyn Loss<T>,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        sample_weight: Option<&[T]>,
    ) -> Result<Option<f64>, LossError> {
        loss.check(y_true, y_pred.shape())?;
        let shape = loss.values_shape(y_true.shape(), y_pred.shape())?;
        let (samples, rows) = (shape.batch(), shape.size());
        self.values.resize(rows, T::zero());
        self.weights.clear();
        // How often each value counts.
        let mut times = 1;
        match sample_weight {
            None => self.weights.resize(rows, T::one()),
            Some(weights) if weights.len() == rows => self.weights.extend_from_slice(weights),
            Some(weights) if weights.len() == samples => {
                let rows_a_sample = rows / samples.max(1);
                self.weights.extend(weights.iter().flat_map(|&w| std::iter::repeat_n(w, rows_a_sample)));
            }
            Some(weights) if shape.rank() == 0 && weights.len() == y_pred.shape().batch() => {
                self.weights.push(T::of(sum(weights)));
                times = weights.len();
            }
            Some(weights) => return Err(LossError::SampleWeight { samples, rows, received: weights.len() }),
        }
        let counted = loss.mask(y_true, &mut self.weights);
        Ok(match loss.reduction() {
            Reduction::None => None,
            Reduction::Sum => Some(1.0),
            Reduction::SumOverBatchSize | Reduction::Mean => Some((times * counted.unwrap_or(rows)) as f64),
            Reduction::MeanWithSampleWeight => Some(match (sample_weight, counted) {
                // Keras adds up the weights as they were given: one a sample, also if it counts for many rows.
                (Some(weights), None) => sum(weights),
                _ => sum(&self.weights),
            }),
        })
    }

    /// `Σ wᵢ·valueᵢ / divisor`.
    fn reduced(&self, divisor: f64) -> T {
        let term = |value: T, weight: T| if weight.is_zero() { 0.0 } else { value.to_f64() * weight.to_f64() };
        T::of(no_nan(sum_of_terms(&self.values, &self.weights, term), divisor))
    }
}

/// Values of a chunk of predictions.
const CHUNK: usize = 1 << 13;
/// What a prediction costs, in multiply-adds.
const VALUE: usize = 8;

/// Calls `f` on the rows: in chunks of samples and on several threads where there are many, or as a `whole`. It gets the
/// number of the first row, the labels and predictions, and where the values and the gradient go.
fn in_chunks<T: Scalar>(
    whole: bool,
    y_true: View<'_, T>,
    y_pred: View<'_, T>,
    values: &mut [T],
    gradient: Option<&mut [T]>,
    f: &(impl Fn(usize, View<'_, T>, View<'_, T>, &mut [T], &mut [T]) + Sync),
) -> Result<(), TensorError> {
    let (samples, size) = (y_pred.shape().batch(), y_pred.shape().size());
    if whole || size <= CHUNK || y_true.shape().batch() != samples || !values.len().is_multiple_of(samples) {
        f(0, y_true, y_pred, values, gradient.unwrap_or_default());
        return Ok(());
    }
    let (rows, width) = (values.len() / samples, size / samples);
    let parts = (Rows::new(values, rows), gradient.map(|gradient| Rows::new(gradient, width)));
    over_chunks(samples, (CHUNK / width).max(1), VALUE * size, parts, &|chunk, (values, gradient)| {
        let (y_true, y_pred) = (y_true.rows(chunk.clone())?, y_pred.rows(chunk.clone())?);
        let gradient = gradient.map(Rows::into_slice).unwrap_or_default();
        f(chunk.start * rows, y_true, y_pred, values.into_slice(), gradient);
        Ok(())
    })
}

fn sum<T: Scalar>(weights: &[T]) -> f64 {
    weights.iter().fold(0.0, |sum, weight| sum + weight.to_f64())
}

/// Keras's `divide_no_nan`: 0 for the divisor 0.
fn no_nan(value: f64, divisor: f64) -> f64 {
    if divisor == 0.0 { 0.0 } else { value / divisor }
}

fn not_reduced<T: Scalar>(loss: &dyn Loss<T>) -> LossError {
    LossError::NotReduced { loss: loss.name().to_owned() }
}

#[cfg(test)]
mod tests {
    use cornu_tensor::Tensor;

    use super::*;
    use crate::{CategoricalCrossentropy, SparseCategoricalCrossentropy, get};

    #[test]
    fn a_row_of_weight_0_adds_nothing_whatever_it_holds() -> Result<(), LossError> {
        let logits = Tensor::from([[1.0_f64, 2.0], [f64::NAN, f64::INFINITY]]);
        let (numbers, hot) = (Tensor::from([0.0, 1.0]), Tensor::from([[1.0, 0.0], [0.0, 1.0]]));
        let sparse: (&dyn Loss<f64>, _) = (&SparseCategoricalCrossentropy::new().from_logits(true), &numbers);
        let categorical: (&dyn Loss<f64>, _) = (&CategoricalCrossentropy::new().from_logits(true), &hot);
        for (loss, y_true) in [sparse, categorical] {
            let (mut evaluator, mut gradient) = (Evaluator::new(), [0.0; 4]);
            let weights = Some(&[1.0, 0.0][..]);
            let value = evaluator.value_and_gradient(loss, y_true.view(), logits.view(), weights, &mut gradient)?;
            assert!(value.is_finite() && gradient[0] < 0.0, "{}", loss.name());
            assert_eq!(gradient[2..], [0.0, 0.0]);
        }
        Ok(())
    }

    /// The shape `(n,)` is one row.
    #[test]
    fn one_value_for_the_whole_of_a_large_batch() -> Result<(), LossError> {
        let (y_true, y_pred) = (Tensor::<f64>::zeros([20_000]), Tensor::full([20_000], 3.0));
        let weights = vec![0.5; 20_000];
        let mut evaluator = Evaluator::new();
        for loss in [get("mse")?, get("dice")?] {
            let value = evaluator.value(&loss, y_true.view(), y_pred.view(), None)?;
            assert_eq!(value, if loss.name() == "dice" { 1.0 } else { 9.0 });
            let mut gradient = vec![f64::NAN; 20_000];
            let half =
                evaluator.value_and_gradient(&loss, y_true.view(), y_pred.view(), Some(&weights), &mut gradient)?;
            assert_eq!(half, value / 2.0);
            assert!(gradient.iter().all(|g| g.is_finite()));
        }
        Ok(())
    }

    #[test]
    fn the_memory_grows_once() -> Result<(), LossError> {
        let mut evaluator = Evaluator::new();
        let y = Tensor::<f32>::full([8, 3], 0.5);
        let mut gradient = [0.0; 24];
        let mut places = Vec::new();
        for rows in [8, 5, 8, 1] {
            let (batch, gradient) = (y.view().rows(0..rows)?, &mut gradient[..rows * 3]);
            let loss = CategoricalCrossentropy::new();
            evaluator.value_and_gradient(&loss, batch, batch, Some(&y.as_slice()[..rows]), gradient)?;
            evaluator.value(&loss, batch, batch, None)?;
            places.push([&evaluator.values, &evaluator.weights, &evaluator.scale].map(|memory| memory.as_ptr()));
        }
        assert!(places.iter().all(|place| *place == places[0]));
        Ok(())
    }
}
