//! The lesson's samples along the petal length, with the probability that the model gives to virginica.

use super::plot::{GROW, Plot};
use super::span::{Span, usable};
use super::text::{num, put, svg, xy};

/// The two classes, in the order of their numbers.
const NAMES: [&str; 2] = ["versicolor", "virginica"];
/// The radius of a dot.
const DOT: f64 = 3.2;

/// The card: versicolor as dots below the curve, virginica above it.
pub(super) fn card(samples: &[(f32, usize)], boundary: &[(f32, f32)]) -> String {
    let lengths = samples.iter().map(|s| f64::from(s.0)).chain(boundary.iter().map(|b| f64::from(b.0)));
    let mut plot = Plot::new(Span::of(lengths), Span { lo: 0.0, hi: 100.0 }, 14.0);
    (plot.height, plot.band) = (330.0, 68.0);
    let curve = percent(boundary);

    let mut body = sides(&plot, &curve);
    body.push_str(&plot.axes("petal length in cm", &plot.x.ticks(6), " %"));
    put!(body, "<path class=\"curve odds\" d=\"{}\"/>", plot.line(curve.iter().copied()));
    let divides = crossings(&curve);
    for &at in &divides {
        let Some(x) = plot.x(at) else { continue };
        put!(body, "<path class=\"divide\" d=\"M{} {}V{}\"/>", xy(x), xy(plot.top), xy(plot.height - plot.bottom));
        // The label stands on the side with more room, off a curve that rises.
        let late = x > plot.width * 0.6;
        let (class, dx, dy) = if late { ("end strong", -8.0, -12.0) } else { ("strong", 8.0, 26.0) };
        let y = plot.y(50.0).unwrap_or_default() + dy;
        put!(body, "<text class=\"{class}\" x=\"{}\" y=\"{}\">{at:.2} cm</text>", xy(x + dx), xy(y));
    }
    body.push_str(&dots(&plot, samples, &curve));
    let (from, to) = (xy(plot.left + 6.0), xy(plot.width - plot.right - 6.0));
    put!(body, "<text class=\"kind1\" x=\"{from}\" y=\"{}\">{}</text>", xy(plot.top + 14.0), NAMES[1]);
    let low = xy(plot.height - plot.bottom - 8.0);
    put!(body, "<text class=\"end kind0\" x=\"{to}\" y=\"{low}\">{}</text>", NAMES[0]);

    let title = format!("{} flowers by petal length and the probability of virginica", samples.len());
    let picture = svg("chart", (plot.width, plot.height), GROW, &title, &body);
    format!(
        "<article class=\"card\"><header><h4>Petal length</h4><span class=\"item\"><b>{}</b> of <b>{}</b> on the \
         right side</span></header>{picture}</article>",
        right(samples, boundary),
        samples.len()
    )
}

/// How many samples are on the right side.
pub(super) fn right(samples: &[(f32, usize)], boundary: &[(f32, f32)]) -> usize {
    let curve = percent(boundary);
    samples.iter().filter(|&&(length, kind)| is_right(&curve, f64::from(length), kind.min(1))).count()
}

/// Whether a sample is on the right side; it is where the curve does not reach.
fn is_right(curve: &[(f64, f64)], length: f64, kind: usize) -> bool {
    at(curve, length).is_none_or(|odds| usize::from(odds >= 50.0) == kind)
}

/// The boundary with its probabilities in per cent.
fn percent(boundary: &[(f32, f32)]) -> Vec<(f64, f64)> {
    boundary.iter().map(|&(x, p)| (f64::from(x), f64::from(p) * 100.0)).collect()
}

