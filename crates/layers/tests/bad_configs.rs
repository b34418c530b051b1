//! What is wrong with a config is said, and ends with what was received; what no file can carry is not written.

use cornu_layers::activations::{self, Gelu, from_fn};
use cornu_layers::config::{Config, Value};
use cornu_layers::{
    Activation, BatchNormalization, Dense, KernelArguments, Layer, LayerError, MaxPooling2D, PReLU, from_config,
};

#[track_caller]
fn says(error: LayerError, message: &str) {
    assert_eq!(error.to_string(), message);
}

#[test]
fn of_activations() {
    let config = |name, argument, value: f64| Config::new("keras.activations", name).with(argument, value);
    for (config, message) in [
        (config("softmax", "axis", 1.0), "activation: expected `axis` to be -1. Received: axis=1.0"),
        (config("mish", "alpha", 1.0), "mish: expected only the arguments . Received: alpha=1.0"),
        (config("threshold", "threshold", 1.0), "threshold: expected the argument `default_value`. Received: none"),
    ] {
        says(activations::from_config::<f32>(&config).unwrap_err(), message);
    }
    let unknown = activations::from_config::<f32>(&config("rleu", "alpha", 1.0)).unwrap_err().to_string();
    assert!(unknown.starts_with("expected a class of keras.activations") && unknown.ends_with("Received: \"rleu\""));
}

#[test]
fn of_layers() {
    let layer = |class_name| Config::new("keras.layers", class_name);
    let first = |value: Value| layer("Conv2D").with("filters", 2).with("kernel_size", 1).with("data_format", value);
    for (config, message) in [
        (layer("Dense"), "Dense: expected the argument `units`. Received: none"),
        (layer("Conv2D").with("filters", 2), "Conv2D: expected the argument `kernel_size`. Received: none"),
        (
            first("channels_first".into()),
            "Conv2D: expected `data_format` to be \"channels_last\". Received: data_format=\"channels_first\"",
        ),
        (
            layer("BatchNormalization").with("renorm", true),
            "BatchNormalization: expected `renorm` to be false. Received: renorm=true",
        ),
        (
            layer("InputLayer").with("batch_shape", vec![None::<usize>, None]),
            "InputLayer: expected `batch_shape` to be the batch, then dimensions of known size. \
             Received: batch_shape=[None, None]",
        ),
        (
            layer("Dense").with("units", 2).with("activation", layer("Dense").with("units", 2)),
            "a layer: expected `activation` to be the name of an activation, or a layer that is nothing but an \
             activation. Received: activation=Dense",
        ),
    ] {
        says(from_config::<f32>(&config).unwrap_err(), message);
    }
    for (config, received) in [
        (layer("Dense").with("units", 2).with("unit", 3), "Received: unit=3"),
        (layer("Dense").with("units", -2), "Received: -2"),
        (layer("Dense").with("units", 2).with("activation", "rleu"), "Received: \"rleu\""),
        (layer("Dense").with("units", 2).with("activation", 0.5), "Received: 0.5"),
        (layer("Dense").with("units", 2).with("kernel_initializer", "xavier"), "Received: \"xavier\""),
        (layer("MaxPooling2D").with("padding", "full"), "Received: \"full\""),
        (layer("Softmax").with("axis", "last"), "Received: \"last\""),
        (layer("Lambda"), "Received: \"Lambda\""),
    ] {
        let message = from_config::<f32>(&config).unwrap_err().to_string();
        assert!(message.ends_with(received), "{message}");
    }
}

#[test]
fn what_no_file_can_carry_and_what_was_not_understood_is_not_written() {
    let square = from_fn("square", |x: f32| x * x, |x| x + x);
    let layers: [Box<dyn Layer<f32>>; 6] = [
        Box::new(Dense::new(2).activation(square)),
        Box::new(Dense::new(2).activation("rleu")),
        Box::new(Activation::new(Gelu::new(true))),
        Box::new(MaxPooling2D::new(2).padding("full")),
        Box::new(BatchNormalization::new().beta_initializer("xavier")),
        Box::new(PReLU::new().alpha_initializer("xavier")),
    ];
    for layer in layers {
        assert_eq!(layer.get_config(), None, "{layer:?}");
    }
}
