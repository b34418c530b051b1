//! The area under a curve that is known at thresholds.

use crate::confusion::{Counts, no_nan};
use crate::{Curve, SummationMethod};

/// The area under the curve through these counts, which come from the highest threshold to the lowest.
pub(crate) fn area(counts: impl Iterator<Item = Counts>, curve: Curve, method: SummationMethod) -> f64 {
    let mut above: Option<Counts> = None;
    let mut area = 0.0;
    for counts in counts {
        if let Some(above) = above {
            area += if curve == Curve::PR && method == SummationMethod::Interpolation {
                interpolated(counts, above)
            } else {
                let ((x, y), (x_above, y_above)) = (point(counts, curve), point(above, curve));
                (x - x_above) * method.between(y, y_above)
            };
        }
        above = Some(counts);
    }
    area
}

/// A point of the curve.
fn point(counts: Counts, curve: Curve) -> (f64, f64) {
    let Counts { true_positives, false_positives, true_negatives, false_negatives } = counts;
    match curve {
        Curve::ROC => (no_nan(false_positives, false_positives + true_negatives), counts.recall()),
        Curve::PR => (counts.recall(), counts.precision()),
        Curve::PRGAIN if true_positives == 0.0 => (0.0, 1.0),
        Curve::PRGAIN => {
            let scale = no_nan(true_positives + false_negatives, true_negatives + false_positives);
            let gain = |wrong: f64| 1.0 - scale * no_nan(wrong, true_positives);
            (gain(false_negatives).max(0.0), gain(false_positives))
        }
    }
}

/// The area under the precision between two thresholds over the recall, where true and false positives are lines:
/// `slope · (ΔTP + intercept · ln(P / P_above)) / (TP + FN)`, with `P = TP + FP`, `slope = ΔTP / ΔP` and
/// `intercept = TP_above − slope · P_above`.
fn interpolated(counts: Counts, above: Counts) -> f64 {
    let (p, p_above) = (counts.true_positives + counts.false_positives, above.true_positives + above.false_positives);
    let rise = counts.true_positives - above.true_positives;
    let slope = no_nan(rise, (p - p_above).max(0.0));
    let intercept = above.true_positives - slope * p_above;
    let ratio = if p > 0.0 && p_above > 0.0 { p / p_above } else { 1.0 };
    let all = (above.true_positives + above.false_negatives).max(0.0);
    no_nan(slope * (rise + intercept * ratio.ln()), all)
}
