//! Numbers as Python writes them.

/// A float as `repr` and `str` write it: the shortest digits that give it back, with an exponent below 1e-4 and from 1e16
/// on.
pub(crate) fn repr(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        not_finite(value)
    } else if size != 0.0 && !(1e-4..1e16).contains(&size) {
        two_digits(&format!("{value:e}"))
    } else {
        format!("{value:?}")
    }
}

/// A float as the format `.{digits}f` writes it.
pub(crate) fn fixed(value: f64, digits: usize) -> String {
    if value.is_finite() { format!("{value:.digits$}") } else { not_finite(value) }
}

/// A float as the format `.{digits}e` writes it.
pub(crate) fn exponent(value: f64, digits: usize) -> String {
    if value.is_finite() { two_digits(&format!("{value:.digits$e}")) } else { not_finite(value) }
}

fn not_finite(value: f64) -> String {
    if value.is_nan() {
        "nan".to_owned()
    } else if value > 0.0 {
        "inf".to_owned()
    } else {
        "-inf".to_owned()
    }
}

/// `1e-5` as `1e-05`, `1e16` as `1e+16`.
fn two_digits(text: &str) -> String {
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let (sign, size) = exponent.strip_prefix('-').map_or(('+', exponent), |size| ('-', size));
            format!("{digits}e{sign}{size:0>2}")
        }
        None => text.to_owned(),
    }
}
