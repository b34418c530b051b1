//! How far to go along a direction.

/// The strong Wolfe conditions on a step `α` along a line `φ(α) = f(x + αd)`:
///
/// | | |
/// |---|---|
/// | sufficient decrease | `φ(α) ≤ φ(0) + c₁·α·φ′(0)` |
/// | curvature | `∣φ′(α)∣ ≤ c₂·∣φ′(0)∣` |
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Wolfe {
    pub(super) c1: f64,
    pub(super) c2: f64,
}

/// A place on the line: the step there, the loss, and its slope along the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) step: f64,
    pub(super) loss: f64,
    pub(super) slope: f64,
}

impl Point {
    fn is_finite(self) -> bool {
        self.loss.is_finite() && self.slope.is_finite()
    }
}

/// What a trial turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trial {
    /// Not lower, not low enough for its step, or not a number.
    TooFar,
    /// The lowest so far.
    Lower,
    /// The lowest so far, and it keeps both conditions.
    Found,
}

/// A search for a step that keeps the strong Wolfe conditions, trial by trial.
///
/// While every trial is low enough and goes on downwards, the steps grow; once a minimum is bracketed, the bracket gets
/// smaller. The next trial is the minimum of the cubic through the two ends, kept away from both.
///
/// Source: Nocedal & Wright, Numerical Optimization, 2nd edition, algorithms 3.5 and 3.6, equation 3.59.
#[derive(Debug)]
pub(super) struct Search {
    wolfe: Wolfe,
    start: Point,
    /// The lowest point with sufficient decrease.
    low: Point,
    /// The other end of the bracket, if there is one: a minimum lies between.
    high: Option<Point>,
    /// The lowest point before `low`, from where the steps grow.
    before: Point,
    /// The width of the bracket before the last trial.
    width: f64,
    step: f64,
}

/// How close to its ends, in parts of its width, a bracket is not tried.
const MARGIN: f64 = 0.1;
/// By what a step grows at most.
const GROWTH: f64 = 10.0;
/// A trial that leaves more than this of the bracket is followed by one in the middle.
const SLOW: f64 = 2.0 / 3.0;

impl Search {
    /// From the start of a line that goes downwards, with this first step.
    pub(super) fn new(wolfe: Wolfe, start: Point, first: f64) -> Self {
        Self { wolfe, start, low: start, high: None, before: start, width: f64::INFINITY, step: first }
    }

    /// The step to try next.
    pub(super) fn step(&self) -> f64 {
        self.step
    }

    /// The lowest point with sufficient decrease; the start, if there is none.
    pub(super) fn low(&self) -> Point {
        self.low
    }

    /// Whether the far end of the bracket has no finite loss or slope.
    pub(super) fn ends_at_infinity(&self) -> bool {
        self.high.is_some_and(|high| !high.is_finite())
    }

    /// Takes in the point at [`Search::step`].
    pub(super) fn tell(&mut self, trial: Point) -> Trial {
        let enough = self.start.loss + self.wolfe.c1 * trial.step * self.start.slope;
        let lower = trial.is_finite() && trial.loss <= enough && trial.loss < self.low.loss;
        if lower && trial.slope.abs() <= -self.wolfe.c2 * self.start.slope {
            self.low = trial;
            return Trial::Found;
        }
        if lower {
            // The minimum lies on the other side of the trial if the loss rises towards the far end.
            let ahead = self.high.map_or(1.0, |high| high.step - self.low.step);
            if trial.slope * ahead >= 0.0 {
                self.high = Some(self.low);
            }
            (self.before, self.low) = (self.low, trial);
        } else {
            self.high = Some(trial);
        }
        self.step = match self.high {
            Some(high) => self.between(high),
            None => self.beyond(),
        };
        if lower { Trial::Lower } else { Trial::TooFar }
    }

    /// A step within the bracket.
    fn between(&mut self, high: Point) -> f64 {
        let (from, to) = (self.low.step.min(high.step), self.low.step.max(high.step));
        let (width, before) = (to - from, self.width);
        self.width = width;
        let cubic = minimum(self.low, high);
        if width > SLOW * before || !cubic.is_finite() {
            return from + width / 2.0;
        }
        cubic.clamp(from + MARGIN * width, to - MARGIN * width)
    }

    /// A larger step.
    fn beyond(&self) -> f64 {
        let (low, furthest) = (self.low.step, GROWTH * self.low.step);
        let nearest = (low + MARGIN * (low - self.before.step)).min(furthest);
        let cubic = minimum(self.before, self.low);
        // A cubic without a minimum ahead goes on downwards.
        if cubic > low { cubic.clamp(nearest, furthest) } else { furthest }
    }
}

