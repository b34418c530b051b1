//! Whatever does not fit is an error that says what was expected and what came, and the model is as it was.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic, in its helpers too")]

use cornu_layers::{Dense, Dropout, Flatten, Input, KernelArguments, LayerError, MaxPooling2D, Reshape};
use cornu_losses::{LossError, MeanSquaredError, Reduction};
use cornu_metrics::MetricError;
use cornu_model::callbacks::Verbose;
use cornu_model::{Compile, Evaluate, Fit, LayerArguments, Logs, ModelError, Sequential, sequential};
use cornu_optimizers::{Adam, LBFGS, OptimizerError};
use cornu_tensor::Tensor;

/// Three features, two classes; built, compiled, and trained for one epoch.
fn trained() -> Sequential<f32> {
    let hidden = Dense::new(4).activation("tanh").input_shape([3]);
    let mut model = sequential![hidden, Dense::new(2).activation("softmax")].unwrap();
    model.compile(Compile::new("adam", "sparse_categorical_crossentropy").metric("accuracy")).unwrap();
    model.fit(&x(8), &y(8), silent()).unwrap();
    model
}

fn x(samples: usize) -> Tensor<f32> {
    Tensor::from_fn([samples, 3], |i| (i % 5) as f32 - 2.0)
}

fn y(samples: usize) -> Tensor<f32> {
    Tensor::from_fn([samples], |i| (i % 2) as f32)
}

fn silent<'a>() -> Fit<'a, f32> {
    Fit::new().verbose(Verbose::Silent).batch_size(4)
}

/// Asserts that both models are the same: what can be seen, and how they go on.
fn assert_same(tried: &mut Sequential<f32>, model: &Sequential<f32>) {
    assert_eq!(tried.is_built(), model.is_built());
    let shapes = |model: &Sequential<f32>| (model.sample_shape(), model.output_shape());
    assert_eq!(shapes(tried), shapes(model));
    assert_eq!(
        tried.layers().map(|l| l.name().to_owned()).collect::<Vec<_>>(),
        model.layers().map(|l| l.name().to_owned()).collect::<Vec<_>>()
    );
    assert_eq!(tried.get_weights(), model.get_weights());
    assert_eq!(tried.iterations(), model.iterations());
    let rate = |model: &Sequential<f32>| model.optimizer().map(|optimizer| optimizer.learning_rate());
    assert_eq!(rate(tried), rate(model));
    let mut untouched = model.clone();
    let samples = |n| Tensor::from_fn(model.sample_shape().unwrap_or([3].into()).with_batch(n).unwrap(), |i| i as f32);
    match (tried.fit(&samples(6), &y(6), silent()), untouched.fit(&samples(6), &y(6), silent())) {
        (Ok(first), Ok(second)) => assert_eq!(first, second),
        (first, second) => assert_eq!(first.unwrap_err(), second.unwrap_err()),
    }
    assert_eq!(tried.get_weights(), untouched.get_weights());
}

/// Tries something that must fail: the message holds `expected`, then `received`; the model is as it was.
#[track_caller]
fn refused<R>(
    model: &Sequential<f32>,
    attempt: impl FnOnce(&mut Sequential<f32>) -> Result<R, ModelError>,
    expected: &str,
    received: &str,
) -> ModelError {
    let mut tried = model.clone();
    let error = attempt(&mut tried).err().expect("it should be refused");
    let message = error.to_string();
    let (before, after) = message.split_once("Received: ").unwrap_or((&message, ""));
    assert!(before.contains(expected), "{message:?} does not say {expected:?}");
    assert!(after.contains(received), "{message:?} does not end with {received:?}");
    assert_same(&mut tried, model);
    error
}

/// Tries data with every method that takes samples and labels.
#[track_caller]
fn data_refused(x: &Tensor<f32>, y: &Tensor<f32>, expected: &str, received: &str) {
    let model = trained();
    refused(&model, |model| model.fit(x, y, silent()), expected, received);
    refused(&model, |model| model.evaluate(x, y, Evaluate::new().verbose(Verbose::Silent)), expected, received);
    refused(&model, |model| model.train_on_batch(x, y, None, &mut Logs::default()), expected, received);
    refused(&model, |model| model.test_on_batch(x, y, None), expected, received);
    refused(&model, |model| model.minimize(x, y, None, &LBFGS::new()), expected, received);
    let (good_x, good_y) = (self::x(4), self::y(4));
    refused(&model, |model| model.fit(&good_x, &good_y, silent().validation_data(x, y)), expected, received);
}

