//! What users write themselves (layers, an activation, an initializer, a loss, a metric, an optimizer, a callback)
//! works in a model as Cornu's own do.

use cornu_initializers::{Initializer, InitializerError, Ones};
use cornu_layers::activations::{Activation, map, scale};
use cornu_layers::{
    Backward, Dense, Forward, KernelArguments, Layer, LayerError, Mode, Role, Scratch, Weight, WeightSpec, single,
};
use cornu_losses::{Loss, LossError, Reduction};
use cornu_metrics::{Mean, Metric, MetricError};
use cornu_model::callbacks::{Callback, Training, Verbose};
use cornu_model::{Compile, Evaluate, Fit, LayerArguments, Logs, ModelError, Sequential};
use cornu_optimizers::{Common, Optimizer, OptimizerArguments, OptimizerError, Slot, Step, Variable, split_slots};
use cornu_tensor::{Scalar, Shape, Tensor, View};
use cornu_testkit::{assert_close, numeric_gradient};
use rand::Rng;

/// `x · scale`, one learned number for each feature.
#[derive(Debug, Clone)]
struct Scale;

impl<T: Scalar> Layer<T> for Scale {
    fn class_name(&self) -> &'static str {
        "Scale"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        single("Scale", inputs)
    }

    fn weights(&self, inputs: &[Shape]) -> Result<Vec<WeightSpec<T>>, LayerError> {
        Ok(vec![WeightSpec::new("scale", Role::Other, single("Scale", inputs)?, Ones)])
    }

    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let scale = pass.weights[0].as_slice();
        for (i, (y, &x)) in pass.output.as_mut_slice().iter_mut().zip(pass.inputs[0].as_slice()).enumerate() {
            *y = scale[i % scale.len()] * x;
        }
        Ok(())
    }

    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        let (scale, x, g) = (pass.weights[0].as_slice(), pass.inputs[0].as_slice(), pass.output_gradient.as_slice());
        let gradient = pass.weight_gradients[0].as_mut_slice();
        gradient.fill(T::zero());
        for (i, (&x, &g)) in x.iter().zip(g).enumerate() {
            gradient[i % scale.len()] += x * g;
        }
        if let Some(gradient) = &mut pass.input_gradients[0] {
            for (i, (d, &g)) in gradient.as_mut_slice().iter_mut().zip(g).enumerate() {
                *d = scale[i % scale.len()] * g;
            }
        }
        Ok(())
    }
}

/// `x − mean`, where the mean of all values follows what training sees, half of the way at every step.
#[derive(Debug, Clone)]
struct Centre;

impl<T: Scalar> Layer<T> for Centre {
    fn class_name(&self) -> &'static str {
        "Centre"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        single("Centre", inputs)
    }

    fn weights(&self, _inputs: &[Shape]) -> Result<Vec<WeightSpec<T>>, LayerError> {
        Ok(vec![WeightSpec::new("mean", Role::Other, [], cornu_initializers::Zeros).trainable(false)])
    }

    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let (mean, x) = (pass.weights[0].as_slice()[0], pass.inputs[0].as_slice());
        for (y, &x) in pass.output.as_mut_slice().iter_mut().zip(x) {
            *y = x - mean;
        }
        if pass.mode != Mode::Inference {
            let [seen] = pass.scratch.tensors([[].into()]);
            seen.as_mut_slice()[0] = x.iter().fold(T::zero(), |sum, &x| sum + x) / T::of_count(x.len());
        }
        Ok(())
    }

    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        if let Some(gradient) = &mut pass.input_gradients[0] {
            gradient.as_mut_slice().copy_from_slice(pass.output_gradient.as_slice());
        }
        Ok(())
    }

    fn update_state(&self, weights: &mut [Weight<T>], scratch: &Scratch<T>) {
        if let (Some(mean), Some(seen)) = (weights.first_mut(), scratch.tensor(0)) {
            for (mean, &seen) in mean.as_mut_slice().iter_mut().zip(seen.as_slice()) {
                *mean += (seen - *mean) * T::of(0.5);
            }
        }
    }
}

/// `x²`
#[derive(Debug)]
struct Square;

impl<T: Scalar> Activation<T> for Square {
    fn name(&self) -> &'static str {
        "square"
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, |x| x * x);
    }

    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, |x| x + x);
    }
}

/// 0.1, 0.2, 0.3, …
#[derive(Debug)]
struct Counting;

impl<T: Scalar> Initializer<T> for Counting {
    fn init(&self, shape: Shape, _rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        Ok(Tensor::from_fn(shape, |i| T::of((i + 1) as f64 / 10.0)))
    }
}

