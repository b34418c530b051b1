//! Laws of what all variables of a step share: clipping, accumulation, averages, loss scales, and the state that is saved.

use std::error::Error;

use cornu_optimizers::schedules::ExponentialDecay;
use cornu_optimizers::{
    Adafactor, Adam, LossScaleOptimizer, Muon, Optimizer, OptimizerArguments, OptimizerError, OptimizerState, SGD,
    StateValue, from_config, get, names,
};
use cornu_tensor::{Scalar, Tensor};
use cornu_testkit::assert_close;
use proptest::collection::vec;
use proptest::prelude::*;

/// A matrix and a vector.
type Pair<T> = [Tensor<T>; 2];

fn pair(values: &[f64]) -> Pair<f64> {
    let at = |i: usize| values.get(i % values.len().max(1)).copied().unwrap_or(0.0);
    [Tensor::from_fn([3, 2], at), Tensor::from_fn([4], |i| at(i + 6))]
}

fn start(optimizer: &dyn Optimizer<f64>, variables: &Pair<f64>) -> OptimizerState<f64> {
    OptimizerState::new(optimizer, ["dense/kernel", "dense/bias"].into_iter().zip(variables))
}

fn step(
    state: &mut OptimizerState<f64>,
    optimizer: &dyn Optimizer<f64>,
    [kernel, bias]: &mut Pair<f64>,
    gradients: &Pair<f64>,
) -> Result<(), OptimizerError> {
    let [mut of_kernel, mut of_bias] = gradients.clone();
    let pairs = [(kernel, &mut of_kernel), (bias, &mut of_bias)];
    state.apply(optimizer, &mut pairs.map(|(variable, gradient)| (variable.as_mut_slice(), gradient.as_mut_slice())))
}

/// What gradient descent with a rate of 1 takes off: the gradients as they are after clipping.
fn taken(sgd: &SGD, gradients: &Pair<f64>) -> Result<Pair<f64>, OptimizerError> {
    let mut variables = pair(&[0.0]);
    step(&mut start(sgd, &variables), sgd, &mut variables, gradients)?;
    Ok(variables.map(|variable| Tensor::from_fn(variable.shape(), |i| -variable.as_slice()[i])))
}

fn norm(tensors: &[Tensor<f64>]) -> f64 {
    tensors.iter().flat_map(Tensor::as_slice).map(|x| x * x).sum::<f64>().sqrt()
}

fn close(actual: &Pair<f64>, expected: &Pair<f64>, tolerance: f64) {
    for (actual, expected) in actual.iter().zip(expected) {
        assert_close(actual.as_slice(), expected.as_slice(), tolerance);
    }
}

fn values() -> impl Strategy<Value = Pair<f64>> {
    vec(-10.0..10.0, 10).prop_map(|values| pair(&values))
}

/// Every optimizer that has a name, at a rate that shows.
fn any_optimizer() -> impl Strategy<Value = Box<dyn Optimizer<f64>>> {
    prop::sample::select(names()).prop_filter_map("a known name", |name| {
        let mut optimizer = get(name).ok()?;
        optimizer.set_learning_rate(0.01).ok()?;
        Some(optimizer)
    })
}

