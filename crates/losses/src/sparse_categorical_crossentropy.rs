//! The cross-entropy of class numbers.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::clip::{clip, slope};
use crate::common::{common, refused, written};
use crate::rows::{exponentials, largest, log_sum_exp, normalize, share, total};
use crate::shapes::{check_labels, class_numbers};
use crate::{Loss, LossError, Reduction};

const NAME: &str = "sparse_categorical_crossentropy";

/// `−ln p_y` over the last dimension, the classes, where `y` is a class number
/// (`keras.losses.SparseCategoricalCrossentropy`).
///
/// Labels are whole numbers from 0 to the number of classes − 1, one a row: of the shape of the predictions
/// without the last dimension, which may also be 1.
///
/// - Predictions are probabilities, divided by their sum `S` and then kept between 1e-7 and 1 − 1e-7. The
///   gradient is `(1 − 1[i = y]/p_y) / S`, and 0 if `p_y` is outside those bounds.
/// - [`from_logits`](Self::from_logits): predictions are logits `x`, `p = softmax(x)`. The value is computed by
///   log-sum-exp, its gradient is `p − 1[i = y]`.
/// - [`ignore_class`](Self::ignore_class): rows of this label have value 0 and are not counted in a mean.
///
/// ```
/// use cornu_losses::{Evaluator, SparseCategoricalCrossentropy};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from_labels(&[1, 2]);
/// let y_pred = Tensor::from([[0.05_f32, 0.95, 0.0], [0.1, 0.8, 0.1]]);
/// let loss = SparseCategoricalCrossentropy::new();
/// let value = Evaluator::new().value(&loss, y_true.view(), y_pred.view(), None)?;
/// assert!((value - 1.177).abs() < 1e-3);
///
/// let three = Tensor::from_labels(&[1, 3]);
/// let error = Evaluator::new().value(&loss, three.view(), y_pred.view(), None).unwrap_err();
/// assert!(error.to_string().ends_with("from 0 to 2. Received: 3 at position 1"));
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SparseCategoricalCrossentropy {
    from_logits: bool,
    ignore_class: Option<i64>,
    reduction: Reduction,
    name: Option<String>,
}

impl SparseCategoricalCrossentropy {
    /// Keras's defaults: probabilities, no class ignored.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the predictions are logits, not probabilities.
    #[must_use]
    pub fn from_logits(self, from_logits: bool) -> Self {
        Self { from_logits, ..self }
    }

    /// A label whose rows do not count, often −1 or 255. It need not be a class.
    #[must_use]
    pub fn ignore_class(self, class: i64) -> Self {
        Self { ignore_class: Some(class), ..self }
    }

    /// How the values become one number.
    #[must_use]
    pub fn with_reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Another name than `"sparse_categorical_crossentropy"`.
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
        let (from_logits, ignore_class) = (arguments.or("from_logits", false)?, arguments.get("ignore_class")?);
        match arguments.or("axis", -1)? {
            -1 => {}
            axis => return Err(refused("SparseCategoricalCrossentropy", "axis", "-1, the last dimension", axis)),
        }
        arguments.finish()?;
        Ok(Self { from_logits, ignore_class, reduction, name })
    }

    fn is_ignored<T: Scalar>(&self, label: T) -> bool {
        self.ignore_class.is_some_and(|class| label == T::of(class as f64))
    }

    /// The class that a label names; none if it is ignored or no such class is there.
    fn class<T: Scalar>(&self, label: T, classes: usize) -> Option<usize> {
        let number = label.to_f64();
        // What is below 0 or NaN becomes 0, which is another number.
        let class = number as usize;
        (class as f64 == number && class < classes && !self.is_ignored(label)).then_some(class)
    }
}

/// The gradient with respect to probabilities: `scale·(1 − 1[i = class]/p) / S`, 0 if clipped.
fn probability_gradient<T: Scalar>(class: usize, row: &[T], scale: T, g: &mut [T]) {
    let whole = total(row);
    let p = row.get(class).map_or(T::zero(), |&p| share(p, whole));
    let inside = slope(p);
    if inside.is_zero() {
        g.fill(T::zero());
        return;
    }
    let scale = scale * inside;
    g.fill(scale / whole);
    if let Some(g) = g.get_mut(class) {
        *g = scale * (T::one() - T::one() / p) / whole;
    }
}

