//! A strip of bars for a vector of biases: up for positive, down for negative.

use super::colour::{class, step};
use super::text::{num, put, short, xy};

/// The bars of one vector, drawn from `x = 0` around the line `y = 0`.
///
/// A value of `limit` reaches `reach` units. Zero is a dot on the line, so that it is seen to be there.
pub(super) fn bars(values: &[f32], limit: f64, slot: f64, reach: f64) -> String {
    let width = (slot * 0.72).min(30.0);
    let mut out = String::new();
    for (i, value) in values.iter().map(|&v| f64::from(v)).enumerate() {
        let middle = (i as f64 + 0.5) * slot;
        let step = step(value, limit);
        let length = (value / limit).clamp(-1.0, 1.0) * reach;
        put!(out, "<g><title>[{i}] {}</title>", num(value));
        // The whole slot answers to the pointer, not only the bar.
        let (left, top, slot, tall) = (xy(i as f64 * slot), xy(-reach), xy(slot), xy(2.0 * reach));
        put!(out, "<rect class=\"hit\" x=\"{left}\" y=\"{top}\" width=\"{slot}\" height=\"{tall}\"/>");
        if length.is_finite() && length.abs() >= 0.6 {
            let (x, y) = (xy(middle - width / 2.0), xy((-length).min(0.0)));
            let (w, h) = (xy(width), xy(length.abs()));
            let round = xy((width / 6.0).min(3.0));
            put!(out, "<rect class=\"{} edge\" ", class(step));
            put!(out, "x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{round}\"/>");
        } else {
            put!(out, "<circle class=\"dot\" cx=\"{}\" cy=\"0\" r=\"{}\"/>", xy(middle), xy((width / 4.0).min(2.5)));
        }
        out.push_str("</g>");
    }
    let end = xy(values.len() as f64 * slot);
    put!(out, "<path class=\"base\" d=\"M0 0H{end}\"/>");
    out
}

/// The values of a vector, each written outside the end of its bar.
pub(super) fn written(values: &[f32], limit: f64, slot: f64, reach: f64) -> String {
    let mut out = String::new();
    for (i, value) in values.iter().map(|&v| f64::from(v)).enumerate() {
        let length = (value / limit).clamp(-1.0, 1.0) * reach;
        let length = if length.is_finite() { length } else { 0.0 };
        let y = if length < 0.0 { -length + 14.0 } else { -length - 6.0 };
        let x = xy((i as f64 + 0.5) * slot);
        put!(out, "<text class=\"mid val\" x=\"{x}\" y=\"{}\">{}</text>", xy(y), short(value));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_and_missing_numbers_are_dots() {
        let out = bars(&[0.0, f32::NAN, 1.0], 1.0, 20.0, 30.0);
        assert_eq!(out.matches("<circle").count(), 2);
        assert_eq!(out.matches("edge").count(), 1);
        assert!(!out.contains("NaN"));
    }
}
