//! Learning-rate schedules: Keras's rates (`golden/schedules.json`), and laws that they keep.

use std::error::Error;

use cornu_config::Config;
use cornu_optimizers::schedules::{
    CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, LearningRateSchedule, PiecewiseConstantDecay,
    PolynomialDecay, from_config,
};
use cornu_optimizers::{Adam, Optimizer, OptimizerArguments, OptimizerError, SGD};
use cornu_testkit::{assert_close, golden};
use proptest::prelude::*;
use serde_json::Value;

type Done = Result<(), Box<dyn Error>>;

fn config(case: &Value) -> Result<Config, serde_json::Error> {
    serde_json::from_value(case.clone())
}

#[test]
fn the_rates_of_keras() -> Done {
    let file = golden::read("schedules")?;
    let steps = golden::counts(golden::get(&file, "steps")?)?;
    for case in golden::list(golden::get(&file, "cases")?)? {
        println!("{case}"); // shown where an assertion fails
        let schedule = from_config(&config(case)?)?;
        let rates: Vec<f64> = steps.iter().map(|&step| schedule.rate(step as u64)).collect();
        assert_close(&rates, &golden::floats(golden::get(case, "rates")?)?, 1e-6);
        let written = schedule.get_config().ok_or("expected a config")?;
        assert_eq!(written.module(), Some("keras.optimizers.schedules"));
        assert_eq!(&written.into_arguments(), golden::get(case, "get_config")?);
    }
    Ok(())
}

#[test]
fn what_keras_refuses_is_refused() -> Done {
    let file = golden::read("schedules")?;
    for case in golden::list(golden::get(&file, "refused")?)? {
        assert!(matches!(from_config(&config(case)?), Err(OptimizerError::Argument { .. })), "{case}");
    }
    let unknown = from_config(&Config::new("keras.optimizers.schedules", "Decay")).unwrap_err().to_string();
    assert!(unknown.contains("CosineDecay, CosineDecayRestarts") && unknown.ends_with("Received: \"Decay\""));
    Ok(())
}

#[test]
fn bad_arguments_are_named() {
    let errors = [
        (
            CosineDecay::new(-1.0, 5).err(),
            "CosineDecay: expected `initial_learning_rate` to be a finite number, 0 or more",
        ),
        (
            ExponentialDecay::new(0.1, 0, 0.5).err(),
            "ExponentialDecay: expected `decay_steps` to be a finite number above 0",
        ),
        (
            CosineDecayRestarts::new(0.1, 5).and_then(|made| made.t_mul(0.5)).err(),
            "CosineDecayRestarts: expected `t_mul` to be a finite number, 1 or more",
        ),
        (
            PiecewiseConstantDecay::new([2, 1], [0.1, 0.2, 0.3]).err(),
            "PiecewiseConstantDecay: expected `boundaries` to be one step or more, each no earlier",
        ),
        (
            PiecewiseConstantDecay::new([], [0.1]).err(),
            "PiecewiseConstantDecay: expected `boundaries` to be one step or more",
        ),
        (
            PolynomialDecay::new(0.1, 5).and_then(|made| made.power(f64::NAN)).err(),
            "PolynomialDecay: expected `power` to be a finite number, 0 or more. Received: power=NaN",
        ),
    ];
    for (error, message) in errors {
        let error = error.map(|error| error.to_string()).unwrap_or_default();
        assert!(error.starts_with(message), "{error}");
    }
}

#[test]
fn a_schedule_cannot_be_set_to_a_number() -> Done {
    let mut adam: Box<dyn Optimizer<f32>> = Box::new(Adam::new(ExponentialDecay::new(0.1, 10, 0.5)?)?);
    let error = adam.set_learning_rate(0.5).unwrap_err();
    assert_eq!(error, OptimizerError::Scheduled { optimizer: "Adam", received: "0.5".to_owned() });
    assert!(matches!(adam.set_learning_rate(-0.5), Err(OptimizerError::Argument { .. })));
    assert_eq!(adam.at(10).learning_rate, 0.05);

    // Another schedule can take its place, and that of a number.
    let mut sgd = SGD::new(0.1)?;
    sgd.common_mut().set_learning_rate(InverseTimeDecay::new(1.0, 1, 1.0)?)?;
    sgd.common_mut().set_learning_rate(InverseTimeDecay::new(2.0, 1, 1.0)?)?;
    assert_eq!(Optimizer::<f64>::at(&sgd, 1).learning_rate, 1.0);
    Ok(())
}

/// Schedules that never go up, from 1.
fn falling() -> impl Strategy<Value = Box<dyn LearningRateSchedule>> {
    (0_usize..5, 1_u64..200, 0.0..1.0, any::<bool>()).prop_filter_map("valid arguments", |(kind, steps, part, flag)| {
        let schedule: Result<Box<dyn LearningRateSchedule>, OptimizerError> = (|| {
            Ok(match kind {
                0 => {
                    Box::new(ExponentialDecay::new(1.0, steps, part)?.staircase(flag)) as Box<dyn LearningRateSchedule>
                }
                1 => Box::new(InverseTimeDecay::new(1.0, steps, part)?.staircase(flag)),
                2 => Box::new(PolynomialDecay::new(1.0, steps)?.end_learning_rate(part)?.power(2.0 * part)?),
                3 => Box::new(CosineDecay::new(1.0, steps)?.alpha(part)?),
                _ => Box::new(PiecewiseConstantDecay::new([steps, 2 * steps], [1.0, part, part / 2.0])?),
            })
        })();
        schedule.ok()
    })
}

proptest! {
    #[test]
    fn what_falls_never_rises(schedule in falling(), step in 0_u64..1000) {
        prop_assert_eq!(schedule.rate(0), 1.0);
        let (now, next) = (schedule.rate(step), schedule.rate(step + 1));
        prop_assert!(next <= now + 1e-12 && (0.0..=1.0).contains(&now), "{} {}", now, next);
    }

    #[test]
    fn late_rates_are_finite(schedule in falling(), step: u64) {
        prop_assert!(schedule.rate(step).is_finite());
    }

    #[test]
    fn a_warm_up_rises_to_its_target(target in 0.1..1.0, warmup in 1_u64..100, steps in 1_u64..100, step in 0_u64..200) {
        let schedule = CosineDecay::new(0.0, steps)?.warmup_target(target)?.warmup_steps(warmup);
        assert_close(&[schedule.rate(warmup)], &[target], 1e-12);
        let (now, next) = (schedule.rate(step), schedule.rate(step + 1));
        let rises = next > now;
        prop_assert_eq!(rises, step < warmup);
    }

    #[test]
    fn restarts_are_at_their_steps(first in 1_u64..50, t_mul in 1_u32..4, m_mul in 0.5..1.0, restarts in 0_u32..6) {
        let schedule = CosineDecayRestarts::new(1.0, first)?.t_mul(f64::from(t_mul))?.m_mul(m_mul)?;
        let passed: u64 = (0..restarts).map(|i| first * u64::from(t_mul.pow(i))).sum();
        assert_close(&[schedule.rate(passed)], &[m_mul.powi(restarts as i32)], 1e-9);
    }

    #[test]
    fn a_cycle_ends_at_the_end(steps in 2_u64..100, cycles in 1_u64..10) {
        let schedule = PolynomialDecay::new(1.0, steps)?.end_learning_rate(0.1)?.cycle(true);
        assert_close(&[schedule.rate(steps * cycles)], &[0.1], 1e-12);
        prop_assert!(schedule.rate(steps * cycles + 1) > 0.1);
    }
}
