//! A tensor as NumPy prints an array.

use std::fmt;

use crate::{Scalar, Tensor};

/// Much as NumPy prints an array: every value in the fewest digits that tell it apart, at most eight decimals; of
/// more than a thousand values only those at the edges.
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
        let dims = self.shape();
        let dims = dims.dims();
        let edge = if self.len() > MOST { EDGE } else { usize::MAX };
        let mut shown = Vec::new();
        collect(self.as_slice(), dims, edge, &mut shown);
        let mut texts = aligned(&shown, f.precision()).into_iter();
        if dims.is_empty() {
            return f.write_str(texts.next().unwrap_or_default().trim());
        }
        write_block(f, &mut texts, dims, edge, 1)
    }
}

/// From more values than this, only the edges are shown.
const MOST: usize = 1000;
/// The places at each end of a dimension that are shown then.
const EDGE: usize = 3;

/// Whether a place of a dimension is shown.
fn is_shown(place: usize, dim: usize, edge: usize) -> bool {
    place < edge || place >= dim.saturating_sub(edge)
}

/// The values that are shown, in order.
fn collect<T: Scalar>(values: &[T], dims: &[usize], edge: usize, shown: &mut Vec<T>) {
    let Some((&dim, inner)) = dims.split_first() else {
        shown.extend_from_slice(values);
        return;
    };
    let span: usize = inner.iter().product();
    for place in (0..dim).filter(|&place| is_shown(place, dim, edge)) {
        collect(&values[place * span..(place + 1) * span], inner, edge, shown);
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

/// Writes a block of values, each text once, in order.
fn write_block(
    f: &mut fmt::Formatter<'_>,
    texts: &mut impl Iterator<Item = String>,
    dims: &[usize],
    edge: usize,
    depth: usize,
) -> fmt::Result {
    let Some((&dim, inner)) = dims.split_first() else {
        return f.write_str(&texts.next().unwrap_or_default());
    };
    let between = if inner.is_empty() { " ".to_owned() } else { format!("{}{:depth$}", "\n".repeat(inner.len()), "") };
    f.write_str("[")?;
    for place in (0..dim).filter(|&place| is_shown(place, dim, edge)) {
        if place > 0 {
            f.write_str(&between)?;
        }
        // The first place of the far edge tells of those left out.
        if place == dim.saturating_sub(edge) && place > edge {
            write!(f, "...{between}")?;
        }
        write_block(f, texts, inner, edge, depth + 1)?;
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
        assert_eq!(Tensor::from_fn([2000], |i| i as f32).to_string(), "[   0.    1.    2. ... 1997. 1998. 1999.]");
        let rows = Tensor::<f32>::zeros([500, 3]).to_string();
        assert!(rows.starts_with("[[0. 0. 0.]\n [0. 0. 0.]\n [0. 0. 0.]\n ...\n [0. 0. 0.]\n"), "{rows}");
        assert_eq!(Tensor::from([f32::NAN, 1.0]).to_string(), "[nan  1.]");
        assert_eq!(Tensor::from([0.036_090_63_f32, -0.1]).to_string(), "[ 0.03609063 -0.1       ]");
        assert_eq!(Tensor::new([], vec![2.5_f64]).unwrap().to_string(), "2.5");
    }
}
