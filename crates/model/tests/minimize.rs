//! Training with L-BFGS: the minima that SciPy finds (`golden/lbfgs.json`), what stays and what moves, what is refused.

use std::error::Error;

use cornu_layers::regularizers::L2;
use cornu_layers::{BatchNormalization, Dense, Dropout, KernelArguments};
use cornu_model::callbacks::Verbose;
use cornu_model::{Compile, Fit, LayerArguments, Logs, ModelError, Node, Sequential, sequential};
use cornu_optimizers::LBFGS;
use cornu_optimizers::lbfgs::Stop;
use cornu_tensor::Tensor;
use cornu_testkit::{assert_close, golden};

type Done = Result<(), Box<dyn Error>>;

/// The model of a run.
fn model(run: &str) -> Result<Sequential<f64>, Box<dyn Error>> {
    let l2 = L2::new(0.002)?;
    let dense = |units| Dense::new(units).kernel_regularizer(l2).bias_regularizer(l2);
    let tanh = |units| dense(units).activation("tanh");
    let first = |layer: Dense<f64>| -> Node<f64> { layer.input_shape([3]) };
    Ok(match run {
        "line" => sequential![f64; first(Dense::new(1))],
        "softmax" => sequential![f64; first(dense(3).activation("softmax"))],
        "tanh" => sequential![f64; first(tanh(6)), dense(1)],
        "sigmoid" => sequential![f64; first(tanh(5).activity_regularizer(l2)), dense(1).activation("sigmoid")],
        "frozen" => sequential![f64; first(tanh(6)).trainable(false), dense(1)],
        _ => {
            let normalization = BatchNormalization::new().gamma_regularizer(l2).beta_regularizer(l2);
            sequential![f64; first(tanh(4)), normalization, dense(1)]
        }
    }?)
}

#[test]
fn the_minima_of_scipy() -> Done {
    let file = golden::read("lbfgs")?;
    for run in golden::list(&file["runs"])? {
        let mut model = model(golden::text(&run["name"])?)?;
        model.set_weights(&golden::tensors(&run["weights_before"])?)?;
        model.compile(Compile::new("adam", golden::text(&run["loss"])?))?;
        let (x, y) = (golden::tensor(&run["x"])?, golden::tensor(&run["y"])?);
        let weights = golden::optional(run, "sample_weight").map(golden::tensor::<f64>).transpose()?;
        let lbfgs = LBFGS::new().tolerance_change(0.0)?;
        let report = model.minimize(&x, &y, weights.as_ref().map(Tensor::as_slice), &lbfgs)?;
        println!(
            "{}: {} iterations, {} evaluations, {:?}",
            run["name"],
            report.iterations(),
            report.evaluations,
            report.stop
        );
        assert_close(&report.losses[..1], &[golden::float(&run["loss_before"])?], 1e-12);
        assert_eq!(report.stop, Stop::Gradient);
        // Both end with a gradient g of at most 1e-7 in each of n ≤ 36 weights. Where the loss has a curvature of μ = 0.004 at
        // least (twice the factor of the penalty; the line has more), it is above the minimum by no more than n·g²/2μ = 5e-11.
        assert_close(&[report.loss()], &[golden::float(&run["loss_after"])?], 1e-10);
        // The line searches differ, so the ways do; neither should be much longer.
        let evaluations = golden::count(&run["evaluations"])?;
        assert!(report.evaluations <= 2 * evaluations, "{}: {}", run["name"], report.evaluations);
    }
    Ok(())
}