#[test]
fn samples_that_do_not_fit() {
    let model = trained();
    for x in [Tensor::zeros([4, 2]), Tensor::zeros([4, 3, 1]), Tensor::zeros([4]), Tensor::zeros([])] {
        let (shape, received) = (x.shape(), x.shape().to_string());
        data_refused(&x, &y(4), "samples of shape (3,)", &received);
        let error = refused(&model, |model| model.predict(&x), "samples of shape (3,)", &received);
        assert_eq!(error, ModelError::Samples { expected: [3].into(), received: shape });
        refused(&model, |model| model.predict_on_batch(&x), "samples of shape (3,)", &received);
    }
}

#[test]
fn no_samples() {
    let model = trained();
    let (x, y) = (Tensor::zeros([0, 3]), Tensor::zeros([0]));
    data_refused(&x, &y, "at least one sample", "(0, 3)");
    let error = refused(&model, |model| model.predict(&x), "at least one sample", "(0, 3)");
    assert_eq!(error, ModelError::NoSamples { received: [0, 3].into() });
    refused(&model, |model| model.predict_on_batch(&x), "at least one sample", "(0, 3)");
}

#[test]
fn labels_that_do_not_fit() {
    data_refused(&x(4), &y(3), "`y` must have one entry for each of the 4 samples", "3");
    data_refused(&x(4), &Tensor::zeros([]), "`y` must have one entry for each of the 4 samples", "0");
    data_refused(&x(4), &Tensor::zeros([4, 2]), "", "y_true of shape (4, 2), y_pred of shape (4, 2)");
    data_refused(&x(4), &Tensor::zeros([4, 1, 1]), "", "y_true of shape (4, 1, 1)");
    for bad in [2.0, -1.0, 0.5, f32::NAN, f32::INFINITY, 1e30] {
        data_refused(&x(4), &Tensor::from([0.0, 1.0, bad, 1.0]), "whole class numbers from 0 to 1", "at position 2");
    }
}

#[test]
fn arguments_of_fit_and_evaluate() {
    let model = trained();
    let (x, y) = (x(8), y(8));
    let fit = |fit: Fit<'static, f32>, expected, received| {
        refused(&model, |model| model.fit(&x, &y, fit), expected, received);
    };
    fit(silent().batch_size(0), "`batch_size` to be 1 or more", "batch_size=0");
    fit(silent().validation_batch_size(0), "`validation_batch_size` to be 1 or more", "validation_batch_size=0");
    fit(silent().validation_freq(0), "`validation_freq` to be 1 or more", "validation_freq=0");
    for (split, received) in [
        (1.0, "validation_split=1"),
        (-0.5, "validation_split=-0.5"),
        (f64::NAN, "validation_split=NaN"),
        (f64::INFINITY, "validation_split=inf"),
        (1e-17, "validation_split=0.00000000000000001"),
        (0.9, "validation_split=0.9"),
    ] {
        fit(silent().validation_split(split), "`validation_split` to be a number from 0 to 1", received);
    }
    fit(silent().class_weight([(0, 2.0)]).sample_weight(&[1.0; 8]), "`class_weight` to be given without", "both");
    let wrong = "one entry for each of the 8 samples";
    for weights in [&[][..], &[1.0; 7], &[1.0; 9], &[1.0; 16]] {
        let received = weights.len().to_string();
        refused(&model, |model| model.fit(&x, &y, silent().sample_weight(weights)), wrong, &received);
        let evaluate = Evaluate::new().sample_weight(weights).verbose(Verbose::Silent);
        refused(&model, |model| model.evaluate(&x, &y, evaluate), wrong, &received);
        refused(&model, |model| model.train_on_batch(&x, &y, Some(weights), &mut Logs::default()), wrong, &received);
        refused(&model, |model| model.test_on_batch(&x, &y, Some(weights)), wrong, &received);
        let fit = silent().weighted_validation_data(&x, &y, weights);
        refused(&model, |model| model.fit(&x, &y, fit), wrong, &received);
    }
    let evaluate = Evaluate::new().batch_size(0).verbose(Verbose::Silent);
    refused(&model, |model| model.evaluate(&x, &y, evaluate), "`batch_size` to be 1 or more", "batch_size=0");
}