proptest! {
    #[test]
    fn no_gradient_is_longer_than_clipnorm(gradients in values(), limit in 0.1..30.0) {
        let clipped = taken(&SGD::new(1.0)?.clipnorm(limit)?, &gradients)?;
        for (clipped, whole) in clipped.iter().zip(&gradients) {
            let (before, after) = (norm(std::slice::from_ref(whole)), norm(std::slice::from_ref(clipped)));
            assert_close(&[after], &[before.min(limit)], 1e-12);
            let factor = if before > limit { limit / before } else { 1.0 };
            let expected: Vec<f64> = whole.as_slice().iter().map(|g| g * factor).collect();
            assert_close(clipped.as_slice(), &expected, 1e-12);
        }
    }

    #[test]
    fn all_gradients_are_no_longer_than_global_clipnorm(gradients in values(), limit in 0.1..50.0) {
        let clipped = taken(&SGD::new(1.0)?.global_clipnorm(limit)?, &gradients)?;
        assert_close(&[norm(&clipped)], &[norm(&gradients).min(limit)], 1e-12);
        // The direction stays.
        let factor = norm(&clipped) / norm(&gradients).max(f64::MIN_POSITIVE);
        close(&clipped, &gradients.map(|g| Tensor::from_fn(g.shape(), |i| g.as_slice()[i] * factor)), 1e-12);
    }

    #[test]
    fn no_value_is_larger_than_clipvalue(gradients in values(), limit in 0.1..12.0) {
        let clipped = taken(&SGD::new(1.0)?.clipvalue(limit)?, &gradients)?;
        close(&clipped, &gradients.map(|g| Tensor::from_fn(g.shape(), |i| g.as_slice()[i].clamp(-limit, limit))), 0.0);
    }

    #[test]
    fn equal_gradients_accumulate_to_one_step(
        optimizer in any_optimizer(),
        variables in values(),
        gradients in vec(values(), 1..4),
        times in 2_u64..6,
    ) {
        let optimizer = optimizer.clipnorm(5.0)?;
        let gathering = optimizer.clone().gradient_accumulation_steps(times)?;
        let (mut once, mut gathered) = (variables.clone(), variables);
        let (mut state, mut gathering_state) = (start(&optimizer, &once), start(&gathering, &gathered));
        for gradients in &gradients {
            let before = gathered.clone();
            for _ in 1..times {
                step(&mut gathering_state, &gathering, &mut gathered, gradients)?;
                prop_assert_eq!(&gathered, &before);
            }
            step(&mut gathering_state, &gathering, &mut gathered, gradients)?;
            step(&mut state, &optimizer, &mut once, gradients)?;
            close(&gathered, &once, 1e-9);
        }
    }

    #[test]
    fn an_average_is_an_average(
        optimizer in any_optimizer(),
        mut variables in values(),
        gradients in vec(values(), 1..6),
        momentum in 0.0..=1.0,
    ) {
        let optimizer = optimizer.use_ema(true).ema_momentum(momentum)?;
        let mut state = start(&optimizer, &variables);
        let mut average: Option<Pair<f64>> = None;
        for gradients in &gradients {
            step(&mut state, &optimizer, &mut variables, gradients)?;
            let next = match &average {
                None => variables.clone(), // the first counts whole
                Some(old) => [0, 1].map(|v| {
                    let (old, new) = (old[v].as_slice(), variables[v].as_slice());
                    Tensor::from_fn(variables[v].shape(), |i| momentum * old[i] + (1.0 - momentum) * new[i])
                }),
            };
            let mut finalized = variables.clone();
            finalized.iter_mut().enumerate().for_each(|(index, variable)| state.finalize(index, variable.as_mut_slice()));
            close(&finalized, &next, 1e-12);
            average = Some(next);
        }
    }

    #[test]
    fn every_so_many_steps_the_average_takes_over(
        variables in values(),
        gradients in vec(values(), 1..12),
        frequency in 1_u64..5,
    ) {
        let sgd = SGD::new(0.1)?.use_ema(true).ema_momentum(0.5)?.ema_overwrite_frequency(frequency)?;
        let mut variables = variables;
        let mut state = start(&sgd, &variables);
        for (taken, gradients) in (1..).zip(&gradients) {
            step(&mut state, &sgd, &mut variables, gradients)?;
            if taken % frequency == 0 {
                let mut finalized = variables.clone();
                finalized.iter_mut().enumerate().for_each(|(index, variable)| state.finalize(index, variable.as_mut_slice()));
                prop_assert_eq!(&finalized, &variables);
            }
        }
    }

    #[test]
    fn a_loss_scale_changes_nothing(optimizer in any_optimizer(), variables in values(), gradients in values(), bits in 1_i32..20) {
        let scale = 2.0_f64.powi(bits);
        let scaled = gradients.clone().map(|g| Tensor::from_fn(g.shape(), |i| g.as_slice()[i] * scale));
        let fixed = optimizer.clone().loss_scale_factor(scale)?;
        let dynamic = LossScaleOptimizer::new(optimizer.clone())?.initial_scale(scale)?;
        let (mut plain, mut fixed_variables, mut dynamic_variables) = (variables.clone(), variables.clone(), variables);
        step(&mut start(&optimizer, &plain), &optimizer, &mut plain, &gradients)?;
        step(&mut start(&fixed, &fixed_variables), &fixed, &mut fixed_variables, &scaled)?;
        step(&mut start(&dynamic, &dynamic_variables), &dynamic, &mut dynamic_variables, &scaled)?;
        prop_assert_eq!(&fixed_variables, &plain);
        prop_assert_eq!(&dynamic_variables, &plain);
    }

    #[test]
    fn without_options_a_step_is_the_optimizers(optimizer in any_optimizer(), variables in values(), gradients in vec(values(), 1..4)) {
        if ["adamw", "muon"].contains(&optimizer.name()) {
            return Ok(()); // they decay
        }
        let (mut together, mut alone) = (variables.clone(), variables);
        let mut state = start(&optimizer, &together);
        let mut slots = alone.clone().map(|variable| {
            let described = cornu_optimizers::Variable::new("w", variable.shape());
            let begin = |slot: &cornu_optimizers::Slot| slot.begin(variable.as_slice());
            optimizer.slots(&described).iter().map(begin).collect::<Vec<_>>()
        });
        for (iteration, gradients) in (0..).zip(&gradients) {
            step(&mut state, &optimizer, &mut together, gradients)?;
            for ((variable, gradient), slots) in alone.iter_mut().zip(gradients).zip(&mut slots) {
                optimizer.step(optimizer.at(iteration), variable.as_mut_slice(), gradient.as_slice(), slots)?;
            }
        }
        prop_assert_eq!(together, alone);
    }

    #[test]
    fn a_saved_state_goes_on_with_the_same_bits(
        optimizer in any_optimizer(),
        variables in values(),
        gradients in vec(values(), 2..8),
        options in 0_u8..32,
        rate in 0.001..0.1,
    ) {
        let mut optimizer = optimizer.use_ema(options & 1 != 0).ema_momentum(0.9)?;
        if options & 2 != 0 {
            optimizer = optimizer.gradient_accumulation_steps(3)?;
        }
        if options & 4 != 0 {
            optimizer = optimizer.weight_decay(0.1)?;
        }
        if options & 8 != 0 {
            optimizer.common_mut().set_learning_rate(ExponentialDecay::new(rate, 3, 0.5)?)?;
        } else {
            optimizer.set_learning_rate(rate)?;
        }
        if options & 16 != 0 {
            optimizer = Box::new(LossScaleOptimizer::new(optimizer)?.dynamic_growth_steps(2)?);
        }
        let mut variables = variables;
        let mut state = start(&optimizer, &variables);
        let (before, after) = gradients.split_at(gradients.len() / 2);
        for gradients in before {
            step(&mut state, &optimizer, &mut variables, gradients)?;
        }
        // Another program: all that it has is what was saved.
        let config = optimizer.get_config().ok_or_else(|| TestCaseError::fail("expected a config"))?;
        let mut other = from_config::<f64>(&config)?;
        let mut other_variables = variables.clone();
        let mut other_state = start(&other, &other_variables);
        let saved: Vec<_> = state.variables(&optimizer, |_| true).into_iter().map(|saved| saved.value).collect();
        other_state.restore(other.as_mut(), |_| true, &saved)?;
        for gradients in after {
            step(&mut state, &optimizer, &mut variables, gradients)?;
            step(&mut other_state, &other, &mut other_variables, gradients)?;
        }
        prop_assert_eq!(&other_variables, &variables);
        prop_assert_eq!(other_state.variables(&other, |_| true), state.variables(&optimizer, |_| true));
    }

    #[test]
    fn a_decay_is_exponential(decay in 0.0..1.0, rate in 0.0..1.0, variables in values(), steps in 1_i32..6) {
        let sgd = SGD::new(rate)?.weight_decay(decay)?.exclude_from_weight_decay(["ia"]); // of the name, bias
        let mut moved = variables.clone();
        let mut state = start(&sgd, &moved);
        for _ in 0..steps {
            step(&mut state, &sgd, &mut moved, &pair(&[0.0]))?;
        }
        let factor = f64::powi(1.0 - decay * rate, steps);
        let [kernel, bias] = variables;
        close(&moved, &[Tensor::from_fn([3, 2], |i| kernel.as_slice()[i] * factor), bias], 1e-12);
    }
}

