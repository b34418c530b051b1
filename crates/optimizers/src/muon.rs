//! Momentum made orthogonal, for matrices; Adam for all else.

use cornu_config::{Config, Value};
use cornu_tensor::kernels::{Matrix, MatrixMut, Pass, map, product, run};
use cornu_tensor::threads::with_memory;
use cornu_tensor::{Scalar, Shape, Tensor, TensorError};

use crate::adam::{Rule, corrected_rate};
use crate::argument::{decay, finite, fraction, not_negative};
use crate::common;
use crate::passes::{sum_of_squares, zip};
use crate::schedules::written;
use crate::{
    Common, IntoLearningRate, Optimizer, OptimizerArguments, OptimizerError, Slot, Step, Variable, split_slots,
};

/// Momentum made orthogonal, for matrices (`keras.optimizers.Muon`). All else, embeddings, and what is excluded move as with
/// [`AdamW`](crate::AdamW).
///
/// `η` is the learning rate, `μ` the momentum, `g` the gradient of a matrix with `r` rows and `k` columns:
///
/// ```text
/// m ← μm + g
/// X = g + μm with nesterov, m without; transposed if r > k
/// X ← X / (‖X‖ + 1e-7)
/// X ← aX + (bA + cA²)X, A = XXᵀ          ns_steps times; a, b, c are muon_a, muon_b, muon_c
/// w ← w − η X √max(r, k) rms_rate
/// ```
///
/// Keras's defaults are a learning rate of 0.001, a momentum of 0.95 with `nesterov`, 5 `ns_steps` with 3.4445, −4.775 and
/// 2.0315, an `rms_rate` of 0.2, and a weight decay of 0.004 for both kinds of variables. Sources:
/// [Jordan et al., 2024](https://kellerjordan.github.io/posts/muon/),
/// [Liu et al., 2025](https://arxiv.org/abs/2502.16982).
///
/// ```
/// use cornu_optimizers::{Muon, Optimizer};
/// use cornu_tensor::Tensor;
///
/// let muon = Muon::new(1.0)?.rms_rate(None)?;
/// let (mut w, mut slots) = ([0.0_f64; 4], [Tensor::zeros([2, 2])]);
/// muon.step(muon.at(0), &mut w, &[5.0, 0.0, 0.0, -0.1], &mut slots)?;
/// // Whatever the gradient's size in each direction, the step is about as long in all.
/// assert!((-1.3..-0.6).contains(&w[0]) && (0.6..1.3).contains(&w[3]));
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Muon {
    common: Common,
    adam_beta_1: f64,
    adam_beta_2: f64,
    adam_weight_decay: Option<f64>,
    epsilon: f64,
    exclude_layers: Vec<String>,
    exclude_embeddings: bool,
    muon_a: f64,
    muon_b: f64,
    muon_c: f64,
    adam_lr_ratio: f64,
    momentum: f64,
    ns_steps: u32,
    nesterov: bool,
    rms_rate: Option<f64>,
}

impl Muon {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "Muon";

