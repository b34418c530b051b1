//! Embeddings of one label near each other, those of different labels apart.

use cornu_config::Config;
use cornu_tensor::threads::with_memory;
use cornu_tensor::{Scalar, Shape, View};

use crate::clip::{positive, slope_above};
use crate::common::{common, refused, written};
use crate::pairs::{back, products};
use crate::{Loss, LossError, Reduction};

const NAME: &str = "circle";

/// `softplus(ln Σ e^pᵢⱼ + ln Σ e^nᵢⱼ)` of each embedding `i`, the sums over all others of its label and over all of other
/// labels (`keras.losses.Circle`; [Sun et al., 2020](https://arxiv.org/abs/2002.10857)).
///
/// With the distance `d = max(1 − xᵢ·xⱼ, 0)` of two embeddings of length 1, and the margin `m`:
/// - `p = −gamma·max(m + d, 0)·(m − d)`, for two of one label;
/// - `n = gamma·max(1 + m − d, 0)·(1 − m − d)`, for two of different labels.
///
/// Labels are numbers, one a row of the predictions `(n, length)`: `(n,)` or `(n, 1)`; what is behind the decimal point does not
/// count. Each value depends on the whole batch. An embedding that has no other of its label, or none of another label, has
/// the value 0 and is not counted in a mean. (Nor does Keras count values that are rounded to 0.) [`remove_diagonal`]
/// says whether an embedding is no partner of itself.
///
/// [`remove_diagonal`]: Self::remove_diagonal
///
/// ```
/// use cornu_losses::{Circle, Evaluator};
/// use cornu_tensor::Tensor;
///
/// let labels = Tensor::from_labels(&[0, 0, 1]);
/// let embeddings = Tensor::from([[1.0_f32, 0.0], [0.6, 0.8], [0.0, 1.0]]);
/// let value = Evaluator::new().value(&Circle::new().gamma(2.0)?, labels.view(), embeddings.view(), None)?;
/// assert!((value - 0.915).abs() < 1e-3);
/// # Ok::<(), cornu_losses::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Circle {
    gamma: f64,
    margin: f64,
    remove_diagonal: bool,
    reduction: Reduction,
    name: Option<String>,
}

impl Default for Circle {
    fn default() -> Self {
        Self { gamma: 80.0, margin: 0.4, remove_diagonal: true, reduction: Reduction::default(), name: None }
    }
}

impl Circle {
    /// Keras's defaults: `gamma` 80, `margin` 0.4.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How steep the loss is.
    ///
    /// # Errors
    /// [`LossError::Argument`] if it is not a finite number over 0.
    pub fn gamma(self, gamma: f64) -> Result<Self, LossError> {
        if gamma.is_finite() && gamma > 0.0 {
            return Ok(Self { gamma, ..self });
        }
        Err(refused("Circle", "gamma", "a finite number over 0", gamma))
    }

    /// How near embeddings of one label are to come, and how far from 1 the others are to stay.
    ///
    /// # Errors
    /// [`LossError::Argument`] if it is not finite.
    pub fn margin(self, margin: f64) -> Result<Self, LossError> {
        if margin.is_finite() {
            return Ok(Self { margin, ..self });
        }
        Err(refused("Circle", "margin", "a finite number", margin))
    }

    /// Whether an embedding is no partner of itself.
    #[must_use]
    pub fn remove_diagonal(self, remove_diagonal: bool) -> Self {
        Self { remove_diagonal, ..self }
    }

    /// How the values become one number.
    #[must_use]
    pub fn with_reduction(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Another name than `"circle"`.
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
        let loss = Self::new().gamma(arguments.or("gamma", 80.0)?)?.margin(arguments.or("margin", 0.4)?)?;
        let loss = loss.remove_diagonal(arguments.or("remove_diagonal", true)?);
        arguments.finish()?;
        Ok(Self { reduction, name, ..loss })
    }

    /// Whether `j` is a partner of `i`, and if so whether it has the same label.
    fn partner<T: Scalar>(&self, labels: &[T], i: usize, j: usize) -> Option<bool> {
        let same = labels.get(i) == labels.get(j);
        (!(same && self.remove_diagonal && i == j)).then_some(same)
    }

    /// The exponent of a pair, and its derivative with respect to the product of the two embeddings.
    fn exponent<T: Scalar>(&self, same: bool, product: T) -> (T, T) {
        let (one, zero) = (T::one(), T::zero());
        let (gamma, m) = (T::of(self.gamma), T::of(self.margin));
        let (distance, slope) = (positive(one - product), -slope_above(one - product, zero));
        if same {
            let (weight, missing) = (m + distance, T::of(self.margin) - distance);
            let weight_slope = slope_above(weight, zero);
            let weight = positive(weight);
            (-gamma * weight * missing, slope * gamma * (weight - weight_slope * missing))
        } else {
            let (weight, missing) = (T::of(1.0 + self.margin) - distance, T::of(1.0 - self.margin) - distance);
            let weight_slope = slope_above(weight, zero);
            let weight = positive(weight);
            (gamma * weight * missing, -slope * gamma * (weight + weight_slope * missing))
        }
    }

