//! The cross-entropy of yes and no, with less weight on what is easy.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, View};

use crate::axes::Axis;
use crate::binary_crossentropy::smoothed;
use crate::clip::{clip, slope};
use crate::common::{common, from_0_to_1, not_negative, written};
use crate::focus::focus;
use crate::rows::{row_gradients, row_means};
use crate::{Loss, LossError, Reduction};

const NAME: &str = "binary_focal_crossentropy";

/// `mean((1 − q)^gamma · crossentropy)` over the last dimension, where `q = y·p + (1 − y)·(1 − p)` is what was predicted for
/// the label (`keras.losses.BinaryFocalCrossentropy`; [Lin et al., 2018](https://arxiv.org/abs/1708.02002)).
///
/// `y` is the label, 0 or 1 or between, of the shape of the predictions; `(n,)` and `(n, 1)` fit each other.
///
/// - Predictions are probabilities `p`. The cross-entropy keeps them between 1e-7 and 1 − 1e-7, as that of
///   [`BinaryCrossentropy`](crate::BinaryCrossentropy).
/// - [`from_logits`](Self::from_logits): predictions are logits `x`, `p = sigmoid(x)`, and then as above.
/// - [`apply_class_balancing`](Self::apply_class_balancing): times `alpha` for the label 1 and `1 − alpha` for the label 0.
/// - [`label_smoothing`](Self::label_smoothing) `s`: the label is `y·(1 − s) + s/2`.
/// - [`axis`](Self::axis): the mean is over that dimension instead of the last.
///
/// ```
/// use cornu_losses::{BinaryFocalCrossentropy, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let y_true = Tensor::from([[0.0_f32, 1.0], [0.0, 0.0]]);
/// let y_pred = Tensor::from([[0.6, 0.4], [0.4, 0.6]]);
/// let value = Evaluator::new().value(&BinaryFocalCrossentropy::new(), y_true.view(), y_pred.view(), None)?;
/// assert!((value - 0.268).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct BinaryFocalCrossentropy {
    apply_class_balancing: bool,
    alpha: f64,
    gamma: f64,
    from_logits: bool,
    label_smoothing: f64,
    axis: Axis,
    reduction: Reduction,
    name: Option<String>,
}

impl Default for BinaryFocalCrossentropy {
    fn default() -> Self {
        Self {
            apply_class_balancing: false,
            alpha: 0.25,
            gamma: 2.0,
            from_logits: false,
            label_smoothing: 0.0,
            axis: Axis::default(),
            reduction: Reduction::default(),
            name: None,
        }
    }
}

impl BinaryFocalCrossentropy {
    /// Keras's defaults: probabilities, `gamma` 2, no balancing, no smoothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the labels 1 and 0 have the weights `alpha` and `1 − alpha`.
    #[must_use]
    pub fn apply_class_balancing(self, apply_class_balancing: bool) -> Self {
        Self { apply_class_balancing, ..self }
    }

    /// The weight of the label 1, if the classes are balanced.
    ///
    /// # Errors
    /// [`LossError::Argument`] if it is not between 0 and 1.
    pub fn alpha(self, alpha: f64) -> Result<Self, LossError> {
        from_0_to_1("BinaryFocalCrossentropy", "alpha", alpha)?;
        Ok(Self { alpha, ..self })
    }

    /// How much less what is easy counts; 0 is the plain cross-entropy.
    ///
    /// # Errors
    /// [`LossError::Argument`] if it is under 0 or not finite.
    pub fn gamma(self, gamma: f64) -> Result<Self, LossError> {
        not_negative("BinaryFocalCrossentropy", "gamma", gamma)?;
        Ok(Self { gamma, ..self })
    }

    /// Whether the predictions are logits, not probabilities.
    #[must_use]
    pub fn from_logits(self, from_logits: bool) -> Self {
        Self { from_logits, ..self }
    }

