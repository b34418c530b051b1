//! Regularizers and constraints as Keras computed them (`golden/regularizers.json`, `golden/constraints.json`).

use std::error::Error;

use cornu_layers::config::Config;
use cornu_layers::{ActivityRegularization, Built, Dense, KernelArguments, LayerError, Mode, Scratch};
use cornu_layers::{constraints, regularizers};
use cornu_tensor::{Scalar, Tensor};
use cornu_testkit::assert_close;
use cornu_testkit::golden::{self, float, get, list, optional, tensor, text};
use serde_json::{Value, json};

type Outcome<V = ()> = Result<V, Box<dyn Error>>;

/// The config of a case, which holds only the arguments that were given.
fn config(case: &Value) -> Outcome<Config> {
    let config = json!({"class_name": get(case, "class_name")?, "config": get(case, "config")?});
    Ok(serde_json::from_value(config)?)
}

fn penalties<T: Scalar>(tolerance: f64) -> Outcome {
    for case in list(get(&golden::read("regularizers")?, "cases")?)? {
        println!("{} {} {}", case["class_name"], case["config"], case["name"]); // shown if the test fails
        let regularizer = regularizers::from_config::<T>(&config(case)?)?;
        let x: Tensor<T> = tensor(get(case, "x")?)?;
        regularizer.check(x.shape())?;
        let expected: Tensor<T> = tensor(get(case, "penalty")?)?;
        assert_close(&[regularizer.penalty(x.view())], expected.as_slice(), tolerance);
        let mut gradient: Tensor<T> = Tensor::zeros(x.shape());
        regularizer.add_gradient(x.view(), gradient.as_mut_slice());
        assert_close(gradient.as_slice(), tensor::<T>(get(case, "gradient")?)?.as_slice(), tolerance);
    }
    Ok(())
}

#[test]
fn penalties_as_keras() -> Outcome {
    penalties::<f32>(1e-6)?;
    penalties::<f64>(1e-6)
}

/// What a layer adds to the loss, and the gradient of that alone.
fn added<T: Scalar>(layer: &Built<T>, x: &Tensor<T>) -> Result<(T, Tensor<T>), LayerError> {
    let mut scratch = Scratch::default();
    let mode = Mode::Training { seed: 0, step: 0, trainable: true };
    let output = layer.call_all(&[x.view()], mode, &mut scratch)?;
    assert_eq!(&output, x);
    let loss = scratch.take_loss();
    let gradients = layer.gradients(&[x.view()], &output, &Tensor::zeros(x.shape()), &mut scratch)?;
    Ok((loss, gradients.inputs[0].clone()))
}

fn activities<T: Scalar>(tolerance: f64) -> Outcome {
    let file = golden::read("regularizers")?;
    let check = |case: &Value, layer: &Built<T>| -> Outcome {
        let (loss, gradient) = added(layer, &tensor(get(case, "x")?)?)?;
        assert_close(&[loss], tensor::<T>(get(case, "penalty")?)?.as_slice(), tolerance);
        assert_close(gradient.as_slice(), tensor::<T>(get(case, "gradient")?)?.as_slice(), tolerance);
        Ok(())
    };
    for case in list(get(&file, "activity")?)? {
        println!("{} {} {}", case["class_name"], case["config"], case["name"]);
        let sample = golden::shape(get(get(case, "x")?, "shape")?)?.sample();
        let dense =
            Dense::<T>::new(sample.last_dim()).kernel_initializer(Tensor::from_fn([sample.last_dim(); 2], |i| {
                if i % (sample.last_dim() + 1) == 0 { T::one() } else { T::zero() }
            }));
        let dense = dense.activity_regularizer(regularizers::from_config::<T>(&config(case)?)?);
        check(case, &Built::new(dense, &[sample], 0)?)?;
    }
    for case in list(get(&file, "layers")?)? {
        println!("ActivityRegularization {} {}", case["config"], case["name"]);
        let factor = |key| optional(&case["config"], key).map_or(Ok(0.0), float::<f64>);
        let sample = golden::shape(get(get(case, "x")?, "shape")?)?.sample();
        check(case, &Built::new(ActivityRegularization::new(factor("l1")?, factor("l2")?), &[sample], 0)?)?;
    }
    Ok(())
}

#[test]
fn activity_penalties_as_keras() -> Outcome {
    activities::<f32>(1e-6)?;
    activities::<f64>(1e-6)
}

fn constrained<T: Scalar>(tolerance: f64) -> Outcome {
    for case in list(get(&golden::read("constraints")?, "cases")?)? {
        println!("{} {} {}", case["class_name"], case["config"], case["name"]);
        let constraint = constraints::from_config::<T>(&config(case)?)?;
        let mut w: Tensor<T> = tensor(get(case, "w")?)?;
        constraint.check(w.shape())?;
        constraint.apply(w.view_mut());
        assert_close(w.as_slice(), tensor::<T>(get(case, "value")?)?.as_slice(), tolerance);
    }
    Ok(())
}

