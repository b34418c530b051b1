//! What holds for penalties and their gradients.

use cornu_layers::regularizers::{L1, L1L2, L2, OrthogonalMode, OrthogonalRegularizer, Regularizer};
use cornu_layers::{ActivityRegularization, Built, Dense, KernelArguments, LayerError, Mode, Scratch};
use cornu_tensor::{Tensor, View};
use cornu_testkit::strategies::{matrix, tensor};
use cornu_testkit::{assert_close, numeric_gradient};
use proptest::prelude::*;

/// The gradient, added to ones, and what it should be.
fn assert_slope(regularizer: &dyn Regularizer<f64>, w: &Tensor<f64>, tolerance: f64) {
    let mut gradient = vec![1.0; w.len()];
    regularizer.add_gradient(w.view(), &mut gradient);
    let penalty = |values: &[f64]| regularizer.penalty(View::new(w.shape(), values).unwrap());
    let slope: Vec<f64> = numeric_gradient(penalty, w.as_slice()).iter().map(|g| g + 1.0).collect();
    assert_close(&gradient, &slope, tolerance);
}

/// The mean of the cosines' sizes over all pairs of rows.
fn mean_cosine(rows: &[Vec<f64>]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let cosine = |a: &[f64], b: &[f64]| (dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()).abs();
    let pairs: Vec<f64> =
        (0..rows.len()).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| cosine(&rows[i], &rows[j])).collect();
    pairs.iter().sum::<f64>() / pairs.len() as f64
}

/// A matrix of at least two rows and two columns without short ones, and of no two that are nearly orthogonal: there the
/// penalty has a kink.
fn pairs() -> impl Strategy<Value = Tensor<f64>> {
    (2_usize..6, 2_usize..6).prop_flat_map(|(rows, columns)| tensor([rows, columns], -2.0..2.0)).prop_filter(
        "away from the kinks",
        |w| {
            [rows_of(w), columns_of(w)].iter().all(|vectors| {
                let dot = |i: usize, j: usize| vectors[i].iter().zip(&vectors[j]).map(|(a, b)| a * b).sum::<f64>();
                (0..vectors.len()).all(|i| dot(i, i) > 0.1 && (0..i).all(|j| dot(i, j).abs() > 1e-2))
            })
        },
    )
}

fn rows_of(w: &Tensor<f64>) -> Vec<Vec<f64>> {
    w.as_slice().chunks_exact(w.shape().last_dim()).map(<[f64]>::to_vec).collect()
}

fn columns_of(w: &Tensor<f64>) -> Vec<Vec<f64>> {
    let rows = rows_of(w);
    (0..w.shape().last_dim()).map(|column| rows.iter().map(|row| row[column]).collect()).collect()
}

