//! Activations and layers as Keras computed them, and as Keras writes them.

use std::error::Error;

use cornu_layers::config::{Config, Value};
use cornu_layers::{Built, LAYER_ARGUMENTS, Layer, Mode, Scratch, activations, class_names, from_config, serialize};
use cornu_tensor::{Scalar, Tensor};
use cornu_testkit::assert_close;
use cornu_testkit::golden::{self, GoldenError, flag, floats, get, list, optional, tensor, tensors, text};

type Outcome<V = ()> = Result<V, Box<dyn Error>>;

/// The class with the arguments of a case.
fn config(class_name: &str, arguments: &Value) -> Config {
    let arguments = arguments.as_object().into_iter().flatten();
    arguments.fold(Config::new("", class_name), |config, (name, value)| config.with(name, value.clone()))
}

/// `inputs`: the kinds of input that are checked. What overflows in f32 does not in f64.
fn all_activations<T: Scalar>(inputs: &[&str], tolerance: f64) -> Outcome {
    let file = golden::read("activations")?;
    let mut seen = 0;
    for case in list(get(&file, "cases")?)? {
        let (name, arguments) = (text(get(case, "name")?)?, get(case, "config")?);
        let activation = activations::from_config::<T>(&config(name, arguments))?;
        let input = text(get(case, "input")?)?;
        if !inputs.contains(&input) {
            continue;
        }
        println!("{name} {arguments} {input}"); // shown if the test fails
        let x: Tensor<T> = tensor(get(case, "x")?)?;
        let width = x.shape().last_dim();
        let mut output = x.clone();
        activation.apply(output.as_mut_slice(), width);
        let kept = if activation.halves() { width / 2 } else { width };
        let first = |rows: &Tensor<T>| -> Vec<T> {
            rows.as_slice().chunks_exact(width).flat_map(|row| row[..kept].to_vec()).collect()
        };
        assert_close(&first(&output), tensor::<T>(get(case, "output")?)?.as_slice(), tolerance);

        let upstream: Tensor<T> = tensor(get(case, "upstream")?)?;
        // What stands in the second half of a halved row means nothing.
        let mut gradient = Tensor::full(x.shape(), T::of(f64::NAN));
        let rows = gradient.as_mut_slice().chunks_exact_mut(width).zip(upstream.as_slice().chunks_exact(kept));
        rows.for_each(|(row, upstream)| row[..kept].copy_from_slice(upstream));
        let from = if activation.needs_input() { &x } else { &output };
        activation.backward(from.as_slice(), gradient.as_mut_slice(), width);
        assert_close(gradient.as_slice(), tensor::<T>(get(case, "gradient")?)?.as_slice(), tolerance);
        seen += 1;
    }
    assert!(seen > activations::names().len(), "{seen} cases");
    Ok(())
}

#[test]
fn activations_as_keras() -> Outcome {
    all_activations::<f32>(&["matrix", "large", "sequence", "kinks"], 1e-6)?;
    all_activations::<f64>(&["matrix", "sequence", "kinks"], 1e-6)
}

#[test]
fn every_name_means_what_it_means_in_keras() -> Outcome {
    let file = golden::read("activations")?;
    let names = list(get(&file, "names")?)?;
    for entry in names {
        let (name, function) = (text(get(entry, "name")?)?, text(get(entry, "function")?)?);
        if function == "threshold" {
            // In Keras, too, it fails when it is called.
            let missing = activations::get::<f32>(name).unwrap_err().to_string();
            assert!(missing.contains("threshold"), "{missing}");
            continue;
        }
        let activation = activations::get::<f32>(name)?;
        assert_eq!(activation.name(), function);
        assert_eq!(activations::serialize(activation.as_ref()).as_ref(), Some(get(entry, "serialized")?));
    }
    let known = |name: &&str| names.iter().any(|entry| entry["name"] == **name);
    assert!(activations::names().iter().all(known));
    Ok(())
}

/// A layer as an activation, without what only a layer in its place has.
fn without_place(mut value: Value) -> Value {
    if let Some(config) = value.get_mut("config").and_then(Value::as_object_mut) {
        config.retain(|argument, _| !LAYER_ARGUMENTS.contains(&argument.as_str()));
    }
    value
}

#[test]
fn a_layer_as_an_activation() -> Outcome {
    for case in list(get(&golden::read("activations")?, "layers")?)? {
        let serialized = get(case, "serialized")?;
        let activation = activations::deserialize::<f32>(serialized)?;
        let x: Tensor<f32> = tensor(get(case, "x")?)?;
        let mut output = x.clone();
        activation.apply(output.as_mut_slice(), x.shape().last_dim());
        assert_close(output.as_slice(), tensor::<f32>(get(case, "output")?)?.as_slice(), 1e-6);
        // One with the defaults of its function is that function.
        match activations::serialize(activation.as_ref()) {
            Some(Value::String(name)) => assert_eq!(name, activation.name()),
            written => assert_eq!(written, Some(without_place(serialized.clone()))),
        }
    }
    Ok(())
}

#[test]
fn functions_and_their_arguments_come_back() -> Outcome {
    for case in list(get(&golden::read("activations")?, "cases")?)? {
        let given = config(text(get(case, "name")?)?, get(case, "config")?);
        let activation = activations::from_config::<f32>(&given)?;
        let written = activation.get_config().ok_or("none")?;
        let again = activations::from_config::<f32>(&written)?;
        assert_eq!(again.get_config(), Some(written.clone()));
        for (argument, value) in get(case, "config")?.as_object().into_iter().flatten() {
            assert_eq!(written.get(argument), Some(value), "{written:?}");
        }
    }
    Ok(())
}

