//! The card of one array: its picture before and after training, and what moved.

use super::colour::{SIDE, limit};
use super::picture::picture;
use super::text::{escape, num, put, shape};
use super::{Array, Training, moves};

/// A card for every array of a training, those that exist only after it last.
pub(super) fn cards(training: &Training) -> String {
    let mut out = String::from("<div class=\"weights\">");
    for before in &training.before {
        out.push_str(&card(Some(before), training.after.iter().find(|after| after.path == before.path)));
    }
    for after in &training.after {
        if !training.before.iter().any(|before| before.path == after.path) {
            out.push_str(&card(None, Some(after)));
        }
    }
    out.push_str("</div>");
    out
}

/// The card of one array; either moment may be missing.
fn card(before: Option<&Array>, after: Option<&Array>) -> String {
    let Some(array) = before.or(after) else { return String::new() };
    let all = [before, after].into_iter().flatten().flat_map(|a| &a.values).map(|&v| f64::from(v));
    let limit = limit(all);
    let small = array.values.len() <= moves::ROWS;
    let mut out = format!(
        "<article class=\"card {}\"><header><h4><code>{}</code> <span class=\"shape\">{}</span></h4>{}</header>",
        if small { "small" } else { "large" },
        escape(&array.path),
        shape(&array.shape),
        key(limit)
    );
    out.push_str("<div class=\"seen\"><div class=\"pair\">");
    for (moment, when) in [(before, "before"), (after, "after")] {
        let drawn = moment.map_or("<p class=\"none\">not there</p>".to_string(), |a| picture(a, limit, when));
        put!(out, "<figure><figcaption>{when}</figcaption>{drawn}</figure>");
    }
    out.push_str("</div>");
    let both = before.zip(after);
    if let Some((before, after)) = both {
        put!(out, "<p class=\"moved\">{}</p>", moves::sentence(before, after));
    }
    out.push_str("</div>");
    if let Some((before, after)) = both.filter(|_| small && !array.values.is_empty()) {
        out.push_str(&moves::chart(before, after, limit));
    }
    out.push_str("</article>");
    out
}

/// The key of the colour scale, with its two ends.
fn key(limit: f64) -> String {
    let mut out =
        format!("<span class=\"key\"><span>{}</span><svg viewBox=\"0 0 21 2\" aria-hidden=\"true\">", num(-limit));
    for step in 0..=2 * SIDE {
        put!(out, "<rect class=\"c{step}\" x=\"{step}\" width=\"1.02\" height=\"2\"/>");
    }
    put!(out, "</svg><span>+{}</span></span>", num(limit));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_may_be_missing_at_either_moment() {
        let array = |path: &str| Array { path: path.to_string(), shape: vec![2], values: vec![1.0, 2.0], tile: None };
        let training = Training { before: vec![array("old")], after: vec![array("new")], curves: vec![] };
        let out = cards(&training);
        assert_eq!(out.matches("<article").count(), 2);
        assert_eq!(out.matches("not there").count(), 2);
    }
}
