//! The mark of the page: Cornu's spiral, the curve whose bend grows in proportion to its length.
//!
//! `x(t) = ∫ cos(πs²/2) ds` and `y(t) = ∫ sin(πs²/2) ds`, from 0 to `t` (Fresnel's integrals). Its bend is negative
//! on one arm and positive on the other, so it wears the colours of the weights.

use std::f64::consts::FRAC_PI_2;

use super::colour::stops;
use super::text::{put, xy};

/// How far each arm runs.
const END: f64 = 3.6;
/// Steps in each arm.
const STEPS: usize = 360;

/// The points of the positive arm, from the middle outwards.
fn arm() -> Vec<(f64, f64)> {
    let ds = END / STEPS as f64;
    let (mut x, mut y) = (0.0, 0.0);
    let mut points = vec![(x, y)];
    for i in 0..STEPS {
        let s = (i as f64 + 0.5) * ds;
        let angle = FRAC_PI_2 * s * s;
        x += angle.cos() * ds;
        y += angle.sin() * ds;
        points.push((x, y));
    }
    points
}

/// The spiral as an ornament, which a screen reader passes over.
pub(super) fn spiral() -> String {
    let arm = arm();
    // The other arm is this one turned by half a circle about the middle.
    let points = arm.iter().rev().map(|&(x, y)| (-x, -y)).chain(arm.iter().skip(1).copied());
    let mut data = String::new();
    for (i, (x, y)) in points.enumerate() {
        put!(data, "{}{} {}", if i == 0 { "M" } else { "L" }, xy(x * 100.0), xy(y * -100.0));
    }
    format!(
        "<svg class=\"mark\" viewBox=\"-86 -86 172 172\" aria-hidden=\"true\"><defs>\
         <linearGradient id=\"mark\" gradientUnits=\"userSpaceOnUse\" x1=\"-80\" x2=\"80\" y1=\"60\" y2=\"-60\">{}\
         </linearGradient></defs><path stroke=\"url(#mark)\" d=\"{data}\"/></svg>",
        stops()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arm_winds_around_its_limit() {
        let (x, y) = arm()[STEPS];
        // C(3.6) and S(3.6).
        assert!((x - 0.5880).abs() < 1e-3 && (y - 0.4923).abs() < 1e-3, "{x} {y}");
    }
}
