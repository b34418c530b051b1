//! What holds for the errors and the cross-entropies, on any batch.

use cornu_losses::{Evaluator, Loss, LossError, Reduction, SparseCategoricalCrossentropy, get};
use cornu_tensor::{Scalar, Shape, Tensor};
use cornu_testkit::{assert_close, strategies};
use proptest::prelude::*;

/// The errors and the cross-entropies: whose values are defined everywhere.
const NAMES: [&str; 5] = [
    "mean_squared_error",
    "mean_absolute_error",
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
];

/// They, on probabilities and on logits.
fn every_loss<T: Scalar>() -> Result<Vec<Box<dyn Loss<T>>>, LossError> {
    let mut losses = NAMES.into_iter().map(get).collect::<Result<Vec<_>, _>>()?;
    for i in 0..losses.len() {
        losses.extend(["softmax", "sigmoid"].into_iter().filter_map(|a| losses[i].on_logits_of(a)).collect::<Vec<_>>());
    }
    assert_eq!(losses.len(), 8);
    Ok(losses)
}

/// Labels that fit: class numbers for the sparse losses, one-hot for the others.
fn labels<T: Scalar>(loss: &dyn Loss<T>, classes: &[usize], width: usize) -> Tensor<T> {
    if loss.name().starts_with("sparse") {
        return Tensor::from_labels(classes);
    }
    Tensor::from_fn([classes.len(), width], |i| if i % width == classes[i / width] { T::one() } else { T::zero() })
}

/// A batch of class numbers and predictions.
fn batch<T: Scalar>(range: std::ops::Range<f64>) -> impl Strategy<Value = (Vec<usize>, Tensor<T>)> {
    (1_usize..6, 1_usize..20)
        .prop_flat_map(move |(n, c)| (prop::collection::vec(0..c, n), strategies::tensor([n, c], range.clone())))
}

/// Any finite predictions, `f32` or `f64`.
fn wild<T: Scalar>(limit: f64) -> impl Strategy<Value = (Vec<usize>, Tensor<T>)> {
    (1_usize..4, 1_usize..6).prop_flat_map(move |(n, c)| {
        let value = prop_oneof![
            strategies::finite().prop_map(move |v| v.clamp(-limit, limit)),
            -1.0..1.0_f64,
            prop::sample::select(vec![0.0, 1.0, -limit, limit]),
        ];
        (prop::collection::vec(0..c, n), prop::collection::vec(value, n * c))
            .prop_map(move |(classes, values)| (classes, Tensor::from_fn([n, c], |i| T::of(values[i]))))
    })
}

