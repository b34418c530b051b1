//! A layer, a loss, a callback or a metric that fails in the middle of a training: the model is as it was before. And a loss
//! that is not a number, which is no failure.

#![expect(clippy::expect_used, reason = "a test may panic, in its helpers too")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cornu_layers::{Backward, Dense, Dropout, Forward, KernelArguments, Layer, LayerError, Mode, single};
use cornu_losses::{Loss, LossError, MeanSquaredError, Reduction};
use cornu_metrics::{Metric, MetricError};
use cornu_model::callbacks::{Callback, LambdaCallback, Training, Verbose};
use cornu_model::{Compile, Evaluate, Fit, LayerArguments, Logs, ModelError, Sequential, sequential};
use cornu_optimizers::LBFGS;
use cornu_tensor::{Scalar, Shape, Tensor, View};

/// Gives its input on, until its forward or backward passes in training have been so many.
#[derive(Debug, Clone)]
struct Fragile {
    passes: Arc<AtomicUsize>,
    forward_until: usize,
    backward_until: usize,
}

impl Fragile {
    fn new(forward_until: usize, backward_until: usize) -> Self {
        Self { passes: Arc::default(), forward_until, backward_until }
    }

    fn fail(&self, pass: &str) -> Result<(), LayerError> {
        Err(LayerError::Other {
            layer: "Fragile".to_owned(),
            message: format!("expected fewer passes. Received: {pass}"),
        })
    }
}

impl<T: Scalar> Layer<T> for Fragile {
    fn class_name(&self) -> &'static str {
        "Fragile"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        single("Fragile", inputs)
    }

    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        if pass.mode != Mode::Inference && self.passes.fetch_add(1, Ordering::Relaxed) >= self.forward_until {
            return self.fail("a forward pass");
        }
        pass.output.as_mut_slice().copy_from_slice(pass.inputs[0].as_slice());
        Ok(())
    }

    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        if self.passes.load(Ordering::Relaxed) > self.backward_until {
            return self.fail("a backward pass");
        }
        if let Some(gradient) = &mut pass.input_gradients[0] {
            gradient.as_mut_slice().copy_from_slice(pass.output_gradient.as_slice());
        }
        Ok(())
    }
}

/// Fails at its so-manieth batch.
#[derive(Debug, Clone)]
struct FragileMetric {
    batches: usize,
    until: usize,
}

impl<T: Scalar> Metric<T> for FragileMetric {
    fn name(&self) -> &str {
        "fragile"
    }

    fn check(&self, _y_true: Shape, _y_pred: Shape) -> Result<(), MetricError> {
        Ok(())
    }

    fn update(&mut self, t: View<'_, T>, p: View<'_, T>, _weight: Option<&[T]>) -> Result<(), MetricError> {
        self.batches += 1;
        if self.batches <= self.until {
            return Ok(());
        }
        Err(MetricError::shapes("fragile", "fewer batches", t.shape(), p.shape()))
    }

    fn result(&self) -> f64 {
        0.0
    }

    fn reset(&mut self) {}
}

fn x() -> Tensor<f32> {
    Tensor::from_fn([8, 3], |i| (i % 5) as f32 - 2.0)
}

fn y() -> Tensor<f32> {
    Tensor::from_fn([8], |i| (i % 2) as f32)
}

/// Two batches an epoch.
fn fit<'a>() -> Fit<'a, f32> {
    Fit::new().verbose(Verbose::Silent).batch_size(4).epochs(3)
}

fn with(layer: impl Layer<f32> + 'static) -> Result<Sequential<f32>, ModelError> {
    let hidden = Dense::new(4).activation("tanh").input_shape([3]);
    let mut model = sequential![hidden, layer, Dropout::new(0.3), Dense::new(2).activation("softmax")]?;
    model.compile(Compile::new("adam", "sparse_categorical_crossentropy"))?;
    Ok(model)
}

/// What can be seen of a model's state.
fn state(model: &Sequential<f32>) -> (Vec<Tensor<f32>>, u64, Option<f64>, bool, usize) {
    let rate = model.optimizer().map(|optimizer| optimizer.learning_rate());
    (model.get_weights(), model.iterations(), rate, model.is_built(), model.layers().len())
}

