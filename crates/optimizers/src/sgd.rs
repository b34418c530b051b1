//! Gradient descent, with or without momentum.

use cornu_config::Config;
use cornu_tensor::kernels::{Pass, run};
use cornu_tensor::{Scalar, Tensor};

use crate::argument::fraction;
use crate::common;
use crate::{
    Common, IntoLearningRate, Optimizer, OptimizerArguments, OptimizerError, Slot, Step, Variable, split_slots,
};

/// Gradient descent (`keras.optimizers.SGD`): `η` is the learning rate, `μ` the momentum, `g` the gradient.
///
/// | | |
/// |---|---|
/// | without momentum | `w ← w − ηg` |
/// | with momentum | `m ← μm − ηg`, `w ← w + m` |
/// | Nesterov | `m ← μm − ηg`, `w ← w + μm − ηg` |
///
/// Keras's defaults are a learning rate of 0.01 and no momentum. `nesterov` without momentum does nothing.
/// Source: [Sutskever et al., 2013](https://proceedings.mlr.press/v28/sutskever13.html).
///
/// ```
/// use cornu_optimizers::{Optimizer, SGD};
/// use cornu_tensor::Tensor;
///
/// let sgd = SGD::new(0.1)?.momentum(0.9)?;
/// let (mut w, mut slots) = ([1.0_f64], [Tensor::zeros([1])]);
/// sgd.step(sgd.at(0), &mut w, &[2.0], &mut slots)?;
/// assert_eq!(w, [0.8]); // 1 − 0.1 · 2
/// sgd.step(sgd.at(1), &mut w, &[0.0], &mut slots)?;
/// assert_eq!(w, [0.8 - 0.9 * 0.2]); // it rolls on
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct SGD {
    common: Common,
    momentum: f64,
    nesterov: bool,
}

impl SGD {
    /// Keras's class name.
    pub const CLASS_NAME: &'static str = "SGD";

    /// The learning rate: a number, or a schedule. Keras's default is 0.01.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn new(learning_rate: impl IntoLearningRate) -> Result<Self, OptimizerError> {
        Ok(Self { common: Common::new(Self::CLASS_NAME, learning_rate)?, ..Self::default() })
    }

    /// How much of the last step goes into the next. Keras's default is 0: no momentum, and no slot for it.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it does not lie between 0 and 1.
    pub fn momentum(self, momentum: f64) -> Result<Self, OptimizerError> {
        Ok(Self { momentum: fraction("SGD", "momentum", momentum)?, ..self })
    }

    /// Whether the momentum looks one step ahead. Keras's default is false.
    #[must_use]
    pub fn nesterov(self, nesterov: bool) -> Self {
        Self { nesterov, ..self }
    }

    /// The optimizer that a config describes.
    ///
    /// # Errors
    /// [`OptimizerError::Config`] or [`OptimizerError::Argument`].
    pub fn from_config(config: &Config) -> Result<Self, OptimizerError> {
        let mut arguments = config.arguments();
        let made = Self::default().momentum(arguments.or("momentum", 0.0)?)?.nesterov(arguments.or("nesterov", false)?);
        let made = common::read(made, config, &mut arguments)?;
        arguments.finish()?;
        Ok(made)
    }

    fn config(&self) -> Option<Config> {
        Some(self.common.get_config("sgd")?.with("momentum", self.momentum).with("nesterov", self.nesterov))
    }
}

impl Default for SGD {
    fn default() -> Self {
        Self { common: Common::of(Self::CLASS_NAME, 0.01), momentum: 0.0, nesterov: false }
    }
}

impl OptimizerArguments for SGD {
    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
}

impl<T: Scalar> Optimizer<T> for SGD {
    fn name(&self) -> &str {
        "sgd"
    }

    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        if self.momentum == 0.0 { Vec::new() } else { Slot::like(variable, &["momentum"]) }
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
        let (rate, momentum) = (at.learning_rate, T::of(self.momentum));
        if self.momentum == 0.0 {
            let [] = split_slots("sgd", &[], variable, gradient, slots)?;
            run(&Plain { rate }, [variable], [gradient]);
            return Ok(());
        }
        let [velocity] = split_slots("sgd", &["momentum"], variable, gradient, slots)?;
        run(&Rolling { rate, momentum, nesterov: self.nesterov }, [variable, velocity], [gradient]);
        Ok(())
    }
}

/// A step without momentum.
struct Plain<T> {
    rate: T,
}

impl<T: Scalar> Pass<T, 1, 1> for Plain<T> {
    #[inline(always)]
    fn run(&self, [variable]: [&mut [T]; 1], [gradient]: [&[T]; 1]) {
        let rate = self.rate;
        for (w, &g) in variable.iter_mut().zip(gradient) {
            *w -= g * rate;
        }
    }
}

/// A step with momentum.
struct Rolling<T> {
    rate: T,
    momentum: T,
    nesterov: bool,
}

impl<T: Scalar> Pass<T, 2, 1> for Rolling<T> {
    #[inline(always)]
    fn run(&self, [variable, velocity]: [&mut [T]; 2], [gradient]: [&[T]; 1]) {
        let &Self { rate, momentum, nesterov } = self;
        let values = variable.iter_mut().zip(velocity).zip(gradient);
        if nesterov {
            for ((w, m), &g) in values {
                *m = *m * momentum - g * rate;
                *w += *m * momentum - g * rate;
            }
        } else {
            for ((w, m), &g) in values {
                *m = *m * momentum - g * rate;
                *w += *m;
            }
        }
    }
}