fn never_nan<T: Scalar>(classes: &[usize], y_pred: &Tensor<T>, weights: &[T]) -> Result<(), TestCaseError> {
    let mut gradient = vec![T::zero(); y_pred.len()];
    let nan = |v: &T| v.to_f64().is_nan();
    for loss in every_loss::<T>()? {
        let y_true = labels(&loss, classes, y_pred.shape().last_dim());
        let mut evaluator = Evaluator::new();
        for weight in [None, Some(weights)] {
            let value = evaluator.value_and_gradient(&loss, y_true.view(), y_pred.view(), weight, &mut gradient)?;
            prop_assert!(!nan(&value), "{loss:?}");
            prop_assert!(!gradient.iter().any(nan), "{loss:?}: {gradient:?}");
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn never_nan_in_f32((classes, y_pred) in wild::<f32>(f64::from(f32::MAX)), w in prop::collection::vec(0_u8..3, 3)) {
        let weights: Vec<f32> = (0..classes.len()).map(|i| f32::from(w[i])).collect();
        never_nan(&classes, &y_pred, &weights)?;
    }

    #[test]
    fn never_nan_in_f64((classes, y_pred) in wild::<f64>(f64::MAX), w in prop::collection::vec(0_u8..3, 3)) {
        let weights: Vec<f64> = (0..classes.len()).map(|i| f64::from(w[i])).collect();
        never_nan(&classes, &y_pred, &weights)?;
    }

    #[test]
    fn weights_of_one_are_no_weights((classes, y_pred) in batch::<f64>(0.01..3.0)) {
        let ones = vec![1.0; classes.len()];
        let mut evaluator = Evaluator::new();
        let mut gradients = (vec![f64::NAN; y_pred.len()], vec![f64::NAN; y_pred.len()]);
        for loss in every_loss::<f64>()? {
            let y_true = labels(&loss, &classes, y_pred.shape().last_dim());
            let (t, p) = (y_true.view(), y_pred.view());
            let without = evaluator.value_and_gradient(&loss, t, p, None, &mut gradients.0)?;
            let with = evaluator.value_and_gradient(&loss, t, p, Some(&ones), &mut gradients.1)?;
            prop_assert_eq!(without, with);
            prop_assert_eq!(&gradients.0, &gradients.1);
        }
    }

    #[test]
    fn a_weight_of_two_is_the_sample_twice((classes, y_pred) in batch::<f64>(0.01..3.0)) {
        let (n, c) = (classes.len(), y_pred.shape().last_dim());
        let mut weights = vec![1.0; n];
        weights[0] = 2.0;
        let mut twice = y_pred.as_slice().to_vec();
        twice.extend_from_slice(&y_pred.as_slice()[..c]);
        let twice = Tensor::new([n + 1, c], twice)?;
        let mut more = classes.clone();
        more.push(classes[0]);
        let mut evaluator = Evaluator::new();
        for loss in every_loss::<f64>()? {
            let (short, long) = (labels(&loss, &classes, c), labels(&loss, &more, c));
            let weighted: f64 = evaluator.values(&loss, short.view(), y_pred.view(), Some(&weights))?.iter().sum();
            let repeated: f64 = evaluator.values(&loss, long.view(), twice.view(), None)?.iter().sum();
            assert_close(&[weighted], &[repeated], 1e-12);
        }
    }

    #[test]
    fn fused_is_softmax_and_then_the_loss((classes, logits) in batch::<f64>(-6.0..6.0)) {
        let c = logits.shape().last_dim();
        if c == 1 {
            return Ok(()); // the probability is 1, which is clipped
        }
        let softmax = Tensor::from_fn(logits.shape(), |i| {
            let row = &logits.as_slice()[i / c * c..][..c];
            logits.as_slice()[i].exp() / row.iter().map(|x| x.exp()).sum::<f64>()
        });
        let ones = vec![1.0; classes.len()];
        for name in ["categorical_crossentropy", "sparse_categorical_crossentropy"] {
            let plain = get::<f64>(name)?;
            let fused = plain.on_logits_of("softmax").unwrap();
            let y_true = labels(&plain, &classes, c);
            let mut values = (ones.clone(), ones.clone());
            plain.values(y_true.view(), softmax.view(), &mut values.0);
            fused.values(y_true.view(), logits.view(), &mut values.1);
            assert_close(&values.1, &values.0, 1e-9);

            let (mut through, mut direct) = (vec![0.0; logits.len()], vec![0.0; logits.len()]);
            plain.gradient(y_true.view(), softmax.view(), &ones, &mut through);
            for (g, p) in through.chunks_exact_mut(c).zip(softmax.as_slice().chunks_exact(c)) {
                let mean: f64 = g.iter().zip(p).map(|(g, p)| g * p).sum();
                g.iter_mut().zip(p).for_each(|(g, p)| *g = p * (*g - mean));
            }
            fused.gradient(y_true.view(), logits.view(), &ones, &mut direct);
            assert_close(&direct, &through, 1e-9);
        }
    }

    #[test]
    fn fused_is_sigmoid_and_then_the_loss((classes, logits) in batch::<f64>(-9.0..9.0)) {
        let sigmoid = Tensor::from_fn(logits.shape(), |i| 1.0 / (1.0 + (-logits.as_slice()[i]).exp()));
        let ones = vec![1.0; classes.len()];
        let plain = get::<f64>("bce")?;
        let fused = plain.on_logits_of("sigmoid").unwrap();
        let y_true = labels(&plain, &classes, logits.shape().last_dim());
        let mut values = (ones.clone(), ones.clone());
        plain.values(y_true.view(), sigmoid.view(), &mut values.0);
        fused.values(y_true.view(), logits.view(), &mut values.1);
        assert_close(&values.1, &values.0, 1e-9);

        let (mut through, mut direct) = (vec![0.0; logits.len()], vec![0.0; logits.len()]);
        plain.gradient(y_true.view(), sigmoid.view(), &ones, &mut through);
        through.iter_mut().zip(sigmoid.as_slice()).for_each(|(g, p)| *g *= p * (1.0 - p));
        fused.gradient(y_true.view(), logits.view(), &ones, &mut direct);
        assert_close(&direct, &through, 1e-9);
    }

    #[test]
    fn sparse_is_one_hot((classes, y_pred) in batch::<f32>(-6.0..6.0)) {
        let mut evaluator = Evaluator::new();
        let mut gradients = (vec![f32::NAN; y_pred.len()], vec![f32::NAN; y_pred.len()]);
        let losses = [get::<f32>("categorical_crossentropy")?, get("sparse_categorical_crossentropy")?];
        let logits = [losses[0].on_logits_of("softmax").unwrap(), losses[1].on_logits_of("softmax").unwrap()];
        let positive = Tensor::from_fn(y_pred.shape(), |i| y_pred.as_slice()[i].abs() + 0.01);
        for ([one_hot, sparse], y_pred) in [(&losses, &positive), (&logits, &y_pred)] {
            let (a, b) = (labels(one_hot, &classes, y_pred.shape().last_dim()), labels(sparse, &classes, 0));
            let a = evaluator.value_and_gradient(one_hot, a.view(), y_pred.view(), None, &mut gradients.0)?;
            let b = evaluator.value_and_gradient(sparse, b.view(), y_pred.view(), None, &mut gradients.1)?;
            assert_close(&[b], &[a], 1e-6);
            assert_close(&gradients.1, &gradients.0, 1e-6);
        }
    }

    #[test]
    fn labels_of_one_value_fit_with_and_without_the_last_dimension(y in strategies::matrix::<f64>(6, 1), p in 0.1..0.9) {
        let n = y.len();
        let y_pred = Tensor::full([n, 1], p);
        let flat = y.clone().reshape([n])?;
        for name in &NAMES[..3] {
            let loss = get::<f64>(name)?;
            let a = Evaluator::new().value(&loss, y.view(), y_pred.view(), None)?;
            let b = Evaluator::new().value(&loss, flat.view(), y_pred.view(), None)?;
            prop_assert_eq!(a, b);
        }
    }

    #[test]
    fn ignored_rows_are_as_if_they_were_not_there((classes, y_pred) in batch::<f64>(-6.0..6.0)) {
        let c = y_pred.shape().last_dim();
        let loss = SparseCategoricalCrossentropy::new().from_logits(true);
        let kept: Vec<usize> = (0..classes.len()).filter(|&i| classes[i] != 0).collect();
        let rows: Vec<&[f64]> = kept.iter().map(|&i| &y_pred.as_slice()[i * c..][..c]).collect();
        let few = Tensor::from_rows(&rows)?.reshape([kept.len(), c])?;
        let labels = Tensor::from_labels(&kept.iter().map(|&i| classes[i]).collect::<Vec<_>>());
        let expected = Evaluator::new().value(&loss, labels.view(), few.view(), None)?;
        let all = Tensor::from_labels(&classes);
        let found = Evaluator::new().value(&loss.ignore_class(0), all.view(), y_pred.view(), None)?;
        assert_close(&[found], &[expected], 1e-12);
    }
}

#[test]
fn the_sum_over_nothing_is_0() -> Result<(), LossError> {
    for loss in every_loss::<f64>()? {
        let y_true = labels(&loss, &[], 3);
        let y_pred = Tensor::zeros(Shape::from([0, 3]));
        assert_eq!(Evaluator::new().value(&loss, y_true.view(), y_pred.view(), None)?, 0.0);
    }
    for reduction in [Reduction::Mean, Reduction::MeanWithSampleWeight] {
        let loss = SparseCategoricalCrossentropy::new().ignore_class(-1).with_reduction(reduction);
        let (y_true, y_pred) = (Tensor::from([-1.0, -1.0]), Tensor::from([[0.5, 0.5], [0.5, 0.5]]));
        let mut gradient = [f64::NAN; 4];
        let value = Evaluator::new().value_and_gradient(&loss, y_true.view(), y_pred.view(), None, &mut gradient)?;
        assert_eq!((value, gradient), (0.0, [0.0; 4]));
    }
    Ok(())
}

#[test]
fn clones_and_boxes_are_the_same_loss() -> Result<(), LossError> {
    for loss in every_loss::<f32>()? {
        let boxed: Box<dyn Loss<f32>> = Box::new(loss.clone());
        assert_eq!((boxed.name(), boxed.reduction()), (loss.name(), loss.reduction()));
        assert_eq!(boxed.on_logits_of("softmax").is_some(), loss.on_logits_of("softmax").is_some());
    }
    Ok(())
}
