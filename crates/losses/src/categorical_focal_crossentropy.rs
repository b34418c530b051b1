//! The cross-entropy of one-hot labels, with less weight on what is easy.

use cornu_config::{Config, Value};
use cornu_tensor::{Scalar, Shape, View};

use crate::axes::Axis;
use crate::categorical_crossentropy::smoothed;
use crate::clip::{clip, slope};
use crate::common::{common, from_0_to_1, not_negative, refused, written};
use crate::focus::focus;
use crate::rows::{exponentials, log_sum_exp, normalize, share, total};
use crate::shapes::row_length;
use crate::{Loss, LossError, Reduction};

const CLASS: &str = "CategoricalFocalCrossentropy";
const NAME: &str = "categorical_focal_crossentropy";

/// `−Σ alphaᵢ·(1 − pᵢ)^gamma·yᵢ·ln pᵢ` over the last dimension, the classes (`keras.losses.CategoricalFocalCrossentropy`;
/// [Lin et al., 2018](https://arxiv.org/abs/1708.02002)).
///
/// `y` is the label: one-hot, or any distribution over the classes, of the shape of the predictions.
///
/// - Predictions are probabilities, divided by their sum and then kept between 1e-7 and 1 − 1e-7.
/// - [`from_logits`](Self::from_logits): predictions are logits `x`, `p = softmax(x)`, and then as above.
/// - [`alpha`](Self::alpha): one number for all classes; [`class_alphas`](Self::class_alphas): one for each.
/// - [`label_smoothing`](Self::label_smoothing) `s`: the label is `y·(1 − s) + s/classes`.
/// - [`axis`](Self::axis): the classes lie along that dimension instead of the last. (Smoothing divides by the length of
///   the last dimension nevertheless, as Keras does.)
///
/// ```
/// use cornu_losses::{CategoricalFocalCrossentropy, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([[0.0_f32, 1.0, 0.0], [0.0, 0.0, 1.0]]);
/// let y_pred = Tensor::from([[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]]);
/// let value = Evaluator::new().value(&CategoricalFocalCrossentropy::new(), y_true.view(), y_pred.view(), None)?;
/// assert!((value - 0.2331).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CategoricalFocalCrossentropy {
    alpha: Vec<f64>,
    gamma: f64,
    from_logits: bool,
    label_smoothing: f64,
    axis: Axis,
    reduction: Reduction,
    name: Option<String>,
}

impl Default for CategoricalFocalCrossentropy {
    fn default() -> Self {
        Self {
            alpha: vec![0.25],
            gamma: 2.0,
            from_logits: false,
            label_smoothing: 0.0,
            axis: Axis::default(),
            reduction: Reduction::default(),
            name: None,
        }
    }
}

impl CategoricalFocalCrossentropy {
    /// Keras's defaults: probabilities, `alpha` 0.25, `gamma` 2, no smoothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The weight of all classes.
    ///
    /// # Errors
    /// [`LossError::Argument`] if it is under 0 or not finite.
    pub fn alpha(self, alpha: f64) -> Result<Self, LossError> {
        self.class_alphas(&[alpha])
    }

    /// The weight of each class: as many as there are classes, in the last dimension.
    ///
    /// # Errors
    /// [`LossError::Argument`] if one is under 0 or not finite.
    pub fn class_alphas(self, alphas: &[f64]) -> Result<Self, LossError> {
        alphas.iter().try_for_each(|&alpha| not_negative(CLASS, "alpha", alpha))?;
        Ok(Self { alpha: alphas.to_vec(), ..self })
    }

    /// How much less what is easy counts; 0 is the plain cross-entropy.
    ///
    /// # Errors
    /// [`LossError::Argument`] if it is under 0 or not finite.
    pub fn gamma(self, gamma: f64) -> Result<Self, LossError> {
        not_negative(CLASS, "gamma", gamma)?;
        Ok(Self { gamma, ..self })
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
        from_0_to_1(CLASS, "label_smoothing", label_smoothing)?;
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

    /// Another name than `"categorical_focal_crossentropy"`.
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
        let loss = match arguments.get("alpha")? {
            None => loss,
            Some(Value::Number(_)) => loss.alpha(arguments.required("alpha")?)?,
            Some(_) => loss.class_alphas(&arguments.required::<Vec<f64>>("alpha")?)?,
        };
        let loss = loss.gamma(arguments.or("gamma", 2.0)?)?;
        let loss = loss.from_logits(arguments.or("from_logits", false)?);
        let loss = loss.label_smoothing(arguments.or("label_smoothing", 0.0)?)?;
        let loss = loss.axis(arguments.or("axis", -1)?);
        arguments.finish()?;
        Ok(Self { reduction, name, ..loss })
    }

