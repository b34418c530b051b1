//! The part of the choices: every way to initialize a bias as a small picture, all to the same scales.

use super::bars::{bars, written};
use super::colour::limit;
use super::page::Part;
use super::plot::{Plot, whole_ticks};
use super::span::Span;
use super::text::{escape, num, percent, put, svg, xy};
use super::{Array, Choice};

/// The width of a small picture.
const WIDTH: f64 = 340.0;
/// Where its bars begin.
const LEFT: f64 = 50.0;
/// How far a bar may reach up or down.
const REACH: f64 = 26.0;
/// The height of a row of bars, with room for the values.
const ROW: f64 = 2.0 * REACH + 36.0;

/// The whole part.
pub(super) fn part(choices: &[Choice]) -> Part {
    let biases = choices.iter().flat_map(|choice| choice.before.iter().chain(&choice.after));
    let limit = limit(biases.flat_map(|array| &array.values).map(|&v| f64::from(v)));
    let mut out = String::from("<div class=\"small-cards\">");
    for (i, choice) in choices.iter().enumerate() {
        put!(
            out,
            "<article class=\"card choice\"><header><h4><code>{}</code></h4></header>\
             <p class=\"score\"><b>{}</b> accuracy <span>loss <b>{}</b></span></p>{}{}</article>",
            escape(&choice.name),
            percent(choice.accuracy),
            num(choice.loss),
            pair(choice, limit),
            loss(i, choices)
        );
    }
    out.push_str("</div>");
    Part::new(
        "choices",
        "The choices",
        "The same network and the same flowers; only the biases differ. Compare the two rows of bars, then the strong \
         line: the loss of this choice, before the grey lines of all the others. All pictures have the same scales.",
        &[out],
    )
}

/// The biases of all layers, before and after training.
fn pair(choice: &Choice, limit: f64) -> String {
    let arrays = if choice.before.is_empty() { &choice.after } else { &choice.before };
    let values: usize = arrays.iter().map(|array| array.values.len()).sum();
    if values == 0 {
        return format!("<div class=\"no-bias\" style=\"aspect-ratio:{WIDTH}/{}\">no biases</div>", 2.0 * ROW + 22.0);
    }
    let slot = ((WIDTH - LEFT) / (values as f64 + 0.5 * (arrays.len() as f64 - 1.0).max(0.0))).min(50.0);
    let mut body = String::new();
    for (row, (label, moment)) in [("before", &choice.before), ("after", &choice.after)].into_iter().enumerate() {
        let middle = (row as f64 + 0.5) * ROW;
        put!(body, "<text x=\"0\" y=\"{}\">{label}</text>", xy(middle + 4.5));
        let mut x = LEFT;
        for array in moment {
            put!(body, "<g transform=\"translate({} {})\">", xy(x), xy(middle));
            body.push_str(&bars(&array.values, limit, slot, REACH));
            if slot >= 36.0 {
                body.push_str(&written(&array.values, limit, slot, REACH));
            }
            body.push_str("</g>");
            x += (array.values.len() as f64 + 0.5) * slot;
        }
    }
    body.push_str(&names(arrays, slot));
    let title = format!("Biases before and after training with {}", choice.name);
    svg("chart", (WIDTH, 2.0 * ROW + 22.0), 1.4, &title, &body)
}

/// The name of each array below its bars, where there is room for it.
fn names(arrays: &[Array], slot: f64) -> String {
    let mut out = String::new();
    let mut x = LEFT;
    for array in arrays {
        let width = array.values.len() as f64 * slot;
        // The layer's name is enough: they are all biases.
        let name = array.path.rsplit_once('/').map_or(array.path.as_str(), |(layer, _)| layer);
        if name.chars().count() as f64 * 7.5 <= width {
            put!(
                out,
                "<text class=\"mid\" x=\"{}\" y=\"{}\">{}</text>",
                xy(x + width / 2.0),
                xy(2.0 * ROW + 15.0),
                escape(name)
            );
        }
        x += width + 0.5 * slot;
    }
    out
}

/// The loss of one choice over the losses of all.
fn loss(which: usize, choices: &[Choice]) -> String {
    let epochs = choices.iter().map(|choice| choice.loss_curve.len()).max().unwrap_or(0);
    let x = Span::of([1.0, epochs as f64]);
    let y = Span::of(choices.iter().flat_map(|choice| &choice.loss_curve).copied().chain([0.0]));
    let mut plot = Plot::new(x, y, 14.0);
    (plot.width, plot.height, plot.left, plot.top, plot.bottom) = (WIDTH, 150.0, LEFT, 8.0, 40.0);
    let mut body = plot.axes("epoch", &whole_ticks(x), "");
    let line = |choice: &Choice| plot.line(choice.loss_curve.iter().enumerate().map(|(i, &v)| (i as f64 + 1.0, v)));
    for (_, other) in choices.iter().enumerate().filter(|&(i, _)| i != which) {
        put!(body, "<path class=\"curve ghost\" d=\"{}\"/>", line(other));
    }
    let Some(choice) = choices.get(which) else { return String::new() };
    put!(body, "<path class=\"curve train\" d=\"{}\"/>", line(choice));
    svg("chart", (WIDTH, plot.height), 1.4, &format!("Loss over {epochs} epochs with {}", choice.name), &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_stands_before_all_the_others() {
        let choice = |name: &str| Choice { name: name.to_string(), loss_curve: vec![1.0, 0.5], ..Choice::default() };
        let choices = [choice("zeros"), choice("ones"), choice("use_bias=false")];
        let out = loss(1, &choices);
        assert_eq!(out.matches("ghost").count(), 2);
        assert_eq!(out.matches("curve train").count(), 1);
        assert!(pair(&choices[2], 1.0).contains("no biases"));
    }
}
