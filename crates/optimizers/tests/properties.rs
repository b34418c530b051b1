//! Laws that the optimizers keep for any variable and gradient.

use cornu_optimizers::{
    Adadelta, Adagrad, Adam, AdamW, Adamax, Lion, Nadam, Optimizer, OptimizerError, RMSprop, SGD, Variable,
};
use cornu_tensor::{Scalar, Tensor};
use cornu_testkit::assert_close;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Every form of every optimizer that stays where it is as long as the gradient is 0.
fn all<T: Scalar>(rate: f64) -> Result<Vec<Box<dyn Optimizer<T>>>, OptimizerError> {
    Ok(vec![
        Box::new(SGD::new(rate)?),
        Box::new(SGD::new(rate)?.momentum(0.9)?),
        Box::new(SGD::new(rate)?.momentum(0.9)?.nesterov(true)),
        Box::new(RMSprop::new(rate)?),
        Box::new(RMSprop::new(rate)?.momentum(0.9)?),
        Box::new(RMSprop::new(rate)?.centered(true)),
        Box::new(RMSprop::new(rate)?.momentum(0.9)?.centered(true)),
        Box::new(Adam::new(rate)?),
        Box::new(Adam::new(rate)?.amsgrad(true)),
        Box::new(AdamW::new(rate)?),
        Box::new(Adadelta::new(rate)?),
        Box::new(Adagrad::new(rate)?),
        Box::new(Adamax::new(rate)?),
        Box::new(Nadam::new(rate)?),
        Box::new(Lion::new(rate)?),
    ])
}

fn new_slots<T: Scalar>(optimizer: &dyn Optimizer<T>, variable: &[T]) -> Vec<Tensor<T>> {
    let described = Variable::new("w", [variable.len()]);
    optimizer.slots(&described).iter().map(|slot| slot.begin(variable)).collect()
}

/// Any of them, by its number in [`all`].
fn any_optimizer<T: Scalar>(rate: f64) -> impl Strategy<Value = Box<dyn Optimizer<T>>> {
    Just(rate).prop_filter_map("a valid rate", |rate| all(rate).ok()).prop_flat_map(select)
}

/// A variable and the gradients of a few steps.
fn steps() -> impl Strategy<Value = (Vec<f32>, Vec<Vec<f32>>)> {
    (0_usize..70).prop_flat_map(|len| (vec(-10.0_f32..10.0, len), vec(vec(-3.0_f32..3.0, len), 1..5)))
}

fn run<T: Scalar>(
    optimizer: &dyn Optimizer<T>,
    variable: &mut [T],
    gradients: &[&[T]],
) -> Result<Vec<Tensor<T>>, OptimizerError> {
    let mut slots = new_slots(optimizer, variable);
    for (iteration, gradient) in (0..).zip(gradients) {
        optimizer.step(optimizer.at(iteration), variable, gradient, &mut slots)?;
    }
    Ok(slots)
}