/// The two sides of the division, tinted with the colour of the class that the model sees there.
fn sides(plot: &Plot, curve: &[(f64, f64)]) -> String {
    let mut out = String::new();
    let (from, to) = (plot.left, plot.width - plot.right);
    let mut ends: Vec<f64> = crossings(curve).iter().filter_map(|&at| plot.x(at)).collect();
    ends.insert(0, from);
    ends.push(to);
    let Some(first) = curve.iter().find(|point| usable(point.1)) else { return out };
    let mut kind = usize::from(first.1 >= 50.0);
    for pair in ends.windows(2) {
        let &[a, b] = pair else { continue };
        let height = plot.height - plot.bottom - plot.top;
        put!(out, "<rect class=\"side kind{kind}\" x=\"{}\" y=\"{}\" ", xy(a), xy(plot.top));
        put!(out, "width=\"{}\" height=\"{}\"/>", xy((b - a).max(0.0)), xy(height));
        kind = 1 - kind;
    }
    out
}

/// The dots of both classes, piled up where lengths are equal.
fn dots(plot: &Plot, samples: &[(f32, usize)], curve: &[(f64, f64)]) -> String {
    let mut out = String::new();
    for (kind, name) in NAMES.iter().enumerate() {
        // How high the pile is at each place, in widths of a dot.
        let mut piles = std::collections::BTreeMap::<i64, usize>::new();
        let mut places = Vec::new();
        for &(length, _) in samples.iter().filter(|sample| sample.1.min(1) == kind) {
            let Some(x) = plot.x(f64::from(length)) else { continue };
            let pile = piles.entry((x / (2.0 * DOT)).round() as i64).or_default();
            places.push((f64::from(length), x, *pile));
            *pile += 1;
        }
        let most = piles.values().copied().max().unwrap_or(1);
        let step = (2.0 * DOT + 0.8).min((plot.band - 12.0) / most as f64);
        let (line, up) = if kind == 0 { (plot.y(0.0), 1.0) } else { (plot.y(100.0), -1.0) };
        for (length, x, height) in places {
            let y = line.unwrap_or_default() + up * (DOT + 5.0 + height as f64 * step);
            let class = if is_right(curve, length, kind) { "flower" } else { "flower missed" };
            put!(out, "<circle class=\"{class} kind{kind}\" cx=\"{}\" cy=\"{}\" r=\"{DOT}\">", xy(x), xy(y));
            put!(out, "<title>{name}, {} cm</title></circle>", num(length));
        }
    }
    out
}

/// The curve between its points; `None` outside them.
fn at(curve: &[(f64, f64)], x: f64) -> Option<f64> {
    curve.windows(2).find_map(|pair| {
        let &[(x0, y0), (x1, y1)] = pair else { return None };
        let inside = (x0..=x1).contains(&x) && x1 > x0;
        inside.then(|| y0 + (y1 - y0) * (x - x0) / (x1 - x0)).filter(|y| y.is_finite())
    })
}

/// Where the curve crosses 50 %.
fn crossings(curve: &[(f64, f64)]) -> Vec<f64> {
    let cross = |pair: &[(f64, f64)]| {
        let &[(x0, y0), (x1, y1)] = pair else { return None };
        let crosses = (y0 >= 50.0) != (y1 >= 50.0) && [x0, y0, x1, y1].into_iter().all(usable);
        crosses.then(|| x0 + (50.0 - y0) / (y1 - y0) * (x1 - x0))
    };
    curve.windows(2).filter_map(cross).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_divides_where_the_curve_crosses_one_half() {
        assert_eq!(crossings(&[(1.0, 0.0), (2.0, 40.0), (4.0, 60.0), (5.0, 100.0)]), [3.0]);
        assert_eq!(crossings(&[(1.0, f64::NAN), (2.0, 60.0)]), [0.0; 0]);
        assert_eq!(at(&[(1.0, 0.0), (2.0, 40.0)], 1.5), Some(20.0));
        assert_eq!(at(&[(1.0, 0.0), (2.0, 40.0)], 2.5), None);
    }

    #[test]
    fn flowers_on_the_wrong_side_are_rings() {
        let out = card(&[(3.0, 0), (4.6, 0), (4.0, 1), (5.0, 1)], &[(3.0, 0.0), (5.0, 1.0)]);
        assert_eq!(out.matches("flower missed").count(), 1);
        assert!(out.contains("<b>3</b> of <b>4</b>") && out.contains("4.00 cm"), "{out}");
    }
}
