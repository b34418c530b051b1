//! The exponential of 2 × 2 matrices.

use cornu::Tensor;
use cornu::initializers::random;
use rand::RngExt;

/// Matrices with entries from −1 to 1, and their exponentials.
pub(crate) fn samples(samples: usize) -> (Tensor<f32>, Tensor<f32>) {
    let mut rng = random::generator(1);
    let x = Tensor::from_fn([samples, 4], |_| rng.random::<f32>() * 2.0 - 1.0);
    let mut y = Tensor::zeros([samples, 4]);
    for (x, y) in x.as_slice().as_chunks().0.iter().zip(y.as_mut_slice().as_chunks_mut().0) {
        *y = exponential(*x);
    }
    (x, y)
}

/// `Σ xᵏ/k!`, which for entries below 1 needs few terms.
fn exponential(x: [f32; 4]) -> [f32; 4] {
    let mut term = [1.0, 0.0, 0.0, 1.0];
    let mut sum = term;
    for k in 1..20 {
        term = product(term, x).map(|value| value / k as f32);
        sum.iter_mut().zip(term).for_each(|(sum, term)| *sum += term);
    }
    sum
}

fn product([a, b, c, d]: [f32; 4], [e, f, g, h]: [f32; 4]) -> [f32; 4] {
    [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_of_a_turn_is_a_rotation() {
        let turn = 0.8_f32;
        let (sin, cos) = turn.sin_cos();
        for (got, wanted) in exponential([0.0, -turn, turn, 0.0]).into_iter().zip([cos, -sin, sin, cos]) {
            assert!((got - wanted).abs() < 1e-6, "{got} {wanted}");
        }
    }
}
