//! Elementary functions without branches, so that a loop over them is computed with vectors.
//!
//! After Moshier's Cephes library (`expf`, `tanhf`, `logf`): the argument is reduced, and what is left is a polynomial.
//! Errors are below 2 units in the last place, of softplus below 3 (see the tests). The bits are the same on every processor: nothing is
//! fused. `f64` takes the functions of the standard library.

/// `1.5 · 2²³`: adding it rounds a small number to a whole one, which then stands in the low bits.
const ROUND: f32 = 12_582_912.0;

/// `eˣ`
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    // Beyond these the result is infinite or 0; NaN passes both comparisons.
    let x = if x > 89.0 { 89.0 } else { x };
    let x = if x < -104.0 { -104.0 } else { x };
    let (n, y) = reduced(x);
    // 2ⁿ in two factors, each a normal number.
    let half = n >> 1;
    (y + 1.0) * power_of_two(half) * power_of_two(n.wrapping_sub(half))
}

/// The hyperbolic tangent: a polynomial near 0, and `1 − 2 / (e^2|x| + 1)` with the sign of x further out.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    let size = x.abs();
    let square = x * x;
    let mut p = -5.704_988_7e-3;
    p = p * square + 2.063_909e-2;
    p = p * square - 5.373_971_4e-2;
    p = p * square + 1.333_144_2e-1;
    p = p * square - 3.333_328e-1;
    let near = p * square * size + size;
    // From 9.02 on it is 1; NaN passes.
    let double = size + size;
    let (n, y) = reduced(if double > 18.04 { 18.04 } else { double });
    let far = 1.0 - 2.0 / ((y + 1.0) * power_of_two(n) + 1.0);
    (if size < 0.625 { near } else { far }).copysign(x)
}

/// The natural logarithm.
#[inline(always)]
pub(crate) fn ln(x: f32) -> f32 {
    // A subnormal number has no whole mantissa.
    let tiny = x < f32::MIN_POSITIVE;
    let (scale, down) = if tiny { (8_388_608.0, 23.0) } else { (1.0, 0.0) };
    let y = ln_inside(x * scale, down);
    let y = if x < f32::INFINITY { y } else { x };
    let y = if x > 0.0 { y } else { f32::NEG_INFINITY };
    // Below 0 there is none; NaN stays.
    if x >= 0.0 { y } else { f32::NAN }
}

/// `ln(1 + eˣ)`, as `max(x, 0) + ln(1 + e^−|x|)`; what rounding takes from the sum is given back.
///
/// The sum needs no look at the ends of the logarithm: a comparison after the exponential would cost the vectors.
#[inline(always)]
pub(crate) fn softplus(x: f32) -> f32 {
    let e = exp(-x.abs());
    let sum = 1.0 + e;
    let positive = if x < 0.0 { 0.0 } else { x };
    positive + (ln_inside(sum, 0.0) + (e - (sum - 1.0)) / sum)
}

/// `ln(x) − down·ln 2` for a normal number: that of the mantissa, a polynomial, and that of the power of two.
#[inline(always)]
fn ln_inside(x: f32, down: f32) -> f32 {
    // x = 2ⁿ·m, m between 2^−½ and 2^½.
    let above = (x.to_bits() as i32).wrapping_sub(std::f32::consts::FRAC_1_SQRT_2.to_bits() as i32);
    let n = above >> 23;
    let m = f32::from_bits((x.to_bits() as i32).wrapping_sub(n << 23) as u32);
    let (n, f) = (n as f32 - down, m - 1.0);
    let square = f * f;
    let mut p = 7.037_683_6e-2;
    p = p * f - 1.151_461e-1;
    p = p * f + 1.167_699_9e-1;
    p = p * f - 1.242_014_1e-1;
    p = p * f + 1.424_932_3e-1;
    p = p * f - 1.666_805_8e-1;
    p = p * f + 2.000_071_5e-1;
    p = p * f - 2.499_999_4e-1;
    p = p * f + 3.333_333e-1;
    // ln 2 in two parts, as in `reduced`.
    let small = p * f * square - n * 2.121_944_4e-4 - 0.5 * square;
    (small + f) + n * (355.0 / 512.0)
}

/// The error function: a polynomial near 0, and `1 − e^p(|x|)` with the sign of x further out.
///
/// The coefficients are those of the smallest relative error of `erf(x)/x − 1` and of `ln(1 − erf(x))/x + 1`.
#[inline(always)]
pub(crate) fn erf(x: f32) -> f32 {
    let square = x * x;
    let mut p = 7.996_65e-5;
    p = p * square - 8.049_769_7e-4;
    p = p * square + 5.192_405e-3;
    p = p * square - 2.685_573_1e-2;
    p = p * square + 1.128_362_6e-1;
    p = p * square - 3.761_263e-1;
    p = p * square + 1.283_791_7e-1;
    let near = p * x + x;
    // From 3.92 on it is 1; NaN passes.
    let size = x.abs();
    let t = if size > 4.0 { 4.0 } else { size };
    let mut p = -2.143_010_2e-4;
    p = p * t + 3.217_561_9e-3;
    p = p * t - 2.289_832_8e-2;
    p = p * t + 1.052_749e-1;
    p = p * t + 6.357_084e-1;
    p = p * t + 1.285_173e-1;
    let far = 1.0 - exp(-(p * t + t));
    if size < 0.925 { near } else { far.copysign(x) }
}

