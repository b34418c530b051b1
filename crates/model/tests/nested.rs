//! A model in a model gives the numbers of the same layers in a row.

use cornu_layers::{BatchNormalization, Built, Dense, KernelArguments, Layer};
use cornu_model::callbacks::Verbose;
use cornu_model::{Compile, Fit, LayerArguments, ModelError, Sequential, sequential};
use cornu_tensor::Tensor;

type Model = Result<Sequential<f32>, ModelError>;

fn tanh(units: usize) -> Dense<f32> {
    Dense::new(units).activation("tanh").kernel_regularizer("l2")
}

fn softmax() -> Dense<f32> {
    Dense::new(2).activation("softmax")
}

/// All layers in a row; the second dense layer and what follows it may be frozen.
fn flat(free: bool) -> Model {
    sequential![
        tanh(4).input_shape([3]),
        BatchNormalization::new(),
        tanh(5).trainable(free),
        BatchNormalization::new().trainable(free),
        softmax(),
    ]
}

/// The same layers in models in models: with known shapes, or not.
fn nested(free: bool, built: bool) -> Model {
    let first = if built { tanh(4).input_shape([3]) } else { tanh(4).named("first") };
    let first = sequential![first, BatchNormalization::new()]?;
    let mut second = if built {
        sequential![tanh(5).input_shape([4]), BatchNormalization::new()]?
    } else {
        sequential![tanh(5), BatchNormalization::new()]?
    };
    second.set_trainable(free);
    let last = sequential![second, softmax()]?;
    let mut model = sequential![first, last]?;
    model.build([3])?;
    Ok(model)
}

fn x() -> Tensor<f32> {
    Tensor::from_fn([12, 3], |i| ((i * 7) % 11) as f32 / 4.0 - 1.0)
}

fn y() -> Tensor<f32> {
    Tensor::from_fn([12], |i| (i % 2) as f32)
}

#[test]
fn nested_and_flat_train_alike() -> Result<(), ModelError> {
    for free in [true, false] {
        let mut flat = flat(free)?;
        flat.compile(Compile::new("adam", "sparse_categorical_crossentropy").metric("accuracy"))?;
        for built in [true, false] {
            let (mut flat, mut nested) = (flat.clone(), nested(free, built)?);
            nested.compile(Compile::new("adam", "sparse_categorical_crossentropy").metric("accuracy"))?;
            nested.set_weights(&flat.get_weights())?;
            let moves = |model: &Sequential<f32>| model.named_weights().map(|w| w.trainable).collect::<Vec<_>>();
            assert_eq!(moves(&nested), moves(&flat));
            assert_eq!(nested.predict(&x())?, flat.predict(&x())?);
            let fit =
                || Fit::new().epochs(3).batch_size(4).shuffle(false).validation_split(0.25).verbose(Verbose::Silent);
            assert_eq!(nested.fit(&x(), &y(), fit())?, flat.fit(&x(), &y(), fit())?, "free: {free}, built: {built}");
            assert_eq!(nested.get_weights(), flat.get_weights());
            assert_eq!(nested.predict(&x())?, flat.predict(&x())?);
        }
    }
    Ok(())
}

#[test]
fn a_built_model_brings_its_weights() -> Result<(), ModelError> {
    let mut inner = sequential![tanh(4).input_shape([3]), Dense::new(2)]?.with_seed(5)?;
    inner.set_weights(&inner.get_weights().iter().map(|w| Tensor::full(w.shape(), 0.25)).collect::<Vec<_>>())?;
    let outer = sequential![inner.clone(), softmax()]?;
    assert_eq!(outer.get_weights()[..4], inner.get_weights());
    assert_eq!(outer.get_layer(0)?.count_params(), inner.count_params()?);
    assert_eq!(outer.named_weights().map(|w| w.path).next().as_deref(), Some("sequential/sequential/dense/kernel"));
    Ok(())
}

#[test]
fn a_model_frozen_as_a_whole_stays() -> Result<(), ModelError> {
    let inner = LayerArguments::trainable(sequential![tanh(4).input_shape([3]), BatchNormalization::new()]?, false);
    let mut model = sequential![inner, softmax()]?;
    model.compile(Compile::new("sgd", "sparse_categorical_crossentropy"))?;
    let before = model.get_weights();
    model.fit(&x(), &y(), Fit::new().epochs(2).verbose(Verbose::Silent))?;
    let after = model.get_weights();
    assert_eq!(after[..6], before[..6]);
    assert_ne!(after[6..], before[6..]);
    model.get_layer_mut(0)?.set_trainable(true);
    model.fit(&x(), &y(), Fit::new().verbose(Verbose::Silent))?;
    assert!(model.get_weights().iter().zip(&after).all(|(now, then)| now != then));
    Ok(())
}

#[test]
fn a_model_is_a_layer_on_its_own() -> Result<(), Box<dyn std::error::Error>> {
    let inner = sequential![tanh(4).input_shape([3]), softmax()]?;
    let layer = Built::new(inner.clone(), &[[3].into()], 9)?;
    assert_eq!(layer.call(&x())?, inner.predict(&x())?);
    assert_eq!(Layer::class_name(&inner), "Sequential");
    Ok(())
}