    /// The learning rate: a number, or a schedule. Keras's default is 0.001.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn new(learning_rate: impl IntoLearningRate) -> Result<Self, OptimizerError> {
        let mut made = Self::default();
        made.common.set_learning_rate(learning_rate)?;
        Ok(made)
    }

    /// `beta_1` of Adam. Keras's default is 0.9.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative, or 1 or more.
    pub fn adam_beta_1(self, adam_beta_1: f64) -> Result<Self, OptimizerError> {
        Ok(Self { adam_beta_1: decay(Self::CLASS_NAME, "adam_beta_1", adam_beta_1)?, ..self })
    }

    /// `beta_2` of Adam. Keras's default is 0.999.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative, or 1 or more.
    pub fn adam_beta_2(self, adam_beta_2: f64) -> Result<Self, OptimizerError> {
        Ok(Self { adam_beta_2: decay(Self::CLASS_NAME, "adam_beta_2", adam_beta_2)?, ..self })
    }

    /// The weight decay of what moves as with Adam. Keras's default is 0.004.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn adam_weight_decay(self, decay: impl Into<Option<f64>>) -> Result<Self, OptimizerError> {
        let checked = |decay| not_negative(Self::CLASS_NAME, "adam_weight_decay", decay);
        Ok(Self { adam_weight_decay: decay.into().map(checked).transpose()?, ..self })
    }

    /// `epsilon` of Adam. Keras's default is 1e-7.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn epsilon(self, epsilon: f64) -> Result<Self, OptimizerError> {
        Ok(Self { epsilon: not_negative(Self::CLASS_NAME, "epsilon", epsilon)?, ..self })
    }

    /// Which variables move as with Adam though they are matrices: all in whose paths one of these texts occurs. (Keras takes
    /// patterns; here a text stands for itself.) None by default.
    #[must_use]
    pub fn exclude_layers(self, layers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { exclude_layers: layers.into_iter().map(Into::into).collect(), ..self }
    }

    /// Whether variables with `embedding` in their paths move as with Adam. Keras's default is true.
    #[must_use]
    pub fn exclude_embeddings(self, exclude_embeddings: bool) -> Self {
        Self { exclude_embeddings, ..self }
    }

    /// `a`, `b` and `c` of the iteration that makes a matrix orthogonal. Keras's defaults are 3.4445, −4.775 and 2.0315.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if one is not finite.
    pub fn coefficients(self, [a, b, c]: [f64; 3]) -> Result<Self, OptimizerError> {
        Ok(Self {
            muon_a: finite(Self::CLASS_NAME, "muon_a", a)?,
            muon_b: finite(Self::CLASS_NAME, "muon_b", b)?,
            muon_c: finite(Self::CLASS_NAME, "muon_c", c)?,
            ..self
        })
    }

    /// By what the learning rate is multiplied for Adam. Keras's default is 1.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn adam_lr_ratio(self, adam_lr_ratio: f64) -> Result<Self, OptimizerError> {
        Ok(Self { adam_lr_ratio: not_negative(Self::CLASS_NAME, "adam_lr_ratio", adam_lr_ratio)?, ..self })
    }

    /// How much of the momentum stays. Keras's default is 0.95.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it does not lie between 0 and 1.
    pub fn momentum(self, momentum: f64) -> Result<Self, OptimizerError> {
        Ok(Self { momentum: fraction(Self::CLASS_NAME, "momentum", momentum)?, ..self })
    }

    /// How often the iteration that makes a matrix orthogonal is taken. Keras's default is 5.
    #[must_use]
    pub fn ns_steps(self, ns_steps: u32) -> Self {
        Self { ns_steps, ..self }
    }

    /// Whether the momentum looks one step ahead. Keras's default is true.
    #[must_use]
    pub fn nesterov(self, nesterov: bool) -> Self {
        Self { nesterov, ..self }
    }

    /// By what the step of a matrix is multiplied beside the root of its larger side; with `None`, by neither. Keras's
    /// default is 0.2.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn rms_rate(self, rms_rate: impl Into<Option<f64>>) -> Result<Self, OptimizerError> {
        let checked = |rate| not_negative(Self::CLASS_NAME, "rms_rate", rate);
        Ok(Self { rms_rate: rms_rate.into().map(checked).transpose()?, ..self })
    }

    /// The optimizer that a config describes.
    ///
    /// # Errors
    /// [`OptimizerError::Config`] or [`OptimizerError::Argument`].
    pub fn from_config(config: &Config) -> Result<Self, OptimizerError> {
        let (mut arguments, none) = (config.arguments(), Self::default());
        // A null is none, and not the default.
        let or_null = |argument, given: Option<f64>, default| match config.get(argument) {
            Some(Value::Null) => None,
            _ => given.or(default),
        };
        let (decay, rate) = (arguments.get("adam_weight_decay")?, arguments.get("rms_rate")?);
        let made = Self::default()
            .adam_beta_1(arguments.or("adam_beta_1", none.adam_beta_1)?)?
            .adam_beta_2(arguments.or("adam_beta_2", none.adam_beta_2)?)?
            .adam_weight_decay(or_null("adam_weight_decay", decay, none.adam_weight_decay))?
            .epsilon(arguments.or("epsilon", none.epsilon)?)?
            .exclude_layers(arguments.or("exclude_layers", Vec::<String>::new())?)
            .exclude_embeddings(arguments.or("exclude_embeddings", none.exclude_embeddings)?)
            .coefficients([
                arguments.or("muon_a", none.muon_a)?,
                arguments.or("muon_b", none.muon_b)?,
                arguments.or("muon_c", none.muon_c)?,
            ])?
            .adam_lr_ratio(arguments.or("adam_lr_ratio", none.adam_lr_ratio)?)?
            .momentum(arguments.or("momentum", none.momentum)?)?
            .ns_steps(arguments.or("ns_steps", none.ns_steps)?)
            .nesterov(arguments.or("nesterov", none.nesterov)?)
            .rms_rate(or_null("rms_rate", rate, none.rms_rate))?;
        let made = common::read(made, config, &mut arguments)?;
        arguments.finish()?;
        Ok(made)
    }

    fn is_for_adam(&self, variable: &Variable) -> bool {
        variable.shape().rank() != 2
            || self.exclude_embeddings && variable.path().to_lowercase().contains("embedding")
            || self.exclude_layers.iter().any(|part| variable.path().contains(part.as_str()))
    }

    /// Makes `x`, of so many rows, no more than its columns, about orthogonal. `memory` is as large as `x` and two squares of
    /// its rows.
    fn orthogonalize<T: Scalar>(&self, x: &mut [T], rows: usize, memory: &mut [T]) -> Result<(), TensorError> {
        let columns = x.len() / rows.max(1);
        let (other, squares) = memory.split_at_mut(x.len());
        let (a, b) = squares.split_at_mut(rows * rows);
        let (zero, one) = (T::zero(), T::one());
        let norm = T::of(sum_of_squares(x).sqrt()) + T::of(1e-7);
        map(x, |x| x / norm);
        let [of_x, of_a, of_squares] = [self.muon_a, self.muon_b, self.muon_c].map(T::of);
        for _ in 0..self.ns_steps {
            let as_matrix = Matrix::new(x, rows, columns)?;
            product(MatrixMut::new(a, rows, rows)?, zero, as_matrix, as_matrix.transposed())?;
            product(MatrixMut::new(b, rows, rows)?, zero, Matrix::new(a, rows, rows)?, Matrix::new(a, rows, rows)?)?;
            zip(b, a, |b, a| of_a * a + of_squares * b);
            other.copy_from_slice(x);
            map(x, |x| of_x * x);
            let out = MatrixMut::new(x, rows, columns)?;
            product(out, one, Matrix::new(b, rows, rows)?, Matrix::new(other, rows, columns)?)?;
        }
        Ok(())
    }
}