#[test]
fn a_dynamic_scale_follows_the_gradients() -> Result<(), OptimizerError> {
    let sgd = LossScaleOptimizer::new(SGD::new(1.0)?.clipvalue(1e9)?)?.initial_scale(4.0)?.dynamic_growth_steps(2)?;
    let (mut variables, zeros, mut overflow) = (pair(&[1.0]), pair(&[0.0]), pair(&[0.0]));
    overflow[1].as_mut_slice()[3] = f64::NAN;
    let mut state = start(&sgd, &variables);
    let mut scales = Vec::new();
    for gradients in [&zeros, &overflow, &zeros, &zeros, &zeros, &overflow, &overflow, &zeros] {
        scales.push(state.begin(&sgd).loss_scale());
        step(&mut state, &sgd, &mut variables, gradients)?;
    }
    assert_eq!(scales, [4.0, 4.0, 2.0, 2.0, 4.0, 4.0, 2.0, 1.0].map(Some));
    assert_eq!((state.iteration(), variables), (5, pair(&[1.0])));
    Ok(())
}

#[test]
fn of_what_is_not_trained_nothing_is_listed() -> Result<(), Box<dyn Error>> {
    let adam = Adam::default().amsgrad(true).use_ema(true).gradient_accumulation_steps(2)?;
    let state = start(&adam, &pair(&[1.0]));
    let names = |trained: fn(usize) -> bool| -> Vec<String> {
        state.variables(&adam, trained).into_iter().map(|variable| variable.name).collect()
    };
    let expected = [
        "iteration",
        "learning_rate",
        "dense_bias_average",
        "dense_bias_gradient_accumulator",
        "dense_bias_momentum",
        "dense_bias_velocity",
        "dense_bias_velocity_hat",
    ];
    assert_eq!(names(|index| index == 1), expected);
    assert_eq!(names(|_| true).len(), 2 + 2 * 5);
    Ok(())
}

