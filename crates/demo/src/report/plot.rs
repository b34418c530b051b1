//! The frame of a chart: its size, its two axes, and lines inside it.

use super::span::Span;
use super::text::{put, xy};

/// The width of a chart, in the units of its picture.
pub(super) const WIDTH: f64 = 440.0;
/// How far a chart may grow beyond its units.
pub(super) const GROW: f64 = 1.35;

/// A chart's frame. The y axis grows upwards.
pub(super) struct Plot {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    /// Room that is kept free above and below the span of the y axis.
    pub(super) band: f64,
    pub(super) x: Span,
    pub(super) y: Span,
}

impl Plot {
    /// A frame with room for tick labels on the left and below, and for `right` units on the right.
    pub(super) fn new(x: Span, y: Span, right: f64) -> Self {
        Self { width: WIDTH, height: 250.0, left: 46.0, right, top: 12.0, bottom: 44.0, band: 0.0, x, y }
    }

    /// Where a value of the x axis falls.
    pub(super) fn x(&self, value: f64) -> Option<f64> {
        self.x.place(value, self.left, self.width - self.right)
    }

    /// Where a value of the y axis falls.
    pub(super) fn y(&self, value: f64) -> Option<f64> {
        self.y.place(value, self.height - self.bottom - self.band, self.top + self.band)
    }

    /// Grid lines, tick labels and the name of the x axis; `unit` follows every label of the y axis.
    pub(super) fn axes(&self, x_name: &str, x_ticks: &[(f64, String)], unit: &str) -> String {
        let mut out = String::from("<g aria-hidden=\"true\">");
        let (left, right, floor) = (self.left, self.width - self.right, self.height - self.bottom);
        for (value, label) in self.y.ticks(4) {
            let Some(y) = self.y(value) else { continue };
            let class = if value.abs() < 1e-12 { "grid zero" } else { "grid" };
            put!(out, "<path class=\"{class}\" d=\"M{} {}H{}\"/>", xy(left), xy(y), xy(right));
            put!(out, "<text class=\"end\" x=\"{}\" y=\"{}\">{label}{unit}</text>", xy(left - 7.0), xy(y + 4.0));
        }
        for (value, label) in x_ticks {
            let Some(x) = self.x(*value) else { continue };
            put!(out, "<path class=\"tick\" d=\"M{} {}v4\"/>", xy(x), xy(floor));
            put!(out, "<text class=\"mid\" x=\"{}\" y=\"{}\">{label}</text>", xy(x), xy(floor + 18.0));
        }
        let middle = xy((left + right) / 2.0);
        put!(out, "<text class=\"mid name\" x=\"{middle}\" y=\"{}\">{x_name}</text></g>", xy(self.height - 6.0));
        out
    }

    /// The path data of a line through these points; it breaks where a point cannot be drawn.
    pub(super) fn line(&self, points: impl IntoIterator<Item = (f64, f64)>) -> String {
        let mut data = String::new();
        let mut pen_down = false;
        for (x, y) in points {
            match (self.x(x), self.y(y)) {
                (Some(x), Some(y)) => {
                    put!(data, "{}{} {}", if pen_down { "L" } else { "M" }, xy(x), xy(y));
                    pen_down = true;
                }
                _ => pen_down = false,
            }
        }
        data
    }
}

/// The whole numbers among the ticks of a span, for an axis of epochs.
pub(super) fn whole_ticks(span: Span) -> Vec<(f64, String)> {
    let mut ticks = span.ticks(6);
    ticks.retain(|(value, _)| (value - value.round()).abs() < 1e-9);
    for (value, label) in &mut ticks {
        *label = format!("{:.0}", value.round().abs());
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_missing_values() {
        let plot = Plot::new(Span { lo: 0.0, hi: 2.0 }, Span { lo: 0.0, hi: 1.0 }, 10.0);
        let data = plot.line([(0.0, 0.0), (1.0, f64::NAN), (2.0, 1.0)]);
        assert_eq!(data.matches('M').count(), 2);
        assert!(!data.contains("NaN"));
    }

    #[test]
    fn epochs_are_whole() {
        let labels: Vec<String> = whole_ticks(Span { lo: 1.0, hi: 3.0 }).into_iter().map(|t| t.1).collect();
        assert_eq!(labels, ["1", "2", "3"]);
    }
}
