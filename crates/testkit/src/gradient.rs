//! The gradient of a function by central differences.

/// `(f(x + h) − f(x − h)) / 2h` along each axis, with `h = 1e-6 · max(1, |x|)`.
///
/// ```
/// use cornu_testkit::{assert_close, numeric_gradient};
///
/// let gradient = numeric_gradient(|x| x[0].exp() * x[1], &[0.5, -2.0]);
/// assert_close(&gradient, &[-2.0 * 0.5_f64.exp(), 0.5_f64.exp()], 1e-8);
/// ```
pub fn numeric_gradient(mut f: impl FnMut(&[f64]) -> f64, at: &[f64]) -> Vec<f64> {
    let mut x = at.to_vec();
    let mut gradient = Vec::with_capacity(at.len());
    for (i, &centre) in at.iter().enumerate() {
        let step = 1e-6 * centre.abs().max(1.0);
        let (above, below) = (centre + step, centre - step);
        x[i] = above;
        let upper = f(&x);
        x[i] = below;
        let lower = f(&x);
        x[i] = centre;
        gradient.push((upper - lower) / (above - below));
    }
    gradient
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::assert_close;

    proptest! {
        #[test]
        fn of_a_quadratic_form(x in prop::collection::vec(-20.0..20.0_f64, 0..6)) {
            let gradient = numeric_gradient(|x| x.iter().map(|v| v * v).sum::<f64>() / 2.0, &x);
            assert_close(&gradient, &x, 1e-6);
        }
    }
}
