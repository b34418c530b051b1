//! The misread digits as pictures, each with what it is and what the network answered.

use super::Mistake;
use super::text::{count, put, svg, xy};

/// At most this many pictures are shown.
const MOST: usize = 48;
/// Shades between paper and ink.
const SHADES: f32 = 16.0;

/// The pictures side by side.
pub(super) fn gallery(mistakes: &[Mistake]) -> String {
    let mut out = String::from("<ul class=\"misread\">");
    for mistake in mistakes.iter().take(MOST) {
        let (truth, seen) = (mistake.truth, mistake.predicted);
        put!(out, "<li>{}<span><b>{truth}</b> read as <b class=\"wrong\">{seen}</b></span></li>", picture(mistake));
    }
    out.push_str("</ul>");
    if mistakes.len() > MOST {
        put!(out, "<p class=\"note\">the first {MOST} of {}</p>", count(mistakes.len()));
    }
    out
}

/// One picture, as square as its number of pixels allows.
fn picture(mistake: &Mistake) -> String {
    let side = mistake.pixels.len().isqrt().max(1);
    let rows = mistake.pixels.len().div_ceil(side).max(1);
    let mut body = String::new();
    for (row, line) in mistake.pixels.chunks(side).enumerate() {
        let mut col = 0;
        for run in line.chunk_by(|a, b| shade(*a) == shade(*b)) {
            let shade = run.first().map_or(0, |&pixel| shade(pixel));
            if shade > 0 {
                let ink = xy(f64::from(shade) / f64::from(SHADES));
                put!(body, "<path fill-opacity=\"{ink}\" d=\"M{col} {row}h{0}v1h-{0}z\"/>", run.len());
            }
            col += run.len();
        }
    }
    let title = format!("A {} read as {}", mistake.truth, mistake.predicted);
    svg("pixels", (side as f64, rows as f64), 12.0, &title, &body)
}

/// The shade of a pixel, 0 for paper; a pixel that is no number is paper.
fn shade(pixel: f32) -> u8 {
    (pixel.clamp(0.0, 1.0) * SHADES).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_is_drawn_and_paper_is_not() {
        let mistake = Mistake { pixels: vec![0.0, 1.0, 1.0, f32::NAN], truth: 3, predicted: 8 };
        let out = picture(&mistake);
        assert_eq!(out.matches("<path").count(), 2);
        assert!(out.contains("viewBox=\"0 0 2 2\"") && out.contains("A 3 read as 8"));
    }

    #[test]
    fn many_mistakes_are_cut_and_none_are_a_list_too() {
        let out = gallery(&vec![Mistake::default(); 60]);
        assert_eq!(out.matches("<li>").count(), MOST);
        assert!(out.contains("of 60"));
        assert_eq!(gallery(&[]), "<ul class=\"misread\"></ul>");
    }
}
