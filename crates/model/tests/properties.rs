//! Laws that hold for models of any size.

use cornu_layers::{Dense, KernelArguments, LayerError};
use cornu_model::callbacks::Verbose;
use cornu_model::{Compile, Fit, IntoNode, LayerArguments, Logs, ModelError, Sequential};
use cornu_optimizers::SGD;
use cornu_tensor::{Shape, Tensor};
use cornu_testkit::assert_close;
use cornu_testkit::strategies::tensor;
use proptest::prelude::*;

/// A stack of dense layers: the inputs, then for each layer its units, whether it has a bias, and whether it is frozen.
#[derive(Debug, Clone)]
struct Stack {
    inputs: usize,
    layers: Vec<(usize, bool, bool)>,
}

impl Stack {
    fn model(&self, seed: u64) -> Result<Sequential<f32>, ModelError> {
        let node = |(i, &(units, use_bias, frozen)): (usize, &(usize, bool, bool))| {
            let last = i + 1 == self.layers.len();
            let dense = Dense::new(units).activation(if last { "softmax" } else { "tanh" }).use_bias(use_bias);
            let node = dense.trainable(!frozen);
            if i == 0 { node.input_shape([self.inputs]) } else { node }
        };
        Sequential::from_nodes(self.layers.iter().enumerate().map(node))?.with_seed(seed)
    }

    fn classes(&self) -> usize {
        self.layers.last().map_or(1, |&(units, ..)| units)
    }

    /// The shapes of the weights: of each layer the kernel, then the bias.
    fn shapes(&self) -> Vec<Shape> {
        let mut shapes = Vec::new();
        let mut inputs = self.inputs;
        for &(units, use_bias, _) in &self.layers {
            shapes.push([inputs, units].into());
            shapes.extend(use_bias.then(|| Shape::from([units])));
            inputs = units;
        }
        shapes
    }
}

fn stack() -> impl Strategy<Value = Stack> {
    let layer = (1_usize..6, any::<bool>(), any::<bool>());
    (1_usize..6, prop::collection::vec(layer, 1..4)).prop_map(|(inputs, layers)| Stack { inputs, layers })
}

/// A stack with samples of it and their labels.
fn data() -> impl Strategy<Value = (Stack, Tensor<f32>, Tensor<f32>)> {
    (stack(), 1_usize..20).prop_flat_map(|(stack, samples)| {
        let x = tensor([samples, stack.inputs], -10.0..10.0);
        let y = prop::collection::vec(0..stack.classes(), samples).prop_map(|labels| Tensor::from_labels(&labels));
        (Just(stack), x, y)
    })
}

fn silent() -> Fit<'static, f32> {
    Fit::new().verbose(Verbose::Silent).batch_size(4)
}

fn compiled(mut model: Sequential<f32>, optimizer: &str) -> Result<Sequential<f32>, ModelError> {
    model.compile(Compile::new(optimizer, "sparse_categorical_crossentropy").metric("accuracy"))?;
    Ok(model)
}

