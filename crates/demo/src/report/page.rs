//! The frame of the page: its head, its contents, its parts and its blocks.

use super::text::{escape, put};
use super::{Report, colour, spiral};

/// The rules of the page's style, apart from the colours.
const STYLE: &str = include_str!("style.css");

/// One part of the page, with its line in the contents.
pub(super) struct Part {
    id: &'static str,
    name: &'static str,
    html: String,
}

impl Part {
    /// A part under a heading; `lead` is the text that opens it, and may hold tags.
    pub(super) fn new(id: &'static str, name: &'static str, lead: &str, blocks: &[String]) -> Self {
        let blocks = blocks.concat();
        let html = format!(
            "<section id=\"{id}\" aria-labelledby=\"{id}-name\"><h2 id=\"{id}-name\">{name}</h2>\
             <p class=\"lead\">{lead}</p>{blocks}</section>\n"
        );
        Self { id, name, html }
    }
}

/// A block inside a part: a heading, a caption that says what to see, and the pictures.
pub(super) fn block(name: &str, caption: &str, pictures: &str) -> String {
    format!("<h3>{name}</h3><p class=\"caption\">{caption}</p>{pictures}")
}

/// The whole page.
pub(super) fn page(report: &Report, parts: &[Part]) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Cornu: what a bias does</title>\n<style>\n{}</style>\n</head>\n<body>\n",
        style()
    );
    let version = if report.version.is_empty() { String::new() } else { format!(" {}", escape(&report.version)) };
    put!(
        out,
        "<header class=\"top\"><div><p class=\"brand\"><b>Cornu</b>{version} <span>seed {}</span></p>\
         <h1>What a bias does</h1>\
         <p class=\"lead\">A bias is a number that a unit adds to the product of its inputs and its kernel: \
         <code>use_bias</code> says whether it is there, <code>bias_initializer</code> what it is before the first \
         step. Here is every kernel and every bias, before training and after it.</p>{}</div>{}</header>\n",
        report.seed,
        key(),
        spiral::spiral()
    );
    if parts.len() > 1 {
        out.push_str("<nav aria-label=\"Contents\"><ol>");
        for part in parts {
            put!(out, "<li><a href=\"#{}\">{}</a></li>", part.id, part.name);
        }
        out.push_str("</ol></nav>\n");
    }
    out.push_str("<main>\n");
    for part in parts {
        out.push_str(&part.html);
    }
    if parts.is_empty() {
        out.push_str("<p class=\"none\">Nothing was run.</p>\n");
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// How to read the colours.
fn key() -> String {
    let swatch = |class: &str, words: &str| {
        format!(
            "<li><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect class=\"{class} edge\" x=\".5\" y=\".5\" \
             width=\"11\" height=\"11\" rx=\"2\"/></svg>{words}</li>"
        )
    };
    format!(
        "<ul class=\"swatches\">{}{}{}</ul>",
        swatch("c3", "below zero"),
        swatch("c10", "zero"),
        swatch("c17", "above zero")
    )
}

/// The style sheet: the colours of both modes, then the rules.
fn style() -> String {
    let light = ":root{--paper:#f8f7f3;--card:#fff;--ink:#1b1f24;--soft:#59616b;--line:#e2dfd7;--grid:#ebe9e3;\
                 --axis:#b9b6ad;--flat:#9b9a94;--val:#14171a;--half:#14171a;--on:#fff;--train:#1b1f24;--valid:#0f7f78;";
    let dark = ":root{--paper:#121418;--card:#1b1e23;--ink:#e8eaed;--soft:#a3abb6;--line:#2c3138;--grid:#272b31;\
                --axis:#505862;--flat:#747b84;--val:#f0f2f5;--half:#0b0d10;--on:#0b0d10;--train:#e8eaed;--valid:#4cc3b5;";
    format!(
        "{light}{}}}\n@media screen and (prefers-color-scheme:dark){{{dark}{}}}}}\n{}\n{STYLE}",
        colour::variables(false),
        colour::variables(true),
        colour::classes()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contents_lead_to_the_parts() {
        let parts = [Part::new("one", "First", "a", &[]), Part::new("two", "Second", "b", &[block("c", "d", "e")])];
        let html = page(&Report::default(), &parts);
        for id in ["one", "two"] {
            assert!(html.contains(&format!("href=\"#{id}\"")) && html.contains(&format!("id=\"{id}\"")));
        }
        assert!(!page(&Report::default(), &parts[..1]).contains("<nav"));
    }

    #[test]
    fn the_braces_of_the_style_match_and_every_variable_is_given() {
        let css = style();
        assert_eq!(css.matches('{').count(), css.matches('}').count());
        for used in css.split("var(").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(css.matches(&format!("{used}:")).count() >= 2, "{used} is not given for both modes");
        }
    }

    /// The contrast of two colours, after WCAG 2: from 1 to 21.
    fn contrast(a: &str, b: &str) -> f64 {
        let light = |colour: &str| {
            let wide = if colour.len() == 4 {
                colour.chars().skip(1).flat_map(|c| [c, c]).collect()
            } else {
                colour[1..].to_string()
            };
            let part = |at: usize| f64::from(u8::from_str_radix(&wide[at..at + 2], 16).unwrap()) / 255.0;
            let linear = |v: f64| if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) };
            0.2126 * linear(part(0)) + 0.7152 * linear(part(2)) + 0.0722 * linear(part(4))
        };
        let (a, b) = (light(a), light(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_can_be_read_on_every_colour() {
        let css = style();
        let (light, dark) = css.split_once("@media").unwrap();
        for mode in [light, dark] {
            let colour = |name: &str| mode.split(&format!("--{name}:")).nth(1).unwrap().split(';').next().unwrap();
            for (ink, under) in ["ink", "soft", "valid"].into_iter().flat_map(|ink| [(ink, "paper"), (ink, "card")]) {
                let seen = contrast(colour(ink), colour(under));
                assert!(seen >= 4.5, "{ink} on {under}: {seen}");
            }
            for step in 0..=2 * colour::SIDE {
                let seen = contrast(colour(colour::ink(Some(step))), colour(&format!("c{step}")));
                assert!(seen >= 4.0, "step {step}: {seen}");
            }
        }
    }
}
