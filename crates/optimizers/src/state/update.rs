//! One step of all variables, one variable after the other.

use cornu_tensor::Scalar;
use cornu_tensor::kernels::map;

use super::{OptimizerState, Options};
use crate::common::{Clip, Common};
use crate::passes::{sum_of_squares, zip};
use crate::{Optimizer, OptimizerError, Step};

/// One step of all variables, one variable after the other: what [`OptimizerState::apply`] does, for whoever has more to do
/// with each of them meanwhile.
///
/// First, if [`Update::needs_all`], every gradient is shown with [`Update::see`]. Then [`Update::step`] moves each variable,
/// and [`Update::finish`] ends the step. The order in each is Keras's: the gradient is divided by the loss scale,
/// accumulated and clipped; the variable decays, steps, and goes into its moving average.
#[derive(Debug)]
pub struct Update<'a, T: Scalar> {
    optimizer: &'a dyn Optimizer<T>,
    common: &'a Common,
    state: &'a mut OptimizerState<T>,
    at: Step<T>,
    /// Whether there is nothing to do but to step.
    is_plain: bool,
    /// Whether variables move, and gradients are not just gathered.
    moves: bool,
    is_finite: bool,
    squares: f64,
}

impl<T: Scalar> OptimizerState<T> {
    /// Begins a step of all variables.
    #[inline]
    pub fn begin<'a>(&'a mut self, optimizer: &'a dyn Optimizer<T>) -> Update<'a, T> {
        let common = optimizer.common();
        let mut at = Step { iteration: self.iteration, learning_rate: T::of(common.learning_rate.at(self.iteration)) };
        let mut moves = true;
        if let Some(steps) = common.gradient_accumulation_steps {
            at.iteration = self.iteration / steps;
            moves = self.iteration.wrapping_add(1).is_multiple_of(steps);
        }
        let is_plain = self.is_plain(common);
        Update { optimizer, common, state: self, at, is_plain, moves, is_finite: true, squares: 0.0 }
    }

    /// Whether none of the arguments of all optimizers asks for anything.
    #[inline]
    fn is_plain(&self, common: &Common) -> bool {
        common.clip.is_none()
            && common.gradient_accumulation_steps.is_none()
            && common.loss_scale_factor.is_none()
            && !common.use_ema
            && self.scale.is_none()
            && !self.decays
    }
}