/// The memory that a step of this optimizer keeps for a kernel of 30 × 20 in its slots.
fn slot_values(optimizer: &dyn Optimizer<f32>) -> usize {
    let state = OptimizerState::new(optimizer, [("kernel", &Tensor::zeros([30, 20]))]);
    let size = |value: &StateValue<'_, f32>| value.shape().size();
    state.variables(optimizer, |_| true).iter().skip(2).map(|variable| size(&variable.value)).sum()
}

#[test]
fn slots_have_their_shapes() {
    assert_eq!(slot_values(&Adafactor::default()), 30 + 20 + 600);
    assert_eq!(slot_values(&Muon::default()), 600);
    assert_eq!(slot_values(&Adam::default()), 1200);
    assert_eq!(slot_values(&SGD::default()), 0);
}

/// `XXᵀ` of a step of Muon, over the step's size.
fn gram<T: Scalar>(step: &[T], rows: usize, columns: usize) -> Vec<f64> {
    let at = |row: usize, column: usize| step[row * columns + column].to_f64();
    let product = |i: usize, j: usize| (0..columns).map(|k| at(i, k) * at(j, k)).sum::<f64>();
    (0..rows * rows).map(|at| product(at / rows, at % rows)).collect()
}

proptest! {
    #[test]
    fn muon_makes_rows_about_orthogonal(gradient in vec(-1.0..1.0, 3 * 8)) {
        // With these coefficients the iteration ends at 1 exactly.
        let muon = Muon::new(1.0)?.rms_rate(None)?.coefficients([1.5, -0.5, 0.0])?.ns_steps(60);
        let mut w = [0.0; 24];
        muon.step(muon.at(0), &mut w, &gradient, &mut [Tensor::zeros([3, 8])])?;
        assert_close(&gram(&w, 3, 8), &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0], 1e-6);
        // A higher matrix moves as its transpose does.
        let transposed: Vec<f64> = (0..24).map(|i| gradient[i % 3 * 8 + i / 3]).collect();
        let mut high = [0.0; 24];
        muon.step(muon.at(0), &mut high, &transposed, &mut [Tensor::zeros([8, 3])])?;
        assert_close(&(0..24).map(|i| high[i % 8 * 3 + i / 8]).collect::<Vec<f64>>(), &w, 1e-12);
    }
}
