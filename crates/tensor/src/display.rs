//! A tensor as NumPy prints an array.

use std::fmt;

use crate::{Scalar, Tensor};

/// As NumPy prints an array: every value in the fewest digits that tell it apart, at most eight decimals.
///
/// ```
/// use cornu_tensor::Tensor;
///
/// let t = Tensor::from([[1.0_f32, -0.5], [0.25, 3.0]]);
/// assert_eq!(t.to_string(), "[[ 1.   -0.5 ]\n [ 0.25  3.  ]]");
/// assert_eq!(format!("{:.2}", t), "[[ 1.00 -0.50]\n [ 0.25  3.00]]");
/// ```
impl<T: Scalar> fmt::Display for Tensor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = aligned(self.as_slice(), f.precision());
        if self.shape().rank() == 0 {
            return f.write_str(texts.first().map_or("", |text| text.trim()));
        }
        write_block(f, &texts, self.shape().dims(), 1)
    }
}

/// NumPy's precision.
const DECIMALS: usize = 8;

/// Every value as text of one width, the decimal points one below the other.
fn aligned<T: Scalar>(values: &[T], precision: Option<usize>) -> Vec<String> {
    let parts: Vec<(String, String)> = values.iter().map(|&v| parts(v, precision)).collect();
    let pointed = || parts.iter().filter(|(_, after)| !after.is_empty());
    let whole = pointed().map(|(before, _)| before.len()).max().unwrap_or(0);
    let fraction = pointed().map(|(_, after)| after.len()).max().unwrap_or(0);
    let width = parts.iter().map(|(before, _)| before.len()).max().unwrap_or(0).max(whole + fraction);
    let text = |(before, after): &(String, String)| match after.as_str() {
        "" => format!("{before:>width$}"),
        after => format!("{:>width$}", format!("{before:>whole$}{after:<fraction$}")),
    };
    parts.iter().map(text).collect()
}

/// What stands before the decimal point, and the rest with the point.
fn parts<T: Scalar>(value: T, precision: Option<usize>) -> (String, String) {
    let number = value.to_f64();
    let text = match precision {
        Some(digits) => format!("{number:.digits$}"),
        None if !number.is_finite() => format!("{number}").to_lowercase(),
        None if number != 0.0 && !(1e-4..1e8).contains(&number.abs()) => format!("{value:e}"),
        None => {
            let shortest = format!("{value}");
            let decimals = shortest.split_once('.').map_or(0, |(_, after)| after.len());
            let text = if decimals > DECIMALS { format!("{number:.DECIMALS$}") } else { shortest };
            let trimmed = if text.contains('.') { text.trim_end_matches('0') } else { &text };
            if trimmed.contains('.') { trimmed.to_owned() } else { format!("{trimmed}.") }
        }
    };
    match text.find(['.', 'e']) {
        Some(at) => (text[..at].to_owned(), text[at..].to_owned()),
        None => (text, String::new()),
    }
}

fn write_block(f: &mut fmt::Formatter<'_>, texts: &[String], dims: &[usize], depth: usize) -> fmt::Result {
    f.write_str("[")?;
    let (count, inner) = (dims[0], &dims[1..]);
    let span: usize = inner.iter().product();
    for i in 0..count {
        if inner.is_empty() {
            write!(f, "{}{}", if i == 0 { "" } else { " " }, texts[i])?;
        } else {
            if i > 0 {
                write!(f, "{}{:depth$}", "\n".repeat(inner.len()), "")?;
            }
            write_block(f, &texts[i * span..(i + 1) * span], inner, depth + 1)?;
        }
    }
    f.write_str("]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_numpy() {
        assert_eq!(Tensor::from([0.0_f32; 4]).to_string(), "[0. 0. 0. 0.]");
        assert_eq!(Tensor::from([[[1.0_f32], [2.0]]]).to_string(), "[[[1.]\n  [2.]]]");
        assert_eq!(Tensor::<f32>::zeros([0]).to_string(), "[]");
        assert_eq!(Tensor::from([f32::NAN, 1.0]).to_string(), "[nan  1.]");
        assert_eq!(Tensor::from([0.036_090_63_f32, -0.1]).to_string(), "[ 0.03609063 -0.1       ]");
        assert_eq!(Tensor::new([], vec![2.5_f64]).unwrap().to_string(), "2.5");
    }
}