#[test]
fn xor_is_learned_to_the_last() -> Done {
    let x = Tensor::from([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    let y = Tensor::from([[0.0], [1.0], [1.0], [0.0]]);
    let mut model = sequential![Dense::new(4).activation("tanh").input_shape([2]), Dense::new(1)]?;
    model.compile(Compile::new("adam", "mse"))?;
    let report = model.minimize(&x, &y, None, &LBFGS::new())?;
    assert!(report.loss() < 1e-6 && report.evaluations < 200, "{report:?}");
    assert_close(model.predict(&x)?.as_slice(), y.as_slice(), 2e-3);
    Ok(())
}

#[test]
fn the_sine_in_both_precisions_and_with_adam() -> Done {
    let at = |i: usize| (i as f64 - 19.5) / 12.4;
    let sine = |i: usize| at(i).sin();
    let mut exact = sequential![f64; Dense::new(8).activation("tanh").input_shape([1]), Dense::new(1)]?;
    exact.compile(Compile::new("adam", "mse"))?;
    let report = exact.minimize(&Tensor::from_fn([40, 1], at), &Tensor::from_fn([40, 1], sine), None, &LBFGS::new())?;
    assert!(report.loss() < 1e-7, "{report:?}");

    let (x, y) = (Tensor::from_fn([40, 1], |i| at(i) as f32), Tensor::from_fn([40, 1], |i| sine(i) as f32));
    let mut model = sequential![Dense::new(8).activation("tanh").input_shape([1]), Dense::new(1)]?;
    model.compile(Compile::new("adam", "mse"))?;
    let report = model.clone().minimize(&x, &y, None, &LBFGS::new())?;
    let history = model.fit(&x, &y, Fit::new().epochs(2000).batch_size(40).verbose(Verbose::Silent))?;
    assert!(report.evaluations < 1000 && Some(5.0 * report.loss()) < history.last("loss"), "{report:?}");
    Ok(())
}

/// Samples and labels of a smooth function of two features.
fn data() -> (Tensor<f32>, Tensor<f32>) {
    let feature = |i: usize| ((i * 37) % 23) as f32 / 11.5 - 1.0;
    let x = Tensor::from_fn([20, 2], feature);
    (x, Tensor::from_fn([20, 1], |i| feature(2 * i) * feature(2 * i + 1) + 0.5))
}

#[test]
fn the_losses_are_those_of_a_training_step() -> Done {
    let (x, y) = data();
    let hidden = Dense::new(5).activation("tanh").kernel_regularizer("l2").input_shape([2]);
    let mut model = sequential![hidden, BatchNormalization::new(), Dense::new(1)]?;
    model.compile(Compile::new("sgd", "mse"))?;
    let (before, weights) = (model.clone(), [0.5; 20]);
    let report = model.minimize(&x, &y, Some(&weights), &LBFGS::new().max_iter(30))?;
    for (mut model, loss) in [(before, report.losses[0]), (model, report.loss())] {
        let mut logs = Logs::default();
        model.train_on_batch(&x, &y, Some(&weights), &mut logs)?;
        assert_eq!(logs.get("loss"), Some(loss));
    }
    assert!(report.losses.windows(2).all(|pair| pair[1] < pair[0]) && report.iterations() == 30);
    Ok(())
}

#[test]
fn what_is_frozen_stays_and_the_optimizer_too() -> Done {
    let (x, y) = data();
    let frozen = Dense::new(5).activation("tanh").kernel_constraint("unit_norm").trainable(false).input_shape([2]);
    let mut model = sequential![frozen, Dense::new(1)]?;
    model.compile(Compile::new("adam", "mse"))?;
    let mut steps = Logs::default();
    model.train_on_batch(&x, &y, None, &mut steps)?;
    let (before, iterations) = (model.get_weights(), model.iterations());
    let slots: Vec<_> = model.optimizer_variables().iter().map(|variable| format!("{variable:?}")).collect();
    model.minimize(&x, &y, None, &LBFGS::new())?;
    assert_eq!(model.get_weights()[..2], before[..2]);
    assert_ne!(model.get_weights()[2..], before[2..]);
    assert_eq!(model.iterations(), iterations);
    assert_eq!(model.optimizer_variables().iter().map(|v| format!("{v:?}")).collect::<Vec<_>>(), slots);

    model.set_trainable(false);
    let before = model.get_weights();
    let report = model.minimize(&x, &y, None, &LBFGS::new())?;
    assert_eq!((report.iterations(), report.stop), (0, Stop::Gradient));
    assert_eq!(model.get_weights(), before);
    Ok(())
}

#[test]
fn moving_statistics_follow_at_the_end() -> Done {
    let (x, y) = data();
    let mut model = sequential![BatchNormalization::new().momentum(0.5).input_shape([2]), Dense::new(1)]?;
    model.compile(Compile::new("adam", "mse"))?;
    let report = model.minimize(&x, &y, None, &LBFGS::new().max_iter(3))?;
    assert_eq!(report.iterations(), 3);
    let rows = x.as_slice().chunks_exact(2);
    let mean: Vec<f32> = (0..2).map(|i| rows.clone().map(|row| row[i]).sum::<f32>() / 20.0).collect();
    let square = |i: usize| rows.clone().map(|row| (row[i] - mean[i]).powi(2)).sum::<f32>() / 20.0;
    // They began with 0 and 1, and three times half of the way is left.
    let expected_mean: Vec<f32> = mean.iter().map(|mean| 0.875 * mean).collect();
    let expected_variance: Vec<f32> = (0..2).map(|i| 0.125 + 0.875 * square(i)).collect();
    let weights = model.get_weights();
    assert_close(weights[2].as_slice(), &expected_mean, 1e-6);
    assert_close(weights[3].as_slice(), &expected_variance, 1e-6);
    Ok(())
}

#[test]
fn a_loss_that_is_not_a_number_moves_nothing() -> Done {
    let mut model = sequential![Dense::new(1).input_shape([2])]?;
    model.compile(Compile::new("adam", "mse"))?;
    let before = model.get_weights();
    for bad in [f32::NAN, f32::INFINITY, 1e30] {
        let report = model.minimize(&Tensor::from([[bad, 1.0]]), &Tensor::from([[0.0]]), None, &LBFGS::new())?;
        assert_eq!((report.stop, report.iterations()), (Stop::NotFinite, 0));
        assert_eq!(model.get_weights(), before);
    }
    Ok(())
}

#[test]
fn what_it_cannot_train_is_refused() -> Done {
    let (x, y) = data();
    let dense = || Dense::new(3).input_shape([2]);
    let bounded = Dense::new(1).bias_constraint("non_neg");
    let inner = sequential![Dropout::new(0.5), Dense::new(1)]?.with_name("inner");
    for (model, received) in [
        (sequential![dense(), Dropout::new(0.5), Dense::new(1)], "layer=dropout (Dropout)"),
        (sequential![dense(), inner], "layer=inner (Sequential)"),
        (sequential![dense(), bounded], "layer=dense_1 (its `bias`)"),
    ] {
        let mut model = model?;
        model.compile(Compile::new("adam", "mse"))?;
        let before = model.get_weights();
        let error =
            model.minimize(&x, &y, None, &LBFGS::new()).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.starts_with("minimize: expected `layer` to be "), "{error}");
        assert!(error.ends_with(received), "{error}");
        assert_eq!(model.get_weights(), before);
    }
    let mut dropped = sequential![dense(), Dropout::new(0.0), Dense::new(1)]?;
    let not_compiled = dropped.minimize(&x, &y, None, &LBFGS::new());
    assert!(matches!(not_compiled, Err(ModelError::NotCompiled { .. })));
    dropped.compile(Compile::new("adam", "mse"))?;
    assert!(dropped.minimize(&x, &y, None, &LBFGS::new()).is_ok());
    Ok(())
}

#[test]
fn a_model_is_built_for_the_samples() -> Done {
    let (x, y) = data();
    let mut model = sequential![Dense::new(2), Dense::new(1)]?;
    model.compile(Compile::new("adam", "mse"))?;
    assert!(model.minimize(&x, &Tensor::zeros([3, 1]), None, &LBFGS::new()).is_err());
    assert!(!model.is_built());
    model.minimize(&x, &y, None, &LBFGS::new())?;
    assert!(model.is_built());
    Ok(())
}