proptest! {
    #[test]
    fn a_zero_gradient_moves_nothing(optimizer in any_optimizer::<f32>(0.1), variable in vec(-10.0_f32..10.0, 0..70)) {
        let mut stepped = variable.clone();
        let zeros = vec![0.0; variable.len()];
        let before = new_slots(&*optimizer, &variable);
        let slots = run(&*optimizer, &mut stepped, &[&zeros, &zeros, &zeros])?;
        prop_assert_eq!(stepped, variable.clone());
        if optimizer.name() != "nadam" {
            prop_assert_eq!(slots, before);
        }
    }

    #[test]
    fn the_first_step_goes_against_the_gradient(
        optimizer in any_optimizer::<f64>(0.1),
        pairs in vec((-10.0..10.0, prop_oneof![1e-3..1e3, -1e3..-1e-3]), 0..70),
    ) {
        let (before, gradient): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let mut after = before.clone();
        run(&*optimizer, &mut after, &[&gradient])?;
        for ((b, a), g) in before.iter().zip(&after).zip(&gradient) {
            prop_assert!((b - a) * g > 0.0);
        }
    }

    #[test]
    fn the_first_step_of_adam_is_the_learning_rate(
        rate in 1e-4..1.0_f64,
        beta_1 in 0.0..0.999,
        beta_2 in 0.0..0.999,
        amsgrad: bool,
        gradient in vec(prop_oneof![1e-2..1e8, -1e8..-1e-2], 1..70),
    ) {
        let adam = Adam::new(rate)?.beta_1(beta_1)?.beta_2(beta_2)?.epsilon(1e-12)?.amsgrad(amsgrad);
        let mut variable = vec![0.0; gradient.len()];
        run(&adam, &mut variable, &[&gradient])?;
        let expected: Vec<f64> = gradient.iter().map(|g: &f64| -rate * g.signum()).collect();
        assert_close(&variable, &expected, 1e-7 * rate);
    }

    #[test]
    fn sgd_is_linear_in_the_gradient(rate in 0.0..1.0_f64, momentum in 0.0..=1.0, nesterov: bool, (w, gradients) in steps()) {
        let sgd = SGD::new(rate)?.momentum(momentum)?.nesterov(nesterov);
        let path = |factor: f64| -> Result<Vec<f64>, OptimizerError> {
            let gradients: Vec<Vec<f64>> =
                gradients.iter().map(|g| g.iter().map(|&g| factor * f64::from(g)).collect()).collect();
            let gradients: Vec<&[f64]> = gradients.iter().map(Vec::as_slice).collect();
            let mut moved: Vec<f64> = w.iter().map(|&w| f64::from(w)).collect();
            run(&sgd, &mut moved, &gradients)?;
            Ok(moved.iter().zip(&w).map(|(m, &w)| m - f64::from(w)).collect())
        };
        let twice: Vec<f64> = path(1.0)?.iter().map(|d| 2.0 * d).collect();
        assert_close(&path(2.0)?, &twice, 1e-12);
    }

    #[test]
    fn amsgrad_never_forgets_a_large_gradient((mut w, gradients) in steps()) {
        let adam = Adam::default().amsgrad(true);
        let mut slots = new_slots(&adam, &w);
        let mut largest = vec![0.0_f32; w.len()];
        for (iteration, gradient) in (0..).zip(&gradients) {
            adam.step(adam.at(iteration), &mut w, gradient, &mut slots)?;
            for ((largest, &velocity), &hat) in largest.iter_mut().zip(slots[1].as_slice()).zip(slots[2].as_slice()) {
                *largest = largest.max(velocity);
                prop_assert_eq!(hat, *largest);
            }
        }
    }

    #[test]
    fn two_halves_step_the_same_bits(
        optimizer in any_optimizer::<f32>(0.01),
        (variable, gradients) in steps(),
        part in 0.0..1.0,
    ) {
        let middle = (part * variable.len() as f64) as usize;
        let whole: Vec<&[f32]> = gradients.iter().map(Vec::as_slice).collect();
        let lower: Vec<&[f32]> = gradients.iter().map(|g| &g[..middle]).collect();
        let upper: Vec<&[f32]> = gradients.iter().map(|g| &g[middle..]).collect();
        let mut together = variable.clone();
        run(&*optimizer, &mut together, &whole)?;
        let mut apart = variable;
        let (low, high) = apart.split_at_mut(middle);
        run(&*optimizer, low, &lower)?;
        run(&*optimizer, high, &upper)?;
        let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&apart), bits(&together));
    }

    #[test]
    fn a_clone_steps_the_same(optimizer in any_optimizer::<f32>(0.01), (variable, gradients) in steps()) {
        let gradients: Vec<&[f32]> = gradients.iter().map(Vec::as_slice).collect();
        let clone = optimizer.clone();
        let (mut first, mut second) = (variable.clone(), variable);
        let first_slots = run(&*optimizer, &mut first, &gradients)?;
        let second_slots = run(&clone, &mut second, &gradients)?;
        prop_assert_eq!(first, second);
        prop_assert_eq!(first_slots, second_slots);
    }

    #[test]
    fn the_learning_rate_counts(optimizer in any_optimizer::<f64>(0.01), rate in 0.0..1.0) {
        let mut optimizer = optimizer;
        optimizer.set_learning_rate(rate)?;
        prop_assert_eq!(optimizer.learning_rate(), rate);
        let length = |optimizer: &dyn Optimizer<f64>| -> Result<f64, OptimizerError> {
            let mut w = [0.0];
            run(optimizer, &mut w, &[&[2.0]])?;
            Ok(w[0])
        };
        let one = length(&*optimizer)?;
        optimizer.set_learning_rate(2.0 * rate)?;
        assert_close(&[length(&*optimizer)?], &[2.0 * one], 1e-12);
    }
}
