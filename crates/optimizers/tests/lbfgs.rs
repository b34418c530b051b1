//! L-BFGS: known functions, and laws that hold for any.

use std::convert::Infallible;

use cornu_optimizers::LBFGS;
use cornu_optimizers::lbfgs::{Report, Stop};
use cornu_tensor::Scalar;
use cornu_testkit::assert_close;
use proptest::collection::vec;
use proptest::prelude::*;

/// Rosenbrock's function in any even number of dimensions.
fn rosenbrock<T: Scalar>(x: &[T], gradient: &mut [T]) -> Result<f64, Infallible> {
    let mut loss = 0.0;
    for (x, g) in x.chunks_exact(2).zip(gradient.chunks_exact_mut(2)) {
        let (u, v) = (x[0].to_f64(), x[1].to_f64());
        let (a, b) = (1.0 - u, v - u * u);
        loss += a * a + 100.0 * b * b;
        g.copy_from_slice(&[T::of(-2.0 * a - 400.0 * u * b), T::of(200.0 * b)]);
    }
    Ok(loss)
}

/// `½ Σ hᵢ(xᵢ − mᵢ)²`
fn quadratic(curvatures: &[f64], minimum: &[f64]) -> impl FnMut(&[f64], &mut [f64]) -> Result<f64, Infallible> {
    move |x, gradient| {
        let mut loss = 0.0;
        for (((x, g), h), m) in x.iter().zip(gradient).zip(curvatures).zip(minimum) {
            *g = h * (x - m);
            loss += 0.5 * h * (x - m) * (x - m);
        }
        Ok(loss)
    }
}

fn never_rises(report: &Report) -> bool {
    report.losses.windows(2).all(|pair| pair[1] < pair[0])
}

#[test]
fn rosenbrock_in_two_and_in_twenty_dimensions() -> Result<(), Box<dyn std::error::Error>> {
    for len in [2, 20] {
        let mut x: Vec<f64> = [-1.2, 1.0].into_iter().cycle().take(len).collect();
        let report = LBFGS::new().tolerance_change(0.0)?.minimize(&mut x, rosenbrock)?;
        assert_close(&x, &vec![1.0; len], 1e-7);
        assert_eq!(report.stop, Stop::Gradient);
        // SciPy 1.17 takes 37 iterations and 45 evaluations, 35 and 49.
        assert!(report.iterations() <= 45 && report.evaluations <= 60, "{report:?}");
        assert!(never_rises(&report));
    }
    let mut x = [-1.2_f32, 1.0];
    let report = LBFGS::new().minimize(&mut x, rosenbrock)?;
    assert_close(&x, &[1.0, 1.0], 1e-4);
    assert!(never_rises(&report));
    Ok(())
}

#[test]
fn a_quadratic_of_condition_a_million() -> Result<(), Box<dyn std::error::Error>> {
    let curvatures: Vec<f64> = (0..50).map(|i| 10_f64.powf(6.0 * f64::from(i) / 49.0)).collect();
    let minimum: Vec<f64> = (0..50).map(|i| f64::from(i % 7) - 3.0).collect();
    let mut x = vec![10.0; 50];
    let lbfgs = LBFGS::new().tolerance_change(0.0)?.tolerance_grad(1e-6)?;
    let report = lbfgs.minimize(&mut x, quadratic(&curvatures, &minimum))?;
    assert_eq!(report.stop, Stop::Gradient, "{report:?}");
    assert_close(&x, &minimum, 1e-6); // the smallest curvature is 1
    // SciPy 1.17 takes 9,712.
    assert!(never_rises(&report) && report.evaluations < 12_000, "{}", report.evaluations);
    Ok(())
}

