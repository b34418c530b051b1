//! L-BFGS, for small problems whose loss is the same at every evaluation.
//!
//! It is no [`Optimizer`](crate::Optimizer): it does not step a variable by a gradient that it is given, it asks for losses
//! and gradients itself, where and as often as it needs them.

mod history;
mod line_search;
mod run;

use std::fmt;

use cornu_tensor::Scalar;
use line_search::Wolfe;
use run::Run;

use crate::OptimizerError;
use crate::argument::{error, not_negative};

/// Finds a minimum of a smooth function by the limited-memory BFGS method: each iteration goes along
///
/// `d = −H·∇f(x)`
///
/// as far as a line search with the strong Wolfe conditions says, where `H` is what the last steps tell of the inverse of
/// the curvature (the two-loop recursion). Near a minimum that is almost Newton's method, at the cost of a few scalar
/// products. Keras has no such method; the names of the arguments are PyTorch's and SciPy's, the defaults are SciPy's
/// (`history_size` is its `maxcor`, `max_iter` its `maxiter`, `max_eval` its `maxfun`, `max_ls` its `maxls`), but for the
/// tolerances, which are PyTorch's.
///
/// Sources: [Liu & Nocedal, 1989](https://doi.org/10.1007/BF01589116), and Nocedal & Wright, Numerical Optimization, 2nd
/// edition, algorithms 7.4, 7.5, 3.5 and 3.6. Scalar products are taken in double precision.
///
/// ```
/// use cornu_optimizers::LBFGS;
///
/// // Rosenbrock's valley, with its end at (1, 1).
/// let mut x = [-1.2, 1.0];
/// let report = LBFGS::new().minimize(&mut x, |x, gradient| {
///     let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
///     gradient.copy_from_slice(&[-2.0 * a - 400.0 * x[0] * b, 200.0 * b]);
///     Ok::<f64, std::convert::Infallible>(a * a + 100.0 * b * b)
/// })?;
/// assert!((x[0] - 1.0).abs() < 1e-6 && (x[1] - 1.0).abs() < 1e-6);
/// assert!(report.iterations() < 50);
/// # Ok::<(), std::convert::Infallible>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LBFGS {
    history_size: usize,
    max_iter: usize,
    max_eval: usize,
    max_ls: usize,
    tolerance_grad: f64,
    tolerance_change: f64,
    wolfe: Wolfe,
}

impl Default for LBFGS {
    fn default() -> Self {
        Self {
            history_size: 10,
            max_iter: 15_000,
            max_eval: 15_000,
            max_ls: 20,
            tolerance_grad: 1e-7,
            tolerance_change: 1e-9,
            wolfe: Wolfe { c1: 1e-4, c2: 0.9 },
        }
    }
}

impl LBFGS {
    /// With the defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many of the last steps are remembered, each with two vectors as long as `x`. 10 by default.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is 0.
    pub fn history_size(self, history_size: usize) -> Result<Self, OptimizerError> {
        Ok(Self { history_size: at_least_one("history_size", history_size)?, ..self })
    }

    /// The most iterations. 15 000 by default; 0 only measures.
    #[must_use]
    pub fn max_iter(self, max_iter: usize) -> Self {
        Self { max_iter, ..self }
    }

    /// The most evaluations of the function, of which an iteration takes one or two as a rule. 15 000 by default.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is 0.
    pub fn max_eval(self, max_eval: usize) -> Result<Self, OptimizerError> {
        Ok(Self { max_eval: at_least_one("max_eval", max_eval)?, ..self })
    }

    /// The most evaluations of one line search. 20 by default.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is 0.
    pub fn max_ls(self, max_ls: usize) -> Result<Self, OptimizerError> {
        Ok(Self { max_ls: at_least_one("max_ls", max_ls)?, ..self })
    }