#[test]
fn class_weights_for_sequences() -> Result<(), ModelError> {
    let mut model = sequential![Dense::new(2).input_shape([3, 3])]?;
    model.compile(Compile::new("sgd", "mse"))?;
    let (x, y) = (Tensor::zeros([4, 3, 3]), Tensor::zeros([4, 3, 2]));
    let fit = || silent().class_weight([(0, 2.0)]);
    refused(&model, |model| model.fit(&x, &y, fit()), "labels of one or two dimensions", "`y` of shape (4, 3, 2)");
    Ok(())
}

#[test]
fn no_epochs_are_an_empty_history() -> Result<(), ModelError> {
    let model = trained();
    for fit in [silent().epochs(0), silent().epochs(2).initial_epoch(2), silent().epochs(1).initial_epoch(5)] {
        let mut tried = model.clone();
        let history = tried.fit(&x(8), &y(8), fit)?;
        assert_eq!((history.epochs().len(), history.iter().len(), history.last("loss")), (0, 0, None));
        assert_same(&mut tried, &model);
    }
    Ok(())
}

#[test]
fn weights_that_do_not_fit() {
    let model = trained();
    let good = model.get_weights();
    let error =
        refused(&model, |model| model.set_weights(&good[..3]), "4 weights: sequential/dense/kernel (3, 4), ", "3");
    assert!(matches!(error, ModelError::WeightCount { expected: 4, received: 3, .. }));
    refused(&model, |model| model.set_weights(&[]), "4 weights", "0 weights");
    let mut wrong = good.clone();
    wrong[0] = Tensor::full([3, 4], 9.0);
    wrong[2] = Tensor::zeros([2, 4]);
    let error = refused(
        &model,
        |model| model.set_weights(&wrong),
        "weight 2 `sequential/dense_1/kernel` has shape (4, 2)",
        "(2, 4)",
    );
    assert!(matches!(error, ModelError::WeightShape { index: 2, .. }));
    let layer = |model: &mut Sequential<f32>, values: &[Tensor<f32>]| model.get_layer_mut("dense")?.set_weights(values);
    refused(&model, |model| layer(model, &wrong[..1]), "2 weight(s)", "1");
    refused(&model, |model| layer(model, &wrong[1..3]), "`kernel` has shape (3, 4)", "(4,)");
    let unbuilt = sequential![Dense::new(1)].unwrap();
    refused(&unbuilt, |model| model.set_weights(&[]), "not built", "");
}

#[test]
fn names_that_are_unknown() {
    let model = trained();
    let compile =
        |compile: Compile<f32>, expected| refused(&model, |model| model.compile(compile), expected, "\"nme\"");
    let error = compile(Compile::new("nme", "mse"), "unknown optimizer. Expected one of: sgd");
    assert!(matches!(error, ModelError::Optimizer(OptimizerError::UnknownName { .. })));
    let error = compile(Compile::new("sgd", "nme"), "unknown loss. Expected one of: mean_squared_error");
    assert!(matches!(error, ModelError::Loss(LossError::UnknownName { .. })));
    let error = compile(Compile::new("sgd", "mse").metric("mse").metric("nme"), "unknown metric. Expected one of: ");
    assert!(matches!(error, ModelError::Metric(MetricError::UnknownName { .. })));

    let add = |layer: Dense<f32>, expected| {
        let error = refused(&model, |model| model.add(layer).map(drop), expected, "\"nme\"");
        assert!(matches!(error, ModelError::Layer { layer, .. } if layer == "dense_2"));
    };
    add(Dense::new(2).activation("nme"), "unknown activation");
    add(Dense::new(2).kernel_initializer("nme"), "unknown initializer");
    add(Dense::new(2).bias_initializer("nme"), "unknown initializer");
    add(Dense::new(2).kernel_regularizer("nme"), "unknown regularizer");
    add(Dense::new(2).bias_constraint("nme"), "unknown constraint");

    let error = refused(&model, |model| model.get_layer("nme").map(drop), "one of: dense, dense_1", "\"nme\"");
    assert!(matches!(error, ModelError::UnknownLayer { .. }));
    refused(
        &model,
        |model| model.get_layer_mut(2).map(drop),
        "one of: dense, dense_1",
        "index 2 in a model of 2 layers",
    );
}