#[test]
fn it_ends_for_the_reason_that_it_says() -> Result<(), Box<dyn std::error::Error>> {
    let run = |lbfgs: LBFGS| {
        let mut x = [-1.2, 1.0];
        lbfgs.minimize(&mut x, rosenbrock)
    };
    let report = run(LBFGS::new().max_iter(3))?;
    assert_eq!((report.stop, report.iterations()), (Stop::MaxIter, 3));
    let report = run(LBFGS::new().max_iter(0))?;
    assert_eq!((report.stop, report.losses.len(), report.evaluations), (Stop::MaxIter, 1, 1));
    assert_close(&report.losses, &[24.2], 1e-15);
    let report = run(LBFGS::new().max_eval(5)?)?;
    assert_eq!((report.stop, report.evaluations), (Stop::MaxEval, 5));
    let report = run(LBFGS::new().tolerance_change(0.9)?)?;
    assert_eq!(report.stop, Stop::Change);
    let report = run(LBFGS::new().tolerance_grad(1e3)?)?;
    assert_eq!((report.stop, report.iterations()), (Stop::Gradient, 0));
    // A gradient of the wrong sign.
    let mut x = [1.0];
    let report = LBFGS::new().minimize(&mut x, |x, gradient| {
        gradient[0] = -2.0 * x[0];
        Ok::<f64, Infallible>(x[0] * x[0])
    })?;
    assert_eq!((report.stop, x), (Stop::LineSearch, [1.0]));
    // Nothing to move.
    let report = LBFGS::new().minimize(&mut [], |_: &[f64], _| Ok::<f64, Infallible>(3.0))?;
    assert_eq!((report.stop, report.losses), (Stop::Gradient, vec![3.0]));
    Ok(())
}

#[test]
fn what_is_not_a_number_leaves_the_best_point() -> Result<(), Box<dyn std::error::Error>> {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        // Where it begins.
        let mut x = [1.0, 2.0];
        let report = LBFGS::new().minimize(&mut x, |_, gradient| {
            gradient.fill(1.0);
            Ok::<f64, Infallible>(bad)
        })?;
        assert_eq!((report.stop, report.evaluations, x), (Stop::NotFinite, 1, [1.0, 2.0]));
        // In its gradient alone.
        let report = LBFGS::new().minimize(&mut x, |_, gradient| {
            gradient.copy_from_slice(&[1.0, bad]);
            Ok::<f64, Infallible>(1.0)
        })?;
        assert_eq!((report.stop, x), (Stop::NotFinite, [1.0, 2.0]));
        // Everywhere but where it begins.
        let report = LBFGS::new().minimize(&mut x, |x, gradient| {
            gradient.fill(1.0);
            Ok::<f64, Infallible>(if x == [1.0, 2.0] { 1.0 } else { bad })
        })?;
        assert_eq!((report.stop, x), (Stop::NotFinite, [1.0, 2.0]));
        // Beyond a wall, with the minimum before it.
        let mut x = [-5.0];
        let report = LBFGS::new().minimize(&mut x, |x, gradient| {
            gradient[0] = 2.0 * x[0];
            Ok::<f64, Infallible>(if x[0] > 0.5 { bad } else { x[0] * x[0] })
        })?;
        assert!(x[0].abs() < 1e-6 && report.stop == Stop::Gradient, "{report:?}");
        // Beyond a wall, with no minimum before it.
        let mut x = [-5.0_f64];
        let report = LBFGS::new().minimize(&mut x, |x, gradient| {
            gradient[0] = -1.0;
            Ok::<f64, Infallible>(if x[0] > 0.5 { bad } else { -x[0] })
        })?;
        assert!(x[0] <= 0.5 && x[0] > 0.4, "{x:?} {report:?}");
    }
    Ok(())
}

#[test]
fn an_error_of_the_function_leaves_the_best_point() {
    let (mut x, mut left, mut best) = ([-1.2, 1.0], 10, f64::INFINITY);
    let failed = LBFGS::new().minimize(&mut x, |x, gradient| {
        left -= 1;
        let Ok(loss) = rosenbrock(x, gradient);
        best = best.min(loss);
        if left == 0 { Err("enough") } else { Ok(loss) }
    });
    assert_eq!(failed, Err("enough"));
    let Ok(loss) = rosenbrock(&x, &mut [0.0; 2]);
    assert!(loss < 24.2 && loss >= best);
}

