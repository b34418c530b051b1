//! Gradient descent, with or without momentum.

use cornu_tensor::kernels::{Pass, run};
use cornu_tensor::{Scalar, Tensor};

use crate::argument::{fraction, not_negative};
use crate::{Optimizer, OptimizerError, split_slots};

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
/// sgd.step(0, &mut w, &[2.0], &mut slots)?;
/// assert_eq!(w, [0.8]); // 1 − 0.1 · 2
/// sgd.step(1, &mut w, &[0.0], &mut slots)?;
/// assert_eq!(w, [0.8 - 0.9 * 0.2]); // it rolls on
/// # Ok::<(), cornu_optimizers::OptimizerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SGD {
    learning_rate: f64,
    momentum: f64,
    nesterov: bool,
}

impl SGD {
    /// The learning rate. Keras's default is 0.01.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn new(learning_rate: f64) -> Result<Self, OptimizerError> {
        Ok(Self { learning_rate: not_negative("SGD", "learning_rate", learning_rate)?, ..Self::default() })
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
}

impl Default for SGD {
    fn default() -> Self {
        Self { learning_rate: 0.01, momentum: 0.0, nesterov: false }
    }
}

impl<T: Scalar> Optimizer<T> for SGD {
    fn name(&self) -> &str {
        "sgd"
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn set_learning_rate(&mut self, rate: f64) -> Result<(), OptimizerError> {
        self.learning_rate = not_negative("SGD", "learning_rate", rate)?;
        Ok(())
    }

    fn slots(&self) -> &'static [&'static str] {
        if self.momentum == 0.0 { &[] } else { &["momentum"] }
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn step(
        &self,
        _iteration: u64,
        variable: &mut [T],
        gradient: &[T],
        slots: &mut [Tensor<T>],
    ) -> Result<(), OptimizerError> {
        let (rate, momentum) = (T::of(self.learning_rate), T::of(self.momentum));
        if self.momentum == 0.0 {
            let [] = split_slots(self, variable, gradient, slots)?;
            run(&Plain { rate }, [variable], [gradient]);
            return Ok(());
        }
        let [velocity] = split_slots(self, variable, gradient, slots)?;
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
