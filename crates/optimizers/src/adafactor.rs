//! Gradients divided by their mean squares, which are kept by rows and columns alone.

use cornu_config::Config;
use cornu_tensor::kernels::{Pass, run};
use cornu_tensor::{Scalar, Shape, Tensor};

use crate::argument::{finite, not_negative, positive};
use crate::common;
use crate::passes::{sum, sum_of_squares, zip};
use crate::slots::split_sized;
use crate::{Common, IntoLearningRate, Optimizer, OptimizerArguments, OptimizerError, Slot, Step, Variable};

/// Gradients divided by the root of their mean squares, of which a matrix keeps only those of its rows and columns
/// (`keras.optimizers.Adafactor`). Made for large embeddings. (As in Keras, the whole is a slot all the same.)
///
/// `η` is the learning rate, `ε₁` and `ε₂` `epsilon_1` and `epsilon_2`, `g` the gradient, `t` the step from 1:
///
/// ```text
/// β = 1 − tᵈ                      d is beta_2_decay
/// s = g² + ε₁
/// v ← βv + (1 − β)s               of a scalar or a vector
/// r ← βr + (1 − β) mean(s) over the last axis         of all else: r (…, rows), c (…, columns)
/// c ← βc + (1 − β) mean(s) over the last axis but one
/// v ← r c / mean(r) over the last axis
/// u = g / √v
/// w ← w − max(ε₂, rms(w)) min(η, 1/√t) u / max(1, rms(u)/clip_threshold)
/// ```
///
/// Keras's defaults are a learning rate of 0.001, `beta_2_decay` −0.8, `epsilon_1` 1e-30, `epsilon_2` 1e-3 and
/// `clip_threshold` 1. Source: [Shazeer and Stern, 2018](https://arxiv.org/abs/1804.04235).
///
/// ```
/// use cornu_optimizers::{Adafactor, Optimizer, Variable};
///
/// let adafactor = Adafactor::new(0.1)?;
/// let slots = Optimizer::<f32>::slots(&adafactor, &Variable::new("kernel", [3, 2]));
/// let shapes: Vec<String> = slots.iter().map(|slot| slot.shape().to_string()).collect();
/// assert_eq!(shapes, ["(3,)", "(2,)", "(3, 2)"]);
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Adafactor {
    common: Common,
    beta_2_decay: f64,
    epsilon_1: f64,
    epsilon_2: f64,
    clip_threshold: f64,
    relative_step: bool,
}

const NAMES: [&str; 3] = ["row", "column", "velocity"];

impl Adafactor {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "Adafactor";

    /// The learning rate: a number, or a schedule. Keras's default is 0.001.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn new(learning_rate: impl IntoLearningRate) -> Result<Self, OptimizerError> {
        Ok(Self { common: Common::new(Self::CLASS_NAME, learning_rate)?, ..Self::default() })
    }

    /// The power of the step by which the averages get longer. Keras's default is −0.8.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is not finite.
    pub fn beta_2_decay(self, beta_2_decay: f64) -> Result<Self, OptimizerError> {
        Ok(Self { beta_2_decay: finite(Self::CLASS_NAME, "beta_2_decay", beta_2_decay)?, ..self })
    }

    /// Keeps the mean squares away from 0. Keras's default is 1e-30.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn epsilon_1(self, epsilon_1: f64) -> Result<Self, OptimizerError> {
        Ok(Self { epsilon_1: not_negative(Self::CLASS_NAME, "epsilon_1", epsilon_1)?, ..self })
    }

    /// The least size of a variable that steps are measured by. Keras's default is 0.001.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn epsilon_2(self, epsilon_2: f64) -> Result<Self, OptimizerError> {
        Ok(Self { epsilon_2: not_negative(Self::CLASS_NAME, "epsilon_2", epsilon_2)?, ..self })
    }

    /// The largest root mean square of a step, beside the size of the variable and the rate. Keras's default is 1.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is not above 0 or not finite.
    pub fn clip_threshold(self, clip_threshold: f64) -> Result<Self, OptimizerError> {
        Ok(Self { clip_threshold: positive(Self::CLASS_NAME, "clip_threshold", clip_threshold)?, ..self })
    }

    /// Whether the learning rate is at most `1/√t`. Keras's default is true. With false, as in Keras, it is all the same.
    #[must_use]
    pub fn relative_step(self, relative_step: bool) -> Self {
        Self { relative_step, ..self }
    }

    /// The optimizer that a config describes.
    ///
    /// # Errors
    /// [`OptimizerError::Config`] or [`OptimizerError::Argument`].
    pub fn from_config(config: &Config) -> Result<Self, OptimizerError> {
        let mut arguments = config.arguments();
        let made = Self::default()
            .beta_2_decay(arguments.or("beta_2_decay", -0.8)?)?
            .epsilon_1(arguments.or("epsilon_1", 1e-30)?)?
            .epsilon_2(arguments.or("epsilon_2", 1e-3)?)?
            .clip_threshold(arguments.or("clip_threshold", 1.0)?)?
            .relative_step(arguments.or("relative_step", true)?);
        let made = common::read(made, config, &mut arguments)?;
        arguments.finish()?;
        Ok(made)
    }

    /// Takes the gradient into the mean squares of rows and columns, and these into those of all values.
    fn factored<T: Scalar>(&self, beta: T, gradient: &[T], shape: Shape, [rows, columns, all]: [&mut [T]; 3]) {
        let (epsilon, rest) = (T::of(self.epsilon_1), T::one() - beta);
        let width = shape.last_dim().max(1);
        let height = shape.outer().last_dim().max(1);
        let size = (width * height).max(1);
        for (gradient, rows) in gradient.chunks_exact(width).zip(rows.iter_mut()) {
            let mean = sum(gradient, gradient, |g, _| g * g + epsilon) / width as f64;
            *rows = beta * *rows + rest * T::of(mean);
        }
        for (gradient, columns) in gradient.chunks_exact(size).zip(columns.chunks_exact_mut(width)) {
            let part = rest / T::of_count(height);
            columns.iter_mut().for_each(|column| *column *= beta);
            for row in gradient.chunks_exact(width) {
                zip(columns, row, |column, g| column + part * (g * g + epsilon));
            }
        }
        for ((all, rows), columns) in
            all.chunks_exact_mut(size).zip(rows.chunks_exact(height)).zip(columns.chunks_exact(width))
        {
            let mean = T::of(sum(rows, rows, |row, _| row) / height as f64);
            for (all, &row) in all.chunks_exact_mut(width).zip(rows) {
                let row = row / mean;
                zip(all, columns, |_, column| row * column);
            }
        }
    }
}