/// Asserts that a training of three epochs fails with this message and changes nothing, and that the model then
/// trains as if it had not been tried.
#[track_caller]
fn fails_and_changes_nothing(model: &mut Sequential<f32>, arguments: Fit<'_, f32>, message: &str) {
    let mut untouched = model.clone();
    let error = model.fit(&x(), &y(), arguments).expect_err("it should fail").to_string();
    assert!(error.contains(message), "{error:?} does not say {message:?}");
    assert_eq!(state(model), state(&untouched));
    let goes_on = |model: &mut Sequential<f32>| model.fit(&x(), &y(), fit().epochs(1));
    assert_eq!(goes_on(model), goes_on(&mut untouched));
    assert_eq!(state(model), state(&untouched));
}

#[test]
fn a_layer_that_fails_in_the_second_epoch() -> Result<(), ModelError> {
    for (layer, message) in [
        (Fragile::new(2, 9), "layer `fragile`: Fragile: expected fewer passes. Received: a forward pass"),
        (Fragile::new(3, 9), "layer `fragile`: Fragile: expected fewer passes. Received: a forward pass"),
        (Fragile::new(9, 2), "layer `fragile`: Fragile: expected fewer passes. Received: a backward pass"),
        (Fragile::new(9, 3), "layer `fragile`: Fragile: expected fewer passes. Received: a backward pass"),
    ] {
        let mut model = with(layer)?;
        let before = state(&model);
        let error = model.fit(&x(), &y(), fit()).expect_err("it should fail").to_string();
        assert_eq!((error.as_str(), state(&model)), (message, before));
        // A single step changes nothing either.
        let before = state(&model);
        assert!(model.train_on_batch(&x(), &y(), None, &mut Logs::default()).is_err());
        assert_eq!(state(&model), before);
    }
    Ok(())
}

#[test]
fn a_layer_that_fails_in_a_line_search() -> Result<(), ModelError> {
    for layer in [Fragile::new(5, 99), Fragile::new(99, 5), Fragile::new(0, 0)] {
        let mut model = with(layer)?;
        let before = state(&model);
        assert!(model.minimize(&x(), &y(), None, &LBFGS::new()).is_err());
        assert_eq!(state(&model), before);
    }
    Ok(())
}

#[test]
fn a_pass_that_fails_halfway_leaves_no_penalty_behind() -> Result<(), ModelError> {
    let fragile = Fragile::new(1, 9);
    let passes = fragile.passes.clone();
    let penalized = Dense::new(4).activity_regularizer("l2").input_shape([3]);
    let mut model = sequential![penalized, fragile, Dense::new(2).activation("softmax")]?;
    model.compile(Compile::new("adam", "sparse_categorical_crossentropy"))?;
    let step = |model: &mut Sequential<f32>| {
        let mut logs = Logs::default();
        model.train_on_batch(&x(), &y(), None, &mut logs).map(|()| logs)
    };
    step(&mut model)?;
    let mut untouched = model.clone();
    assert!(step(&mut model).is_err());
    let mut after = Vec::new();
    for model in [&mut model, &mut untouched] {
        passes.store(0, Ordering::Relaxed);
        after.push((step(model)?, state(model)));
    }
    assert_eq!(after[0], after[1]);
    Ok(())
}

#[test]
fn a_model_that_was_not_built_is_not_built_again() -> Result<(), ModelError> {
    for method in ["fit", "minimize", "train_on_batch"] {
        let mut model = sequential![Dense::new(4), Fragile::new(0, 0), Dense::new(2).activation("softmax")]?;
        model.compile(Compile::new("adam", "sparse_categorical_crossentropy"))?;
        let tried = match method {
            "fit" => model.fit(&x(), &y(), fit()).map(drop),
            "minimize" => model.minimize(&x(), &y(), None, &LBFGS::new()).map(drop),
            _ => model.train_on_batch(&x(), &y(), None, &mut Logs::default()),
        };
        assert!(tried.is_err() && !model.is_built() && model.get_weights().is_empty());
        assert_eq!(Sequential::sample_shape(&model), None);
        model.build([5])?; // any other shape will do again
    }
    Ok(())
}