    /// Ends with `max ∣∇f∣ ≤ tolerance_grad`. 1e-7 by default.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn tolerance_grad(self, tolerance: f64) -> Result<Self, OptimizerError> {
        Ok(Self { tolerance_grad: not_negative(NAME, "tolerance_grad", tolerance)?, ..self })
    }

    /// Ends with an iteration that makes the loss smaller by no more than this part of it: `f − f′ ≤ tolerance_change · ∣f∣`.
    /// 1e-9 by default; with 0 it goes on as long as there is anything to gain. (SciPy and PyTorch count a loss below 1 as 1,
    /// which ends too early where the loss goes to 0.)
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] if it is negative or not finite.
    pub fn tolerance_change(self, tolerance: f64) -> Result<Self, OptimizerError> {
        Ok(Self { tolerance_change: not_negative(NAME, "tolerance_change", tolerance)?, ..self })
    }

    /// The strong Wolfe conditions on a step `α` along a direction `d`: `f(x + αd) ≤ f(x) + c₁·α·∇f(x)·d`, and
    /// `∣∇f(x + αd)·d∣ ≤ c₂·∣∇f(x)·d∣`. A small `c2` asks for an exact line search, with more evaluations. 1e-4 and 0.9 by
    /// default.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] unless `0 < c1 < c2 < 1`.
    pub fn strong_wolfe(self, c1: f64, c2: f64) -> Result<Self, OptimizerError> {
        let unit = |c: f64| c > 0.0 && c < 1.0;
        if !unit(c1) {
            return Err(error(NAME, "c1", "above 0 and less than 1", c1));
        }
        if !unit(c2) || c2 <= c1 {
            return Err(error(NAME, "c2", "above `c1` and less than 1", c2));
        }
        Ok(Self { wolfe: Wolfe { c1, c2 }, ..self })
    }

    /// Moves `x` to a minimum of the function, downwards from where it is. The function is given a point, and writes its
    /// gradient there into the slice (of the same length, with old values in it); its loss comes back.
    ///
    /// `x` is never worse than it was: where the loss is NaN or infinite, steps get shorter, and what comes back is the
    /// best point that was found. The memory for [`LBFGS::history_size`] steps is allocated by the first; the following ones
    /// allocate nothing but room for the losses of the report.
    ///
    /// # Errors
    /// Those of the function. `x` is then the best point so far.
    pub fn minimize<T: Scalar, E>(
        &self,
        x: &mut [T],
        function: impl FnMut(&[T], &mut [T]) -> Result<f64, E>,
    ) -> Result<Report, E> {
        Run::new(self, x, function).run()
    }
}

const NAME: &str = "LBFGS";

fn at_least_one(argument: &'static str, value: usize) -> Result<usize, OptimizerError> {
    if value == 0 { Err(error(NAME, argument, "1 or more", value)) } else { Ok(value) }
}

/// What [`LBFGS::minimize`] did.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The loss at the start, and after each iteration. It never rises.
    pub losses: Vec<f64>,
    /// How often the function was evaluated.
    pub evaluations: usize,
    /// The largest part of the gradient where it ended, `max ∣∇f∣`.
    pub gradient: f64,
    /// Why it ended.
    pub stop: Stop,
}

impl Report {
    /// The loss where it ended.
    #[must_use]
    pub fn loss(&self) -> f64 {
        self.losses.last().copied().unwrap_or(f64::NAN)
    }

    /// The number of iterations.
    #[must_use]
    pub fn iterations(&self) -> usize {
        self.losses.len().saturating_sub(1)
    }
}

/// Why it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stop {
    /// The gradient is within [`LBFGS::tolerance_grad`]: a minimum.
    Gradient,
    /// The last iteration changed the loss by no more than [`LBFGS::tolerance_change`].
    Change,
    /// [`LBFGS::max_iter`] iterations are done.
    MaxIter,
    /// [`LBFGS::max_eval`] evaluations are done.
    MaxEval,
    /// No step along the gradient made the loss smaller: a minimum as exactly as the numbers tell, or a gradient that does
    /// not belong to the loss, or a kink in it.
    LineSearch,
    /// The loss or its gradient is NaN or infinite: where it began, or at every step that was tried from where it ended.
    NotFinite,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gradient => "the gradient is within `tolerance_grad`",
            Self::Change => "the loss changes by no more than `tolerance_change`",
            Self::MaxIter => "`max_iter` iterations are done",
            Self::MaxEval => "`max_eval` evaluations are done",
            Self::LineSearch => "no step makes the loss smaller",
            Self::NotFinite => "the loss or its gradient is NaN or infinite",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_outside_their_ranges() {
        let message = |made: Result<LBFGS, OptimizerError>| made.map_err(|error| error.to_string());
        let expect = |text: &str| Err(format!("LBFGS: expected {text}"));
        let lbfgs = LBFGS::new;
        assert_eq!(
            message(lbfgs().history_size(0)),
            expect("`history_size` to be 1 or more. Received: history_size=0")
        );
        assert_eq!(message(lbfgs().max_eval(0)), expect("`max_eval` to be 1 or more. Received: max_eval=0"));
        assert_eq!(message(lbfgs().max_ls(0)), expect("`max_ls` to be 1 or more. Received: max_ls=0"));
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(lbfgs().tolerance_grad(bad).is_err() && lbfgs().tolerance_change(bad).is_err());
        }
        for (c1, c2) in [(0.0, 0.5), (f64::NAN, 0.5), (0.5, 0.5), (0.1, 1.0), (0.1, f64::NAN)] {
            assert!(lbfgs().strong_wolfe(c1, c2).is_err());
        }
        assert!(lbfgs().strong_wolfe(0.1, 0.2).is_ok());
    }
}
