//! What holds for every loss of Keras, on any batch.

use cornu_losses::{
    BinaryFocalCrossentropy, CTC, CategoricalCrossentropy, CategoricalFocalCrossentropy, Circle, CosineSimilarity,
    Dice, Evaluator, FromFn, FromRows, Hinge, Huber, Loss, LossError, Reduction, SquaredHinge, Tversky, get, names,
};
use cornu_tensor::{Shape, Tensor, View};
use cornu_testkit::{assert_close, numeric_gradient};
use proptest::prelude::*;

type Boxed = Box<dyn Loss<f64>>;

/// All losses with Keras's defaults, and those whose options take another way.
fn every_loss() -> Result<Vec<Boxed>, LossError> {
    let mut losses = names().into_iter().map(get).collect::<Result<Vec<Boxed>, _>>()?;
    losses.push(get("CategoricalGeneralizedCrossEntropy")?);
    for axis in [0, 1, -2] {
        losses.push(Box::new(cornu_losses::BinaryCrossentropy::new().axis(axis)));
        losses.push(Box::new(CategoricalCrossentropy::new().axis(axis).label_smoothing(0.1)?));
        losses.push(Box::new(CosineSimilarity::new().axis(axis)));
        losses.push(Box::new(Dice::new().axis(&[axis])));
        losses.push(Box::new(CategoricalFocalCrossentropy::new().axis(axis)));
    }
    losses.push(Box::new(CategoricalFocalCrossentropy::new().from_logits(true).gamma(1.5)?));
    let balanced = BinaryFocalCrossentropy::new().apply_class_balancing(true).gamma(0.5)?;
    losses.push(Box::new(balanced.clone()));
    losses.push(Box::new(balanced.from_logits(true).label_smoothing(0.2)?));
    losses.push(Box::new(Tversky::new().alpha(0.3)?.beta(2.0)?.axis(&[1, 2])));
    losses.push(Box::new(Circle::new().gamma(2.0)?.remove_diagonal(false)));
    losses.push(Box::new(Huber::new().delta(0.25)?));
    Ok(losses)
}

/// Numbers from 0 to 1, as many as any batch needs.
fn numbers() -> impl Strategy<Value = (usize, Vec<f64>)> {
    (1_usize..5, prop::collection::vec(0.0..1.0_f64, 120))
}

/// A batch of `n` samples that fits the loss, from numbers between 0 and 1, away from where it has no derivative.
fn batch(loss: &dyn Loss<f64>, n: usize, numbers: &[f64]) -> (Tensor<f64>, Tensor<f64>) {
    let (labels, predictions) = numbers.split_at(60);
    let class = |i: usize, classes: f64| (labels[i] * classes).floor();
    let class_name = loss.get_config().map(|config| config.class_name().to_owned()).unwrap_or_default();
    match class_name.as_str() {
        "CTC" => {
            // Blanks come last: before labels they have a meaning of their own in Keras.
            let y_true = Tensor::from_fn([n, 2], |i| {
                let row = [class(i / 2 * 2, 3.0), class(i / 2 * 2 + 1, 3.0)];
                if row[0] == 0.0 { row[1 - i % 2] } else { row[i % 2] }
            });
            (y_true, Tensor::from_fn([n, 4, 3], |i| 4.0 * predictions[i] - 2.0))
        }
        "Circle" => (Tensor::from_fn([n], |i| class(i, 2.0)), Tensor::from_fn([n, 3], |i| predictions[i] * 0.7 + 0.01)),
        "SparseCategoricalCrossentropy" | "CategoricalGeneralizedCrossEntropy" => {
            let y_true = Tensor::from_fn([n, 3], |i| class(i, 4.0));
            (y_true, Tensor::from_fn([n, 3, 4], |i| 0.01 + 0.98 * predictions[i]))
        }
        _ => {
            let hinge = class_name.ends_with("Hinge");
            let shape = Shape::from([n, 3, 4]);
            let y_true = Tensor::from_fn(shape, |i| if hinge { class(i, 2.0) } else { 0.25 + 0.5 * labels[i] });
            // Under all labels, and no two equal: neither ties, nor errors of 0.
            (y_true, Tensor::from_fn(shape, |i| 0.01 + 0.002 * i as f64 + 0.1 * predictions[i]))
        }
    }
}

