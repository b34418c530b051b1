//! The span of an axis: its ends, its ticks, and where a value falls.

use super::text::num;

/// Whether a value can be drawn to scale.
pub(super) fn usable(value: f64) -> bool {
    value.is_finite() && value.abs() < 1e100
}

/// The two ends of an axis; the upper one is always above the lower one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) lo: f64,
    pub(super) hi: f64,
}

impl Span {
    /// The span of all usable values; 0 to 1 if there are none; room on both sides if they are all equal.
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let ends = values.into_iter().filter(|&v| usable(v)).fold(None, |ends, v| match ends {
            None => Some((v, v)),
            Some((lo, hi)) => Some((v.min(lo), v.max(hi))),
        });
        let Some((lo, hi)) = ends else { return Self { lo: 0.0, hi: 1.0 } };
        let size = lo.abs().max(hi.abs());
        if hi - lo > size * 1e-6 && hi - lo > 1e-30 {
            return Self { lo, hi };
        }
        let room = if size > 1e-30 { size * 0.5 } else { 1.0 };
        Self { lo: lo - room, hi: hi + room }
    }

    /// This span with room for some share of it on both sides.
    pub(super) fn padded(self, share: f64) -> Self {
        let room = (self.hi - self.lo) * share;
        Self { lo: self.lo - room, hi: self.hi + room }
    }

    /// Where the value falls between two places on the page; `None` if it cannot be drawn.
    pub(super) fn place(&self, value: f64, from: f64, to: f64) -> Option<f64> {
        usable(value).then(|| from + (value - self.lo) / (self.hi - self.lo) * (to - from))
    }

    /// About `count` round values inside the span, with their labels.
    pub(super) fn ticks(&self, count: usize) -> Vec<(f64, String)> {
        let raw = (self.hi - self.lo) / count.max(1) as f64;
        let ten = 10_f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * ten).find(|&s| s >= raw * 0.999).unwrap_or(raw);
        let first = (self.lo / step - 1e-9).ceil();
        let plain = step >= 1e-4 && self.hi.abs().max(self.lo.abs()) < 1e5;
        let decimals = (-(step.log10() + 1e-9).floor()).max(0.0) as usize;
        (0..24)
            .map(|i| (first + f64::from(i)) * step)
            .take_while(|&v| v <= self.hi + step * 1e-9)
            .map(|v| {
                let zero = v.abs() < step * 1e-9;
                let label = match (zero, plain) {
                    (true, _) => "0".to_string(),
                    (_, true) => format!("{v:.decimals$}").replace('-', "−"),
                    _ => num(v),
                };
                (v, label)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        let labels: Vec<String> = Span { lo: -0.31, hi: 0.72 }.ticks(5).into_iter().map(|t| t.1).collect();
        assert_eq!(labels, ["0.0", "0.5"].map(|l| if l == "0.0" { "0" } else { l }));
        let labels: Vec<String> = Span { lo: 0.0, hi: 1.0 }.ticks(5).into_iter().map(|t| t.1).collect();
        assert_eq!(labels, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    }

    #[test]
    fn unusual_values_still_have_a_span() {
        assert_eq!(Span::of([]), Span { lo: 0.0, hi: 1.0 });
        assert_eq!(Span::of([f64::NAN, f64::INFINITY]), Span { lo: 0.0, hi: 1.0 });
        assert_eq!(Span::of([2.0, 2.0]), Span { lo: 1.0, hi: 3.0 });
        let tiny = Span::of([1e-300, 0.0]);
        assert!(tiny.hi > tiny.lo);
        assert!(tiny.ticks(4).len() > 1);
        assert_eq!(tiny.place(f64::NAN, 0.0, 1.0), None);
    }
}
