//! Keras's losses: how far predictions are from their labels, and the gradient of that.
//!
//! A [`Loss`] gives one value a row of predictions, and the gradient. [`Evaluator`] weights the values, reduces
//! them to one number as Keras does ([`Reduction`]) and owns the memory that this takes.
//!
//! ```
//! use cornu_losses::{CategoricalCrossentropy, Evaluator};
//! use cornu_tensor::Tensor;
//!
//! let y_true = Tensor::from([[0.0_f32, 1.0, 0.0], [0.0, 0.0, 1.0]]);
//! let y_pred = Tensor::from([[0.05_f32, 0.95, 0.0], [0.1, 0.8, 0.1]]);
//!
//! let loss = CategoricalCrossentropy::new();
//! let value = Evaluator::new().value(&loss, y_true.view(), y_pred.view(), None)?;
//! assert!((value - 1.177).abs() < 1e-3);
//! # Ok::<(), cornu_losses::LossError>(())
//! ```
//!
//! | | |
//! |---|---|
//! | errors | [`MeanSquaredError`], [`MeanAbsoluteError`], [`MeanAbsolutePercentageError`], [`MeanSquaredLogarithmicError`], [`Huber`], [`LogCosh`], [`CosineSimilarity`] |
//! | probabilities | [`BinaryCrossentropy`], [`BinaryFocalCrossentropy`], [`CategoricalCrossentropy`], [`CategoricalFocalCrossentropy`], [`SparseCategoricalCrossentropy`], [`CategoricalGeneralizedCrossEntropy`], [`KLDivergence`], [`Poisson`] |
//! | margins | [`Hinge`], [`SquaredHinge`], [`CategoricalHinge`] |
//! | regions, embeddings, sequences | [`Dice`], [`Tversky`], [`Circle`], [`CTC`] |
//! | one's own | [`FromFn`] and [`FromRows`] from closures, or the trait [`Loss`] |
//!
//! A loss has a name ([`get`]), and whatever takes a loss takes the name as well ([`IntoLoss`]):
//! ```
//! use cornu_losses::{IntoLoss, Loss, MeanSquaredError};
//!
//! let by_name: Box<dyn Loss<f32>> = "mse".into_loss()?;
//! let by_type: Box<dyn Loss<f32>> = MeanSquaredError::new().into_loss()?;
//! assert_eq!(by_name.name(), by_type.name());
//! # Ok::<(), cornu_losses::LossError>(())
//! ```

mod axes;
mod binary_crossentropy;
mod binary_focal_crossentropy;
mod categorical_crossentropy;
mod categorical_focal_crossentropy;
mod categorical_generalized_cross_entropy;
mod categorical_hinge;
mod circle;
mod clip;
mod common;
mod cosine_similarity;
mod ctc;
mod dice;
mod error;
mod evaluator;
mod focus;
mod from_fn;
mod hinge;
mod huber;
mod kl_divergence;
mod log_cosh;
mod mean_absolute_error;
mod mean_absolute_percentage_error;
mod mean_squared_error;
mod mean_squared_logarithmic_error;
mod overlap;
mod pairs;
mod poisson;
mod reduction;
mod registry;
mod rows;
mod shapes;
mod sparse_categorical_crossentropy;
mod squared_hinge;
mod tversky;

use std::fmt::Debug;