#[test]
fn configs_of_layers_come_back_as_keras_wrote_them() -> Outcome {
    let file = golden::read("layers")?;
    let configs = list(get(&file, "configs")?)?;
    for entry in configs {
        let mut keras = get(entry, "serialized")?.clone();
        let config: Config = serde_json::from_value(keras.clone())?;
        let layer = from_config::<f32>(&config)?;
        assert_eq!(layer.class_name(), text(get(entry, "class_name")?)?);
        if let Some(activation) = keras.pointer_mut("/config/activation") {
            *activation = without_place(activation.take());
        }
        // What else Keras keeps of a built layer is not part of its config.
        keras.as_object_mut().map(|object| object.remove("build_config"));
        let name = text(get(get(&keras, "config")?, "name")?)?;
        let written = serialize(layer.as_ref(), name, true).ok_or("none")?;
        assert_eq!(Value::from(written), keras);
    }
    let seen = |class: &&str| configs.iter().any(|entry| entry["class_name"] == **class);
    assert!(class_names().iter().all(seen));
    Ok(())
}

/// A training pass and its gradients against those of Keras.
///
/// In BatchNormalization Keras adds up in f32, and its gradients are up to 2e-6 from those in f64.
fn check_pass<T: Scalar>(
    built: &Built<T>,
    x: &Tensor<T>,
    expected: &Value,
    trainable: bool,
    tolerance: f64,
) -> Outcome<Scratch<T>> {
    let mut scratch = Scratch::default();
    let output = built.call_all(&[x.view()], Mode::Training { seed: 0, step: 0, trainable }, &mut scratch)?;
    assert_close(output.as_slice(), tensor::<T>(get(expected, "output")?)?.as_slice(), tolerance);
    let tolerance = if built.layer().class_name() == "BatchNormalization" { 3e-6 } else { tolerance };
    let gradients = built.gradients(&[x.view()], &output, &tensor(get(expected, "upstream")?)?, &mut scratch)?;
    let input: Tensor<T> = tensor(get(expected, "input_gradient")?)?;
    assert_eq!(gradients.inputs[0].shape(), input.shape());
    assert_close(gradients.inputs[0].as_slice(), input.as_slice(), tolerance);
    let weights: Vec<Tensor<T>> = tensors(get(expected, "weight_gradients")?)?;
    for (own, keras) in gradients.weights.iter().filter(|g| !g.is_empty()).zip(&weights) {
        assert_eq!(own.shape(), keras.shape());
        assert_close(own.as_slice(), keras.as_slice(), tolerance);
    }
    Ok(scratch)
}

fn all_layers<T: Scalar>(tolerance: f64) -> Outcome {
    let file = golden::read("layers")?;
    for case in list(get(&file, "cases")?)? {
        let (class, arguments) = (text(get(case, "class_name")?)?, get(case, "config")?);
        let layer: Box<dyn Layer<T>> = from_config(&config(class, arguments))?;
        println!("{class} {}", text(get(case, "name")?)?); // shown if the test fails
        let x: Tensor<T> = tensor(get(case, "x")?)?;
        let mut built = Built::from_box(layer, &[x.shape().sample()], 0)?;

        let listed = list(get(case, "weights")?)?;
        let named: Vec<_> = built.weights().iter().map(|w| (w.name().to_owned(), w.shape())).collect();
        let keras = |weight| Ok((text(get(weight, "name")?)?.to_owned(), golden::shape(get(weight, "shape")?)?));
        assert_eq!(named, listed.iter().map(keras).collect::<Result<Vec<_>, GoldenError>>()?);
        let values: Result<Vec<Tensor<T>>, GoldenError> = listed.iter().map(tensor).collect();
        built.set_weights(&values?)?;
        let output_shape = golden::shape(get(case, "output_shape")?)?;
        assert_eq!(built.output_shape().with_batch(x.shape().batch())?, output_shape);

        let inference = get(case, "inference")?;
        let output = built.call(&x)?;
        assert_eq!(output.shape(), output_shape);
        assert_close(output.as_slice(), &floats::<T>(get(get(inference, "output")?, "values")?)?, tolerance);
        if class != "Dropout" {
            // Frozen, a BatchNormalization works as in inference.
            check_pass(&built, &x, inference, class != "BatchNormalization", tolerance)?;
        }
        if let Some(training) = optional(case, "training") {
            let scratch = check_pass(&built, &x, training, flag(get(arguments, "trainable")?)?, tolerance)?;
            built.update_state(&scratch);
            let after: Vec<Tensor<T>> = tensors(get(training, "non_trainable_after")?)?;
            let own: Vec<_> = built.weights().iter().filter(|w| !w.is_trainable()).collect();
            assert_eq!(own.len(), after.len());
            for (own, keras) in own.iter().zip(&after) {
                assert_close(own.as_slice(), keras.as_slice(), tolerance);
            }
        }
    }
    Ok(())
}

#[test]
fn layers_as_keras() -> Outcome {
    all_layers::<f32>(1e-6)
}

#[test]
fn layers_as_keras_in_f64() -> Outcome {
    all_layers::<f64>(1e-6)
}
