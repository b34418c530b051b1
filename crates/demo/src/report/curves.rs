//! Loss and metrics over the epochs: training and validation in one chart.

use super::Curve;
use super::plot::{GROW, Plot, whole_ticks};
use super::span::Span;
use super::text::{escape, num, percent, put, svg, xy};

/// One chart for each measured number; `val_loss` goes into the chart of `loss`.
pub(super) fn charts(curves: &[Curve]) -> String {
    let mut bases: Vec<&str> = Vec::new();
    for curve in curves {
        let base = base(&curve.name);
        if !bases.contains(&base) {
            bases.push(base);
        }
    }
    // The loss is what the training makes smaller: it comes first.
    bases.sort_by_key(|&name| name != "loss");
    let mut out = String::from("<div class=\"cards\">");
    for name in bases {
        let both: Vec<&Curve> = curves.iter().filter(|curve| base(&curve.name) == name).collect();
        out.push_str(&chart(name, &both));
    }
    out.push_str("</div>");
    out
}

/// The name without Keras's mark of a validation curve.
fn base(name: &str) -> &str {
    name.strip_prefix("val_").unwrap_or(name)
}

/// One chart with its legend, which tells the last values.
fn chart(name: &str, curves: &[&Curve]) -> String {
    let share = name.contains("accuracy");
    let factor = if share { 100.0 } else { 1.0 };
    let epochs = curves.iter().map(|curve| curve.values.len()).max().unwrap_or(0);
    let x = Span::of([1.0, epochs as f64]);
    let values = curves.iter().flat_map(|curve| &curve.values).map(|v| v * factor);
    let y = Span::of(values.chain([if share { 100.0 } else { 0.0 }]));
    let plot = Plot::new(x, y, 14.0);
    let mut body = plot.axes("epoch", &whole_ticks(x), if share { " %" } else { "" });
    let mut legend = String::new();
    for curve in curves {
        let (class, label) =
            if curve.name.starts_with("val_") { ("valid", "validation") } else { ("train", "training") };
        let points = curve.values.iter().enumerate().map(|(i, v)| (i as f64 + 1.0, v * factor));
        put!(body, "<path class=\"curve {class}\" d=\"{}\"/>", plot.line(points));
        let last = curve.values.last().copied().unwrap_or(f64::NAN);
        if let (Some(x), Some(y)) = (plot.x(curve.values.len() as f64), plot.y(last * factor)) {
            put!(body, "<circle class=\"tip {class}\" cx=\"{}\" cy=\"{}\" r=\"4\"/>", xy(x), xy(y));
        }
        let last = if share { percent(last) } else { num(last) };
        put!(legend, "<span class=\"item {class}\">{label} <b>{last}</b></span>");
    }
    let title = format!("{name} over {epochs} epochs");
    let picture = svg("chart", (plot.width, plot.height), GROW, &title, &body);
    let mut letters = name.chars();
    let name: String = letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default();
    format!("<article class=\"card\"><header><h4>{}</h4>{legend}</header>{picture}</article>", escape(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validation_joins_its_training_curve() {
        let curve = |name: &str| Curve { name: name.to_string(), values: vec![0.5, 0.25] };
        let out = charts(&[curve("loss"), curve("accuracy"), curve("val_loss"), curve("val_accuracy")]);
        assert_eq!(out.matches("<article").count(), 2);
        assert_eq!(out.matches("curve valid").count(), 2);
        assert!(out.contains("validation <b>0.250</b>") && out.contains("training <b>25.0 %</b>"));
    }

    #[test]
    fn empty_and_broken_curves_are_drawn() {
        let empty = Curve { name: "loss".to_string(), values: vec![] };
        let broken = Curve { name: "val_loss".to_string(), values: vec![f64::NAN, f64::INFINITY, f64::MAX] };
        assert!(!charts(&[empty, broken]).contains("NaN"));
    }
}