    /// The value of an embedding from its products with all others. With a scale, these become the derivatives of
    /// `scale · value` with respect to them.
    fn row<T: Scalar>(&self, labels: &[T], i: usize, products: &mut [T], scale: Option<T>) -> T {
        // The largest exponent and the sum of the others relative to it: of different labels, and of the same.
        let mut largest = [None::<T>; 2];
        for (j, &product) in products.iter().enumerate() {
            if let Some(same) = self.partner(labels, i, j) {
                let (exponent, largest) = (self.exponent(same, product).0, &mut largest[usize::from(same)]);
                *largest =
                    Some(largest.map_or(exponent, |largest| if exponent <= largest { largest } else { exponent }));
            }
        }
        let [Some(apart), Some(near)] = largest else {
            products.fill(T::zero());
            return T::zero();
        };
        let largest = [apart, near];
        let mut sums = [T::zero(); 2];
        for (j, &product) in products.iter().enumerate() {
            if let Some(same) = self.partner(labels, i, j) {
                let same_index = usize::from(same);
                sums[same_index] += (self.exponent(same, product).0 - largest[same_index]).fast_exp();
            }
        }
        let x = (near + sums[1].ln()) + (apart + sums[0].ln());
        let e = (-x.abs()).exp();
        if let Some(scale) = scale {
            let sigmoid = if x > T::zero() { T::one() / (T::one() + e) } else { e / (T::one() + e) };
            let shares = sums.map(|sum| scale * sigmoid / sum);
            for (j, product) in products.iter_mut().enumerate() {
                *product = match self.partner(labels, i, j) {
                    Some(same) => {
                        let (exponent, slope) = self.exponent(same, *product);
                        let same = usize::from(same);
                        shares[same] * (exponent - largest[same]).fast_exp() * slope
                    }
                    None => T::zero(),
                };
            }
        }
        positive(x) + e.ln_1p()
    }

    /// Values, and the gradient if there is a scale.
    fn compute<T: Scalar>(
        &self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        scale: Option<&[T]>,
        values: Option<&mut [T]>,
        gradient: &mut [T],
    ) {
        let (n, length) = (y_pred.shape().batch(), y_pred.shape().last_dim().max(1));
        with_memory(n * n + n, |memory: &mut [T]| {
            let (labels, pairs) = memory.split_at_mut(n);
            labels.iter_mut().zip(y_true.as_slice()).for_each(|(own, label)| *own = label.trunc());
            products(y_pred.as_slice(), length, pairs);
            let mut values = values.into_iter().flatten();
            for (i, row) in pairs.chunks_exact_mut(n.max(1)).enumerate() {
                let weight = scale.and_then(|scale| scale.get(i)).copied().filter(|weight| !weight.is_zero());
                let value = self.row(labels, i, row, weight);
                if weight.is_none() {
                    row.fill(T::zero());
                }
                if let Some(place) = values.next() {
                    *place = value;
                }
            }
            if scale.is_some() {
                back(y_pred.as_slice(), length, pairs, gradient);
            }
        });
    }
}

impl<T: Scalar> Loss<T> for Circle {
    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(NAME)
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn values_shape(&self, y_true: Shape, y_pred: Shape) -> Result<Shape, LossError> {
        match (y_true.dims(), y_pred.dims()) {
            ([n] | [n, 1], [m, length]) if n == m && *length > 0 => Ok(Shape::from([*n])),
            _ => {
                let expected = "y_pred of the shape (n, length) and y_true of the shape (n,) or (n, 1)";
                Err(LossError::shapes(Loss::<T>::name(self), expected, y_true, y_pred))
            }
        }
    }

    fn mask(&self, y_true: View<'_, T>, weights: &mut [T]) -> Option<usize> {
        let labels = y_true.as_slice();
        let mut counted = 0;
        for ((i, weight), label) in weights.iter_mut().enumerate().zip(labels) {
            let same = |other: &T| other.trunc() == label.trunc();
            let mut others = labels.iter().enumerate().filter(|&(j, _)| j != i || !self.remove_diagonal);
            if others.any(|(_, other)| same(other)) && !labels.iter().all(same) {
                counted += 1;
            } else {
                *weight = T::zero();
            }
        }
        Some(counted)
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        self.compute(y_true, y_pred, None, Some(values), &mut []);
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        self.compute(y_true, y_pred, Some(scale), None, gradient);
    }

    fn values_and_gradient(
        &self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        scale: &[T],
        values: &mut [T],
        gradient: &mut [T],
    ) {
        self.compute(y_true, y_pred, Some(scale), Some(values), gradient);
    }

    fn get_config(&self) -> Option<Config> {
        let config = written("Circle", Loss::<T>::name(self), self.reduction);
        let config = config.with("gamma", self.gamma).with("margin", self.margin);
        Some(config.with("remove_diagonal", self.remove_diagonal))
    }
}