/// `(p − y)⁴`, of predictions `(n, 1)`.
#[derive(Debug, Clone)]
struct Fourth;

impl<T: Scalar> Loss<T> for Fourth {
    fn name(&self) -> &str {
        "fourth"
    }

    fn reduction(&self) -> Reduction {
        Reduction::default()
    }

    fn values_shape(&self, y_true: Shape, y_pred: Shape) -> Result<Shape, LossError> {
        match (y_true.dims(), y_pred.dims()) {
            (&[n, 1], &[m, 1]) if n == m => Ok([n].into()),
            _ => Err(LossError::shapes("fourth", "two shapes (n, 1)", y_true, y_pred)),
        }
    }

    fn values(&self, y_true: View<'_, T>, y_pred: View<'_, T>, values: &mut [T]) {
        for ((v, &t), &p) in values.iter_mut().zip(y_true.as_slice()).zip(y_pred.as_slice()) {
            *v = (p - t).powi(4);
        }
    }

    fn gradient(&self, y_true: View<'_, T>, y_pred: View<'_, T>, scale: &[T], gradient: &mut [T]) {
        for (((g, &s), &t), &p) in gradient.iter_mut().zip(scale).zip(y_true.as_slice()).zip(y_pred.as_slice()) {
            *g = s * T::of(4.0) * (p - t).powi(3);
        }
    }
}

/// The largest difference of a batch, averaged over the batches.
#[derive(Debug, Clone)]
struct Worst(Mean);

impl<T: Scalar> Metric<T> for Worst {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn check(&self, y_true: Shape, y_pred: Shape) -> Result<(), MetricError> {
        let misfit = || MetricError::shapes(self.0.name(), "y_true of the shape of y_pred", y_true, y_pred);
        (y_true == y_pred).then_some(()).ok_or_else(misfit)
    }

    fn update(&mut self, t: View<'_, T>, p: View<'_, T>, _weight: Option<&[T]>) -> Result<(), MetricError> {
        let differences = t.as_slice().iter().zip(p.as_slice()).map(|(&t, &p)| (t - p).abs().to_f64());
        self.0.update_value(differences.fold(0.0, f64::max), 1.0);
        Ok(())
    }

    fn result(&self) -> f64 {
        self.0.result()
    }

    fn reset(&mut self) {
        self.0.reset();
    }
}

/// Gradient descent that adds up all gradients in a slot, and steps by the sum.
#[derive(Debug, Clone)]
struct Summing(Common);

impl OptimizerArguments for Summing {
    fn common(&self) -> &Common {
        &self.0
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.0
    }
}

impl<T: Scalar> Optimizer<T> for Summing {
    fn name(&self) -> &str {
        "summing"
    }

    fn slots(&self, variable: &Variable) -> Vec<Slot> {
        Slot::like(variable, &["sum"])
    }

    fn step(
        &self,
        at: Step<T>,
        variable: &mut [T],
        gradient: &[T],
        slots: &mut [Tensor<T>],
    ) -> Result<(), OptimizerError> {
        let [sum] = split_slots("summing", &["sum"], variable, gradient, slots)?;
        for ((w, &g), sum) in variable.iter_mut().zip(gradient).zip(sum) {
            *sum += g;
            *w -= at.learning_rate * *sum;
        }
        Ok(())
    }
}

/// Halves the learning rate after every epoch.
struct Halving;

impl<T: Scalar> Callback<T> for Halving {
    fn on_epoch_end(&mut self, _: usize, logs: &mut Logs, training: &mut Training<'_, T>) -> Result<(), ModelError> {
        let rate = training.learning_rate() / 2.0;
        logs.set("learning_rate", rate);
        training.set_learning_rate(rate)
    }
}

/// A model of nothing but the parts above, and Dense.
fn model() -> Result<Sequential<f64>, ModelError> {
    let mut model = Sequential::<f64>::default();
    model.add(Dense::new(3).activation(Square).kernel_initializer(Counting).input_shape([2]))?;
    model.add(Scale)?.add(Centre.named("centred"))?.add(Dense::new(1).bias_initializer(Counting))?;
    model.compile(Compile::new(Summing(Common::new("Summing", 0.001)?), Fourth).metric(Worst(Mean::new("worst"))))?;
    Ok(model)
}

fn x() -> Tensor<f64> {
    Tensor::from([[0.5, -1.0], [1.0, 0.25], [-0.75, 0.5], [0.0, 1.0]])
}

fn y() -> Tensor<f64> {
    Tensor::from([[0.5], [1.0], [-0.5], [0.25]])
}

