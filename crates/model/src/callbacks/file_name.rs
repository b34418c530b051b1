//! File names with numbers in them: `{epoch:02d}-{val_loss:.2f}`.

use super::refused;
use crate::{Logs, ModelError, python};

/// How many digits `f` and `e` show where nothing is said.
const DIGITS: usize = 6;
/// The widest field and the most digits: a name of a file is not longer.
const WIDEST: usize = 255;

/// A file name with places for numbers, as Python's `str.format` reads it: `{name}` or `{name:spec}`, where the spec is a
/// width (after a `0`, filled with zeros), a `.` with a number of digits, and `d`, `f` or `e`. `{{` and `}}` are braces.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FileName {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Text(String),
    Place { name: String, spec: Spec },
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Spec {
    zeros: bool,
    width: usize,
    digits: Option<usize>,
    kind: Option<char>,
}

impl FileName {
    /// Reads a name.
    pub(super) fn parse(callback: &str, text: &str) -> Result<Self, ModelError> {
        let error = |expected: &str| refused(callback, expected, format_args!("filepath={text:?}"));
        let (mut pieces, mut plain) = (Vec::new(), String::new());
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '{' | '}' if rest.next_if_eq(&c).is_some() => plain.push(c),
                '{' => {
                    let place: String = rest.by_ref().take_while(|c| *c != '}').collect();
                    // What was taken up to the end of the text has no brace after it.
                    if !text.contains(&format!("{{{place}}}")) {
                        return Err(error("`filepath` to have a `}` for each `{`"));
                    }
                    let (name, spec) = place.split_once(':').unwrap_or((&place, ""));
                    let spec = Spec::parse(spec)
                        .ok_or_else(|| error("`filepath` to say how a number is shown like `02d`, `.4f` or `.2e`"))?;
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    pieces.push(Piece::Place { name: name.to_owned(), spec });
                }
                '}' => return Err(error("`filepath` to have a `{` for each `}`")),
                c => plain.push(c),
            }
        }
        pieces.push(Piece::Text(plain));
        Ok(Self { pieces })
    }

    /// The name with its numbers. `counts` are known beside the logs, and go before them.
    pub(super) fn fill(&self, callback: &str, counts: &[(&str, usize)], logs: &Logs) -> Result<String, ModelError> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Place { name, spec } => {
                    let count = counts.iter().find(|(own, _)| own == name).map(|(_, count)| *count);
                    let filled = match (count, logs.get(name)) {
                        (Some(count), _) => spec.count(count),
                        (None, Some(number)) => spec.number(number),
                        (None, None) => {
                            let known = counts.iter().map(|(own, _)| *own).chain(logs.iter().map(|(own, _)| own));
                            let known = known.collect::<Vec<_>>().join(", ");
                            let expected = format!("each name in `filepath` to be one of: {known}");
                            return Err(refused(callback, expected, format_args!("{{{name}}}")));
                        }
                    };
                    text.push_str(&filled.ok_or_else(|| {
                        refused(callback, format_args!("`{{{name}}}` in `filepath` to be shown as a float"), "`d`")
                    })?);
                }
            }
        }
        Ok(text)
    }
}

impl Spec {
    fn parse(text: &str) -> Option<Self> {
        let (text, kind) = match text.strip_suffix(['d', 'f', 'e']) {
            Some(before) => (before, text.chars().last()),
            None => (text, None),
        };
        let (width, digits) = match text.split_once('.') {
            Some((width, digits)) => (width, Some(number(digits)?)),
            None => (text, None),
        };
        let zeros = width.starts_with('0');
        let width = if width.is_empty() { 0 } else { number(width)? };
        // Python shows no digits of a `d`, and others of a number without a kind than of an `f`.
        let is_known = digits.is_none() || matches!(kind, Some('f' | 'e'));
        is_known.then_some(Self { zeros, width, digits, kind })
    }

    fn count(self, count: usize) -> Option<String> {
        match self.kind {
            None | Some('d') => Some(self.padded(count.to_string())),
            Some(_) => self.number(count as f64),
        }
    }

    fn number(self, value: f64) -> Option<String> {
        let digits = self.digits.unwrap_or(DIGITS);
        Some(self.padded(match self.kind {
            None => python::repr(value),
            Some('f') => python::fixed(value, digits),
            Some('e') => python::exponent(value, digits),
            Some(_) => return None,
        }))
    }

    /// As wide as asked for; zeros stand after the sign.
    fn padded(self, text: String) -> String {
        let missing = self.width.saturating_sub(text.len());
        if !self.zeros {
            return format!("{}{text}", " ".repeat(missing));
        }
        let (sign, digits) = text.strip_prefix('-').map_or(("", &*text), |digits| ("-", digits));
        format!("{sign}{}{digits}", "0".repeat(missing))
    }
}

/// A number of characters.
fn number(text: &str) -> Option<usize> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|number| *number <= WIDEST)
}

#[cfg(test)]
mod tests {
    use cornu_testkit::golden::{self, GoldenError};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_look_as_in_python() -> Result<(), GoldenError> {
        let file = golden::read("callbacks")?;
        for case in golden::list(&file["floats"])? {
            assert_eq!(python::repr(golden::float(&case["value"])?), golden::text(&case["repr"])?);
        }
        for case in golden::list(&file["formats"])? {
            let (spec, value) = (golden::text(&case["spec"])?, golden::float(&case["value"])?);
            let name = FileName::parse("Test", &format!("<{{x:{spec}}}>")).unwrap();
            let mut logs = Logs::default();
            logs.set("x", value);
            let counts = [("x", value as usize)];
            let counts = if case["is_count"] == true { &counts[..] } else { &[] };
            let received = name.fill("Test", counts, &logs);
            match case["text"].as_str() {
                Some(text) => assert_eq!(received.unwrap(), format!("<{text}>"), "{case}"),
                None => assert!(received.is_err(), "{case}"),
            }
        }
        Ok(())
    }

    #[test]
    fn braces_and_names() {
        let (logs, counts) = (Logs::default(), [("epoch", 3)]);
        let filled = |text| FileName::parse("Test", text).and_then(|name| name.fill("Test", &counts, &logs));
        assert_eq!(filled("{{a}}-{epoch}"), Ok("{a}-3".to_owned()));
        assert_eq!(filled("plain"), Ok("plain".to_owned()));
        for (text, expected) in [
            ("{epoch", "a `}` for each `{`"),
            ("epoch}", "a `{` for each `}`"),
            ("{epoch:>3}", "like `02d`"),
            ("{epoch:.2d}", "like `02d`"),
            ("{epoch:999999f}", "like `02d`"),
            ("{val_loss}", "one of: epoch. Received: {val_loss}"),
        ] {
            let message = filled(text).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[{}a:0-9.dfe}é]{0,12}") {
            if let Ok(name) = FileName::parse("Test", &text) {
                let _ = name.fill("Test", &[("a", 1)], &Logs::default());
            }
        }
    }
}