proptest! {
    #[test]
    fn weights_stand_in_keras_s_order(stack in stack(), seed: u64) {
        let model = stack.model(seed)?;
        let shapes: Vec<Shape> = model.get_weights().iter().map(Tensor::shape).collect();
        prop_assert_eq!(&shapes, &stack.shapes());
        prop_assert_eq!(model.count_params()?, shapes.iter().map(Shape::size).sum::<usize>());
        for (layer, &(units, use_bias, frozen)) in model.layers().zip(&stack.layers) {
            prop_assert_eq!(layer.kernel().map(|kernel| kernel.shape().last_dim()), Some(units));
            prop_assert_eq!(layer.bias().map(Tensor::shape), use_bias.then(|| [units].into()));
            prop_assert_eq!(layer.is_trainable(), !frozen);
        }
        let names: Vec<String> = model.named_weights().map(|weight| weight.path).collect();
        prop_assert!(names.iter().all(|name| name.ends_with("/kernel") || name.ends_with("/bias")));
    }

    #[test]
    fn weights_that_are_set_come_back(stack in stack(), values in prop::collection::vec(-1e6_f32..1e6, 1..40)) {
        let mut model = stack.model(0)?;
        let at = |i: usize| values[i % values.len()];
        let weights: Vec<Tensor<f32>> = stack.shapes().into_iter().map(|shape| Tensor::from_fn(shape, at)).collect();
        model.set_weights(&weights)?;
        prop_assert_eq!(model.get_weights(), weights);
    }

    #[test]
    fn a_batch_is_its_samples_one_by_one((stack, x, _) in data()) {
        let model = stack.model(1)?;
        let all = model.predict(&x)?;
        prop_assert_eq!(all.shape(), [x.shape().batch(), stack.classes()].into());
        let mut predictor = model.predictor()?;
        for i in 0..x.shape().batch() {
            let mut one = Tensor::zeros([1, stack.classes()]);
            predictor.predict_into(x.view().rows(i..i + 1)?, one.view_mut())?;
            assert_close(one.as_slice(), all.view().rows(i..i + 1)?.as_slice(), 1e-5);
        }
    }

    #[test]
    fn a_clone_is_the_same_and_another((stack, x, y) in data(), seed: u64) {
        let model = compiled(stack.model(seed)?, "adam")?;
        let (before, prediction) = (model.get_weights(), model.predict(&x)?);
        let mut clone = model.clone();
        prop_assert_eq!(clone.predict(&x)?, prediction.clone());
        clone.fit(&x, &y, silent())?;
        prop_assert_eq!(model.get_weights(), before);
        prop_assert_eq!(model.predict(&x)?, prediction);
        prop_assert_eq!((model.iterations(), clone.iterations()), (0, x.shape().batch().div_ceil(4) as u64));
    }

    #[test]
    fn a_clone_goes_on_as_the_original((stack, x, y) in data()) {
        let mut model = compiled(stack.model(3)?, "adam")?;
        model.fit(&x, &y, silent())?;
        let mut clone = model.clone();
        prop_assert_eq!(model.fit(&x, &y, silent())?, clone.fit(&x, &y, silent())?);
        prop_assert_eq!(model.get_weights(), clone.get_weights());
    }

    #[test]
    fn the_loss_of_a_bounded_network_is_a_number((stack, x, y) in data(), rate in 0.0..1.0) {
        let mut model = stack.model(2)?;
        model.compile(Compile::new(SGD::new(rate)?, "sparse_categorical_crossentropy"))?;
        let history = model.fit(&x, &y, silent().epochs(5))?;
        prop_assert_eq!(history.first_nan(), None);
        prop_assert!(history.iter().all(|(_, values)| values.iter().all(|value| value.is_finite())));
        prop_assert!(model.get_weights().iter().all(Tensor::is_finite));
    }

    #[test]
    fn frozen_layers_stay((stack, x, y) in data(), optimizer in prop::sample::select(&["sgd", "adam", "rmsprop"])) {
        let mut model = compiled(stack.model(4)?, optimizer)?;
        let before: Vec<Vec<Tensor<f32>>> = model.layers().map(|layer| layer.get_weights()).collect();
        model.fit(&x, &y, silent().epochs(2))?;
        for (layer, before) in model.layers().zip(&before) {
            prop_assert!(layer.is_trainable() || layer.get_weights() == *before);
        }
        let trained = model.get_weights();
        model.set_trainable(false);
        model.fit(&x, &y, silent())?;
        prop_assert_eq!(model.get_weights(), trained);
    }

    #[test]
    fn a_seed_fixes_everything((stack, x, y) in data(), seed: u64, other: u64) {
        let (mut first, mut second) = (compiled(stack.model(seed)?, "adam")?, compiled(stack.model(seed)?, "adam")?);
        prop_assert_eq!(first.get_weights(), second.get_weights());
        prop_assert_eq!(first.fit(&x, &y, silent().epochs(3))?, second.fit(&x, &y, silent().epochs(3))?);
        prop_assert_eq!(first.get_weights(), second.get_weights());
        if seed != other {
            prop_assert_ne!(stack.model(seed)?.get_weights(), stack.model(other)?.get_weights());
        }
        prop_assert_eq!(stack.model(other)?.with_seed(seed)?.get_weights(), stack.model(seed)?.get_weights());
    }

    #[test]
    fn without_shuffling_the_seed_does_not_matter((stack, x, y) in data(), seed: u64) {
        let mut first = compiled(stack.model(0)?, "adam")?;
        let mut second = compiled(stack.model(seed)?, "adam")?;
        second.set_weights(&first.get_weights())?;
        let fit = || silent().epochs(2).shuffle(false);
        prop_assert_eq!(first.fit(&x, &y, fit())?, second.fit(&x, &y, fit())?);
        prop_assert_eq!(first.get_weights(), second.get_weights());
    }

    #[test]
    fn an_epoch_is_its_batches((stack, x, y) in data()) {
        let mut by_fit = compiled(stack.model(5)?, "adam")?;
        let mut by_hand = by_fit.clone();
        by_fit.fit(&x, &y, silent().shuffle(false))?;
        let mut logs = Logs::default();
        let samples = x.shape().batch();
        for start in (0..samples).step_by(4) {
            let rows = start..(start + 4).min(samples);
            let part = |all: &Tensor<f32>| -> Result<Tensor<f32>, LayerError> {
                let part = all.view().rows(rows.clone())?;
                Ok(Tensor::new(part.shape(), part.as_slice().to_vec())?)
            };
            let (x, y) = (part(&x).expect("rows of x"), part(&y).expect("rows of y"));
            let before = by_hand.test_on_batch(&x, &y, None)?;
            by_hand.train_on_batch(&x, &y, None, &mut logs)?;
            assert_close(&[before.get("loss").unwrap_or(f64::NAN)], &[logs.get("loss").unwrap_or(0.0)], 1e-6);
        }
        prop_assert_eq!(by_fit.get_weights(), by_hand.get_weights());
        prop_assert_eq!(by_fit.iterations(), by_hand.iterations());
    }

    #[test]
    fn a_model_added_layer_by_layer_is_the_same(stack in stack(), seed: u64) {
        let whole = stack.model(seed)?;
        let mut grown = Sequential::<f32>::new().with_seed(seed)?;
        for (i, &(units, use_bias, _)) in stack.layers.iter().enumerate() {
            let dense = Dense::new(units).use_bias(use_bias);
            grown.add(if i == 0 { dense.input_shape([stack.inputs]) } else { dense.into_node() })?;
        }
        prop_assert_eq!(grown.get_weights(), whole.get_weights());
        grown.add(Dense::new(3))?.pop()?;
        prop_assert_eq!(grown.get_weights(), whole.get_weights());
        let mut late = Sequential::<f32>::new().with_seed(seed)?;
        for &(units, use_bias, _) in &stack.layers {
            late.add(Dense::new(units).use_bias(use_bias))?;
        }
        late.build([stack.inputs])?;
        prop_assert_eq!(late.get_weights(), whole.get_weights());
    }
}

#[test]
fn many_samples_are_predicted_as_few() -> Result<(), ModelError> {
    let stack = Stack { inputs: 3, layers: vec![(8, true, false), (2, true, false)] };
    let model = stack.model(0)?;
    let x = Tensor::from_fn([600, 3], |i| (i % 17) as f32 / 5.0 - 1.0);
    assert_close(model.predict(&x)?.as_slice(), model.predict_on_batch(&x)?.as_slice(), 1e-6);
    Ok(())
}

#[test]
fn a_shuffled_epoch_depends_on_the_seed() -> Result<(), ModelError> {
    let stack = Stack { inputs: 3, layers: vec![(4, true, false), (2, true, false)] };
    let x = Tensor::from_fn([40, 3], |i| (i % 7) as f32 - 3.0);
    let y = Tensor::from_fn([40], |i| (i % 2) as f32);
    let mut trained = Vec::new();
    for seed in [0, 1] {
        let mut model = compiled(stack.model(seed)?, "sgd")?;
        model.set_weights(&stack.model(9)?.get_weights())?;
        model.fit(&x, &y, silent())?;
        trained.push(model.get_weights());
    }
    assert_ne!(trained[0], trained[1]);
    Ok(())
}