proptest! {
    #[test]
    fn a_regularizers_gradient_is_its_slope(w in matrix::<f64>(3, 6), l1 in 0.0..2.0_f64, l2 in 0.0..2.0_f64) {
        // Away from the kink of |w| at 0.
        let w = Tensor::from_fn(w.shape(), |i| w.as_slice()[i] + f64::copysign(0.01, w.as_slice()[i]));
        assert_slope(&L1::new(l1)?, &w, 1e-6);
        assert_slope(&L2::new(l2)?, &w, 1e-6);
        assert_slope(&L1L2::new(l1, l2)?, &w, 1e-6);
    }

    #[test]
    fn of_orthogonality_too(w in pairs(), factor in 0.0..2.0_f64) {
        let rows = OrthogonalRegularizer::new(factor)?;
        assert_slope(&rows, &w, 1e-6);
        assert_slope(&rows.mode(OrthogonalMode::Columns), &w, 1e-6);
    }

    #[test]
    fn orthogonality_is_the_mean_cosine(w in pairs(), factor in 0.0..2.0_f64, scale in 0.1..10.0_f64) {
        let rows = OrthogonalRegularizer::new(factor)?;
        let columns = rows.mode(OrthogonalMode::Columns);
        let expected = [factor * mean_cosine(&rows_of(&w)), factor * mean_cosine(&columns_of(&w))];
        assert_close(&[rows.penalty(w.view()), columns.penalty(w.view())], &expected, 1e-12);
        // Lengths and signs do not count.
        let scaled = Tensor::from_fn(w.shape(), |i| -scale * w.as_slice()[i]);
        assert_close(&[rows.penalty(scaled.view()), columns.penalty(scaled.view())], &expected, 1e-12);
        // So the gradient has no part along a row.
        let mut gradient = Tensor::zeros(w.shape());
        rows.add_gradient(w.view(), gradient.as_mut_slice());
        for (w, g) in rows_of(&w).iter().zip(rows_of(&gradient)) {
            prop_assert!(w.iter().zip(g).map(|(w, g)| w * g).sum::<f64>().abs() < 1e-12);
        }
    }

    #[test]
    fn rows_of_the_transposed_are_columns(w in pairs(), factor in 0.0..2.0_f64) {
        let columns = columns_of(&w);
        let turned = Tensor::new([w.shape().last_dim(), w.shape().batch()], columns.concat())?;
        let rows = OrthogonalRegularizer::new(factor)?;
        let of_columns: f64 = rows.mode(OrthogonalMode::Columns).penalty(w.view());
        prop_assert!((of_columns - rows.penalty(turned.view())).abs() < 1e-13);
    }

    #[test]
    fn at_0_the_slope_of_l1_is_that_of_the_positive_side(l1 in 0.0..2.0_f64) {
        let mut gradient = [0.0, 1.0];
        L1::new(l1)?.add_gradient(Tensor::from([0.0, -0.0]).view(), &mut gradient);
        prop_assert_eq!(gradient, [l1, 1.0 + l1]);
    }

    #[test]
    fn a_layer_of_its_own_penalizes_as_a_dense_layer_does(
        x in (1_usize..5).prop_flat_map(|batch| tensor([batch, 3], -2.0..2.0)),
        l1 in 0.0..2.0_f64,
        l2 in 0.0..2.0_f64,
    ) {
        let dense = Dense::new(3).kernel_initializer("identity").activity_regularizer(L1L2::new(l1, l2)?);
        let (dense, own) = (
            Built::<f64>::new(dense, &[[3].into()], 0)?,
            Built::new(ActivityRegularization::new(l1, l2), &[[3].into()], 0)?,
        );
        let upstream = Tensor::from_fn(x.shape(), |i| i as f64 - 3.0);
        let pass = |layer: &Built<f64>| -> Result<(Tensor<f64>, f64, Tensor<f64>), LayerError> {
            let mut scratch = Scratch::default();
            let mode = Mode::Training { seed: 0, step: 0, trainable: true };
            let output = layer.call_all(&[x.view()], mode, &mut scratch)?;
            let loss = scratch.take_loss();
            let gradients = layer.gradients(&[x.view()], &output, &upstream, &mut scratch)?;
            Ok((output, loss, gradients.inputs[0].clone()))
        };
        let (dense, own) = (pass(&dense)?, pass(&own)?);
        assert_close(own.0.as_slice(), dense.0.as_slice(), 1e-13);
        assert_close(&[own.1], &[dense.1], 1e-13);
        assert_close(own.2.as_slice(), dense.2.as_slice(), 1e-13);
    }
}

#[test]
fn only_matrices_can_be_orthogonal() {
    let regularizer = OrthogonalRegularizer::default();
    let refused = |dense: Dense<f64>, shape: &[usize]| {
        let shape = cornu_tensor::Shape::new(shape).unwrap();
        Built::new(dense, &[shape], 0).unwrap_err().to_string()
    };
    let end = "expected values of two dimensions. Received: shape=";
    let bias = refused(Dense::new(2).bias_regularizer(regularizer), &[3]);
    assert!(bias.ends_with(&format!("{end}(2,)")), "{bias}");
    let activity = refused(Dense::new(2).activity_regularizer(regularizer), &[4, 3]);
    assert!(activity.ends_with(&format!("{end}(1, 4, 2)")), "{activity}");
    assert!(Built::<f64>::new(Dense::new(2).activity_regularizer(regularizer), &[[3].into()], 0).is_ok());
    assert!(Built::<f64>::new(Dense::new(2).kernel_regularizer("orthogonal_regularizer"), &[[3].into()], 0).is_ok());

    let vector = Tensor::from([1.0_f64, 2.0]);
    let mut gradient = [0.0; 2];
    regularizer.add_gradient(vector.view(), &mut gradient);
    assert!(regularizer.penalty(vector.view()).is_nan() && gradient.iter().all(|g| g.is_nan()));
}
