//! Two variables over fifty given gradients, as Keras moves them (`golden/optimizers.json`).

use std::error::Error;

use cornu_config::Config;
use cornu_optimizers::{
    IntoOptimizer, Optimizer, OptimizerArguments, OptimizerState, StateValue, from_config, get, names,
};
use cornu_tensor::{Scalar, Tensor};
use cornu_testkit::{assert_close, golden};
use serde_json::Value;

type Done = Result<(), Box<dyn Error>>;

fn config(case: &Value) -> Result<Config, serde_json::Error> {
    serde_json::from_value(case.clone())
}

/// The optimizer of a case.
fn optimizer<T: Scalar>(case: &Value) -> Result<Box<dyn Optimizer<T>>, Box<dyn Error>> {
    let optimizer = from_config::<T>(&config(case)?)?;
    Ok(match golden::optional(case, "excluded") {
        Some(names) => {
            let names: Result<Vec<_>, _> = golden::list(names)?.iter().map(golden::text).collect();
            Box::new(optimizer.exclude_from_weight_decay(names?))
        }
        None => optimizer,
    })
}

/// Every case, every variable and all of the state within `tolerance` of Keras's.
fn follows_keras<T: Scalar>(prefix: &str, tolerance: f64) -> Result<usize, Box<dyn Error>> {
    let file = golden::read("optimizers")?;
    let part = |name: &str| golden::get(&file, &format!("{prefix}{name}"));
    let initial = golden::tensors::<T>(part("initial")?)?;
    let gradients =
        golden::list(part("gradients")?)?.iter().map(golden::tensors::<T>).collect::<Result<Vec<_>, _>>()?;
    let cases = golden::list(part("cases")?)?;
    for case in cases {
        println!("{}", golden::get(case, "name")?); // shown where an assertion fails
        run(case, initial.clone(), &gradients, tolerance)?;
    }
    Ok(cases.len())
}

fn run<T: Scalar>(case: &Value, mut variables: Vec<Tensor<T>>, gradients: &[Vec<Tensor<T>>], tolerance: f64) -> Done {
    let optimizer = optimizer::<T>(case)?;
    let optimizer = optimizer.as_ref();
    let overflows = golden::optional(case, "overflows").map(golden::counts).transpose()?.unwrap_or_default();
    let mut state = OptimizerState::new(optimizer, ["kernel", "bias", "other"].into_iter().zip(&variables));
    let mut after = golden::list(golden::get(case, "after")?)?.iter().peekable();
    for (step, gradients) in (1..).zip(gradients) {
        let mut gradients = gradients.clone();
        if overflows.contains(&step) {
            gradients[0].as_mut_slice().iter_mut().for_each(|g| *g *= T::of(f64::INFINITY));
        }
        let pairs = variables.iter_mut().zip(&mut gradients);
        let mut pairs: Vec<_> = pairs.map(|(v, g)| (v.as_mut_slice(), g.as_mut_slice())).collect();
        state.apply(optimizer, &mut pairs)?;
        let Some(expected) = after.peek() else { continue };
        if golden::count(golden::get(expected, "step")?)? == step {
            all_close(&variables, golden::get(expected, "variables")?, tolerance)?;
            after.next();
        }
    }
    assert!(after.next().is_none(), "steps of the case are left");
    same_state(golden::list(golden::get(case, "slots")?)?, &state, optimizer, tolerance)?;
    if let Some(expected) = golden::optional(case, "finalized") {
        variables.iter_mut().enumerate().for_each(|(index, variable)| state.finalize(index, variable.as_mut_slice()));
        all_close(&variables, expected, tolerance)?;
    }
    Ok(())
}

fn all_close<T: Scalar>(variables: &[Tensor<T>], expected: &Value, tolerance: f64) -> Done {
    for (variable, expected) in variables.iter().zip(&golden::tensors::<T>(expected)?) {
        assert_close(variable.as_slice(), expected.as_slice(), tolerance);
    }
    Ok(())
}

/// The state at the end has Keras's order, names, shapes and values.
fn same_state<T: Scalar>(
    expected: &[Value],
    state: &OptimizerState<T>,
    optimizer: &dyn Optimizer<T>,
    tolerance: f64,
) -> Done {
    let variables = state.variables(optimizer, |_| true);
    assert_eq!(variables.len(), expected.len());
    for (variable, expected) in variables.iter().zip(expected) {
        let name = golden::text(golden::get(expected, "name")?)?;
        let expected = golden::tensor::<T>(expected)?;
        // Keras names the rows and columns of Adafactor and the product of Nadam after nothing.
        if !["kernel", "bias", "other"].contains(&name) && !name.starts_with("variable") {
            assert_eq!(variable.name, name);
        }
        assert_eq!(variable.value.shape(), expected.shape(), "{name}");
        match variable.value {
            StateValue::Integer(count) => assert_eq!(T::of_count(count as usize), expected.as_slice()[0], "{name}"),
            StateValue::Number(number) => assert_close(&[T::of(number)], expected.as_slice(), 0.0),
            StateValue::Tensor(tensor) => assert_close(tensor.as_slice(), expected.as_slice(), tolerance),
        }
    }
    Ok(())
}

#[test]
fn trajectories_in_single_precision() -> Done {
    assert!(follows_keras::<f32>("", 2e-6)? > 180);
    Ok(())
}

#[test]
fn trajectories_in_double_precision() -> Done {
    follows_keras::<f64>("", 2e-5)?;
    Ok(())
}

#[test]
fn other_shapes() -> Done {
    follows_keras::<f32>("other_", 1e-5)?;
    follows_keras::<f64>("other_", 1e-5)?;
    Ok(())
}

#[test]
fn names_and_default_rates() -> Done {
    let file = golden::read("optimizers")?;
    let mut known = Vec::new();
    for name in golden::list(golden::get(&file, "names")?)? {
        let (class, name) = (golden::optional(name, "class_name"), golden::text(golden::get(name, "name")?)?);
        match class {
            Some(class) => {
                assert_eq!(get::<f32>(name)?.name(), golden::text(class)?.to_lowercase());
                known.extend((name == name.to_lowercase()).then_some(name));
            }
            None => assert!(get::<f32>(name).is_err(), "{name}"),
        }
    }
    known.sort_unstable();
    let mut names = names();
    names.sort_unstable();
    assert_eq!(names, known);
    for config in &golden::list(golden::get(&file, "configs")?)?[..14] {
        let class = golden::text(golden::get(config, "class_name")?)?;
        let Ok(optimizer) = IntoOptimizer::<f32>::into_optimizer(class) else {
            assert_eq!(class, "Lamb");
            continue;
        };
        let rate = golden::float::<f32>(golden::get(golden::get(config, "config")?, "learning_rate")?)?;
        assert_eq!(optimizer.learning_rate() as f32, rate);
    }
    Ok(())
}

#[test]
fn configs_are_written_as_they_were_read() -> Done {
    let file = golden::read("optimizers")?;
    for case in golden::list(golden::get(&file, "configs")?)? {
        let written = from_config::<f32>(&config(case)?)?.get_config().ok_or("expected a config")?;
        assert_eq!(written.class_name(), golden::text(golden::get(case, "class_name")?)?);
        assert_eq!(written.module(), Some("keras.optimizers"));
        assert_eq!(&written.into_arguments(), golden::get(case, "config")?);
    }
    Ok(())
}