#[test]
fn a_wrong_name_in_a_model_that_is_not_built_is_found_when_it_is() {
    let mut model = sequential![Dense::new(2), Dense::new(2).activation("rleu")].unwrap();
    model.compile(Compile::new("sgd", "mse")).unwrap();
    let expected = "layer `dense_1`: unknown activation";
    refused(&model, |model| model.build([3]), expected, "\"rleu\"");
    refused(&model, |model| model.fit(&x(4), &Tensor::zeros([4, 2]), silent()), expected, "\"rleu\"");
    refused(
        &model,
        |model| model.train_on_batch(&x(4), &Tensor::zeros([4, 2]), None, &mut Logs::default()),
        expected,
        "\"rleu\"",
    );
}

#[test]
fn metrics_of_one_name() {
    let model = trained();
    refused(
        &model,
        |model| model.compile(Compile::new("sgd", "mse").metric("mae").metric("mae")),
        "of another name",
        "mae",
    );
    let named = cornu_metrics::MeanAbsoluteError::new().with_name("loss");
    refused(&model, |model| model.compile(Compile::new("sgd", "mse").metric(named)), "of another name", "loss");
}

#[test]
fn arguments_of_optimizer_and_loss() {
    let model = trained();
    for rate in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(Adam::new(rate).is_err());
        refused(&model, |model| model.set_learning_rate(rate), "`learning_rate` to be", &format!("{rate}"));
    }
    let mut model = sequential![Dense::new(1).input_shape([3])].unwrap();
    model.compile(Compile::new("sgd", MeanSquaredError::new().with_reduction(Reduction::None))).unwrap();
    refused(&model, |model| model.fit(&x(4), &Tensor::zeros([4, 1]), silent()), "any reduction but `none`", "none");
}

#[test]
fn a_model_that_is_not_compiled() {
    let model = sequential![Dense::new(2).input_shape([3])].unwrap();
    let (x, y) = (x(4), Tensor::zeros([4, 2]));
    let expected = |method| format!("model `sequential` is not compiled. Call `compile` before `{method}`");
    let error = refused(&model, |model| model.fit(&x, &y, silent()), &expected("fit"), "");
    assert_eq!(error, ModelError::NotCompiled { model: "sequential".to_owned(), before: "fit" });
    refused(&model, |model| model.evaluate(&x, &y, Evaluate::new()), &expected("evaluate"), "");
    refused(&model, |model| model.train_on_batch(&x, &y, None, &mut Logs::default()), &expected("train_on_batch"), "");
    refused(&model, |model| model.test_on_batch(&x, &y, None), &expected("test_on_batch"), "");
    refused(&model, |model| model.set_learning_rate(0.1), &expected("set_learning_rate"), "");
    assert!(model.optimizer().is_none());
}

#[test]
fn a_model_that_is_not_built() {
    let mut model = sequential![Dense::new(2)].unwrap();
    model.compile(Compile::new("sgd", "mse")).unwrap();
    let (x, y) = (x(4), Tensor::zeros([4, 2]));
    let expected = "is not built, so weights do not exist yet. Give the first layer an `input_shape`";
    let error = refused(&model, |model| model.predict(&x), expected, "");
    assert_eq!(error, ModelError::NotBuilt { model: "sequential".to_owned(), what: "weights" });
    refused(&model, |model| model.predictor().map(drop), expected, "");
    refused(&model, |model| model.count_params(), expected, "");
    refused(&model, |model| model.evaluate(&x, &y, Evaluate::new()), expected, "");
    refused(&model, |model| model.test_on_batch(&x, &y, None), expected, "");
    assert!(model.get_weights().is_empty() && model.get_layer(0).unwrap().kernel().is_none());
    // What `fit` builds for data that do not fit, it takes back.
    refused(&model, |model| model.fit(&x, &Tensor::zeros([4, 3]), silent()), "", "y_true of shape (4, 3)");
    refused(
        &model,
        |model| model.train_on_batch(&x, &Tensor::zeros([3, 2]), None, &mut Logs::default()),
        "4 samples",
        "3",
    );
}

