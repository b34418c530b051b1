//! Every random initializer against the distribution that it promises: Kolmogorov–Smirnov at a significance of
//! 1e-6, with fixed seeds.

use cornu_initializers::{
    Distribution, GlorotNormal, GlorotUniform, HeNormal, HeUniform, Initializer, InitializerError, LecunNormal,
    LecunUniform, Mode, Orthogonal, RandomNormal, RandomUniform, TruncatedNormal, VarianceScaling, random,
};
use cornu_tensor::{Scalar, Shape};
use cornu_testkit::ks::{assert_follows, normal_cdf, truncated_normal_cdf, uniform_cdf};

/// Standard deviation of a standard normal distribution cut at two deviations.
const CUT: f64 = 0.879_625_661_034_239_8;
/// Kernels of Dense and Conv2D, and a bias, of 20,000 values or more.
const DENSE: [usize; 2] = [100, 250];
const CONV: [usize; 4] = [3, 3, 16, 150];
const BIAS: [usize; 1] = [20_000];

fn values<T: Scalar>(
    initializer: &impl Initializer<T>,
    shape: impl Into<Shape>,
    seed: u64,
) -> Result<Vec<f64>, InitializerError> {
    let tensor = initializer.init(shape.into(), &mut random::generator(seed))?;
    assert!(tensor.len() >= 20_000);
    Ok(tensor.as_slice().iter().map(|v| v.to_f64()).collect())
}

/// Uniform on `±√(3 · variance)`, and no value outside.
#[track_caller]
fn assert_uniform(values: &[f64], variance: f64) {
    let limit = (3.0 * variance).sqrt();
    assert!(values.iter().all(|v| v.abs() <= limit * (1.0 + 1e-7)));
    assert_follows(values, |x| uniform_cdf(x, -limit, limit));
}

/// Normal of this variance after the cut at two deviations, and no value beyond.
#[track_caller]
fn assert_truncated(values: &[f64], variance: f64) {
    let stddev = variance.sqrt() / CUT;
    assert!(values.iter().all(|v| v.abs() <= 2.0 * stddev * (1.0 + 1e-7)));
    assert_follows(values, |x| truncated_normal_cdf(x, 0.0, stddev));
}