impl<T: Scalar> Update<'_, T> {
    /// By what the loss, and so every gradient, must have been multiplied, if by anything (Keras's `scale_loss`).
    #[must_use]
    #[inline]
    pub fn loss_scale(&self) -> Option<T> {
        if self.is_plain {
            return None;
        }
        self.state.scale.map(|scale| scale.scale).or(self.common.loss_scale_factor).map(T::of)
    }

    /// Whether the gradients must all be shown ([`Update::see`]) before the first variable moves.
    #[must_use]
    #[inline]
    pub fn needs_all(&self) -> bool {
        !self.is_plain && (self.state.scale.is_some() || matches!(self.common.clip, Some(Clip::GlobalNorm(_))))
    }

    /// Shows a gradient before the first variable moves.
    ///
    /// # Errors
    /// [`OptimizerError::Variable`] for a variable that the state was not made for.
    pub fn see(&mut self, index: usize, gradient: &mut [T]) -> Result<(), OptimizerError> {
        if self.state.scale.is_some() {
            self.is_finite &= gradient.iter().all(T::is_finite);
        }
        self.gather(index, gradient)?;
        if self.moves && matches!(self.common.clip, Some(Clip::GlobalNorm(_))) {
            self.squares += sum_of_squares(gradient);
        }
        Ok(())
    }

    /// Moves a variable. What the gradient holds afterwards means nothing.
    ///
    /// # Errors
    /// [`OptimizerError::Variable`] for a variable that the state was not made for, and whatever the optimizer reports.
    #[inline]
    pub fn step(&mut self, index: usize, variable: &mut [T], gradient: &mut [T]) -> Result<(), OptimizerError> {
        if !self.is_plain {
            return self.step_with_options(index, variable, gradient);
        }
        match self.state.slots.get_mut(index) {
            Some(slots) => self.optimizer.step(self.at, variable, gradient, slots),
            None => Err(self.state.unknown(self.optimizer, index)),
        }
    }

    fn step_with_options(
        &mut self,
        index: usize,
        variable: &mut [T],
        gradient: &mut [T],
    ) -> Result<(), OptimizerError> {
        if !self.needs_all() {
            self.gather(index, gradient)?;
        }
        if !self.is_finite {
            return Ok(());
        }
        if self.moves {
            self.clip(gradient);
        }
        let Some((slots, options)) = self.state.slots.get_mut(index).zip(self.state.options.get_mut(index)) else {
            return Err(self.state.unknown(self.optimizer, index));
        };
        if self.moves {
            if let Some(decay) = options.weight_decay {
                let rate = self.at.learning_rate;
                map(variable, |w| w - w * decay * rate);
            }
            self.optimizer.step(self.at, variable, gradient, slots)?;
        }
        if let Some(gathered) = &mut options.accumulator {
            if self.moves {
                gathered.as_mut_slice().fill(T::zero());
            } else {
                zip(gathered.as_mut_slice(), gradient, |sum, g| g + sum);
            }
        }
        average(self.common, self.at.iteration, options, variable);
        Ok(())
    }

    /// Ends the step.
    #[inline]
    pub fn finish(self) {
        if let Some(scale) = &mut self.state.scale {
            if !self.is_finite {
                (scale.steps, scale.scale) = (0, scale.scale * 0.5);
                return;
            }
            scale.steps += 1;
            if scale.steps == scale.growth_steps {
                (scale.steps, scale.scale) = (0, scale.scale * 2.0);
            }
        }
        self.state.iteration += 1;
    }

    /// Divides a gradient by the loss scale, and takes the mean with those that were gathered before, if it is time to.
    fn gather(&self, index: usize, gradient: &mut [T]) -> Result<(), OptimizerError> {
        if let Some(scale) = self.loss_scale() {
            map(gradient, |g| g / scale);
        }
        let Some(options) = self.state.options.get(index) else {
            return Err(self.state.unknown(self.optimizer, index));
        };
        if let (Some(gathered), Some(steps), true) =
            (&options.accumulator, self.common.gradient_accumulation_steps, self.moves)
        {
            let steps = T::of(steps as f64);
            zip(gradient, gathered.as_slice(), |g, sum| (g + sum) / steps);
        }
        Ok(())
    }

    /// Clips a gradient. As in Keras, a norm that is not finite leaves nothing of it that is a number.
    fn clip(&self, gradient: &mut [T]) {
        match self.common.clip {
            None => {}
            Some(Clip::Value(limit)) => {
                let limit = T::of(limit);
                map(gradient, |g| {
                    if g > limit {
                        limit
                    } else if g < -limit {
                        -limit
                    } else {
                        g
                    }
                });
            }
            Some(Clip::Norm(limit)) => {
                let norm = sum_of_squares(gradient).sqrt();
                if norm > limit || norm.is_nan() {
                    let (limit, norm) = (T::of(limit), T::of(norm));
                    map(gradient, |g| g * limit / norm);
                }
            }
            Some(Clip::GlobalNorm(limit)) => {
                let norm = self.squares.sqrt();
                if norm > limit || norm.is_nan() {
                    let factor = T::of(if norm.is_finite() { limit / norm } else { f64::NAN });
                    map(gradient, |g| g * factor);
                }
            }
        }
    }
}

/// Takes a variable into its moving average, and the average into the variable if it is time to.
fn average<T: Scalar>(common: &Common, iteration: u64, options: &mut Options<T>, variable: &mut [T]) {
    let Some(average) = &mut options.average else { return };
    let momentum = if iteration == 0 { T::zero() } else { T::of(common.ema_momentum) };
    let rest = T::one() - momentum;
    zip(average.as_mut_slice(), variable, |a, w| momentum * a + rest * w);
    if common.ema_overwrite_frequency.is_some_and(|steps| (iteration + 1).is_multiple_of(steps)) {
        zip(variable, average.as_slice(), |_, a| a);
    }
}