/// Where the cubic with these values and slopes at two points has its minimum; NaN if it has none.
fn minimum(a: Point, b: Point) -> f64 {
    let d1 = a.slope + b.slope - 3.0 * (a.loss - b.loss) / (a.step - b.step);
    let d2 = (b.step - a.step).signum() * (d1 * d1 - a.slope * b.slope).sqrt();
    b.step - (b.step - a.step) * (b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const USUAL: Wolfe = Wolfe { c1: 1e-4, c2: 0.9 };

    /// Searches along `phi`, which gives loss and slope; the trials in order.
    fn search(wolfe: Wolfe, first: f64, phi: impl Fn(f64) -> (f64, f64)) -> (Search, Vec<Point>) {
        let at = |step| {
            let (loss, slope) = phi(step);
            Point { step, loss, slope }
        };
        let (mut search, mut trials) = (Search::new(wolfe, at(0.0), first), Vec::new());
        while trials.len() < 60 {
            trials.push(at(search.step()));
            if search.tell(trials[trials.len() - 1]) == Trial::Found {
                break;
            }
        }
        (search, trials)
    }

    #[test]
    fn the_cubic_is_exact_on_cubics() {
        let at = |step: f64| Point { step, loss: step.powi(3) - 3.0 * step, slope: 3.0 * step * step - 3.0 };
        assert!((minimum(at(0.0), at(3.0)) - 1.0).abs() < 1e-15);
        assert!((minimum(at(3.0), at(0.5)) - 1.0).abs() < 1e-15);
        let line = |step: f64| Point { step, loss: -step, slope: -1.0 };
        assert!(!minimum(line(0.0), line(1.0)).is_finite());
    }

    #[test]
    fn a_parabola_takes_two_trials() {
        let exact = Wolfe { c1: 1e-4, c2: 1e-9 };
        for first in [0.3, 1.0, 5.0] {
            let (search, trials) = search(exact, first, |a| ((a - 2.0).powi(2), 2.0 * (a - 2.0)));
            assert_eq!(trials.len(), 2);
            assert!((search.low().step - 2.0).abs() < 1e-9);
        }
    }

    #[test]
    fn what_is_not_a_number_is_too_far() {
        // ln(10 − a) + … has no values beyond 10.
        let phi = |a: f64| (-(10.0 - a).ln() - 0.3 * a, 1.0 / (10.0 - a) - 0.3);
        let (search, trials) = search(Wolfe { c1: 1e-4, c2: 0.1 }, 100.0, phi);
        assert!(trials[0].loss.is_nan() && !search.ends_at_infinity());
        assert!(search.low().slope.abs() <= 0.02);
    }

    #[test]
    fn a_line_without_end_grows_the_steps() {
        let (search, trials) = search(USUAL, 1.0, |a| (-a, -1.0));
        assert_eq!(trials[..3].iter().map(|trial| trial.step).collect::<Vec<_>>(), [1.0, 10.0, 100.0]);
        assert!(search.low().loss < -1e50);
    }

    #[test]
    fn nothing_lower_leaves_the_start() {
        // A slope that lies.
        let (search, _) = search(USUAL, 1.0, |a| (a.abs(), -1.0));
        assert_eq!(search.low().step, 0.0);
    }

    proptest! {
        /// A step with both conditions is found, in few trials, from any first step. The first two functions are those of Moré
        /// and Thuente (1994); the second begins less flat, so that the lowest point is not lost in rounding.
        #[test]
        fn both_conditions_hold(kind in 0..3, first in prop_oneof![1e-3..1e-1, 1e-1..1e1, 1e1..1e3], c2 in 1e-2..0.9_f64) {
            let phi = |a: f64| match kind {
                0 => (-a / (a * a + 2.0), (a * a - 2.0) / (a * a + 2.0).powi(2)),
                1 => {
                    let b = a + 0.1;
                    (b.powi(5) - 2.0 * b.powi(4), 5.0 * b.powi(4) - 8.0 * b.powi(3))
                }
                _ => ((-a).exp() + 0.1 * a * a, -(-a).exp() + 0.2 * a),
            };
            let wolfe = Wolfe { c1: 1e-4, c2 };
            let (search, trials) = search(wolfe, first, phi);
            let (start, found) = (phi(0.0), search.low());
            prop_assert!(trials.len() <= 20, "{} trials", trials.len());
            prop_assert!(found.loss <= start.0 + wolfe.c1 * found.step * start.1);
            prop_assert!(found.slope.abs() <= -wolfe.c2 * start.1);
        }
    }
}
