//! The cross-entropy of one-hot labels.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::axes::Axis;
use crate::clip::{clip, slope};
use crate::common::{common, from_0_to_1, written};
use crate::rows::{exponentials, largest, log_sum_exp, normalize, share, total};
use crate::shapes::row_length;
use crate::{Loss, LossError, Reduction};

const NAME: &str = "categorical_crossentropy";

/// `−Σ yᵢ·ln pᵢ` over the last dimension, the classes (`keras.losses.CategoricalCrossentropy`).
///
/// `y` is the label: one-hot, or any distribution over the classes, of the shape of the predictions. For class
/// numbers there is [`SparseCategoricalCrossentropy`](crate::SparseCategoricalCrossentropy).
///
/// - Predictions are probabilities, divided by their sum `S` and then kept between 1e-7 and 1 − 1e-7. The
///   gradient is `(Σⱼ yⱼ − yᵢ/pᵢ) / S`, where classes outside those bounds count as `y = 0`.
/// - [`from_logits`](Self::from_logits): predictions are logits `x`, `p = softmax(x)`. The value is computed by
///   log-sum-exp, its gradient is `p·Σⱼ yⱼ − y`.
/// - [`label_smoothing`](Self::label_smoothing) `s`: the label is `y·(1 − s) + s/classes`.
/// - [`axis`](Self::axis): the classes lie along that dimension instead of the last. (Smoothing divides by the length of
///   the last dimension nevertheless, as Keras does.)
///
/// ```
/// use cornu_losses::{CategoricalCrossentropy, Evaluator, Reduction};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([[0.0_f32, 1.0, 0.0], [0.0, 0.0, 1.0]]);
/// let y_pred = Tensor::from([[0.05_f32, 0.95, 0.0], [0.1, 0.8, 0.1]]);
/// let loss = CategoricalCrossentropy::new().with_reduction(Reduction::Sum);
/// let value = Evaluator::new().value(&loss, y_true.view(), y_pred.view(), None)?;
/// assert!((value - 2.354).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CategoricalCrossentropy {
    from_logits: bool,
    label_smoothing: f64,
    axis: Axis,
    reduction: Reduction,
    name: Option<String>,
}

impl CategoricalCrossentropy {
    /// Keras's defaults: probabilities, no smoothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the predictions are logits, not probabilities.
    #[must_use]
    pub fn from_logits(self, from_logits: bool) -> Self {
        Self { from_logits, ..self }
    }

    /// How much of a label is spread over all classes.
    ///
    /// # Errors
    /// [`LossError::Argument`] if it is not between 0 and 1.
    pub fn label_smoothing(self, label_smoothing: f64) -> Result<Self, LossError> {
        from_0_to_1("CategoricalCrossentropy", "label_smoothing", label_smoothing)?;
        Ok(Self { label_smoothing, ..self })
    }

    /// The dimension of the classes; −1, the last, unless given.
    #[must_use]
    pub fn axis(self, axis: isize) -> Self {
        Self { axis: Axis(axis), ..self }
    }

    /// How the values become one number.
    #[must_use]
    pub fn with_reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Another name than `"categorical_crossentropy"`.
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
        let loss = Self::new().from_logits(arguments.or("from_logits", false)?);
        let loss = loss.label_smoothing(arguments.or("label_smoothing", 0.0)?)?.axis(arguments.or("axis", -1)?);
        arguments.finish()?;
        Ok(Self { reduction, name, ..loss })
    }

    /// The smoothed label as a function of the label.
    fn smoothed<T: Scalar>(&self, classes: usize) -> impl Fn(T) -> T + Copy {
        smoothed(self.label_smoothing, classes)
    }

    /// Over how many classes smoothing spreads a label, if not over the length of a row.
    fn spread<T: Scalar>(&self, y_true: View<'_, T>, y_pred: View<'_, T>) -> Option<usize> {
        (!self.axis.is_last()).then(|| row_length(y_true.shape(), y_pred.shape()))
    }

    /// Of rows along the last dimension.
    fn row_values<T: Scalar>(&self, spread: Option<usize>, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        let classes = row_length(y_true.shape(), y_pred.shape());
        let smoothed = self.smoothed(spread.unwrap_or(classes));
        let rows = y_true.as_slice().chunks_exact(classes).zip(y_pred.as_slice().chunks_exact(classes));
        for (value, (labels, row)) in values.iter_mut().zip(rows) {
            *value = if self.from_logits {
                let (m, ln_sum) = log_sum_exp(row);
                cross_entropy(labels, smoothed, row.iter().map(|&x| (x - m) - ln_sum))
            } else {
                let whole = total(row);
                cross_entropy(labels, smoothed, row.iter().map(|&p| clip(share(p, whole)).ln()))
            };
        }
    }

    /// Of rows along the last dimension.
    fn row_gradient<T: Scalar>(
        &self,
        spread: Option<usize>,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        scale: &[T],
        gradient: &mut [T],
    ) {
        let classes = row_length(y_true.shape(), y_pred.shape());
        let smoothed = self.smoothed(spread.unwrap_or(classes));
        let rows = y_true.as_slice().chunks_exact(classes).zip(y_pred.as_slice().chunks_exact(classes));
        for ((g, &scale), (labels, row)) in gradient.chunks_exact_mut(classes).zip(scale).zip(rows) {
            if scale.is_zero() {
                g.fill(scale);
            } else if self.from_logits {
                exponentials(row, g, classes);
                normalize(g);
                logit_gradient(labels, smoothed, scale, g);
            } else {
                probability_gradient(labels, smoothed, row, scale, g);
            }
        }
    }

    /// Of rows along the last dimension.
    fn row_values_and_gradient<T: Scalar>(
        &self,
        spread: Option<usize>,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        scale: &[T],
        values: &mut [T],
        gradient: &mut [T],
    ) {
        if !self.from_logits {
            self.row_values(spread, y_true, y_pred, values);
            self.row_gradient(spread, y_true, y_pred, scale, gradient);
            return;
        }
        let classes = row_length(y_true.shape(), y_pred.shape());
        let smoothed = self.smoothed(spread.unwrap_or(classes));
        exponentials(y_pred.as_slice(), gradient, classes);
        let rows = y_true.as_slice().chunks_exact(classes).zip(y_pred.as_slice().chunks_exact(classes));
        let outputs = values.iter_mut().zip(gradient.chunks_exact_mut(classes));
        for (((value, g), &scale), (labels, row)) in outputs.zip(scale).zip(rows) {
            let (m, ln_sum) = (largest(row), normalize(g));
            *value = cross_entropy(labels, smoothed, row.iter().map(|&x| (x - m) - ln_sum));
            // A row of weight 0 adds nothing, whatever it holds.
            if scale.is_zero() {
                g.fill(scale);
            } else {
                logit_gradient(labels, smoothed, scale, g);
            }
        }
    }
}