/// `n` and `y` with `eˣ = 2ⁿ·(1 + y)`, y between 2^−½ − 1 and 2^½ − 1.
#[inline(always)]
fn reduced(x: f32) -> (i32, f32) {
    // x = n·ln 2 + r, |r| ≤ ln 2 / 2; ln 2 in two parts, the product with the first is exact.
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let (high, low) = (x - n * (355.0 / 512.0), n * 2.121_944_4e-4);
    let r = high + low;
    let mut p = 1.987_569_1e-4;
    p = p * r + 1.398_199_9e-3;
    p = p * r + 8.333_452e-3;
    p = p * r + 4.166_579_6e-2;
    p = p * r + 1.666_666_5e-1;
    p = p * r + 0.5;
    ((shifted.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32), (p * (r * r) + low) + high)
}

/// `2ⁿ` for a normal number.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) as u32) << 23)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The distance in units in the last place of the exact result.
    fn ulps(found: f32, exact: f64) -> f64 {
        let nearest = exact as f32;
        if found == nearest || (found.is_nan() && exact.is_nan()) {
            return 0.0;
        }
        let unit = f64::from(f32::from_bits(nearest.abs().to_bits() + 1)) - f64::from(nearest.abs());
        (f64::from(found) - exact).abs() / unit
    }

    #[test]
    fn two_units_in_the_last_place_at_most() {
        let (mut worst_exp, mut worst_tanh) = (0.0_f64, 0.0_f64);
        for i in -1_050_000..900_000 {
            let x = i as f32 * 1e-4;
            worst_exp = worst_exp.max(ulps(exp(x), f64::from(x).exp()));
            let x = i as f32 * 1e-5;
            worst_tanh = worst_tanh.max(ulps(tanh(x), f64::from(x).tanh()));
        }
        assert!(worst_exp <= 2.0 && worst_tanh <= 2.0, "{worst_exp} {worst_tanh}");
    }

    #[test]
    fn the_error_function_and_the_logarithms_too() {
        let (mut worst_erf, mut worst_ln, mut worst_softplus) = (0.0_f64, 0.0_f64, 0.0_f64);
        for i in -450_000..450_000 {
            let x = i as f32 * 1e-5;
            worst_erf = worst_erf.max(ulps(erf(x), libm::erf(f64::from(x))));
            // Numbers of every size, and those around 1.
            for x in [f32::from_bits((i + 450_000) as u32 * 2370 + 1), 1.0 + x / 4.6] {
                worst_ln = worst_ln.max(ulps(ln(x), f64::from(x).ln()));
            }
            for x in [x, 20.0 * x] {
                worst_softplus = worst_softplus.max(ulps(softplus(x), f64::from(x).exp().ln_1p()));
            }
        }
        assert!(
            worst_erf <= 2.0 && worst_ln <= 2.0 && worst_softplus <= 3.0,
            "{worst_erf} {worst_ln} {worst_softplus}"
        );
    }

    #[test]
    fn their_ends() {
        let (infinite, least) = (f32::INFINITY, f32::NEG_INFINITY);
        assert_eq!([ln(0.0), ln(-0.0), ln(1.0), ln(infinite)], [least, least, 0.0, infinite]);
        assert!(ln(-1.0).is_nan() && ln(least).is_nan() && ln(f32::NAN).is_nan());
        assert!((ln(1e-45) + 103.278_93).abs() < 1e-5 && (ln(f32::MAX) - 88.722_84).abs() < 1e-5);
        assert_eq!([softplus(least), softplus(-1e30), softplus(1e30), softplus(infinite)], [0.0, 0.0, 1e30, infinite]);
        assert!(softplus(f32::NAN).is_nan());
        assert_eq!([erf(infinite), erf(least), erf(5.0), erf(0.0)], [1.0, -1.0, 1.0, 0.0]);
        assert!(erf(f32::NAN).is_nan() && erf(-0.0).is_sign_negative());
    }

    #[test]
    fn the_ends() {
        assert_eq!(exp(f32::INFINITY), f32::INFINITY);
        assert_eq!([exp(f32::NEG_INFINITY), exp(-1e30), exp(0.0)], [0.0, 0.0, 1.0]);
        assert_eq!(exp(88.9), f32::INFINITY);
        assert!(exp(88.7).is_finite() && exp(-103.0) > 0.0);
        assert!(exp(f32::NAN).is_nan() && tanh(f32::NAN).is_nan());
        assert_eq!([tanh(f32::INFINITY), tanh(f32::NEG_INFINITY), tanh(40.0)], [1.0, -1.0, 1.0]);
        assert!(tanh(-0.0).is_sign_negative() && tanh(1e-30) == 1e-30);
    }
}
