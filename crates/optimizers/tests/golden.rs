//! Two variables over fifty given gradients, as Keras moves them (`golden/optimizers.json`).

use std::error::Error;

use cornu_optimizers::{Adam, IntoOptimizer, Optimizer, OptimizerError, RMSprop, SGD, get};
use cornu_tensor::{Scalar, Tensor};
use cornu_testkit::{assert_close, golden};

/// The optimizer of each case.
fn optimizer<T: Scalar>(case: &str) -> Result<Option<Box<dyn Optimizer<T>>>, OptimizerError> {
    Ok(Some(match case {
        "sgd" => Box::new(SGD::default()),
        "sgd_learning_rate" => Box::new(SGD::new(0.1)?),
        "sgd_momentum" => Box::new(SGD::new(0.05)?.momentum(0.9)?),
        "sgd_nesterov" => Box::new(SGD::new(0.05)?.momentum(0.9)?.nesterov(true)),
        "rmsprop" => Box::new(RMSprop::default()),
        "rmsprop_momentum" => Box::new(RMSprop::new(0.005)?.momentum(0.9)?),
        "rmsprop_centered" => Box::new(RMSprop::new(0.005)?.centered(true)),
        "rmsprop_all" => Box::new(RMSprop::new(0.005)?.rho(0.8)?.momentum(0.5)?.epsilon(1e-3)?.centered(true)),
        "adam" => Box::new(Adam::default()),
        "adam_learning_rate" => Box::new(Adam::new(0.05)?),
        "adam_amsgrad" => Box::new(Adam::new(0.01)?.amsgrad(true)),
        "adam_betas" => Box::new(Adam::new(0.01)?.beta_1(0.8)?.beta_2(0.95)?.epsilon(1e-3)?),
        // Weight decay and clipping, which these optimizers do not have.
        _ => return Ok(None),
    }))
}

/// Every case, every variable and slot within `tolerance` of Keras's.
fn follows_keras<T: Scalar>(tolerance: f64) -> Result<(), Box<dyn Error>> {
    let file = golden::read("optimizers")?;
    let initial = golden::tensors::<T>(golden::get(&file, "initial")?)?;
    let gradients = golden::list(golden::get(&file, "gradients")?)?
        .iter()
        .map(golden::tensors::<T>)
        .collect::<Result<Vec<_>, _>>()?;
    let mut found = 0;
    for case in golden::list(golden::get(&file, "cases")?)? {
        let Some(optimizer) = optimizer::<T>(golden::text(golden::get(case, "name")?)?)? else {
            continue;
        };
        found += 1;
        let mut variables = initial.clone();
        let zeros = |v: &Tensor<T>| vec![Tensor::zeros(v.shape()); optimizer.slots().len()];
        let mut slots: Vec<Vec<Tensor<T>>> = initial.iter().map(zeros).collect();
        let mut after = golden::list(golden::get(case, "after")?)?.iter().peekable();
        for (iteration, pair) in gradients.iter().enumerate() {
            for ((variable, gradient), slots) in variables.iter_mut().zip(pair).zip(&mut slots) {
                optimizer.step(iteration as u64, variable.as_mut_slice(), gradient.as_slice(), slots)?;
            }
            let Some(expected) = after.peek() else { continue };
            if golden::count(golden::get(expected, "step")?)? == iteration + 1 {
                let expected = golden::tensors::<T>(golden::get(expected, "variables")?)?;
                for (variable, expected) in variables.iter().zip(&expected) {
                    assert_close(variable.as_slice(), expected.as_slice(), tolerance);
                }
                after.next();
            }
        }
        assert!(after.next().is_none(), "steps of the case are left");
        let mut expected = Vec::new();
        for slot in golden::list(golden::get(case, "slots")?)? {
            expected.push((golden::text(golden::get(slot, "name")?)?, golden::tensor::<T>(slot)?));
        }
        same_slots(&expected, optimizer.slots(), &slots, tolerance);
    }
    assert_eq!(found, 12);
    Ok(())
}

/// The slots at the end have Keras's names, order within a variable, and values.
fn same_slots<T: Scalar>(expected: &[(&str, Tensor<T>)], names: &[&str], slots: &[Vec<Tensor<T>>], tolerance: f64) {
    for (variable, slots) in ["kernel_", "bias_"].iter().zip(slots) {
        let of_variable = |(name, slot)| Some((str::strip_prefix(name, variable)?, slot));
        let (own, expected): (Vec<&str>, Vec<&Tensor<T>>) =
            expected.iter().map(|(name, slot)| (*name, slot)).filter_map(of_variable).unzip();
        assert_eq!(own, names);
        for (slot, expected) in slots.iter().zip(expected) {
            assert_eq!(slot.shape(), expected.shape());
            assert_close(slot.as_slice(), expected.as_slice(), tolerance);
        }
    }
}

#[test]
fn trajectories_in_single_precision() -> Result<(), Box<dyn Error>> {
    follows_keras::<f32>(2e-6)
}

#[test]
fn trajectories_in_double_precision() -> Result<(), Box<dyn Error>> {
    follows_keras::<f64>(1e-5)
}

#[test]
fn names_and_default_rates() -> Result<(), Box<dyn Error>> {
    let file = golden::read("optimizers")?;
    for name in golden::list(golden::get(&file, "names")?)? {
        let class = golden::text(golden::get(name, "class_name")?)?;
        let optimizer = get::<f32>(golden::text(golden::get(name, "name")?)?)?;
        assert_eq!(optimizer.name(), class.to_lowercase());
    }
    for config in golden::list(golden::get(&file, "configs")?)? {
        let class = golden::text(golden::get(config, "class_name")?)?;
        let optimizer: Box<dyn Optimizer<f32>> = class.into_optimizer()?;
        let rate = golden::float::<f32>(golden::get(golden::get(config, "config")?, "learning_rate")?)?;
        assert_eq!(optimizer.learning_rate() as f32, rate);
    }
    Ok(())
}