/// The gradient with respect to logits: `scale·(p − 1[i = class])`. `g` holds `p`.
fn logit_gradient<T: Scalar>(class: usize, scale: T, g: &mut [T]) {
    if let Some(g) = g.get_mut(class) {
        *g -= T::one();
    }
    g.iter_mut().for_each(|g| *g *= scale);
}

impl<T: Scalar> Loss<T> for SparseCategoricalCrossentropy {
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
        let fits = |label| self.is_ignored(label) || self.class(label, classes).is_some();
        check_labels(Loss::<T>::name(self), y_true, classes, fits)
    }

    fn mask(&self, y_true: View<'_, T>, weights: &mut [T]) -> Option<usize> {
        self.ignore_class?;
        let mut counted = 0;
        for (weight, &label) in weights.iter_mut().zip(y_true.as_slice()) {
            if self.is_ignored(label) {
                *weight = T::zero();
            } else {
                counted += 1;
            }
        }
        Some(counted)
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        let classes = y_pred.shape().last_dim();
        let rows = y_true.as_slice().iter().zip(y_pred.as_slice().chunks_exact(classes.max(1)));
        for (value, (&label, row)) in values.iter_mut().zip(rows) {
            *value = match self.class(label, classes).and_then(|class| row.get(class)) {
                None => T::zero(),
                Some(&x) if self.from_logits => {
                    let (m, ln_sum) = log_sum_exp(row);
                    ln_sum - (x - m)
                }
                Some(&p) => -clip(share(p, total(row))).ln(),
            };
        }
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        let classes = y_pred.shape().last_dim();
        let rows = y_true.as_slice().iter().zip(y_pred.as_slice().chunks_exact(classes.max(1)));
        for ((g, &scale), (&label, row)) in gradient.chunks_exact_mut(classes.max(1)).zip(scale).zip(rows) {
            match self.class(label, classes) {
                Some(class) if !scale.is_zero() && self.from_logits => {
                    exponentials(row, g, classes);
                    normalize(g);
                    logit_gradient(class, scale, g);
                }
                Some(class) if !scale.is_zero() => probability_gradient(class, row, scale, g),
                _ => g.fill(T::zero()),
            }
        }
    }

    fn values_and_gradient(
        &self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        scale: &[T],
        values: &mut [T],
        gradient: &mut [T],
    ) {
        if !self.from_logits {
            self.values(y_true, y_pred, values);
            self.gradient(y_true, y_pred, scale, gradient);
            return;
        }
        let classes = y_pred.shape().last_dim();
        exponentials(y_pred.as_slice(), gradient, classes.max(1));
        let rows = y_true.as_slice().iter().zip(y_pred.as_slice().chunks_exact(classes.max(1)));
        let outputs = values.iter_mut().zip(gradient.chunks_exact_mut(classes.max(1)));
        for (((value, g), &scale), (&label, row)) in outputs.zip(scale).zip(rows) {
            match self.class(label, classes).and_then(|class| Some((class, *row.get(class)?))) {
                Some((class, x)) => {
                    *value = normalize(g) - (x - largest(row));
                    // A row of weight 0 adds nothing, whatever it holds.
                    if scale.is_zero() {
                        g.fill(scale);
                    } else {
                        logit_gradient(class, scale, g);
                    }
                }
                None => {
                    *value = T::zero();
                    g.fill(T::zero());
                }
            }
        }
    }

    fn on_logits_of(&self, activation: &str) -> Option<Box<dyn Loss<T>>> {
        (activation == "softmax" && !self.from_logits).then(|| Box::new(self.clone().from_logits(true)) as _)
    }

    fn get_config(&self) -> Option<Config> {
        let config = written("SparseCategoricalCrossentropy", Loss::<T>::name(self), self.reduction);
        Some(config.with("from_logits", self.from_logits).with("ignore_class", self.ignore_class))
    }
}