pub use binary_crossentropy::BinaryCrossentropy;
pub use binary_focal_crossentropy::BinaryFocalCrossentropy;
pub use categorical_crossentropy::CategoricalCrossentropy;
pub use categorical_focal_crossentropy::CategoricalFocalCrossentropy;
pub use categorical_generalized_cross_entropy::CategoricalGeneralizedCrossEntropy;
pub use categorical_hinge::CategoricalHinge;
pub use circle::Circle;
pub use cornu_config as config;
use cornu_config::Config;
pub use cornu_tensor as tensor;
use cornu_tensor::{Scalar, Shape, View};
pub use cosine_similarity::CosineSimilarity;
pub use ctc::CTC;
pub use dice::Dice;
use dyn_clone::DynClone;
pub use error::LossError;
pub use evaluator::Evaluator;
pub use from_fn::{FromFn, FromRows};
pub use hinge::Hinge;
pub use huber::Huber;
pub use kl_divergence::KLDivergence;
pub use log_cosh::LogCosh;
pub use mean_absolute_error::MeanAbsoluteError;
pub use mean_absolute_percentage_error::MeanAbsolutePercentageError;
pub use mean_squared_error::MeanSquaredError;
pub use mean_squared_logarithmic_error::MeanSquaredLogarithmicError;
pub use poisson::Poisson;
pub use reduction::Reduction;
pub use registry::{IntoLoss, from_config, get, names};
pub use sparse_categorical_crossentropy::SparseCategoricalCrossentropy;
pub use squared_hinge::SquaredHinge;
pub use tversky::Tversky;

/// How far predictions are from their labels.
///
/// The values and the gradient are written into memory that the caller owns; nothing is allocated. They
/// expect labels that [`Loss::check`] accepts and buffers of the right length; with others they do not panic,
/// but what they write has no meaning. [`Evaluator`] checks both.
///
/// One's own:
/// ```
/// use cornu_losses::{Evaluator, Loss, LossError, Reduction};
/// use cornu_tensor::{Scalar, Shape, Tensor, View};
///
/// /// The square of the difference, of predictions of one value a sample.
/// #[derive(Debug, Clone)]
/// struct Square;
///
/// impl<T: Scalar> Loss<T> for Square {
///     fn name(&self) -> &str {
///         "square"
///     }
///     fn reduction(&self) -> Reduction {
///         Reduction::default()
///     }
///     fn values_shape(&self, y_true: Shape, y_pred: Shape) -> Result<Shape, LossError> {
///         match (y_true.dims(), y_pred.dims()) {
///             (&[n, 1], &[m, 1]) if n == m => Ok([n].into()),
///             _ => Err(LossError::shapes("square", "two shapes (n, 1)", y_true, y_pred)),
///         }
///     }
///     fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
///         for ((v, &t), &p) in values.iter_mut().zip(y_true.as_slice()).zip(y_pred.as_slice()) {
///             *v = (p - t) * (p - t);
///         }
///     }
///     fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
///         for (((g, &s), &t), &p) in gradient.iter_mut().zip(scale).zip(y_true.as_slice()).zip(y_pred.as_slice()) {
///             *g = s * T::of(2.0) * (p - t);
///         }
///     }
/// }
///
/// let (y_true, y_pred) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[1.0], [5.0]]));
/// assert_eq!(Evaluator::new().value(&Square, y_true.view(), y_pred.view(), None)?, 4.5);
/// # Ok::<(), LossError>(())
/// ```
pub trait Loss<T: Scalar>: Debug + DynClone + Send + Sync {
    /// Its name, such as `"mean_squared_error"`.
    fn name(&self) -> &str;

    /// How its values become one number.
    fn reduction(&self) -> Reduction;

    /// The shape of the values: one a row of the predictions, so their shape without the last dimension.
    ///
    /// (Labels `(n, t)` of predictions `(n, t, 1)` are compared as `(n, t)` with `(n, t)`, as Keras does:
    /// one value a sample.)
    ///
    /// # Errors
    /// [`LossError::Shapes`] if labels of this shape do not fit predictions of that shape.
    fn values_shape(&self, y_true: Shape, y_pred: Shape) -> Result<Shape, LossError>;

    /// Whether these labels fit predictions of this shape: their shape, and the range of class numbers.
    ///
    /// # Errors
    /// [`LossError::Shapes`], or [`LossError::Label`] for a class number that no class has.
    fn check(&self, y_true: View<'_, T>, y_pred: Shape) -> Result<(), LossError> {
        self.values_shape(y_true.shape(), y_pred).map(drop)
    }

    /// Whether [`Loss::check`] can refuse a part of what it agreed to as a whole. Training keeps a copy of all weights if
    /// so, to give them back after an error.
    fn may_fail(&self) -> bool {
        true
    }

