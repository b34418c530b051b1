//! One run of the method.

use cornu_tensor::Scalar;

use super::history::{History, add, dot};
use super::line_search::{Point, Search, Trial};
use super::{LBFGS, Report, Stop};

/// A run from a start to a minimum, with its memory.
pub(super) struct Run<'a, T, F> {
    method: &'a LBFGS,
    function: F,
    x: &'a mut [T],
    /// Where the iteration began: the best point so far.
    start: Vec<T>,
    direction: Vec<T>,
    /// The gradient at the start of the iteration.
    gradient: Vec<T>,
    /// That of the lowest point of the line search.
    lowest: Vec<T>,
    /// That of the last trial.
    trial: Vec<T>,
    history: History<T>,
    losses: Vec<f64>,
    evaluations: usize,
}

impl<'a, T: Scalar, E, F: FnMut(&[T], &mut [T]) -> Result<f64, E>> Run<'a, T, F> {
    pub(super) fn new(method: &'a LBFGS, x: &'a mut [T], function: F) -> Self {
        let zeros = || vec![T::zero(); x.len()];
        Self {
            method,
            function,
            start: x.to_vec(),
            direction: zeros(),
            gradient: zeros(),
            lowest: zeros(),
            trial: zeros(),
            history: History::new(method.history_size),
            losses: Vec::new(),
            evaluations: 0,
            x,
        }
    }

    pub(super) fn run(mut self) -> Result<Report, E> {
        let loss = self.evaluate()?;
        std::mem::swap(&mut self.trial, &mut self.gradient);
        self.losses.push(loss);
        let stop = loop {
            if let Some(stop) = self.iterate(self.losses.last().copied().unwrap_or(loss))? {
                break stop;
            }
        };
        let gradient = largest(&self.gradient);
        Ok(Report { losses: self.losses, evaluations: self.evaluations, gradient, stop })
    }

    /// The loss at `x`, with its gradient in `trial`. After an error, `x` is where the iteration began.
    fn evaluate(&mut self) -> Result<f64, E> {
        self.evaluations += 1;
        (self.function)(self.x, &mut self.trial).inspect_err(|_| self.x.copy_from_slice(&self.start))
    }

    /// One iteration, from the best point so far, whose loss this is; or why there is none.
    fn iterate(&mut self, loss: f64) -> Result<Option<Stop>, E> {
        if !(loss.is_finite() && self.gradient.iter().all(|g| g.is_finite())) {
            return Ok(Some(Stop::NotFinite));
        }
        if largest(&self.gradient) <= self.method.tolerance_grad {
            return Ok(Some(Stop::Gradient));
        }
        if self.losses.len() > self.method.max_iter {
            return Ok(Some(Stop::MaxIter));
        }
        let trials = self.method.max_ls.min(self.method.max_eval.saturating_sub(self.evaluations));
        if trials == 0 {
            return Ok(Some(Stop::MaxEval));
        }
        let search = self.search(loss, trials)?;
        let low = search.low();
        if low.step == 0.0 {
            self.x.copy_from_slice(&self.start);
            // What is remembered may mislead: the gradient alone is tried before the end.
            let alone = self.history.is_empty();
            self.history.clear();
            return Ok(match alone {
                false => None,
                true if search.ends_at_infinity() => Some(Stop::NotFinite),
                true if self.evaluations >= self.method.max_eval => Some(Stop::MaxEval),
                true => Some(Stop::LineSearch),
            });
        }
        self.go(low.step);
        self.history.push([&self.start, self.x], [&self.gradient, &self.lowest]);
        std::mem::swap(&mut self.gradient, &mut self.lowest);
        self.start.copy_from_slice(self.x);
        self.losses.push(low.loss);
        let least = self.method.tolerance_change * loss.abs().max(low.loss.abs());
        Ok((loss - low.loss <= least).then_some(Stop::Change))
    }

    /// Searches along the next direction, with so many trials at most.
    fn search(&mut self, loss: f64, trials: usize) -> Result<Search, E> {
        self.history.direction(&self.gradient, &mut self.direction);
        let mut slope = dot(&self.gradient, &self.direction);
        // Rounding, or numbers too large for the type.
        if !(slope.is_finite() && slope < 0.0) {
            self.history.clear();
            self.history.direction(&self.gradient, &mut self.direction);
            slope = dot(&self.gradient, &self.direction);
        }
        // Without any history, nothing is known of the scale: the first step is one of length 1.
        let first = if self.history.is_empty() { (-slope).sqrt().recip() } else { 1.0 };
        let mut search = Search::new(self.method.wolfe, Point { step: 0.0, loss, slope }, first);
        for _ in 0..trials {
            self.go(search.step());
            let loss = self.evaluate()?;
            let slope = dot(&self.trial, &self.direction);
            let trial = search.tell(Point { step: search.step(), loss, slope });
            if trial != Trial::TooFar {
                std::mem::swap(&mut self.trial, &mut self.lowest);
            }
            if trial == Trial::Found {
                break;
            }
        }
        Ok(search)
    }

    /// Goes to `start + step·direction`.
    fn go(&mut self, step: f64) {
        self.x.copy_from_slice(&self.start);
        add(self.x, step, &self.direction);
    }
}

/// `max ∣gᵢ∣`, or NaN if there is one.
fn largest<T: Scalar>(gradient: &[T]) -> f64 {
    let larger = |max: f64, &g: &T| if g.to_f64().abs() <= max { max } else { g.to_f64().abs() };
    gradient.iter().fold(0.0, larger)
}
