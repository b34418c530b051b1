//! What Dropout drops.

use cornu_layers::{Built, Dropout, Mode, Scratch};
use cornu_tensor::Tensor;
use proptest::prelude::*;

fn training(seed: u64, step: u64) -> Mode {
    Mode::Training { seed, step, trainable: true }
}

fn dropped(layer: Dropout, x: &Tensor<f64>, mode: Mode) -> Tensor<f64> {
    let built = Built::new(layer, &[x.shape().sample()], 0).unwrap();
    built.call_all(&[x.view()], mode, &mut Scratch::default()).unwrap()
}

/// `P(X ≤ k)` for `X` the number of zeros among `n`, each with probability `p`: summed term by term.
fn binomial_cdf(k: usize, n: usize, p: f64) -> f64 {
    let mut log_term = n as f64 * (1.0 - p).ln();
    let mut sum = log_term.exp();
    for i in 0..k {
        log_term += ((n - i) as f64 / (i + 1) as f64 * p / (1.0 - p)).ln();
        sum += log_term.exp();
    }
    sum
}

#[test]
fn the_binomial_distribution() {
    assert!((binomial_cdf(1, 3, 0.25) - (27.0 + 27.0) / 64.0).abs() < 1e-15);
    assert!((binomial_cdf(1000, 1000, 0.3) - 1.0).abs() < 1e-12);
    assert!((binomial_cdf(499, 999, 0.5) - 0.5).abs() < 1e-12);
}

/// The number of zeros is one that a binomial distribution gives in all but two of a million cases.
#[test]
fn as_many_as_the_rate_says() {
    let (rows, columns) = (60, 150);
    let n = rows * columns;
    let x = Tensor::full([rows, columns], 2.0);
    for rate in [0.05, 0.2, 0.5, 0.9] {
        for seed in 0..5 {
            let y = dropped(Dropout::new(rate), &x, training(seed, 1));
            let zeros = y.as_slice().iter().filter(|&&v| v == 0.0).count();
            let p = binomial_cdf(zeros, n, rate);
            assert!((1e-6..1.0 - 1e-6).contains(&p), "rate {rate}, seed {seed}: {zeros} of {n}, p = {p:e}");
        }
    }
}

#[test]
fn the_ends_of_the_rate() {
    let x = Tensor::from([[1.0, -2.0, 3.0]]);
    assert_eq!(dropped(Dropout::new(0.0), &x, training(0, 0)), x);
    assert_eq!(dropped(Dropout::new(1.0), &x, training(0, 0)), Tensor::zeros([1, 3]));
}

proptest! {
    #[test]
    fn the_others_are_scaled(rate in 0.0..0.99_f64, seed: u64, step: u64, samples in 1_usize..5, width in 1_usize..50) {
        let x = Tensor::from_fn([samples, width], |i| i as f64 + 1.0);
        let y = dropped(Dropout::new(rate), &x, training(seed, step));
        for (&x, &y) in x.as_slice().iter().zip(y.as_slice()) {
            prop_assert!(y == 0.0 || (y * (1.0 - rate) - x).abs() < 1e-12 * x);
        }
    }

    #[test]
    fn one_key_one_mask(seed: u64, step in 0..u64::MAX, own: u64) {
        let x = Tensor::full([4, 50], 1.0);
        let mask = |layer: Dropout, seed, step| dropped(layer, &x, training(seed, step));
        let layer = Dropout::new(0.5);
        prop_assert_eq!(mask(layer.clone(), seed, step), mask(layer.clone(), seed, step));
        prop_assert_ne!(mask(layer.clone(), seed, step), mask(layer.clone(), seed, step + 1));
        prop_assert_ne!(mask(layer.clone(), seed, step), mask(layer.clone(), !seed, step));
        // Its own seed decides, not the model's.
        let seeded = layer.with_seed(own);
        prop_assert_eq!(mask(seeded.clone(), seed, step), mask(seeded.clone(), !seed, step));
        prop_assert_ne!(mask(seeded.clone(), seed, step), mask(seeded, seed, step + 1));
    }

    #[test]
    fn one_number_along_noise_shape(seed: u64, samples in 1_usize..4, steps in 1_usize..6, width in 1_usize..6) {
        let x = Tensor::full([samples, steps, width], 1.0);
        let layer = Dropout::new(0.5).noise_shape([None, Some(1), None]);
        let y = dropped(layer, &x, training(seed, 0));
        for sample in y.as_slice().chunks_exact(steps * width) {
            for step in sample.chunks_exact(width) {
                prop_assert_eq!(step, &sample[..width]);
            }
        }
    }
}