    /// How far the labels are drawn towards 1/2.
    ///
    /// # Errors
    /// [`LossError::Argument`] if it is not between 0 and 1.
    pub fn label_smoothing(self, label_smoothing: f64) -> Result<Self, LossError> {
        from_0_to_1("BinaryFocalCrossentropy", "label_smoothing", label_smoothing)?;
        Ok(Self { label_smoothing, ..self })
    }

    /// The dimension over which the mean is taken; −1, the last, unless given.
    #[must_use]
    pub fn axis(self, axis: isize) -> Self {
        Self { axis: Axis(axis), ..self }
    }

    /// How the values become one number.
    #[must_use]
    pub fn with_reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Another name than `"binary_focal_crossentropy"`.
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
        let loss = loss.apply_class_balancing(arguments.or("apply_class_balancing", false)?);
        let loss = loss.alpha(arguments.or("alpha", 0.25)?)?;
        let loss = loss.gamma(arguments.or("gamma", 2.0)?)?;
        let loss = loss.from_logits(arguments.or("from_logits", false)?);
        let loss = loss.label_smoothing(arguments.or("label_smoothing", 0.0)?)?;
        let loss = loss.axis(arguments.or("axis", -1)?);
        arguments.finish()?;
        Ok(Self { reduction, name, ..loss })
    }

    /// Value and derivative of one term, as a function of label and probability.
    fn term<T: Scalar>(&self) -> impl Fn(T, T) -> (T, T) + Copy {
        let smoothed = smoothed(self.label_smoothing);
        let (one, focus) = (T::one(), focus(self.gamma));
        let (yes, no) = match self.apply_class_balancing {
            true => (T::of(self.alpha), T::of(1.0 - self.alpha)),
            false => (one, one),
        };
        move |t, p| {
            let t = smoothed(t);
            let weight = t * yes + (one - t) * no;
            let (inside, kept) = (slope(p), clip(p));
            let entropy = -(t * kept.ln() + (one - t) * (one - kept).ln());
            let entropy_slope = inside * ((one - t) / (one - kept) - t / kept);
            let (factor, factor_slope) = focus(one - (t * p + (one - t) * (one - p)));
            let value = factor * entropy;
            (weight * value, weight * (factor * entropy_slope + factor_slope * (one - t - t) * entropy))
        }
    }
}

fn sigmoid<T: Scalar>(x: T) -> T {
    let e = (-x.abs()).exp();
    let near = T::one() / (T::one() + e);
    if x > T::zero() { near } else { e * near }
}

impl<T: Scalar> Loss<T> for BinaryFocalCrossentropy {
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
        self.axis.values_shape("BinaryFocalCrossentropy", Loss::<T>::name(self), y_true, y_pred)
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        self.axis.rows(y_true, y_pred, &mut [], |y_true, y_pred, _| {
            let term = self.term();
            if self.from_logits {
                row_means(y_true, y_pred, values, |t, x| term(t, sigmoid(x)).0);
            } else {
                row_means(y_true, y_pred, values, |t, p| term(t, p).0);
            }
        });
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        self.axis.rows(y_true, y_pred, gradient, |y_true, y_pred, gradient| {
            let (term, one) = (self.term(), T::one());
            if self.from_logits {
                row_gradients(y_true, y_pred, scale, gradient, |t, x| {
                    let p = sigmoid(x);
                    term(t, p).1 * p * (one - p)
                });
            } else {
                row_gradients(y_true, y_pred, scale, gradient, |t, p| term(t, p).1);
            }
        });
    }

    fn get_config(&self) -> Option<Config> {
        let config = written("BinaryFocalCrossentropy", Loss::<T>::name(self), self.reduction);
        Some(
            config
                .with("apply_class_balancing", self.apply_class_balancing)
                .with("alpha", self.alpha)
                .with("gamma", self.gamma)
                .with("from_logits", self.from_logits)
                .with("label_smoothing", self.label_smoothing)
                .with("axis", self.axis.0),
        )
    }
}