    /// Whether the value and the gradient of a row depend on no other row. Then a large batch comes in parts, on several
    /// threads; otherwise it comes as a whole.
    fn rows_are_independent(&self) -> bool {
        false
    }

    /// Sets the weight of every row that does not count to 0, and gives the number of rows that count; `None`
    /// if all do.
    fn mask(&self, _y_true: View<'_, T>, _weights: &mut [T]) -> Option<usize> {
        None
    }

    /// The values, not weighted and not reduced. There are as many as [`Loss::values_shape`] says.
    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]);

    /// The gradient of `Σ scale[i] · value[i]` with respect to the predictions, written (not added) into
    /// `gradient`.
    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]);

    /// [`Loss::values`] and [`Loss::gradient`] in one call, for losses that can share the work.
    fn values_and_gradient(
        &self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        scale: &[T],
        values: &mut [T],
        gradient: &mut [T],
    ) {
        self.values(y_true, y_pred, values);
        self.gradient(y_true, y_pred, scale, gradient);
    }

    /// The same loss taken on the logits, if the last activation of a model (`"softmax"`, `"sigmoid"`) can be
    /// fused with it. This form is exact where the probabilities are clipped, and its gradient is `p − y`.
    ///
    /// ```
    /// use cornu_losses::{BinaryCrossentropy, Loss};
    ///
    /// let loss: Box<dyn Loss<f32>> = Box::new(BinaryCrossentropy::new());
    /// assert!(loss.on_logits_of("sigmoid").is_some());
    /// assert!(loss.on_logits_of("relu").is_none());
    /// ```
    fn on_logits_of(&self, _activation: &str) -> Option<Box<dyn Loss<T>>> {
        None
    }

    /// What Keras writes of it: its class and its arguments. `None`, the default, for one of one's own that no file can
    /// carry. [`from_config`] is the way back.
    ///
    /// ```
    /// use cornu_losses::{BinaryCrossentropy, Loss, from_config};
    ///
    /// let loss: Box<dyn Loss<f32>> = Box::new(BinaryCrossentropy::new().from_logits(true));
    /// let config = loss.get_config().ok_or("no config")?;
    /// assert_eq!(config.class_name(), "BinaryCrossentropy");
    /// assert_eq!(from_config::<f32>(&config)?.get_config(), Some(config));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn get_config(&self) -> Option<Config> {
        None
    }
}

dyn_clone::clone_trait_object!(<T: Scalar> Loss<T>);

impl<T: Scalar> Loss<T> for Box<dyn Loss<T>> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn reduction(&self) -> Reduction {
        (**self).reduction()
    }

    fn values_shape(&self, y_true: Shape, y_pred: Shape) -> Result<Shape, LossError> {
        (**self).values_shape(y_true, y_pred)
    }

    fn check(&self, y_true: View<'_, T>, y_pred: Shape) -> Result<(), LossError> {
        (**self).check(y_true, y_pred)
    }

    fn may_fail(&self) -> bool {
        (**self).may_fail()
    }

    fn rows_are_independent(&self) -> bool {
        (**self).rows_are_independent()
    }

    fn mask(&self, y_true: View<'_, T>, weights: &mut [T]) -> Option<usize> {
        (**self).mask(y_true, weights)
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        (**self).values(y_true, y_pred, values);
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        (**self).gradient(y_true, y_pred, scale, gradient);
    }

    fn values_and_gradient(
        &self,
        y_true: View<'_, T>,
        y_pred: View<'_, T>,
        scale: &[T],
        values: &mut [T],
        gradient: &mut [T],
    ) {
        (**self).values_and_gradient(y_true, y_pred, scale, values, gradient);
    }

    fn on_logits_of(&self, activation: &str) -> Option<Box<dyn Loss<T>>> {
        (**self).on_logits_of(activation)
    }

    fn get_config(&self) -> Option<Config> {
        (**self).get_config()
    }
}

/// The README's Rust is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