impl Default for Adafactor {
    fn default() -> Self {
        Self {
            common: Common::of(Self::CLASS_NAME, 0.001),
            beta_2_decay: -0.8,
            epsilon_1: 1e-30,
            epsilon_2: 1e-3,
            clip_threshold: 1.0,
            relative_step: true,
        }
    }
}

impl OptimizerArguments for Adafactor {
    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
}

/// The shapes of the means over the last axis and over that before it; scalars, which Keras keeps too, for a vector.
fn factors(shape: Shape) -> [Shape; 2] {
    if shape.rank() < 2 {
        return [Shape::default(); 2];
    }
    let rows = shape.outer();
    [rows, rows.with_last(shape.last_dim()).unwrap_or(rows)]
}

impl<T: Scalar> Optimizer<T> for Adafactor {
    fn name(&self) -> &str {
        "adafactor"
    }

    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        let [rows, columns] = factors(variable.shape());
        vec![Slot::new(NAMES[0], rows), Slot::new(NAMES[1], columns), Slot::new(NAMES[2], variable.shape())]
    }

    fn get_config(&self) -> Option<Config> {
        let config = self.common.get_config("adafactor")?.with("beta_2_decay", self.beta_2_decay);
        let config = config.with("epsilon_1", self.epsilon_1).with("epsilon_2", self.epsilon_2);
        Some(config.with("clip_threshold", self.clip_threshold).with("relative_step", self.relative_step))
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
        let shape = slots.last().map_or(Shape::default(), Tensor::shape);
        let [rows, columns] = factors(shape).map(|shape| shape.size());
        let lengths = [rows, columns, variable.len()];
        let [rows, columns, squares] = split_sized("adafactor", &NAMES, lengths, variable, gradient, slots)?;
        let (one, step) = (T::one(), T::of(at.number()));
        let beta = one - T::of(step.to_f64().powf(self.beta_2_decay));
        if shape.rank() < 2 {
            let (epsilon, rest) = (T::of(self.epsilon_1), one - beta);
            zip(squares, gradient, |v, g| beta * v + rest * (g * g + epsilon));
        } else {
            self.factored(beta, gradient, shape, [rows, columns, &mut *squares]);
        }
        let count = variable.len().max(1) as f64;
        let size = T::of((sum_of_squares(variable) / count).sqrt());
        let step_size = T::of((sum(gradient, squares, |g, v| g / v.sqrt() * (g / v.sqrt())) / count).sqrt());
        let longest = one / step.sqrt();
        let rate = if at.learning_rate < longest { at.learning_rate } else { longest };
        let least = T::of(self.epsilon_2);
        let too_long = step_size / T::of(self.clip_threshold);
        let rule = Rule {
            factor: rate * if size > least { size } else { least },
            divisor: if too_long <= one { one } else { too_long },
        };
        run(&rule, [variable], [gradient, squares]);
        Ok(())
    }
}

/// The arithmetic of one step, in the variable's type.
struct Rule<T> {
    factor: T,
    divisor: T,
}

impl<T: Scalar> Pass<T, 1, 2> for Rule<T> {
    #[inline(always)]
    fn run(&self, [variable]: [&mut [T]; 1], [gradient, squares]: [&[T]; 2]) {
        let &Self { factor, divisor } = self;
        for ((w, &g), &v) in variable.iter_mut().zip(gradient).zip(squares) {
            *w -= factor * (g / v.sqrt() / divisor);
        }
    }
}