fn values(loss: &dyn Loss<f64>, y_true: View<'_, f64>, y_pred: View<'_, f64>) -> Vec<f64> {
    let mut values = vec![f64::NAN; loss.values_shape(y_true.shape(), y_pred.shape()).map_or(0, |shape| shape.size())];
    loss.values(y_true, y_pred, &mut values);
    values
}

fn gradient(loss: &dyn Loss<f64>, y_true: View<'_, f64>, y_pred: View<'_, f64>, scale: &[f64]) -> Vec<f64> {
    let mut gradient = vec![f64::NAN; y_pred.shape().size()];
    loss.gradient(y_true, y_pred, scale, &mut gradient);
    gradient
}

/// The samples in another order.
fn reordered(x: &Tensor<f64>, order: &[usize]) -> Tensor<f64> {
    let size = x.shape().sample().size();
    Tensor::from_fn(x.shape(), |i| x.as_slice()[order[i / size] * size + i % size])
}

proptest! {
    #[test]
    fn the_gradient_is_that_of_the_value((n, numbers) in numbers(), scale in prop::collection::vec(-2.0..2.0_f64, 12)) {
        for loss in every_loss()? {
            let (y_true, y_pred) = batch(&loss, n, &numbers);
            let own = values(&loss, y_true.view(), y_pred.view());
            let scale: Vec<f64> = (0..own.len()).map(|i| scale[i % 12]).collect();
            let total = |p: &[f64]| {
                let values = values(&loss, y_true.view(), View::new(y_pred.shape(), p).unwrap());
                values.iter().zip(&scale).map(|(v, s)| v * s).sum::<f64>()
            };
            let found = gradient(&loss, y_true.view(), y_pred.view(), &scale);
            println!("{loss:?}"); // shown if the test fails
            assert_close(&found, &numeric_gradient(total, y_pred.as_slice()), 2e-6);

            let (mut both_values, mut both) = (vec![f64::NAN; own.len()], vec![f64::NAN; y_pred.len()]);
            loss.values_and_gradient(y_true.view(), y_pred.view(), &scale, &mut both_values, &mut both);
            assert_close(&both_values, &own, 1e-12);
            assert_close(&both, &found, 1e-12);
        }
    }

    #[test]
    fn the_order_of_the_samples_does_not_count((n, numbers) in numbers(), shift in 0_usize..5) {
        let order: Vec<usize> = (0..n).map(|i| (i + shift) % n).rev().collect();
        for loss in every_loss()? {
            let (y_true, y_pred) = batch(&loss, n, &numbers);
            let (other_true, other_pred) = (reordered(&y_true, &order), reordered(&y_pred, &order));
            let mut evaluator = Evaluator::new();
            let (mut a, mut b) = (vec![f64::NAN; y_pred.len()], vec![f64::NAN; y_pred.len()]);
            let value = evaluator.value_and_gradient(&loss, y_true.view(), y_pred.view(), None, &mut a)?;
            let other = evaluator.value_and_gradient(&loss, other_true.view(), other_pred.view(), None, &mut b)?;
            println!("{loss:?}");
            assert_close(&[other], &[value], 1e-12);
            let a = Tensor::new(y_pred.shape(), a)?;
            assert_close(&b, reordered(&a, &order).as_slice(), 1e-11);
        }
    }

    #[test]
    fn independent_rows_are_as_if_alone((n, numbers) in numbers()) {
        for loss in every_loss()?.into_iter().filter(|loss| loss.rows_are_independent()) {
            let (y_true, y_pred) = batch(&loss, n, &numbers);
            let all = values(&loss, y_true.view(), y_pred.view());
            let (ones, per_sample) = (vec![1.0; all.len()], all.len() / n);
            let all_gradients = gradient(&loss, y_true.view(), y_pred.view(), &ones);
            let size = y_pred.shape().sample().size();
            for i in 0..n {
                let (t, p) = (y_true.view().rows(i..i + 1)?, y_pred.view().rows(i..i + 1)?);
                println!("{loss:?}");
                prop_assert_eq!(&values(&loss, t, p), &all[i * per_sample..][..per_sample]);
                let alone = gradient(&loss, t, p, &ones[..per_sample]);
                prop_assert_eq!(&alone, &all_gradients[i * size..][..size]);
            }
        }
    }

    #[test]
    fn weights_count((n, numbers) in numbers(), weights in prop::collection::vec(0_u8..3, 5)) {
        let weights: Vec<f64> = weights.iter().map(|&w| f64::from(w)).collect();
        for loss in every_loss()? {
            let (y_true, y_pred) = batch(&loss, n, &numbers);
            let shape = loss.values_shape(y_true.shape(), y_pred.shape())?;
            if shape.rank() > 0 && shape.batch() != n {
                continue; // an axis along the samples: no weight is that of one
            }
            let mut evaluator = Evaluator::new();
            let all = values(&loss, y_true.view(), y_pred.view());
            let weights = &weights[..n];
            let (rows, mut counts) = (all.len() / shape.batch(), vec![1.0; all.len()]);
            let counted = loss.mask(y_true.view(), &mut counts).unwrap_or(all.len());
            let sum: f64 = match shape.rank() {
                0 => all[0] * weights.iter().sum::<f64>() / n as f64,
                _ => all.iter().zip(&counts).enumerate().map(|(i, (v, c))| v * c * weights[i / rows]).sum::<f64>(),
            };
            let expected = if counted == 0 { 0.0 } else { sum / counted as f64 };
            let value = evaluator.value(&loss, y_true.view(), y_pred.view(), Some(weights))?;
            println!("{loss:?}");
            assert_close(&[value], &[expected], 1e-12);
            let ones = vec![1.0; n];
            let without = evaluator.value(&loss, y_true.view(), y_pred.view(), None)?;
            assert_close(&[evaluator.value(&loss, y_true.view(), y_pred.view(), Some(&ones))?], &[without], 1e-12);
        }
    }

    #[test]
    fn no_loss_is_negative_but_the_cosine_and_poisson((n, numbers) in numbers()) {
        for loss in every_loss()? {
            let (y_true, y_pred) = batch(&loss, n, &numbers);
            let bound = match loss.name() {
                "cosine_similarity" => -1.0 - 1e-12,
                // Only of distributions.
                "poisson" | "kl_divergence" => continue,
                _ => 0.0,
            };
            prop_assert!(values(&loss, y_true.view(), y_pred.view()).iter().all(|&v| v >= bound), "{loss:?}");
        }
    }

    #[test]
    fn what_is_predicted_well_costs_nothing((n, numbers) in numbers()) {
        let y = Tensor::from_fn([n, 4], |i| 0.1 + numbers[i]);
        let signs = Tensor::from_fn([n, 4], |i| if numbers[i] < 0.5 { -1.0 } else { 1.0 });
        for (name, y, least) in [
            ("mape", &y, 0.0), ("msle", &y, 0.0), ("huber", &y, 0.0), ("log_cosh", &y, 0.0), ("kld", &y, 0.0),
            ("cosine_similarity", &y, -1.0), ("hinge", &signs, 0.0), ("squared_hinge", &signs, 0.0),
        ] {
            let loss = get::<f64>(name)?;
            let value = Evaluator::new().value(&loss, y.view(), y.view(), None)?;
            assert_close(&[value], &[least], 1e-12);
        }
    }

    /// Two losses that are the same for some arguments.
    #[test]
    fn special_cases((n, numbers) in numbers()) {
        let y_true = Tensor::from_fn([n, 4], |i| numbers[i]);
        let y_pred = Tensor::from_fn([n, 4], |i| 0.01 + 0.98 * numbers[60 + i]);
        let twice: Boxed = Box::new(FromFn::new("half", |t: f64, p: f64| (t - p) * (t - p) / 2.0, |t: f64, p: f64| p - t));
        let pairs: [(Boxed, Boxed); 5] = [
            (Box::new(Huber::new().delta(2.0)?), twice),
            (Box::new(BinaryFocalCrossentropy::new().gamma(0.0)?), get("bce")?),
            (Box::new(CategoricalFocalCrossentropy::new().gamma(0.0)?.alpha(1.0)?), get("categorical_crossentropy")?),
            (Box::new(CategoricalFocalCrossentropy::new().class_alphas(&[0.25; 4])?), get("categorical_focal_crossentropy")?),
            (Box::new(FromRows::new(
                "sum",
                |t: &[f64], p: &[f64]| t.iter().zip(p).map(|(t, p)| (t - p).abs()).sum::<f64>() / 4.0,
                |t: &[f64], p: &[f64], g: &mut [f64]| {
                    for (g, (t, p)) in g.iter_mut().zip(t.iter().zip(p)) {
                        *g = if p > t { 0.25 } else { -0.25 };
                    }
                },
            )), get("mae")?),
        ];
        for (a, b) in pairs {
            println!("{a:?} {b:?}");
            let (mut ga, mut gb) = (vec![f64::NAN; 4 * n], vec![f64::NAN; 4 * n]);
            let va = Evaluator::new().value_and_gradient(&a, y_true.view(), y_pred.view(), None, &mut ga)?;
            let vb = Evaluator::new().value_and_gradient(&b, y_true.view(), y_pred.view(), None, &mut gb)?;
            assert_close(&[va], &[vb], 1e-12);
            assert_close(&ga, &gb, 1e-11);
        }
        let [dice, tversky] = [&Dice::new() as &dyn Loss<f64>, &Tversky::new()].map(|loss| {
            values(loss, y_true.view(), y_pred.view())[0]
        });
        assert_close(&[tversky], &[dice], 1e-6); // the 1e-7 counts twice
    }

    #[test]
    fn binary_labels_are_signs((n, numbers) in numbers()) {
        let y_pred = Tensor::from_fn([n, 4], |i| 4.0 * numbers[60 + i] - 2.0);
        let zeros = Tensor::from_fn([n, 4], |i| if numbers[i] < 0.5 { 0.0 } else { 1.0 });
        let signs = Tensor::from_fn([n, 4], |i| 2.0 * zeros.as_slice()[i] - 1.0);
        for loss in [&Hinge::new() as &dyn Loss<f64>, &SquaredHinge::new()] {
            prop_assert_eq!(values(loss, zeros.view(), y_pred.view()), values(loss, signs.view(), y_pred.view()));
        }
    }

    /// The value of CTC, and the gradient, from all ways to write the labels.
    #[test]
    fn ctc_is_the_sum_over_all_ways((n, numbers) in numbers()) {
        let (y_true, y_pred) = batch(&CTC::new(), n, &numbers);
        let found = values(&CTC::new(), y_true.view(), y_pred.view());
        for (i, found) in found.iter().enumerate() {
            let labels: Vec<usize> =
                y_true.as_slice()[2 * i..][..2].iter().map(|&l| l as usize).filter(|&l| l > 0).collect();
            let rows: Vec<Vec<f64>> = y_pred.as_slice()[12 * i..][..12].chunks(3).map(|row| {
                let sum: f64 = row.iter().map(|x| x.exp()).sum();
                row.iter().map(|x| x.exp() / sum).collect()
            }).collect();
            let mut total = 0.0;
            for code in 0..81_usize {
                let path: Vec<usize> = (0..4).map(|step| code / 3_usize.pow(step) % 3).collect();
                let mut read = path.clone();
                read.dedup();
                read.retain(|&label| label > 0);
                if read == labels {
                    total += path.iter().zip(&rows).map(|(&class, row)| row[class]).product::<f64>();
                }
            }
            assert_close(&[*found], &[-total.ln()], 1e-12);
        }
    }

    /// The value of an embedding, by the formula.
    #[test]
    fn circle_by_hand((n, numbers) in numbers(), gamma in 0.5..20.0_f64, margin in 0.0..0.6_f64) {
        let loss = Circle::new().gamma(gamma)?.margin(margin)?;
        let (y_true, y_pred) = batch(&loss, n, &numbers);
        let (labels, row) = (y_true.as_slice(), |i: usize| &y_pred.as_slice()[3 * i..][..3]);
        for (i, found) in values(&loss, y_true.view(), y_pred.view()).into_iter().enumerate() {
            let (mut near, mut apart) = (0.0, 0.0);
            for j in (0..n).filter(|&j| j != i) {
                let d = (1.0 - row(i).iter().zip(row(j)).map(|(a, b)| a * b).sum::<f64>()).max(0.0);
                if labels[i] == labels[j] {
                    near += (-gamma * (margin + d).max(0.0) * (margin - d)).exp();
                } else {
                    apart += (gamma * (1.0 + margin - d).max(0.0) * (1.0 - margin - d)).exp();
                }
            }
            assert_close(&[found], &[(near * apart).ln_1p()], 1e-9);
        }
    }

    #[test]
    fn an_axis_is_a_transposition((n, numbers) in numbers()) {
        let (y_true, y_pred) = batch(&CosineSimilarity::new(), n, &numbers);
        let swapped = |x: &Tensor<f64>| {
            Tensor::from_fn([n, 4, 3], |i| x.as_slice()[i / 12 * 12 + i % 3 * 4 + i / 3 % 4])
        };
        let (other_true, other_pred) = (swapped(&y_true), swapped(&y_pred));
        let losses: [(Boxed, Boxed); 4] = [
            (get("bce")?, Box::new(cornu_losses::BinaryCrossentropy::new().axis(1))),
            (get("categorical_crossentropy")?, Box::new(CategoricalCrossentropy::new().axis(-2))),
            (get("cosine_similarity")?, Box::new(CosineSimilarity::new().axis(1))),
            (Box::new(Dice::new().axis(&[-1])), Box::new(Dice::new().axis(&[1]))),
        ];
        for (last, other) in losses {
            prop_assert_eq!(
                values(&last, y_true.view(), y_pred.view()),
                values(&other, other_true.view(), other_pred.view())
            );
        }
    }
}