proptest! {
    /// With an exact line search and all steps remembered, L-BFGS goes the way of conjugate gradients: a quadratic in `n`
    /// dimensions takes `n` iterations, and a few for rounding.
    #[test]
    fn a_quadratic_takes_as_many_iterations_as_dimensions(
        pairs in vec((1.0..100.0_f64, -10.0..10.0_f64), 1..12),
        start in -20.0..20.0_f64,
    ) {
        let (curvatures, minimum): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let mut x = vec![start; minimum.len()];
        let lbfgs = LBFGS::new().history_size(20)?.strong_wolfe(1e-12, 1e-10)?.tolerance_change(0.0)?;
        let Ok(report) = lbfgs.minimize(&mut x, quadratic(&curvatures, &minimum));
        prop_assert!(report.iterations() <= minimum.len() + 3, "{} for {}", report.iterations(), minimum.len());
        assert_close(&x, &minimum, 1e-6);
    }

    /// The loss never rises, the report tells the truth about where it ended, and the gradient is small there, for any
    /// convex and any wild function, in both precisions.
    #[test]
    fn the_loss_never_rises(wild: bool, start in vec(-3.0..3.0_f64, 1..10), history in 1..12_usize, c2 in 0.1..0.95_f64) {
        fn function<T: Scalar>(x: &[T], gradient: &mut [T], wild: bool) -> Result<f64, Infallible> {
            let mut loss = 0.0;
            for (i, (x, g)) in x.iter().zip(gradient).enumerate() {
                let (x, k) = (x.to_f64(), (i + 1) as f64);
                let waves = if wild { (3.0 * x).cos() } else { 0.0 };
                loss += k * x * x + (1.0 + (k * x).exp()).ln() + waves;
                let wave_slope = if wild { -3.0 * (3.0 * x).sin() } else { 0.0 };
                *g = T::of(2.0 * k * x + k / (1.0 + (-k * x).exp()) + wave_slope);
            }
            Ok(loss)
        }
        fn check<T: Scalar>(lbfgs: &LBFGS, start: &[f64], wild: bool, tolerance: f64) -> Result<(), TestCaseError> {
            let mut x: Vec<T> = start.iter().map(|&x| T::of(x)).collect();
            let Ok(report) = lbfgs.minimize(&mut x, |x, gradient| function(x, gradient, wild));
            prop_assert!(never_rises(&report), "{report:?}");
            let mut gradient = vec![T::zero(); x.len()];
            let Ok(loss) = function(&x, &mut gradient, wild);
            prop_assert_eq!(loss, report.loss());
            let largest = gradient.iter().fold(0.0, |max: f64, g| max.max(g.to_f64().abs()));
            prop_assert_eq!(largest, report.gradient);
            prop_assert!(largest <= tolerance, "{report:?}");
            Ok(())
        }
        let lbfgs = LBFGS::new().history_size(history)?.strong_wolfe(1e-4, c2)?.tolerance_change(0.0)?;
        // Losses of some 10¹ with curvatures of some 10²: rounding of 10⁻¹⁵ hides gradients of 10⁻⁶, and in `f32` the steps
        // of 10⁻⁷ in `x` have gradients of 10⁻⁵ between them.
        check::<f64>(&lbfgs, &start, wild, 1e-5)?;
        check::<f32>(&lbfgs, &start, wild, 1e-3)?;
    }

    /// A shift of the loss and a scale of it change nothing but the rounding.
    #[test]
    fn the_way_does_not_depend_on_the_unit_of_the_loss(power in -20..20_i32, start in vec(-2.0..2.0_f64, 2..3)) {
        let factor = 2_f64.powi(power);
        let lbfgs = LBFGS::new().tolerance_change(0.0)?.tolerance_grad(0.0)?.max_iter(10);
        let (mut plain, mut scaled) = (start.clone(), start);
        let Ok(first) = lbfgs.minimize(&mut plain, rosenbrock);
        let Ok(second) = lbfgs.minimize(&mut scaled, |x, gradient| {
            let Ok(loss) = rosenbrock(x, gradient);
            gradient.iter_mut().for_each(|g| *g *= factor);
            Ok::<f64, Infallible>(loss * factor)
        });
        prop_assert_eq!(plain, scaled);
        prop_assert_eq!(first.evaluations, second.evaluations);
    }
}
