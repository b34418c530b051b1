//! What moved: every value of a small array as a step from where it was to where it is.

use super::Array;
use super::colour::{class, step};
use super::plot::{GROW, WIDTH};
use super::span::{Span, usable};
use super::text::{count, index, num, put, signed, svg, xy};

/// An array of at most this many values gets a row for each of them.
pub(super) const ROWS: usize = 12;

/// Every value as a row: a ring before training, a disc after it, the difference on the right.
pub(super) fn chart(before: &Array, after: &Array, limit: f64) -> String {
    let (left, right, row) = (56.0, 66.0, 24.0);
    let pairs: Vec<(f64, f64)> =
        before.values.iter().zip(&after.values).map(|(&b, &a)| (f64::from(b), f64::from(a))).collect();
    let span = Span::of(pairs.iter().flat_map(|&(b, a)| [b, a]).chain([0.0])).padded(0.05);
    let place = |value| span.place(value, left, WIDTH - right);
    let floor = pairs.len() as f64 * row + 4.0;
    let mut out = String::from("<g aria-hidden=\"true\">");
    for (value, label) in span.ticks(5) {
        let Some(x) = place(value) else { continue };
        let class = if value.abs() < 1e-12 { "grid zero" } else { "grid" };
        put!(out, "<path class=\"{class}\" d=\"M{} 2V{}\"/>", xy(x), xy(floor));
        put!(out, "<text class=\"mid\" x=\"{}\" y=\"{}\">{label}</text>", xy(x), xy(floor + 16.0));
    }
    out.push_str("</g>");
    for (i, &(from, to)) in pairs.iter().enumerate() {
        let y = i as f64 * row + row / 2.0 + 2.0;
        let name = index(i, &before.shape);
        put!(out, "<g><title>[{name}] from {} to {}</title>", num(from), num(to));
        put!(out, "<text class=\"end val\" x=\"{}\" y=\"{}\">[{name}]</text>", xy(left - 12.0), xy(y + 4.0));
        if let (Some(a), Some(b)) = (place(from), place(to)) {
            put!(out, "<path class=\"move\" d=\"M{} {}H{}\"/>", xy(a), xy(y), xy(b));
        }
        if let Some(x) = place(from) {
            put!(out, "<circle class=\"was\" cx=\"{}\" cy=\"{}\" r=\"4.2\"/>", xy(x), xy(y));
        }
        if let Some(x) = place(to) {
            let class = class(step(to, limit));
            put!(out, "<circle class=\"is {class}\" cx=\"{}\" cy=\"{}\" r=\"5.2\"/>", xy(x), xy(y));
        }
        let x = xy(WIDTH - 2.0);
        put!(out, "<text class=\"end val\" x=\"{x}\" y=\"{}\">{}</text></g>", xy(y + 4.0), signed(to - from));
    }
    let title = format!("{}: every value before (ring) and after training (disc)", before.path);
    svg("chart", (WIDTH, floor + 22.0), GROW, &title, &out)
}

/// A sentence about the size of the move.
pub(super) fn sentence(before: &Array, after: &Array) -> String {
    let moves: Vec<(usize, f64)> = before
        .values
        .iter()
        .zip(&after.values)
        .map(|(&b, &a)| f64::from(a) - f64::from(b))
        .enumerate()
        .filter(|&(_, d)| usable(d))
        .collect();
    let Some(&(at, most)) = moves.iter().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())) else {
        return "There is nothing to compare.".to_string();
    };
    if most == 0.0 {
        return "No value moved.".to_string();
    }
    let mean = moves.iter().map(|(_, d)| d.abs()).sum::<f64>() / moves.len() as f64;
    let still = moves.iter().filter(|(_, d)| *d == 0.0).count();
    let mut out = format!(
        "Moved by <b>{}</b> on average, most at <code>[{}]</code>: <b>{}</b>.",
        num(mean),
        index(at, &before.shape),
        signed(most)
    );
    if still > 0 {
        put!(out, " {} of {} did not move.", count(still), count(moves.len()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(values: &[f32]) -> Array {
        Array { path: "dense/bias".to_string(), shape: vec![values.len()], values: values.to_vec(), tile: None }
    }

    #[test]
    fn the_sentence_names_the_largest_move() {
        let text = sentence(&array(&[0.0, 1.0, 2.0]), &array(&[0.0, 1.5, 1.0]));
        assert!(text.contains("<b>0.500</b>") && text.contains("[2]") && text.contains("−1.000"), "{text}");
        assert!(text.contains("1 of 3 did not move"));
        assert_eq!(sentence(&array(&[1.0]), &array(&[1.0])), "No value moved.");
        assert_eq!(sentence(&array(&[1.0]), &array(&[f32::NAN])), "There is nothing to compare.");
    }

    #[test]
    fn a_value_that_is_no_number_has_a_row_without_a_disc() {
        let out = chart(&array(&[0.0]), &array(&[f32::NAN]), 1.0);
        assert!(out.contains("class=\"was\"") && !out.contains("class=\"is") && !out.contains("NaN"));
    }
}