#[test]
fn a_model_without_layers() {
    let mut model = sequential![].unwrap();
    model.compile(Compile::new("sgd", "mse")).unwrap();
    let (x, y) = (x(4), x(4));
    let has_none = "model `sequential` has no layers";
    let error = refused(&model, |model| model.pop(), has_none, "");
    assert_eq!(error, ModelError::Empty { model: "sequential".to_owned(), before: "pop" });
    for model in [model, sequential![Input::new([3])].unwrap()] {
        refused(&model, |model| model.pop(), has_none, "");
        refused(&model, |model| model.build([3]), has_none, "");
        refused(&model, |model| model.predict(&x), has_none, "");
        refused(&model, |model| model.count_params(), has_none, "");
        let mut compiled = model.clone();
        compiled.compile(Compile::new("sgd", "mse")).unwrap();
        refused(&compiled, |model| model.fit(&x, &y, silent()), has_none, "");
        refused(&compiled, |model| model.evaluate(&x, &y, Evaluate::new()), has_none, "");
        refused(&compiled, |model| model.train_on_batch(&x, &y, None, &mut Logs::default()), has_none, "");
    }
    let inner = sequential![].unwrap();
    refused(
        &trained(),
        |model| model.add(inner).map(drop),
        "expected at least one layer in a model in a model",
        "none",
    );
}

#[test]
fn layers_that_do_not_fit_each_other() {
    let model = trained();
    let add = |node: cornu_model::Node<f32>, expected: &str, received: &str| {
        refused(&model, |model| model.add(node).map(drop), expected, received)
    };
    let boxed = |layer: Box<dyn cornu_layers::Layer<f32>>| cornu_model::Node::from_box(layer);
    let error = add(boxed(Box::new(MaxPooling2D::new(2))), "MaxPooling2D expects", "(2,)");
    assert!(matches!(error, ModelError::Layer { source: LayerError::Input { .. }, .. }));
    add(boxed(Box::new(Reshape::new([3]))), "hold the 2 values of (2,)", "target_shape=[3]");
    add(boxed(Box::new(Dense::new(0))), "`units` to be 1 or more", "units=0");
    add(boxed(Box::new(Dropout::new(1.5))), "`rate` to be", "1.5");
    add(Dense::new(2).input_shape([7]), "an input shape of (2,)", "(7,)");
    add(boxed(Box::new(Input::new([2]))), "`Input`, which can only come first", "an `Input` after 2 layer(s)");
    add(boxed(Box::new(Input::new([3]))), "an input shape of (2,)", "(3,)");
    add(Dense::new(2).named("dense_1"), "layer names must be unique", "\"dense_1\"");
    add(boxed(Box::new(Dense::new(2).kernel_initializer(Tensor::zeros([3, 3])))), "", "(2, 2)");
    let inner = sequential![Dense::new(2).input_shape([5])].unwrap();
    add(boxed(Box::new(inner)), "an input shape of (2,)", "(5,)");
    let unbuilt = sequential![Flatten, Reshape::new([7])].unwrap();
    add(boxed(Box::new(unbuilt)), "sequential/reshape", "target_shape=[7]");

    let unbuilt = sequential![Dense::new(2)].unwrap();
    refused(&unbuilt, |model| model.add(Input::new([3])).map(drop), "only come first", "after 1 layer(s)");
    refused(&model, |model| model.build([4]), "an input shape of (3,)", "(4,)");
    let begun = sequential![Input::new([3])].unwrap();
    refused(&begun, |model| model.add(Input::new([4])).map(drop), "an input shape of (3,)", "(4,)");
    refused(&begun, |model| model.add(Dense::new(1).input_shape([4])).map(drop), "an input shape of (3,)", "(4,)");
    assert!(sequential![Dense::new(0).input_shape([3])].is_err());
}

#[test]
fn buffers_that_do_not_fit() -> Result<(), ModelError> {
    let model = trained();
    let mut predictor = model.predictor()?;
    let mut output = Tensor::full([4, 2], 7.0);
    for (wrong, received) in [([4, 3], "(4, 3)"), ([3, 2], "(3, 2)"), ([8, 1], "(8, 1)")] {
        let error = predictor.predict_into(x(4).view(), Tensor::zeros(wrong).view_mut()).unwrap_err();
        assert_eq!(error, ModelError::Buffer { expected: [4, 2].into(), received: wrong.into() });
        assert!(error.to_string().ends_with(received));
    }
    let error = predictor.predict_into(Tensor::zeros([4, 4]).view(), output.view_mut()).unwrap_err();
    assert_eq!(error, ModelError::Samples { expected: [3].into(), received: [4, 4].into() });
    assert!(predictor.predict_into(Tensor::zeros([0, 3]).view(), Tensor::zeros([0, 2]).view_mut()).is_err());
    assert_eq!(output, Tensor::full([4, 2], 7.0));
    predictor.predict_into(x(4).view(), output.view_mut())?;
    assert_eq!(output, model.predict(&x(4))?);
    Ok(())
}
