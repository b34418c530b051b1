//! Activations and layers as Keras computed them.

use std::error::Error;
use std::sync::Arc;

use cornu_layers::{
    Activation, BatchNormalization, Built, Conv2D, Dense, Dropout, Flatten, KernelArguments, Layer, MaxPooling2D, Mode,
    Reshape, Scratch, Size2D, activations,
};
use cornu_tensor::{Scalar, Tensor};
use cornu_testkit::assert_close;
use cornu_testkit::golden::{
    self, GoldenError, count, flag, float, floats, get, list, optional, tensor, tensors, text,
};
use serde_json::Value;

type Outcome<V = ()> = Result<V, Box<dyn Error>>;
type Function<T> = Arc<dyn activations::Activation<T>>;

/// The activation of this name with these arguments; none if Cornu does not have it.
fn activation<T: Scalar>(name: &str, config: &Value) -> Outcome<Option<Function<T>>> {
    use activations::{Elu, Gelu, LeakyRelu};
    if ["relu6", "hard_sigmoid", "hard_silu", "mish", "log_softmax"].contains(&name) {
        return Ok(None);
    }
    if let Some(alpha) = optional(config, "alpha") {
        return Ok(Some(Arc::new(Elu::new(float(alpha)?))));
    }
    if let Some(approximate) = optional(config, "approximate") {
        return Ok(Some(Arc::new(Gelu::new(flag(approximate)?))));
    }
    if let Some(slope) = optional(config, "negative_slope") {
        return Ok(Some(Arc::new(LeakyRelu::new(float(slope)?)?)));
    }
    Ok(Some(activations::get(name)?))
}

/// `inputs`: the kinds of input that are checked. What overflows in f32 does not in f64.
fn all_activations<T: Scalar>(inputs: &[&str], tolerance: f64) -> Outcome {
    let file = golden::read("activations")?;
    let mut seen = 0;
    for case in list(get(&file, "cases")?)? {
        let (name, config) = (text(get(case, "name")?)?, get(case, "config")?);
        let Some(activation) = activation::<T>(name, config)? else { continue };
        let input = text(get(case, "input")?)?;
        if !inputs.contains(&input) {
            continue;
        }
        println!("{name} {config} {input}"); // shown if the test fails
        let x: Tensor<T> = tensor(get(case, "x")?)?;
        let width = x.shape().last_dim();
        let mut output = x.clone();
        activation.apply(output.as_mut_slice(), width);
        assert_close(output.as_slice(), tensor::<T>(get(case, "output")?)?.as_slice(), tolerance);

        let mut gradient: Tensor<T> = tensor(get(case, "upstream")?)?;
        let from = if activation.needs_input() { &x } else { &output };
        activation.backward(from.as_slice(), gradient.as_mut_slice(), width);
        assert_close(gradient.as_slice(), tensor::<T>(get(case, "gradient")?)?.as_slice(), tolerance);
        seen += 1;
    }
    assert!(seen > activations::NAMES.len(), "{seen} cases");
    Ok(())
}

#[test]
fn activations_as_keras() -> Outcome {
    all_activations::<f32>(&["matrix", "large", "sequence"], 1e-6)?;
    all_activations::<f64>(&["matrix", "sequence"], 1e-6)
}

#[test]
fn every_name_means_what_it_means_in_keras() -> Outcome {
    let file = golden::read("activations")?;
    for entry in list(get(&file, "names")?)? {
        if let Ok(activation) = activations::get::<f32>(text(get(entry, "name")?)?) {
            assert_eq!(activation.name(), text(get(entry, "function")?)?);
        }
    }
    Ok(())
}

fn pair(config: &Value, key: &str) -> Result<Size2D, GoldenError> {
    let values = golden::counts(get(config, key)?)?;
    Ok(Size2D { height: values[0], width: values[1] })
}

fn whole(value: &Value) -> Result<isize, GoldenError> {
    Ok(float::<f64>(value)? as isize)
}

/// The layer of a case; none if Cornu does not have it.
fn layer<T: Scalar>(class: &str, config: &Value) -> Outcome<Option<Box<dyn Layer<T>>>> {
    let given = |key| get(config, key);
    let function = || -> Outcome<_> { Ok(activations::get::<T>(text(given("activation")?)?)?) };
    Ok(Some(match class {
        "Dense" => {
            let dense = Dense::new(count(given("units")?)?).activation(function()?);
            Box::new(dense.use_bias(flag(given("use_bias")?)?))
        }
        "Conv2D" => {
            let conv = Conv2D::new(count(given("filters")?)?, pair(config, "kernel_size")?)
                .strides(pair(config, "strides")?)
                .padding(text(given("padding")?)?)
                .dilation_rate(pair(config, "dilation_rate")?)
                .groups(count(given("groups")?)?);
            Box::new(conv.activation(function()?).use_bias(flag(given("use_bias")?)?))
        }
        "MaxPooling2D" => {
            let pooling = MaxPooling2D::new(pair(config, "pool_size")?).strides(pair(config, "strides")?);
            Box::new(pooling.padding(text(given("padding")?)?))
        }
        "BatchNormalization" => Box::new(
            BatchNormalization::new()
                .axis(whole(given("axis")?)?)
                .momentum(float(given("momentum")?)?)
                .epsilon(float(given("epsilon")?)?)
                .center(flag(given("center")?)?)
                .scale(flag(given("scale")?)?),
        ),
        "Dropout" => Box::new(Dropout::new(float(given("rate")?)?)),
        "Flatten" => Box::new(Flatten::new()),
        "Reshape" => {
            Box::new(Reshape::new(list(given("target_shape")?)?.iter().map(whole).collect::<Result<Vec<_>, _>>()?))
        }
        "Activation" => Box::new(Activation::new(function()?)),
        "ReLU" | "LeakyReLU" | "Softmax" => return Ok(None),
        _ => return Err(format!("a layer that the test does not know: {class}").into()),
    }))
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
        let (class, config) = (text(get(case, "class_name")?)?, get(case, "config")?);
        let Some(layer) = layer::<T>(class, config)? else { continue };
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
            let scratch = check_pass(&built, &x, training, flag(get(config, "trainable")?)?, tolerance)?;
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