/// The mean square of the values is this variance, within five standard errors of a normal distribution's.
#[track_caller]
fn assert_variance(values: &[f64], variance: f64) {
    let n = values.len() as f64;
    let found = values.iter().map(|v| v * v).sum::<f64>() / n;
    assert!((found / variance - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "expected {variance}. Received: {found}");
}

#[test]
fn random_normal() -> Result<(), InitializerError> {
    for (seed, (mean, stddev)) in (0..).zip([(0.0, 0.05), (0.5, 2.0), (-3.0, 1e-3)]) {
        let normal = RandomNormal::new(mean, stddev)?;
        assert_follows(&values::<f64>(&normal, BIAS, seed)?, |x| normal_cdf(x, mean, stddev));
        assert_follows(&values::<f32>(&normal, CONV, seed)?, |x| normal_cdf(x, mean, stddev));
    }
    assert_follows(&values::<f32>(&RandomNormal::default(), DENSE, 3)?, |x| normal_cdf(x, 0.0, 0.05));
    Ok(())
}

#[test]
fn random_uniform() -> Result<(), InitializerError> {
    for (seed, (minval, maxval)) in (0..).zip([(-0.05, 0.05), (-1.0, 3.0), (10.0, 10.5)]) {
        let uniform = RandomUniform::new(minval, maxval)?;
        for values in [values::<f64>(&uniform, BIAS, seed)?, values::<f32>(&uniform, CONV, seed)?] {
            let (low, high) = (f64::from(minval as f32).min(minval), f64::from(maxval as f32).max(maxval));
            assert!(values.iter().all(|v| (low..=high).contains(v)));
            assert_follows(&values, |x| uniform_cdf(x, minval, maxval));
        }
    }
    assert_follows(&values::<f32>(&RandomUniform::default(), DENSE, 3)?, |x| uniform_cdf(x, -0.05, 0.05));
    Ok(())
}

#[test]
fn truncated_normal() -> Result<(), InitializerError> {
    for (seed, (mean, stddev)) in (0..).zip([(0.0, 0.05), (0.5, 2.0), (-3.0, 1e-3)]) {
        let truncated = TruncatedNormal::new(mean, stddev)?;
        for values in [values::<f64>(&truncated, BIAS, seed)?, values::<f32>(&truncated, CONV, seed)?] {
            assert!(values.iter().all(|v| (v - mean).abs() <= 2.0 * stddev + 1e-6 * mean.abs().max(stddev)));
            assert_follows(&values, |x| truncated_normal_cdf(x, mean, stddev));
        }
    }
    assert_follows(&values::<f32>(&TruncatedNormal::default(), DENSE, 3)?, |x| truncated_normal_cdf(x, 0.0, 0.05));
    Ok(())
}

#[test]
fn variance_scaling_in_every_mode() -> Result<(), InitializerError> {
    // Shape, fan in, fan out.
    let weights: [(Shape, f64, f64); 3] =
        [(DENSE.into(), 100.0, 250.0), (CONV.into(), 144.0, 1350.0), (BIAS.into(), 20_000.0, 20_000.0)];
    let mut seed = 0;
    for (shape, fan_in, fan_out) in weights {
        let modes = [(Mode::FanIn, fan_in), (Mode::FanOut, fan_out), (Mode::FanAvg, (fan_in + fan_out) / 2.0)];
        for ((mode, n), scale) in modes.into_iter().flat_map(|mode| [0.5, 1.0, 2.0].map(|scale| (mode, scale))) {
            let variance = scale / n;
            let mut drawn = |distribution| -> Result<Vec<f64>, InitializerError> {
                seed += 1;
                let scaling = VarianceScaling::new(scale, mode, distribution)?;
                assert!((scaling.variance(shape)? / variance - 1.0).abs() < 1e-15);
                let values = values::<f32>(&scaling, shape, seed)?;
                assert_variance(&values, variance);
                Ok(values)
            };
            assert_uniform(&drawn(Distribution::Uniform)?, variance);
            assert_truncated(&drawn(Distribution::TruncatedNormal)?, variance);
            assert_follows(&drawn(Distribution::UntruncatedNormal)?, |x| normal_cdf(x, 0.0, variance.sqrt()));
        }
    }
    assert_truncated(&values::<f64>(&VarianceScaling::default(), DENSE, 0)?, 1.0 / 100.0);
    Ok(())
}

#[test]
fn glorot_he_and_lecun() -> Result<(), InitializerError> {
    for (seed, (shape, fan_in, fan_out)) in
        (0..).zip([(Shape::from(DENSE), 100.0, 250.0), (CONV.into(), 144.0, 1350.0), (BIAS.into(), 2e4, 2e4)])
    {
        assert_uniform(&values::<f32>(&GlorotUniform::new(), shape, seed)?, 2.0 / (fan_in + fan_out));
        assert_uniform(&values::<f32>(&HeUniform::new(), shape, seed)?, 2.0 / fan_in);
        assert_uniform(&values::<f32>(&LecunUniform::new(), shape, seed)?, 1.0 / fan_in);
        assert_truncated(&values::<f32>(&GlorotNormal::new(), shape, seed)?, 2.0 / (fan_in + fan_out));
        assert_truncated(&values::<f32>(&HeNormal::new(), shape, seed)?, 2.0 / fan_in);
        assert_truncated(&values::<f32>(&LecunNormal::new(), shape, seed)?, 1.0 / fan_in);
    }
    Ok(())
}

/// Of a matrix drawn evenly from all orthogonal 3×3 matrices, every row and column is a point drawn evenly from
/// the sphere, and so (Archimedes) every entry is uniform on −1..1. No sign and no column is preferred.
#[test]
fn orthogonal_prefers_no_direction() -> Result<(), InitializerError> {
    let mut rng = random::generator(0);
    let mut entries = vec![Vec::new(); 9];
    let mut reflections = 0;
    for _ in 0..20_000 {
        let matrix = Initializer::<f64>::init(&Orthogonal::default(), [3, 3].into(), &mut rng)?;
        for (entries, &entry) in entries.iter_mut().zip(matrix.as_slice()) {
            entries.push(entry);
        }
        reflections += usize::from(matrix.to_dmatrix()?.determinant() < 0.0);
    }
    for entries in entries {
        assert_follows(&entries, |x| uniform_cdf(x, -1.0, 1.0));
    }
    // Half of them, within five standard errors.
    assert!((reflections as f64 - 10_000.0).abs() < 5.0 * 5000_f64.sqrt());
    Ok(())
}

/// A column drawn evenly from the sphere in n dimensions: of two neighbouring entries (a, b) the angle is uniform, and so
/// is `(1 − a² − b²)^(n/2 − 1)`. Every entry of the diagonal, and the determinant of a square, is negative as often as
/// not. In matrices of more than one group of reflections, upright, square and lying.
#[test]
fn larger_orthogonal_matrices_prefer_no_direction() -> Result<(), InitializerError> {
    const DRAWS: usize = 1000;
    let half = |count: usize| (count as f64 - DRAWS as f64 / 2.0).abs() < 5.0 * (DRAWS as f64 / 4.0).sqrt();
    let mut rng = random::generator(1);
    for [rows, columns] in [[20, 11], [18, 18], [9, 20]] {
        let (long, short) = (rows.max(columns), rows.min(columns));
        let (mut angles, mut radii) = (vec![Vec::new(); short], vec![Vec::new(); short]);
        let (mut negative, mut reflections) = (vec![0; short], 0);
        for _ in 0..DRAWS {
            let matrix =
                Initializer::<f64>::init(&Orthogonal::default(), [rows, columns].into(), &mut rng)?.to_dmatrix()?;
            let matrix = if rows < columns { matrix.transpose() } else { matrix };
            for (j, column) in matrix.column_iter().enumerate() {
                for pair in column.as_slice().chunks_exact(2) {
                    angles[j].push(pair[1].atan2(pair[0]));
                    radii[j].push((1.0 - pair[0] * pair[0] - pair[1] * pair[1]).powf(long as f64 / 2.0 - 1.0));
                }
                negative[j] += usize::from(column[j] < 0.0);
            }
            reflections += usize::from(rows == columns && matrix.determinant() < 0.0);
        }
        for (angles, radii) in angles.iter().zip(&radii) {
            assert_follows(angles, |x| uniform_cdf(x, -std::f64::consts::PI, std::f64::consts::PI));
            assert_follows(radii, |x| uniform_cdf(x, 0.0, 1.0));
        }
        assert!(negative.into_iter().all(half));
        assert!(rows != columns || half(reflections));
    }
    Ok(())
}

/// The product of the deviations of two values, summed, is that of independent values within five standard errors.
#[track_caller]
fn assert_unrelated(pairs: impl Iterator<Item = (f64, f64)>, variance: f64) {
    let products: Vec<f64> = pairs.map(|(a, b)| a * b / variance).collect();
    let n = products.len() as f64;
    let correlation = products.iter().sum::<f64>() / n;
    assert!(correlation.abs() < 5.0 / n.sqrt(), "expected no correlation. Received: {correlation}");
}

#[test]
fn neighbours_blocks_and_seeds_are_unrelated() -> Result<(), InitializerError> {
    let normal = RandomNormal::new(0.0, 1.0)?;
    let (first, second) = (values::<f64>(&normal, [40_000], 1)?, values::<f64>(&normal, [40_000], 2)?);
    for lag in [1, 2, random::BLOCK] {
        assert_unrelated(first.iter().copied().zip(first[lag..].iter().copied()), 1.0);
    }
    assert_unrelated(first.into_iter().zip(second), 1.0);
    let (first, second) =
        (values::<f64>(&normal.with_seed(1), [40_000], 0)?, values::<f64>(&normal.with_seed(2), [40_000], 0)?);
    assert_unrelated(first.into_iter().zip(second), 1.0);
    Ok(())
}
