//! What the focal cross-entropies share: less weight on what is easy.

use cornu_tensor::Scalar;

/// `x^gamma` and its derivative.
pub(crate) fn focus<T: Scalar>(gamma: f64) -> impl Fn(T) -> (T, T) + Copy {
    let (power, less) = (T::of(gamma), T::of(gamma - 1.0));
    // 2 is Keras's default, and much faster so.
    let (is_square, is_one) = (gamma == 2.0, gamma == 0.0);
    move |x| {
        if is_square {
            (x * x, x + x)
        } else if is_one {
            (T::one(), T::zero())
        } else {
            (x.powf(power), power * x.powf(less))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_cuts_are_powers() {
        for x in [0.25_f64, 0.5, 2.0] {
            assert_eq!(focus(2.0)(x), (x.powf(2.0), 2.0 * x));
            assert_eq!(focus(0.0)(x), (1.0, 0.0));
            assert_eq!(focus(3.0)(x), (x.powf(3.0), 3.0 * x.powf(2.0)));
        }
    }
}