#[test]
fn a_nested_layer_that_fails_is_named() -> Result<(), ModelError> {
    let mut model = with(sequential![Dense::new(4), Fragile::new(1, 9)]?)?;
    fails_and_changes_nothing(&mut model, fit(), "layer `sequential`: sequential/fragile: Fragile: expected fewer");
    Ok(())
}

#[test]
fn a_metric_that_fails_in_the_second_epoch() -> Result<(), ModelError> {
    let mut model = with(Dense::new(3))?;
    let metric = FragileMetric { batches: 0, until: 3 };
    model.compile(Compile::new("adam", "sparse_categorical_crossentropy").metric(metric))?;
    let before = state(&model);
    assert!(matches!(model.fit(&x(), &y(), fit()), Err(ModelError::Metric(_))));
    assert_eq!(state(&model), before);
    model.compile(
        Compile::new("adam", "sparse_categorical_crossentropy").metric(FragileMetric { batches: 0, until: 0 }),
    )?;
    assert!(matches!(model.train_on_batch(&x(), &y(), None, &mut Logs::default()), Err(ModelError::Metric(_))));
    assert_eq!(state(&model), before);
    Ok(())
}

/// What a callback does to the model before it fails.
type Deed = fn(&mut Training<'_, f32>) -> Result<(), ModelError>;

/// Does something in the second epoch, then fails.
struct Failing {
    at: &'static str,
    deed: Deed,
}

impl Failing {
    fn fail(&self, at: &str, training: &mut Training<'_, f32>) -> Result<(), ModelError> {
        if at != self.at || training.model().iterations() < 2 {
            return Ok(());
        }
        (self.deed)(training)?;
        Err(ModelError::Callback {
            callback: "Failing".to_owned(),
            message: format!("expected nothing. Received: {at}"),
        })
    }
}

impl Callback<f32> for Failing {
    fn on_train_end(&mut self, _logs: &Logs, training: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.fail("train_end", training)
    }

    fn on_epoch_begin(&mut self, _epoch: usize, training: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.fail("epoch_begin", training)
    }

    fn on_epoch_end(&mut self, _: usize, _: &mut Logs, training: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.fail("epoch_end", training)
    }

    fn on_train_batch_begin(&mut self, _batch: usize, training: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.fail("batch_begin", training)
    }

    fn on_train_batch_end(&mut self, _: usize, _: &Logs, training: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.fail("batch_end", training)
    }
}

#[test]
fn a_callback_that_fails_whatever_it_has_done() -> Result<(), ModelError> {
    let deeds: [Deed; 6] = [
        |_| Ok(()),
        |training| training.set_learning_rate(7.0),
        |training| training.model_mut().pop(),
        |training| training.model_mut().add(Dense::new(2).activation("softmax")).map(drop),
        |training| training.model_mut().compile(Compile::new("sgd", "mse")),
        |training| {
            training.model_mut().get_layer_mut(0)?.set_trainable(false);
            training.model_mut().set_trainable(false);
            training.model_mut().get_layer_mut(0)?.set_weights(&[Tensor::zeros([3, 4]), Tensor::zeros([4])])
        },
    ];
    for at in ["train_end", "epoch_begin", "epoch_end", "batch_begin", "batch_end"] {
        for deed in deeds {
            let mut failing = Failing { at, deed };
            let message = format!("callback `Failing`: expected nothing. Received: {at}");
            fails_and_changes_nothing(&mut with(Dense::new(4))?, fit().callback(&mut failing), &message);
        }
    }
    Ok(())
}

#[test]
fn a_callback_that_changes_the_layers_changes_the_training() -> Result<(), ModelError> {
    // An output layer of three classes in place of two, before the second epoch.
    let mut change = LambdaCallback::new().on_epoch_begin(|epoch, training| {
        if epoch == 1 {
            let model = training.model_mut();
            let changed = model.pop().and_then(|()| model.add(Dense::new(3).activation("softmax")).map(drop));
            assert_eq!(changed, Ok(()));
        }
    });
    let (mut model, x, y) = (with(Dense::new(4))?, x(), y());
    let history = model.fit(&x, &y, fit().validation_data(&x, &y).callback(&mut change))?;
    drop(change);
    assert_eq!(history.epochs().len(), 3);
    assert_eq!(model.predict(&x)?.shape(), [8, 3].into());
    let measured = model.evaluate(&x, &y, Evaluate::new().batch_size(4).verbose(Verbose::Silent))?;
    assert_eq!(history.last("val_loss"), measured.get("loss"));
    // One that takes labels of another form fails in the next step, and the model is as it was.
    let mut change = LambdaCallback::new().on_train_batch_end(|_, _, training| {
        let added = training.model_mut().add(Dense::new(1)).map(drop);
        assert_eq!(added, Ok(()));
    });
    fails_and_changes_nothing(&mut with(Dense::new(4))?, fit().callback(&mut change), "loss: ");
    drop(change);
    // So does one that puts another model in its place.
    for (input, message) in [(Some(5), "samples of shape (5,)"), (None, "is not built")] {
        let mut change = LambdaCallback::new().on_epoch_begin(|epoch, training| {
            let dense = Dense::new(2).activation("softmax");
            let other = match input {
                Some(input) => sequential![dense.input_shape([input])],
                None => sequential![dense],
            };
            let mut other = other.expect("a model");
            let compiled = other.compile(Compile::new("sgd", "sparse_categorical_crossentropy"));
            assert_eq!((compiled, epoch), (Ok(()), 0));
            *training.model_mut() = other;
        });
        fails_and_changes_nothing(&mut with(Dense::new(4))?, fit().callback(&mut change), message);
    }
    Ok(())
}

#[test]
fn a_loss_that_is_not_a_number_is_shown_and_training_goes_on() -> Result<(), ModelError> {
    let mut model = sequential![Dense::new(1).input_shape([3])]?;
    model.compile(Compile::new("sgd", "mse").metric("mae"))?;
    let mut x = self::x();
    x.as_mut_slice()[3 * 5] = f32::NAN; // the sixth sample: in the second batch of four
    let history = model.fit(&x, &Tensor::zeros([8, 1]), fit().shuffle(false))?;
    assert_eq!(history.first_nan(), Some((0, 1)));
    assert_eq!(history.epochs(), [0, 1, 2]);
    assert!(history.get("loss").is_some_and(|losses| losses.iter().all(|loss| loss.is_nan())));
    assert_eq!(model.iterations(), 6);
    let finite = model.fit(&self::x(), &Tensor::zeros([8, 1]), fit().epochs(1))?;
    assert_eq!(finite.first_nan(), Some((0, 0))); // the weights are NaN now
    Ok(())
}

/// A mean squared error that wants an even number of samples.
#[derive(Debug, Clone)]
struct Pairs;

impl Loss<f32> for Pairs {
    fn name(&self) -> &str {
        "pairs"
    }

    fn reduction(&self) -> Reduction {
        Reduction::default()
    }

    fn values_shape(&self, y_true: Shape, y_pred: Shape) -> Result<Shape, LossError> {
        if y_pred.batch() % 2 == 1 {
            return Err(LossError::shapes("pairs", "an even number of samples", y_true, y_pred));
        }
        Loss::<f32>::values_shape(&MeanSquaredError::new(), y_true, y_pred)
    }

    fn values(&self, y_true: View<'_, f32>, y_pred: View<'_, f32>, values: &mut [f32]) {
        MeanSquaredError::new().values(y_true, y_pred, values);
    }

    fn gradient(&self, y_true: View<'_, f32>, y_pred: View<'_, f32>, scale: &[f32], gradient: &mut [f32]) {
        MeanSquaredError::new().gradient(y_true, y_pred, scale, gradient);
    }
}

#[test]
fn a_loss_that_refuses_the_last_batch() -> Result<(), ModelError> {
    let (x, y) = (Tensor::from_fn([10, 2], |i| i as f32), Tensor::from_fn([10, 1], |i| i as f32));
    let mut model = sequential![Dense::new(1).input_shape([2])]?;
    model.compile(Compile::new("sgd", Pairs))?;
    let before = state(&model);
    assert!(matches!(model.fit(&x, &y, fit().batch_size(3)), Err(ModelError::Loss(_))));
    assert_eq!(state(&model), before);
    model.fit(&x, &y, fit().batch_size(4))?;
    Ok(())
}
