//! The colours of weights: blue below zero, the colour of the page at zero, orange above.
//!
//! The scale has 21 steps, each a CSS variable and two classes: `c0` to `c20` fill a cell, `s0` to `s20` draw a
//! line. Light and dark mode only give the variables other values.

use super::span::usable;
use super::text::put;

/// Steps on each side of zero.
pub(super) const SIDE: usize = 10;
/// From this step on, text inside a cell is dark in both modes.
const MIDDLE: usize = 6;
/// From this step on, text inside a cell takes the contrasting colour.
const STRONG: usize = 8;

type Rgb = (f64, f64, f64);

/// End and middle of the negative side, zero, middle and end of the positive side.
const LIGHT: [Rgb; 5] =
    [(18.0, 70.0, 135.0), (105.0, 160.0, 213.0), (238.0, 238.0, 233.0), (236.0, 157.0, 98.0), (166.0, 54.0, 8.0)];
const DARK: [Rgb; 5] =
    [(150.0, 202.0, 255.0), (45.0, 108.0, 176.0), (38.0, 41.0, 47.0), (180.0, 90.0, 36.0), (255.0, 184.0, 130.0)];

/// The step of a value when `limit` is the end of the scale; `None` for a value that is not a number.
pub(super) fn step(value: f64, limit: f64) -> Option<usize> {
    if value.is_nan() {
        return None;
    }
    let share = (value / limit).clamp(-1.0, 1.0);
    if share.is_nan() {
        return Some(SIDE);
    }
    // Zero alone keeps the colour of zero: anything else is at least one step away from it.
    let steps = (share.abs() * SIDE as f64).ceil() as usize;
    Some(if share < 0.0 { SIDE - steps.min(SIDE) } else { SIDE + steps.min(SIDE) })
}

/// The class that fills a cell: `c0` to `c20`, or `cx` for a value that is not a number.
pub(super) fn class(step: Option<usize>) -> String {
    step.map_or_else(|| "cx".to_string(), |step| format!("c{step}"))
}

/// The class of text that is written on this step.
pub(super) fn ink(step: Option<usize>) -> &'static str {
    match step.map_or(0, |step| step.abs_diff(SIDE)) {
        STRONG.. => "on",
        MIDDLE.. => "half",
        _ => "val",
    }
}

/// The end of the scale for these values: the largest size, or in a large array the size that 99 of 100 keep.
pub(super) fn limit(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut sizes: Vec<f64> = values.into_iter().filter(|&v| usable(v)).map(f64::abs).collect();
    sizes.sort_by(f64::total_cmp);
    let last = if sizes.len() >= 200 { sizes.len() * 99 / 100 } else { sizes.len().saturating_sub(1) };
    sizes.get(last).copied().filter(|&size| size > 0.0).unwrap_or(1.0)
}

/// The variables of the scale for light (`dark == false`) or dark mode.
pub(super) fn variables(dark: bool) -> String {
    let stops = if dark { DARK } else { LIGHT };
    let mut css = String::new();
    for i in 0..=2 * SIDE {
        let at = i as f64 * 4.0 / (2 * SIDE) as f64;
        let left = (at.floor() as usize).min(3);
        let ((r0, g0, b0), (r1, g1, b1)) = (stops[left], stops[left + 1]);
        let mix = |a: f64, b: f64| (a + (b - a) * (at - left as f64)).round() as u8;
        put!(css, "--c{i}:#{:02x}{:02x}{:02x};", mix(r0, r1), mix(g0, g1), mix(b0, b1));
    }
    css
}

/// The classes that use the variables.
pub(super) fn classes() -> String {
    let mut css = String::new();
    for i in 0..=2 * SIDE {
        put!(css, ".c{i}{{fill:var(--c{i})}}.s{i}{{stroke:var(--c{i})}}");
    }
    css
}

/// The stops of a gradient that runs from the negative to the positive end, with a visible grey at zero.
pub(super) fn stops() -> String {
    let mut out = String::new();
    for (offset, colour) in [("0", "c1"), ("35%", "c4"), ("50%", "flat"), ("65%", "c16"), ("100%", "c19")] {
        put!(out, "<stop offset=\"{offset}\" style=\"stop-color:var(--{colour})\"/>");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_symmetric_and_zero_is_alone() {
        assert_eq!(step(0.0, 2.0), Some(10));
        assert_eq!(step(2.0, 2.0), Some(20));
        assert_eq!(step(-2.0, 2.0), Some(0));
        assert_eq!(step(1e-9, 2.0), Some(11));
        assert_eq!(step(f64::NEG_INFINITY, 2.0), Some(0));
        assert_eq!(step(f64::NAN, 2.0), None);
        assert_eq!(step(0.0, 0.0), Some(10));
    }

    #[test]
    fn the_limit_is_never_zero() {
        assert_eq!(limit([]), 1.0);
        assert_eq!(limit([0.0, f64::NAN]), 1.0);
        assert_eq!(limit([0.5, -3.0]), 3.0);
    }

    #[test]
    fn both_modes_have_all_steps() {
        for dark in [false, true] {
            assert_eq!(variables(dark).matches("--c").count(), 21);
        }
        assert!(variables(false).contains("--c10:#eeeee9;"));
    }
}
