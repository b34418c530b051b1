//! The products of all pairs of rows, and the way back.

use cornu_tensor::Scalar;
use cornu_tensor::kernels::{Routine, dispatch};

const LANES: usize = 16;

/// `out[i, j] = xᵢ·xⱼ` of rows of this width.
pub(crate) fn products<T: Scalar>(x: &[T], width: usize, out: &mut [T]) {
    dispatch(Products { x, width, out });
}

/// `g[i] = Σⱼ (pairs[i, j] + pairs[j, i])·xⱼ`: the gradient of `Σ pairs[i, j]·(xᵢ·xⱼ)`.
pub(crate) fn back<T: Scalar>(x: &[T], width: usize, pairs: &[T], g: &mut [T]) {
    dispatch(Back { x, width, pairs, g });
}

struct Products<'a, T> {
    x: &'a [T],
    width: usize,
    out: &'a mut [T],
}

impl<T: Scalar> Routine for Products<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let rows = || self.x.chunks_exact(self.width);
        for (a, out) in rows().zip(self.out.chunks_exact_mut(rows().len().max(1))) {
            for (b, out) in rows().zip(out) {
                *out = dot(a, b);
            }
        }
    }
}

/// The sum of the products, sixteen side by side.
#[inline(always)]
fn dot<T: Scalar>(a: &[T], b: &[T]) -> T {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut lanes = [T::zero(); LANES];
    for (a, b) in a.iter().zip(b) {
        for ((lane, &a), &b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    let rest = a_rest.iter().zip(b_rest).fold(T::zero(), |sum, (&a, &b)| sum + a * b);
    lanes.into_iter().fold(rest, |sum, lane| sum + lane)
}

struct Back<'a, T> {
    x: &'a [T],
    width: usize,
    pairs: &'a [T],
    g: &'a mut [T],
}

impl<T: Scalar> Routine for Back<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let n = self.x.len() / self.width.max(1);
        let own = self.pairs.chunks_exact(n.max(1));
        for ((i, g), own) in self.g.chunks_exact_mut(self.width).enumerate().zip(own) {
            g.fill(T::zero());
            let others = self.pairs.iter().skip(i).step_by(n.max(1));
            for ((x, &a), &b) in self.x.chunks_exact(self.width).zip(own).zip(others) {
                let weight = a + b;
                if weight.is_zero() {
                    continue;
                }
                for (g, &x) in g.iter_mut().zip(x) {
                    *g += weight * x;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_by_hand() {
        let x = [1.0, 2.0, 0.5, -1.0, 0.0, 3.0];
        let mut out = [0.0; 9];
        products(&x, 2, &mut out);
        assert_eq!(out, [5.0, -1.5, 6.0, -1.5, 1.25, -3.0, 6.0, -3.0, 9.0]);
        let mut g = [f64::NAN; 6];
        back(&x, 2, &[0.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0], &mut g);
        assert_eq!(g, [1.0, -2.0, 2.0, 4.0, 0.0, 6.0]);
        let long: Vec<f64> = (0..40).map(f64::from).collect();
        let mut square = [0.0];
        products(&long, 40, &mut square);
        assert_eq!(square, [20_540.0]);
    }
}
