//! Gradients divided by the root of their mean square.

use cornu_config::Config;
use cornu_tensor::kernels::{Pass, run};
use cornu_tensor::{Scalar, Tensor};

use crate::argument::{decay, fraction, not_negative};
use crate::common;
use crate::{
    Common, IntoLearningRate, Optimizer, OptimizerArguments, OptimizerError, Slot, Step, Variable, split_slots,
};

/// Gradients divided by the root of a moving average of their squares (`keras.optimizers.RMSprop`).
///
/// `η` is the learning rate, `ρ` the decay `rho`, `μ` the momentum, `ε` `epsilon`, `g` the gradient:
///
/// ```text
/// v ← ρv + (1 − ρ)g²
/// a ← ρa + (1 − ρ)g              only if centered
/// s = ηg / √(v + ε)              s = ηg / √(v − a² + ε) if centered
/// w ← w − s                      m ← μm + s, w ← w − m with momentum
/// ```
///
/// Keras's defaults are a learning rate of 0.001, `rho` 0.9, no momentum, `epsilon` 1e-7, not centered. The
/// epsilon stands inside the root, as in Keras. Sources:
/// [Hinton, 2012](http://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf), and for the centered
/// form [Graves, 2013](https://arxiv.org/abs/1308.0850).
///
/// ```
/// use cornu_optimizers::{Optimizer, RMSprop};
/// use cornu_tensor::Tensor;
///
/// let (mut w, mut slots) = ([10.0_f32], [Tensor::zeros([1])]);
/// let rmsprop = RMSprop::new(0.1)?;
/// rmsprop.step(rmsprop.at(0), &mut w, &[10.0], &mut slots)?;
/// assert_eq!(w, [9.683772]); // as in Keras's own documentation
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct RMSprop {
    common: Common,
    rho: f64,
    momentum: f64,
    epsilon: f64,
    centered: bool,
}

const NAME: &str = "rmsprop";

impl RMSprop {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "RMSprop";

    /// The learning rate: a number, or a schedule. Keras's default is 0.001.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn new(learning_rate: impl IntoLearningRate) -> Result<Self, OptimizerError> {
        Ok(Self { common: Common::new(Self::CLASS_NAME, learning_rate)?, ..Self::default() })
    }

    /// How much of the moving averages stays. Keras's default is 0.9.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative, or 1 or more.
    pub fn rho(self, rho: f64) -> Result<Self, OptimizerError> {
        Ok(Self { rho: decay("RMSprop", "rho", rho)?, ..self })
    }

    /// How much of the last step goes into the next. Keras's default is 0: no momentum, and no slot for it.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it does not lie between 0 and 1.
    pub fn momentum(self, momentum: f64) -> Result<Self, OptimizerError> {
        Ok(Self { momentum: fraction("RMSprop", "momentum", momentum)?, ..self })
    }

    /// Keeps the root away from 0. Keras's default is 1e-7. With 0, a gradient that was always 0 gives NaN.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn epsilon(self, epsilon: f64) -> Result<Self, OptimizerError> {
        Ok(Self { epsilon: not_negative("RMSprop", "epsilon", epsilon)?, ..self })
    }

    /// Whether the square of the mean gradient is taken off the mean square. Keras's default is false.
    #[must_use]
    pub fn centered(self, centered: bool) -> Self {
        Self { centered, ..self }
    }

    /// The optimizer that a config describes.
    ///
    /// # Errors
    /// [`OptimizerError::Config`] or [`OptimizerError::Argument`].
    pub fn from_config(config: &Config) -> Result<Self, OptimizerError> {
        let mut arguments = config.arguments();
        let made = Self::default()
            .rho(arguments.or("rho", 0.9)?)?
            .momentum(arguments.or("momentum", 0.0)?)?
            .epsilon(arguments.or("epsilon", 1e-7)?)?
            .centered(arguments.or("centered", false)?);
        let made = common::read(made, config, &mut arguments)?;
        arguments.finish()?;
        Ok(made)
    }

    fn config(&self) -> Option<Config> {
        let config = self.common.get_config("rm_sprop")?.with("rho", self.rho).with("momentum", self.momentum);
        Some(config.with("epsilon", self.epsilon).with("centered", self.centered))
    }
}

impl Default for RMSprop {
    fn default() -> Self {
        Self { common: Common::of(Self::CLASS_NAME, 0.001), rho: 0.9, momentum: 0.0, epsilon: 1e-7, centered: false }
    }
}

/// The arithmetic of one value, in the variable's type.
#[derive(Clone, Copy)]
struct Rule<T> {
    rate: T,
    rho: T,
    rest: T,
    momentum: T,
    epsilon: T,
}

