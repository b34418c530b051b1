//! The path of every single weight over the epochs, one chart for each array.

use super::Array;
use super::colour::stops;
use super::plot::{GROW, Plot, whole_ticks};
use super::span::Span;
use super::text::{escape, index, num, put, shape, svg, xy};

/// At most this many paths are drawn in a chart.
const MOST: usize = 256;
/// At most about this many moments of a path are drawn.
const MOMENTS: usize = 200;
/// At most this many paths have their index written at their end.
const NAMED: usize = 12;
/// The distance between these, so that as many as there may be fit beside the chart.
const GAP: f64 = 16.0;

/// A chart for each array that is there at the first moment.
pub(super) fn charts(moments: &[Vec<Array>]) -> String {
    let mut out = String::from("<div class=\"cards\">");
    for (i, array) in moments.first().map_or(&[][..], |first| first).iter().enumerate() {
        out.push_str(&chart(&format!("path-{i}"), array, moments));
    }
    out.push_str("</div>");
    out
}

/// The value of one weight at every moment; not a number where it is missing.
fn path(moments: &[Vec<Array>], name: &str, flat: usize) -> Vec<f64> {
    let value = |arrays: &Vec<Array>| {
        let array = arrays.iter().find(|array| array.path == name)?;
        array.values.get(flat).map(|&v| f64::from(v))
    };
    moments.iter().map(|arrays| value(arrays).unwrap_or(f64::NAN)).collect()
}

/// The chart of one array. The colour of a line follows its value.
fn chart(id: &str, array: &Array, moments: &[Vec<Array>]) -> String {
    let paths: Vec<Vec<f64>> = (0..array.values.len().min(MOST)).map(|flat| path(moments, &array.path, flat)).collect();
    let x = Span::of([0.0, moments.len().saturating_sub(1) as f64]);
    let y = Span::of(paths.iter().flatten().copied().chain([0.0])).padded(0.04);
    let named = paths.len() <= NAMED;
    let plot = Plot::new(x, y, if named { 50.0 } else { 14.0 });
    let reach = y.lo.abs().max(y.hi.abs());
    let ends = (plot.y(-reach).unwrap_or_default(), plot.y(reach).unwrap_or_default());
    let mut body = format!(
        "<defs><linearGradient id=\"{id}\" gradientUnits=\"userSpaceOnUse\" x1=\"0\" x2=\"0\" y1=\"{}\" y2=\"{}\">{}\
         </linearGradient></defs>",
        xy(ends.0),
        xy(ends.1),
        stops()
    );
    body.push_str(&plot.axes("epoch", &whole_ticks(x), ""));
    let stride = moments.len().div_ceil(MOMENTS).max(1);
    let mut labels = Vec::new();
    for (flat, path) in paths.iter().enumerate() {
        let name = index(flat, &array.shape);
        let (first, last) = (path.first().copied().unwrap_or(f64::NAN), path.last().copied().unwrap_or(f64::NAN));
        // The last moment is always drawn, whatever the stride.
        let kept = path.iter().enumerate().filter(|&(i, _)| i % stride == 0 || i + 1 == path.len());
        let line = plot.line(kept.map(|(i, &v)| (i as f64, v)));
        put!(body, "<g><title>[{name}] from {} to {}</title>", num(first), num(last));
        put!(body, "<path class=\"weight\" stroke=\"url(#{id})\" d=\"{line}\"/></g>");
        if let Some(y) = plot.y(last) {
            labels.push((y, name));
        }
    }
    if named {
        body.push_str(&end_labels(&plot, labels));
    }
    let title = format!("The path of every weight of {} over the epochs", array.path);
    format!(
        "<article class=\"card\"><header><h4><code>{}</code> <span class=\"shape\">{}</span></h4></header>{}</article>",
        escape(&array.path),
        shape(&array.shape),
        svg("chart", (plot.width, plot.height), GROW, &title, &body)
    )
}

/// The indices at the ends of the lines, moved apart where they would overlap.
fn end_labels(plot: &Plot, mut labels: Vec<(f64, String)>) -> String {
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let places = apart(&labels.iter().map(|label| label.0).collect::<Vec<_>>(), GAP, plot.height - plot.bottom);
    let x = plot.width - plot.right;
    let mut out = String::new();
    for ((end, name), y) in labels.iter().zip(places) {
        put!(out, "<path class=\"lead\" d=\"M{} {}L{} {}\"/>", xy(x + 2.0), xy(*end), xy(x + 12.0), xy(y));
        put!(out, "<text class=\"val\" x=\"{}\" y=\"{}\">[{name}]</text>", xy(x + 14.0), xy(y + 4.0));
    }
    out
}

/// Places in rising order at least `gap` apart, as near as possible to where they were, not below `floor`.
fn apart(places: &[f64], gap: f64, floor: f64) -> Vec<f64> {
    let mut out: Vec<f64> = Vec::with_capacity(places.len());
    for &place in places {
        out.push(out.last().map_or(place, |&above| place.max(above + gap)));
    }
    let mut below = floor + gap;
    for place in out.iter_mut().rev() {
        *place = place.min(below - gap);
        below = *place;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_do_not_overlap() {
        let places = apart(&[10.0, 11.0, 12.0, 95.0, 99.0], 10.0, 100.0);
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= 10.0), "{places:?}");
        assert!(places[4] <= 100.0);
    }

    #[test]
    fn missing_weights_are_no_numbers() {
        let array = Array { path: "b".to_string(), shape: vec![1], values: vec![2.0], tile: None };
        let values = path(&[vec![array], vec![]], "b", 0);
        assert_eq!(values[0], 2.0);
        assert!(values[1].is_nan());
    }
}