#[test]
fn constraints_as_keras() -> Outcome {
    constrained::<f32>(1e-6)?;
    constrained::<f64>(1e-6)
}

/// Every number as a float: Keras writes the default of `max_value` as a whole number.
fn floats(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(values) => values.iter().map(floats).collect(),
        Value::Object(object) => object.iter().map(|(key, value)| (key.clone(), floats(value))).collect(),
        other => other.clone(),
    }
}

/// What a family does with configs and names.
struct Family {
    /// What it writes of the component that a config or a name makes.
    rewritten: fn(&Config) -> Result<Option<Config>, LayerError>,
    named: fn(&str) -> Result<Option<Config>, LayerError>,
    names: Vec<&'static str>,
}

fn configs_and_names(file: &str, family: &Family) -> Outcome {
    let file = golden::read(file)?;
    let mut defaults = Vec::new();
    for case in list(get(&file, "configs")?)? {
        let keras = get(case, "serialized")?;
        let own = (family.rewritten)(&serde_json::from_value(keras.clone())?)?;
        assert_eq!(floats(&serde_json::to_value(own)?), floats(keras));
        if get(case, "arguments")? == &json!({}) {
            let own = (family.named)(text(get(case, "class_name")?)?)?;
            assert_eq!(floats(&serde_json::to_value(&own)?), floats(keras));
            defaults.push(own);
        }
    }
    for case in list(get(&file, "names")?)? {
        let own = (family.named)(text(get(case, "name")?)?);
        match optional(case, "class_name") {
            Some(class) => assert_eq!(own?, (family.named)(text(class)?)?),
            None => assert!(matches!(own, Err(LayerError::UnknownName { .. }))),
        }
    }
    assert_eq!(family.names.len(), defaults.len());
    for name in &family.names {
        assert!(defaults.contains(&(family.named)(name)?), "{name} has no config of Keras");
    }
    Ok(())
}

#[test]
fn configs_and_names_of_regularizers() -> Outcome {
    let family = Family {
        rewritten: |config| Ok(regularizers::from_config::<f32>(config)?.get_config()),
        named: |name| Ok(regularizers::get::<f32>(name)?.get_config()),
        names: regularizers::names(),
    };
    configs_and_names("regularizers", &family)
}

#[test]
fn configs_and_names_of_constraints() -> Outcome {
    let family = Family {
        rewritten: |config| Ok(constraints::from_config::<f32>(config)?.get_config()),
        named: |name| Ok(constraints::get::<f32>(name)?.get_config()),
        names: constraints::names(),
    };
    configs_and_names("constraints", &family)
}

/// What Keras refuses is refused, and the message ends with the same.
#[test]
fn refused_as_in_keras() -> Outcome {
    for case in list(get(&golden::read("regularizers")?, "refused")?)? {
        let config = json!({"class_name": get(case, "class_name")?, "config": get(case, "arguments")?});
        let error = regularizers::from_config::<f64>(&serde_json::from_value(config)?).unwrap_err().to_string();
        let (_, received) = text(get(case, "message")?)?.rsplit_once('=').ok_or("no argument in the message")?;
        let (_, own) = error.rsplit_once("Received: ").ok_or("nothing received")?;
        let own = own.rsplit_once('=').map_or(own, |(_, value)| value).trim_matches('"');
        assert_eq!(own.parse::<f64>().ok(), received.parse::<f64>().ok(), "{error}");
        assert!(own == received || own.parse::<f64>().is_ok(), "{error}");
    }
    Ok(())
}

#[test]
fn configs_that_are_wrong() {
    let regularizer = |config: Config| regularizers::from_config::<f64>(&config).unwrap_err().to_string();
    let constraint = |config: Config| constraints::from_config::<f64>(&config).unwrap_err().to_string();
    let keras = |class_name| Config::new("", class_name);
    for (message, end) in [
        (regularizer(keras("L3")), "Received: \"L3\""),
        (regularizer(keras("L1").with("l2", 0.1)), "Received: l2=0.1"),
        (regularizer(keras("L1L2").with("l2", -0.1)), "Received: l2=-0.1"),
        (constraint(keras("MaxNrom")), "Received: \"MaxNrom\""),
        (constraint(keras("NonNeg").with("axis", 0)), "Received: axis=0"),
        (constraint(keras("UnitNorm").with("axis", "all")), "Received: \"all\""),
        (constraint(keras("UnitNorm").with("axis", 0.5)), "Received: 0.5"),
        (constraint(keras("MaxNorm").with("max_value", -1)), "Received: max_value=-1"),
        (constraint(keras("MinMaxNorm").with("rate", 2)), "Received: rate=2"),
    ] {
        assert!(message.ends_with(end), "{message}");
    }
    let lost = constraints::UnitNorm::new([1 << 40]);
    assert_eq!(constraints::Constraint::<f32>::get_config(&lost), None);
}