#[test]
fn own_parts_make_a_model() -> Result<(), ModelError> {
    let model = model()?;
    let names: Vec<&str> = model.layers().map(|layer| layer.name()).collect();
    assert_eq!(names, ["dense", "scale", "centred", "dense_1"]);
    let weights: Vec<(String, bool)> = model.named_weights().map(|weight| (weight.path, weight.trainable)).collect();
    assert_eq!(weights[2..4], [("sequential/scale/scale".into(), true), ("sequential/centred/mean".into(), false)]);
    assert_eq!(model.get_layer("dense")?.kernel(), Some(&Tensor::from([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])));
    assert_eq!(model.get_layer("scale")?.get_weights(), [Tensor::from([1.0; 3])]);
    assert_eq!(model.count_params()?, 9 + 3 + 1 + 4);
    Ok(())
}

#[test]
fn their_first_step_follows_the_gradient() -> Result<(), ModelError> {
    let model = model()?;
    let flat = |model: &Sequential<f64>| -> Vec<f64> {
        model.named_weights().filter(|w| w.trainable).flat_map(|w| w.value.as_slice().to_vec()).collect()
    };
    let loss = |values: &[f64]| {
        let (mut other, mut rest) = (model.clone(), values);
        let weights: Vec<Tensor<f64>> = model
            .named_weights()
            .map(|weight| {
                if !weight.trainable {
                    return weight.value.clone();
                }
                let (own, after) = rest.split_at(weight.shape.size());
                rest = after;
                Tensor::from_fn(weight.shape, |i| own[i])
            })
            .collect();
        other.set_weights(&weights).expect("weights of the same shapes");
        other.test_on_batch(&x(), &y(), None).ok().and_then(|logs| logs.get("loss")).expect("a loss")
    };
    let expected = numeric_gradient(loss, &flat(&model));
    let mut trained = model.clone();
    trained.train_on_batch(&x(), &y(), None, &mut Logs::default())?;
    let step: Vec<f64> =
        flat(&model).iter().zip(flat(&trained)).map(|(before, after)| (before - after) / 0.001).collect();
    assert_close(&step, &expected, 1e-7);
    Ok(())
}

#[test]
fn they_train() -> Result<(), ModelError> {
    let mut model = model()?;
    let measured = |model: &Sequential<f64>| model.evaluate(&x(), &y(), Evaluate::new().verbose(Verbose::Silent));
    let before = measured(&model)?;
    model.fit(&x(), &y(), Fit::new().epochs(100).verbose(Verbose::Silent))?;
    let after = measured(&model)?;
    for name in ["loss", "worst"] {
        assert!(after.get(name) < before.get(name), "{before} became {after}");
    }
    let fit = Fit::new().epochs(6).batch_size(2).validation_split(0.25).verbose(Verbose::Silent);
    let history = model.fit(&x(), &y(), fit.callback(&mut Halving))?;
    let names: Vec<&str> = history.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["loss", "val_loss", "val_worst", "worst", "learning_rate"]);
    assert_eq!(history.last("learning_rate"), Some(0.001 / 64.0));
    assert_eq!(model.iterations(), 100 + 6 * 2);
    Ok(())
}

#[test]
fn what_update_state_moves_follows_the_data_and_stays_when_frozen() -> Result<(), ModelError> {
    let mean = |model: &Sequential<f64>| model.get_layer(0).map(|layer| layer.get_weights()[0].as_slice()[0]);
    for (frozen, whole) in [(false, false), (true, false), (false, true)] {
        let mut model = Sequential::<f64>::default();
        model.add(Centre.trainable(!frozen).input_shape([1]))?.add(Dense::new(1))?;
        model.set_trainable(!whole);
        model.compile(Compile::new("sgd", "mse"))?;
        let mut expected = 0.0;
        for value in [4.0, 2.0, -8.0] {
            let batch = Tensor::full([3, 1], value);
            model.train_on_batch(&batch, &batch, None, &mut Logs::default())?;
            model.test_on_batch(&batch, &batch, None)?;
            model.predict(&batch)?;
            expected += (value - expected) / 2.0;
            assert_eq!(mean(&model)?, if frozen || whole { 0.0 } else { expected });
        }
    }
    Ok(())
}

#[test]
fn labels_that_an_own_loss_refuses_are_refused_before_the_first_step() -> Result<(), ModelError> {
    let mut model = model()?;
    let error = model.fit(&x(), &Tensor::zeros([4, 2]), Fit::new().verbose(Verbose::Silent)).unwrap_err();
    assert!(error.to_string().starts_with("loss: fourth expects two shapes (n, 1)"), "{error}");
    assert_eq!(model.iterations(), 0);
    Ok(())
}