#[test]
fn nan_does_not_panic() -> Result<(), LossError> {
    for loss in every_loss()? {
        let (y_true, _) = batch(&loss, 2, &[0.5; 120]);
        let (_, y_pred) = batch(&loss, 2, &[f64::NAN; 120]);
        let mut gradient = vec![0.0; y_pred.len()];
        Evaluator::new().value_and_gradient(&loss, y_true.view(), y_pred.view(), None, &mut gradient)?;
        let mut zero = vec![f64::NAN; y_pred.len()];
        if loss.values_shape(y_true.shape(), y_pred.shape())?.batch() == 2 {
            let value =
                Evaluator::new().value_and_gradient(&loss, y_true.view(), y_pred.view(), Some(&[0.0; 2]), &mut zero)?;
            assert_eq!(value, 0.0, "{loss:?}");
        }
    }
    Ok(())
}

/// Keras 3.15 on `CTC`: two equal labels need three steps. Keras's gradient is lost in the rounding of a float32 near
/// 10⁵, so that here only the value is Keras's.
#[test]
fn labels_that_do_not_fit_into_the_steps() {
    let (y_true, y_pred) = (Tensor::from([[1.0_f32, 1.0]]), Tensor::zeros([1, 2, 2]));
    let mut value = [0.0];
    CTC::new().values(y_true.view(), y_pred.view(), &mut value);
    assert_close(&value, &[99_999.195], 1e-6);

    let y_pred = Tensor::from([[[0.3, -0.2], [0.1, 0.9]]]);
    let y_true = Tensor::from([[1.0, 1.0]]);
    let found = gradient(&CTC::new(), y_true.view(), y_pred.view(), &[1.0]);
    let total = |p: &[f64]| values(&CTC::new(), y_true.view(), View::new([1, 2, 2], p).unwrap())[0];
    assert_close(&found, &numeric_gradient(total, y_pred.as_slice()), 1e-4);
}

/// A mean over what is counted: embeddings with a partner of their label, and one of another.
#[test]
fn circle_counts_what_has_partners() -> Result<(), LossError> {
    let embeddings = Tensor::from([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0], [-0.8, 0.6]]);
    let labels = Tensor::from_labels(&[0, 0, 1, 2]);
    let loss = Circle::new().gamma(2.0)?;
    let all = values(&loss, labels.view(), embeddings.view());
    assert_eq!(all[2..], [0.0, 0.0]);
    for reduction in [Reduction::Mean, Reduction::MeanWithSampleWeight] {
        let loss = loss.clone().with_reduction(reduction);
        let value = Evaluator::new().value(&loss, labels.view(), embeddings.view(), None)?;
        assert_close(&[value], &[(all[0] + all[1]) / 2.0], 1e-12);
    }
    Ok(())
}