    /// Value and derivative of one term, as a function of class, label and probability.
    fn term<T: Scalar>(&self) -> impl Fn(usize, T, T) -> (T, T) + Copy {
        let (one, focus) = (T::one(), focus(self.gamma));
        let all = T::of(self.alpha.first().copied().unwrap_or_default());
        move |class, t, p| {
            // A class of label 0 adds nothing.
            if t.is_zero() {
                return (t, t);
            }
            let alpha =
                if self.alpha.len() == 1 { all } else { T::of(self.alpha.get(class).copied().unwrap_or_default()) };
            let (inside, p) = (slope(p), clip(p));
            let (factor, factor_slope) = focus(one - p);
            let weight = alpha * t;
            (-weight * factor * p.ln(), inside * weight * (factor_slope * p.ln() - factor / p))
        }
    }
}

/// The sum of `f` of class, label and prediction over a row.
fn sum<T: Scalar>(labels: &[T], row: &[T], f: impl Fn(usize, T, T) -> T) -> T {
    let terms = labels.iter().zip(row).enumerate().map(|(class, (&t, &p))| f(class, t, p));
    terms.fold(T::zero(), |sum, term| sum + term)
}

impl<T: Scalar> Loss<T> for CategoricalFocalCrossentropy {
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
        let shape = self.axis.values_shape(CLASS, Loss::<T>::name(self), y_true, y_pred)?;
        let classes = row_length(y_true, y_pred);
        if self.alpha.len() == 1 || (self.alpha.len() == classes && self.axis.is_last()) {
            return Ok(shape);
        }
        let expected = "one number, or one for each class, which are in the last dimension";
        Err(refused(CLASS, "alpha", expected, format!("{:?} for y_pred of shape {y_pred}", self.alpha)))
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        let smoothed = smoothed(self.label_smoothing, row_length(y_true.shape(), y_pred.shape()));
        self.axis.rows(y_true, y_pred, &mut [], |y_true, y_pred, _| {
            let classes = row_length(y_true.shape(), y_pred.shape());
            let term = self.term();
            let rows = y_true.as_slice().chunks_exact(classes).zip(y_pred.as_slice().chunks_exact(classes));
            for (value, (labels, row)) in values.iter_mut().zip(rows) {
                *value = if self.from_logits {
                    let (m, ln_sum) = log_sum_exp(row);
                    sum(labels, row, |class, t, x| term(class, smoothed(t), ((x - m) - ln_sum).fast_exp()).0)
                } else {
                    let whole = total(row);
                    sum(labels, row, |class, t, p| term(class, smoothed(t), share(p, whole)).0)
                };
            }
        });
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        let smoothed = smoothed(self.label_smoothing, row_length(y_true.shape(), y_pred.shape()));
        self.axis.rows(y_true, y_pred, gradient, |y_true, y_pred, gradient| {
            let classes = row_length(y_true.shape(), y_pred.shape());
            let term = self.term();
            let rows = y_true.as_slice().chunks_exact(classes).zip(y_pred.as_slice().chunks_exact(classes));
            for ((g, &scale), (labels, row)) in gradient.chunks_exact_mut(classes).zip(scale).zip(rows) {
                if scale.is_zero() {
                    g.fill(scale);
                    continue;
                }
                let whole = if self.from_logits { T::one() } else { total(row) };
                if self.from_logits {
                    exponentials(row, g, classes);
                    normalize(g);
                } else {
                    g.iter_mut().zip(row).for_each(|(g, &p)| *g = share(p, whole));
                }
                // g holds the probabilities p. A sum of 0 has no gradient.
                let slopes = || labels.iter().enumerate().map(|(i, &t)| (i, smoothed(t)));
                let mean = g.iter().zip(slopes()).fold(T::zero(), |sum, (&p, (i, t))| sum + p * term(i, t, p).1);
                for (g, (i, t)) in g.iter_mut().zip(slopes()) {
                    let slope = term(i, t, *g).1 - mean;
                    *g = scale * if self.from_logits { *g * slope } else { share(slope, whole) };
                }
            }
        });
    }

    fn get_config(&self) -> Option<Config> {
        let alpha = match self.alpha.as_slice() {
            [alpha] => Value::from(*alpha),
            alphas => alphas.into(),
        };
        let config = written(CLASS, Loss::<T>::name(self), self.reduction);
        Some(
            config
                .with("alpha", alpha)
                .with("gamma", self.gamma)
                .with("from_logits", self.from_logits)
                .with("label_smoothing", self.label_smoothing)
                .with("axis", self.axis.0),
        )
    }
}
