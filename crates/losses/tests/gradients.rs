//! Every gradient against central differences.

use cornu_losses::{
    BinaryCrossentropy, CategoricalCrossentropy, Evaluator, Loss, MeanAbsoluteError, MeanSquaredError, Reduction,
    SparseCategoricalCrossentropy,
};
use cornu_tensor::kernels::argmax;
use cornu_tensor::{Shape, Tensor, View};
use cornu_testkit::{assert_close, numeric_gradient, strategies};
use proptest::prelude::*;

type Boxed = Box<dyn Loss<f64>>;

/// A batch: labels for values in 0..1 (or class numbers), predictions in the range, a scale for each row.
fn batch(range: std::ops::Range<f64>) -> impl Strategy<Value = (Tensor<f64>, Tensor<f64>, Vec<f64>)> {
    (1_usize..4, 1_usize..4, 1_usize..12).prop_flat_map(move |(n, t, c)| {
        let shape = Shape::from([n, t, c]);
        let y_true = strategies::tensor(shape, 0.0..1.0);
        (y_true, strategies::tensor(shape, range.clone()), prop::collection::vec(-2.0..2.0, n * t))
    })
}

/// Asserts that `gradient` and `values_and_gradient` give the derivative of `Σ scale·value`.
fn check(loss: &dyn Loss<f64>, y_true: View<'_, f64>, y_pred: &Tensor<f64>, scale: &[f64]) {
    let total = |p: &[f64]| {
        let mut values = vec![f64::NAN; scale.len()];
        loss.values(y_true, Tensor::from_fn(y_pred.shape(), |i| p[i]).view(), &mut values);
        values.iter().zip(scale).map(|(v, s)| v * s).sum::<f64>()
    };
    let expected = numeric_gradient(total, y_pred.as_slice());
    let mut gradient = vec![f64::NAN; y_pred.len()];
    loss.gradient(y_true, y_pred.view(), scale, &mut gradient);
    assert_close(&gradient, &expected, 1e-6);

    let (mut values, mut both) = ((vec![f64::NAN; scale.len()], vec![f64::NAN; scale.len()]), gradient.clone());
    both.fill(f64::NAN);
    loss.values(y_true, y_pred.view(), &mut values.0);
    loss.values_and_gradient(y_true, y_pred.view(), scale, &mut values.1, &mut both);
    assert_close(&values.1, &values.0, 1e-12);
    assert_close(&both, &gradient, 1e-12);
}

/// The row's class: the place of its largest label.
fn classes(y_true: &Tensor<f64>) -> Tensor<f64> {
    let (samples, rows, width) = (y_true.shape().batch(), y_true.shape().rows(), y_true.shape().last_dim());
    let class = |row: usize| argmax(&y_true.as_slice()[row * width..][..width]);
    Tensor::from_fn([samples, rows / samples], |row| class(row) as f64)
}

proptest! {
    #[test]
    fn of_the_errors((y_true, y_pred, scale) in batch(-3.0..3.0)) {
        check(&MeanSquaredError::new(), y_true.view(), &y_pred, &scale);
        // A kink has no derivative: the predictions keep away from the labels.
        let apart = Tensor::from_fn(y_pred.shape(), |i| {
            let (t, p) = (y_true.as_slice()[i], y_pred.as_slice()[i]);
            if (t - p).abs() < 1e-3 { t + 0.1 } else { p }
        });
        check(&MeanAbsoluteError::new(), y_true.view(), &apart, &scale);
    }

    #[test]
    fn of_the_crossentropies_of_probabilities((y_true, y_pred, scale) in batch(0.05..0.95), s in 0.0..1.0_f64) {
        let losses: [Boxed; 4] = [
            Box::new(BinaryCrossentropy::new()),
            Box::new(BinaryCrossentropy::new().label_smoothing(s)?),
            Box::new(CategoricalCrossentropy::new()),
            Box::new(CategoricalCrossentropy::new().label_smoothing(s)?),
        ];
        let one_class = y_pred.shape().last_dim() == 1; // then p / S = 1 is clipped, and the slope is 0 on both sides
        for loss in &losses[..if one_class { 2 } else { 4 }] {
            check(loss, y_true.view(), &y_pred, &scale);
        }
        if !one_class {
            check(&SparseCategoricalCrossentropy::new(), classes(&y_true).view(), &y_pred, &scale);
        }
    }

    #[test]
    fn of_the_crossentropies_of_logits((y_true, y_pred, scale) in batch(-9.0..9.0), s in 0.0..1.0_f64) {
        let losses: [Boxed; 4] = [
            Box::new(BinaryCrossentropy::new().from_logits(true)),
            Box::new(BinaryCrossentropy::new().from_logits(true).label_smoothing(s)?),
            Box::new(CategoricalCrossentropy::new().from_logits(true)),
            Box::new(CategoricalCrossentropy::new().from_logits(true).label_smoothing(s)?),
        ];
        for loss in &losses {
            check(loss, y_true.view(), &y_pred, &scale);
        }
        let sparse = SparseCategoricalCrossentropy::new().from_logits(true);
        let labels = classes(&y_true);
        check(&sparse, labels.view(), &y_pred, &scale);
        check(&sparse.ignore_class(0), labels.view(), &y_pred, &scale);
    }

    #[test]
    fn of_every_reduction(
        (y_true, y_pred, weights) in batch(-3.0..3.0),
        reduction in prop::sample::select(vec![Reduction::Sum, Reduction::Mean, Reduction::MeanWithSampleWeight]),
    ) {
        let weights: Vec<f64> = weights.iter().map(|w| w.abs() + 0.1).collect();
        let samples = &weights[..y_pred.shape().batch()];
        let loss = MeanSquaredError::new().with_reduction(reduction);
        let mut evaluator = Evaluator::new();
        for weight in [None, Some(weights.as_slice()), Some(samples)] {
            let mut gradient = vec![f64::NAN; y_pred.len()];
            evaluator.value_and_gradient(&loss, y_true.view(), y_pred.view(), weight, &mut gradient)?;
            let value = |p: &[f64]| {
                let y_pred = View::new(y_pred.shape(), p).unwrap();
                evaluator.value(&loss, y_true.view(), y_pred, weight).unwrap()
            };
            assert_close(&gradient, &numeric_gradient(value, y_pred.as_slice()), 1e-6);
        }
    }
}

#[test]
fn clipped_probabilities_have_none() {
    let y_pred = Tensor::from([[0.0, 1.0], [1.0, 0.0], [-1.0, 2.0], [0.0, 0.0]]);
    let labels = Tensor::from([[1.0, 0.0]; 4]);
    let mut gradient = [f64::NAN; 8];
    let losses: [Boxed; 2] = [Box::new(BinaryCrossentropy::new()), Box::new(CategoricalCrossentropy::new())];
    for loss in losses {
        loss.gradient(labels.view(), y_pred.view(), &[1.0; 4], &mut gradient);
        assert_eq!(gradient, [0.0; 8], "{loss:?}");
    }
    let labels = Tensor::from_labels(&[0; 4]);
    SparseCategoricalCrossentropy::new().gradient(labels.view(), y_pred.view(), &[1.0; 4], &mut gradient);
    assert_eq!(gradient, [0.0; 8]);
}