impl Default for Muon {
    fn default() -> Self {
        Self {
            common: Common::of(Self::CLASS_NAME, 0.001).decaying(0.004),
            adam_beta_1: 0.9,
            adam_beta_2: 0.999,
            adam_weight_decay: Some(0.004),
            epsilon: 1e-7,
            exclude_layers: Vec::new(),
            exclude_embeddings: true,
            muon_a: 3.4445,
            muon_b: -4.775,
            muon_c: 2.0315,
            adam_lr_ratio: 1.0,
            momentum: 0.95,
            ns_steps: 5,
            nesterov: true,
            rms_rate: Some(0.2),
        }
    }
}

impl OptimizerArguments for Muon {
    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
}

impl<T: Scalar> Optimizer<T> for Muon {
    fn name(&self) -> &str {
        "muon"
    }

    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        let names: &[_] = if self.is_for_adam(variable) { &["momentum", "velocity"] } else { &["momentum"] };
        Slot::like(variable, names)
    }

    fn weight_decay_of(&self, variable: &Variable) -> Option<f64> {
        let decay = if self.is_for_adam(variable) { self.adam_weight_decay } else { self.common.weight_decay };
        decay.filter(|_| self.common.is_decayed(variable))
    }

    fn get_config(&self) -> Option<Config> {
        Some(
            self.common
                .get_config("muon")?
                .with("adam_beta_1", self.adam_beta_1)
                .with("adam_beta_2", self.adam_beta_2)
                .with("epsilon", self.epsilon)
                .with("exclude_layers", self.exclude_layers.clone())
                .with("muon_a", self.muon_a)
                .with("muon_b", self.muon_b)
                .with("muon_c", self.muon_c)
                .with("adam_lr_ratio", written(self.adam_lr_ratio))
                .with("momentum", self.momentum)
                .with("ns_steps", self.ns_steps)
                .with("nesterov", self.nesterov)
                .with("exclude_embeddings", self.exclude_embeddings)
                .with("adam_weight_decay", self.adam_weight_decay)
                .with("rms_rate", self.rms_rate),
        )
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn step(
        &self,
        at: Step<T>,
        variable: &mut [T],
        gradient: &[T],
        slots: &mut [Tensor<T>],
    ) -> Result<(), OptimizerError> {
        if slots.len() == 2 {
            let names = &["momentum", "velocity"];
            let [momentum, velocity] = split_slots("muon", names, variable, gradient, slots)?;
            let at = Step { learning_rate: at.learning_rate * T::of(self.adam_lr_ratio), ..at };
            let rule = Rule {
                alpha: corrected_rate(at, self.adam_beta_1, self.adam_beta_2),
                epsilon: T::of(self.epsilon),
                rest_1: T::of(1.0 - self.adam_beta_1),
                rest_2: T::of(1.0 - self.adam_beta_2),
            };
            run(&OfAdam(rule), [variable, momentum, velocity], [gradient]);
            return Ok(());
        }
        let shape = slots.first().map_or(Shape::default(), Tensor::shape);
        let (rows, columns) = (shape.rows(), shape.last_dim());
        let [momentum] = split_slots("muon", &["momentum"], variable, gradient, slots)?;
        let kept = T::of(self.momentum - 1.0);
        zip(momentum, gradient, |m, g| m + (g + m * kept));
        let ahead = if self.nesterov { Some(T::of(self.momentum)) } else { None };
        let least = rows.min(columns);
        with_memory(2 * variable.len() + 2 * least * least, |memory| {
            let (x, memory) = memory.split_at_mut(variable.len());
            x.copy_from_slice(momentum);
            if let Some(momentum) = ahead {
                zip(x, gradient, |m, g| g + momentum * m);
            }
            let is_high = rows > columns;
            if is_high {
                transpose(x, columns, memory);
            }
            self.orthogonalize(x, least, memory)?;
            if is_high {
                transpose(x, rows, memory);
            }
            let factor = self.rms_rate.map_or(T::one(), |rate| T::of_count(rows.max(columns)).sqrt() * T::of(rate));
            run(&Descent { rate: at.learning_rate, factor }, [variable], [x]);
            Ok(())
        })
    }
}