impl<T: Scalar> Rule<T> {
    fn of(config: &RMSprop, rate: T) -> Self {
        Self {
            rate,
            rho: T::of(config.rho),
            rest: T::of(1.0 - config.rho),
            momentum: T::of(config.momentum),
            epsilon: T::of(config.epsilon),
        }
    }

    #[inline(always)]
    fn increment(self, g: T, velocity: &mut T) -> T {
        *velocity = self.rho * *velocity + self.rest * (g * g);
        self.rate * g / (*velocity + self.epsilon).sqrt()
    }

    #[inline(always)]
    fn centered_increment(self, g: T, velocity: &mut T, average: &mut T) -> T {
        *velocity = self.rho * *velocity + self.rest * (g * g);
        *average = self.rho * *average + self.rest * g;
        self.rate * g / (*velocity - *average * *average + self.epsilon).sqrt()
    }

    #[inline(always)]
    fn roll(self, momentum: &mut T, increment: T) -> T {
        *momentum = self.momentum * *momentum + increment;
        *momentum
    }
}

impl OptimizerArguments for RMSprop {
    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
}

impl<T: Scalar> Optimizer<T> for RMSprop {
    fn name(&self) -> &str {
        NAME
    }

    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        // Keras lists all velocities before all momenta.
        let slot = |name| Slot::new(name, variable.shape());
        let momentum = (self.momentum > 0.0).then(|| slot("momentum").group(1));
        let average = self.centered.then(|| slot("average_gradient").group(2));
        [Some(slot("velocity")), momentum, average].into_iter().flatten().collect()
    }

    fn get_config(&self) -> Option<Config> {
        self.config()
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
        let rule = Rule::of(self, at.learning_rate);
        match (self.momentum > 0.0, self.centered) {
            (false, false) => {
                let [velocity] = split_slots(NAME, &["velocity"], variable, gradient, slots)?;
                run(&rule, [variable, velocity], [gradient]);
            }
            (true, false) => {
                let [velocity, momentum] = split_slots(NAME, &["velocity", "momentum"], variable, gradient, slots)?;
                run(&Rolling(rule), [variable, velocity, momentum], [gradient]);
            }
            (false, true) => {
                let [velocity, average] =
                    split_slots(NAME, &["velocity", "average_gradient"], variable, gradient, slots)?;
                run(&Centered(rule), [variable, velocity, average], [gradient]);
            }
            (true, true) => {
                let [velocity, momentum, average] =
                    split_slots(NAME, &["velocity", "momentum", "average_gradient"], variable, gradient, slots)?;
                run(&Centered(rule), [variable, velocity, momentum, average], [gradient]);
            }
        }
        Ok(())
    }
}

impl<T: Scalar> Pass<T, 2, 1> for Rule<T> {
    #[inline(always)]
    fn run(&self, [variable, velocity]: [&mut [T]; 2], [gradient]: [&[T]; 1]) {
        let rule = *self;
        for ((w, v), &g) in variable.iter_mut().zip(velocity).zip(gradient) {
            *w -= rule.increment(g, v);
        }
    }
}

/// With momentum.
struct Rolling<T>(Rule<T>);

impl<T: Scalar> Pass<T, 3, 1> for Rolling<T> {
    #[inline(always)]
    fn run(&self, [variable, velocity, momentum]: [&mut [T]; 3], [gradient]: [&[T]; 1]) {
        let rule = self.0;
        for (((w, v), m), &g) in variable.iter_mut().zip(velocity).zip(momentum).zip(gradient) {
            *w -= rule.roll(m, rule.increment(g, v));
        }
    }
}

/// With the square of the mean gradient taken off.
struct Centered<T>(Rule<T>);

impl<T: Scalar> Pass<T, 3, 1> for Centered<T> {
    #[inline(always)]
    fn run(&self, [variable, velocity, average]: [&mut [T]; 3], [gradient]: [&[T]; 1]) {
        let rule = self.0;
        for (((w, v), a), &g) in variable.iter_mut().zip(velocity).zip(average).zip(gradient) {
            *w -= rule.centered_increment(g, v, a);
        }
    }
}

/// With both.
impl<T: Scalar> Pass<T, 4, 1> for Centered<T> {
    #[inline(always)]
    fn run(&self, [variable, velocity, momentum, average]: [&mut [T]; 4], [gradient]: [&[T]; 1]) {
        let rule = self.0;
        let values = variable.iter_mut().zip(velocity).zip(momentum).zip(average).zip(gradient);
        for ((((w, v), m), a), &g) in values {
            *w -= rule.roll(m, rule.centered_increment(g, v, a));
        }
    }
}