/// A label of which a part is spread over all classes, as a function of the label.
pub(crate) fn smoothed<T: Scalar>(label_smoothing: f64, classes: usize) -> impl Fn(T) -> T + Copy {
    let keep = T::of(1.0 - label_smoothing);
    let add = T::of(label_smoothing) / T::of_count(classes);
    move |t| t * keep + add
}

/// `−Σ yᵢ·(ln p)ᵢ`. A class of label 0 adds nothing, also where the logarithm is infinite.
fn cross_entropy<T: Scalar>(labels: &[T], smoothed: impl Fn(T) -> T, ln_p: impl Iterator<Item = T>) -> T {
    let terms = labels.iter().map(|&t| smoothed(t)).zip(ln_p).filter(|(t, _)| !t.is_zero());
    terms.fold(T::zero(), |sum, (t, ln_p)| sum - t * ln_p)
}

/// The gradient with respect to logits: `scale·(p·Σⱼ yⱼ − y)`. `g` holds `p`.
fn logit_gradient<T: Scalar>(labels: &[T], smoothed: impl Fn(T) -> T, scale: T, g: &mut [T]) {
    let sum = labels.iter().fold(T::zero(), |sum, &t| sum + smoothed(t));
    for (g, &t) in g.iter_mut().zip(labels) {
        *g = scale * (*g * sum - smoothed(t));
    }
}

/// The gradient with respect to probabilities: `scale·(Σⱼ yⱼ − yᵢ/pᵢ) / S`, the clipped ones left out.
fn probability_gradient<T: Scalar>(labels: &[T], smoothed: impl Fn(T) -> T, p: &[T], scale: T, g: &mut [T]) {
    let whole = total(p);
    if whole.is_zero() {
        g.fill(T::zero());
        return;
    }
    let mut sum = T::zero();
    for ((g, &t), &p) in g.iter_mut().zip(labels).zip(p) {
        let p = p / whole;
        let t = smoothed(t) * slope(p);
        sum += t;
        *g = t / clip(p);
    }
    for g in g {
        *g = scale * (sum - *g) / whole;
    }
}

impl<T: Scalar> Loss<T> for CategoricalCrossentropy {
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
        self.axis.values_shape("CategoricalCrossentropy", Loss::<T>::name(self), y_true, y_pred)
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        let spread = self.spread(y_true, y_pred);
        self.axis.rows(y_true, y_pred, &mut [], |t, p, _| self.row_values(spread, t, p, values));
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        let spread = self.spread(y_true, y_pred);
        self.axis.rows(y_true, y_pred, gradient, |t, p, gradient| self.row_gradient(spread, t, p, scale, gradient));
    }

    fn values_and_gradient(
        &self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        scale: &[T],
        values: &mut [T],
        gradient: &mut [T],
    ) {
        let spread = self.spread(y_true, y_pred);
        self.axis.rows(y_true, y_pred, gradient, |t, p, gradient| {
            self.row_values_and_gradient(spread, t, p, scale, values, gradient);
        });
    }

    fn on_logits_of(&self, activation: &str) -> Option<Box<dyn Loss<T>>> {
        (activation == "softmax" && !self.from_logits && self.axis.is_last())
            .then(|| Box::new(self.clone().from_logits(true)) as _)
    }

    fn get_config(&self) -> Option<Config> {
        let config = written("CategoricalCrossentropy", Loss::<T>::name(self), self.reduction);
        Some(
            config
                .with("from_logits", self.from_logits)
                .with("label_smoothing", self.label_smoothing)
                .with("axis", self.axis.0),
        )
    }
}