/// Transposes a matrix of so many columns in place, with memory for another.
fn transpose<T: Scalar>(x: &mut [T], columns: usize, memory: &mut [T]) {
    let rows = x.len() / columns.max(1);
    let old = &mut memory[..x.len()];
    old.copy_from_slice(x);
    for (column, new) in x.chunks_exact_mut(rows.max(1)).enumerate() {
        for (new, old) in new.iter_mut().zip(old[column..].iter().step_by(columns)) {
            *new = *old;
        }
    }
}

/// A step of Adam. (A pass of its own: one that two call is not inlined into Adam's step.)
struct OfAdam<T>(Rule<T>);

impl<T: Scalar> Pass<T, 3, 1> for OfAdam<T> {
    #[inline(always)]
    fn run(&self, written: [&mut [T]; 3], read: [&[T]; 1]) {
        self.0.run(written, read);
    }
}

/// `w ← w − ηX·factor`
struct Descent<T> {
    rate: T,
    factor: T,
}

impl<T: Scalar> Pass<T, 1, 1> for Descent<T> {
    #[inline(always)]
    fn run(&self, [variable]: [&mut [T]; 1], [direction]: [&[T]; 1]) {
        for (w, &x) in variable.iter_mut().zip(direction) {
            *w -= self.rate * x * self.factor;
        }
    }
}
