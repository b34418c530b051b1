//! The few numbers that sum a training up, large, and the model's table below them.

use super::text::{count, escape, put};
use super::{Array, Curve};

/// A card with labelled numbers and the model's summary.
pub(super) fn card(facts: &[(&str, String)], summary: &str) -> String {
    let mut out = String::from("<article class=\"card facts\"><dl>");
    for (label, value) in facts {
        put!(out, "<div><dt>{}</dt><dd>{}</dd></div>", escape(label), escape(value));
    }
    out.push_str("</dl>");
    if !summary.trim().is_empty() {
        // A table that is wider than its place scrolls, and a keyboard must be able to scroll it.
        let summary = escape(summary.trim_end());
        put!(out, "<pre tabindex=\"0\" role=\"region\" aria-label=\"Summary of the model\">{summary}</pre>");
    }
    out.push_str("</article>");
    out
}

/// The last value of the curve with this name.
pub(super) fn last(curves: &[Curve], name: &str) -> Option<f64> {
    curves.iter().find(|curve| curve.name == name)?.values.last().copied()
}

/// How many epochs the longest curve has.
pub(super) fn epochs(curves: &[Curve]) -> usize {
    curves.iter().map(|curve| curve.values.len()).max().unwrap_or(0)
}

/// The number of values in the arrays.
pub(super) fn weights(arrays: &[Array]) -> String {
    count(arrays.iter().map(|array| array.values.len()).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_and_summary_are_escaped() {
        let out = card(&[("<a>", "&".to_string())], "<b>");
        assert!(out.contains("&lt;a&gt;") && out.contains("<dd>&amp;</dd>") && out.contains("&lt;b&gt;"));
        assert!(!card(&[], " \n").contains("<pre"));
    }

    #[test]
    fn curves_tell_their_end() {
        let curves = [Curve { name: "loss".to_string(), values: vec![2.0, 1.0] }];
        assert_eq!(last(&curves, "loss"), Some(1.0));
        assert_eq!(last(&curves, "accuracy"), None);
        assert_eq!(epochs(&curves), 2);
    }
}
