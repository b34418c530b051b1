//! Text for the page: escaped words, readable numbers, safe coordinates.

/// Appends formatted text to a `String`; writing into a `String` cannot fail.
macro_rules! put {
    ($out:expr, $($part:tt)*) => {{
        let _ = std::fmt::Write::write_fmt(&mut $out, format_args!($($part)*));
    }};
}
pub(super) use put;

/// Text made safe for HTML, in an element or in a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(letter),
            _ if letter.is_control() => out.push('\u{fffd}'),
            _ => out.push(letter),
        }
    }
    out
}

/// A number for reading: about three digits, a true minus sign, never `NaN`.
pub(super) fn num(value: f64) -> String {
    if value.is_nan() {
        return "n/a".to_string();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "−∞" }.to_string();
    }
    let size = value.abs();
    let text = if size == 0.0 {
        "0".to_string()
    } else if !(0.0005..1e5).contains(&size) {
        format!("{value:.1e}")
    } else if size < 10.0 {
        format!("{value:.3}")
    } else if size < 100.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.1}")
    };
    text.replace('-', "−")
}

/// A short number for narrow places: two decimals where three would not fit.
pub(super) fn short(value: f64) -> String {
    if value != 0.0 && (0.005..10.0).contains(&value.abs()) {
        format!("{value:.2}").replace('-', "−")
    } else {
        num(value)
    }
}

/// A number with its sign, for a difference.
pub(super) fn signed(value: f64) -> String {
    if value > 0.0 { format!("+{}", num(value)) } else { num(value) }
}

/// A share from 0 to 1 in per cent.
pub(super) fn percent(share: f64) -> String {
    if share.is_finite() && share.abs() < 1e4 { format!("{:.1} %", share * 100.0) } else { num(share) }
}

/// A whole number with thin spaces between thousands.
pub(super) fn count(value: usize) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// A coordinate for SVG: short, and 0 where there is no number.
pub(super) fn xy(value: f64) -> String {
    let value = if value.is_finite() { (value * 100.0).round() / 100.0 } else { 0.0 };
    if value == 0.0 { "0".to_string() } else { value.to_string() }
}

/// A shape as Keras writes it: `(4,)`, `(4, 2)`.
pub(super) fn shape(shape: &[usize]) -> String {
    match shape {
        [one] => format!("({one},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// The index of a value in an array of the given shape, such as `0, 3`; the flat index where the shape is unusual.
pub(super) fn index(flat: usize, shape: &[usize]) -> String {
    let mut rest = flat;
    let mut places = Vec::new();
    for &size in shape.iter().rev() {
        if size == 0 {
            return flat.to_string();
        }
        places.push((rest % size).to_string());
        rest /= size;
    }
    if places.is_empty() || rest > 0 {
        return flat.to_string();
    }
    places.reverse();
    places.join(", ")
}

/// An SVG picture with a title that is both its tooltip and its name for a screen reader.
///
/// It grows with its place, but not beyond `width` times `grow`.
pub(super) fn svg(class: &str, (width, height): (f64, f64), grow: f64, title: &str, body: &str) -> String {
    let (title, w, h, most) = (escape(title), xy(width), xy(height), xy(width * grow));
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 {w} {h}\" style=\"max-width:{most}px\" role=\"img\" \
         aria-label=\"{title}\"><title>{title}</title>{body}</svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_the_five_signs_and_control_letters() {
        assert_eq!(escape("<a b=\"c\" d='e'>&\u{0}"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\u{fffd}");
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(num(-0.25), "−0.250");
        assert_eq!(num(-0.0), "0");
        assert_eq!(num(f64::NAN), "n/a");
        assert_eq!(num(2e-7), "2.0e−7");
        assert_eq!(signed(1.5), "+1.500");
        assert_eq!(percent(0.9731), "97.3 %");
        assert_eq!(count(1437), "1\u{202f}437");
        assert_eq!(xy(f64::NAN), "0");
    }

    #[test]
    fn shapes_and_indices_read_as_in_keras() {
        assert_eq!(shape(&[4]), "(4,)");
        assert_eq!(shape(&[4, 2]), "(4, 2)");
        assert_eq!(shape(&[]), "()");
        assert_eq!(index(5, &[4, 2]), "2, 1");
        assert_eq!(index(9, &[4, 2]), "9");
        assert_eq!(index(9, &[0, 2]), "9");
    }
}
