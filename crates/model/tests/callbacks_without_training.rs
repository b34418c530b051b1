//! Callbacks in `evaluate` and `predict`, which only borrow the model.

use std::error::Error;

use cornu_layers::{Dense, KernelArguments};
use cornu_model::callbacks::{LambdaCallback, SwapEMAWeights, TrainingParams, Verbose};
use cornu_model::source::Stream;
use cornu_model::{Compile, Evaluate, Fit, LayerArguments, ModelError, Predict, Sequential, sequential};
use cornu_optimizers::{OptimizerArguments, SGD};
use cornu_tensor::Tensor;

type Done = Result<(), Box<dyn Error>>;

fn line() -> Result<Sequential<f32>, Box<dyn Error>> {
    let dense = Dense::new(1).kernel_initializer("ones").use_bias(false);
    let mut model = sequential![dense.input_shape([1])]?;
    model.compile(Compile::new(SGD::new(0.1)?.use_ema(true), "mse"))?;
    Ok(model)
}

/// 0, 1, 2 …
fn count(samples: usize) -> Tensor<f32> {
    Tensor::from_fn([samples, 1], |i| i as f32)
}

fn evaluate<'a>() -> Evaluate<'a, f32> {
    Evaluate::new().batch_size(2).verbose(Verbose::Silent)
}

fn predict<'a>() -> Predict<'a, f32> {
    Predict::new().batch_size(2).verbose(Verbose::Silent)
}

#[test]
fn they_see_how_large_it_is() -> Done {
    let (model, x, mut seen) = (line()?, count(5), Vec::new());
    let mut watch = LambdaCallback::new().on_test_begin(|training| seen.push(training.params()));
    model.evaluate(&x, &x, evaluate().callback(&mut watch))?;
    model.evaluate(&x, &x, evaluate().steps(2).callback(&mut watch))?;
    let mut stream = Stream::new([(count(3), count(3))]);
    model.evaluate_source(&mut stream, evaluate().callback(&mut watch))?;
    drop(watch);
    let params =
        |steps, samples| TrainingParams { epochs: 1, steps, samples, validated: false, verbose: Verbose::Silent };
    assert_eq!(seen, [params(3, 5), params(2, 5), params(0, 0)]);
    Ok(())
}

#[test]
fn they_end_it_after_a_batch() -> Done {
    let (mut model, x) = (line()?, count(6));
    let zeros = Tensor::zeros([6, 1]);
    // 0 and 1, then 2 and 3; all of them would be 55 / 6.
    let mut stop = LambdaCallback::new().on_test_batch_end(|batch, _, training| {
        if batch == 1 {
            training.stop_evaluating();
        }
    });
    let measured = model.evaluate(&x, &zeros, evaluate().callback(&mut stop))?;
    assert_eq!(measured.get("loss"), Some(14.0 / 4.0));
    // Of a validation too; the training goes on.
    let fit = Fit::new().epochs(2).validation_data(&x, &x).validation_batch_size(2).verbose(Verbose::Silent);
    let history = model.fit(&x, &x, fit.callback(&mut stop))?;
    assert_eq!(history.get("val_loss"), Some(&[0.0, 0.0][..]));
    let mut stop = LambdaCallback::new().on_predict_batch_end(|_, _, training| training.stop_predicting());
    assert_eq!(model.predict_with(&x, predict().callback(&mut stop))?, count(2));
    // Asked for before the first batch, it is too early; and the end of a training is another matter.
    let mut early = LambdaCallback::new().on_test_begin(|training| training.stop());
    assert_eq!(model.evaluate(&x, &zeros, evaluate().callback(&mut early))?.get("loss"), Some(55.0 / 6.0));
    Ok(())
}

#[test]
fn what_they_change_counts_for_this_call_alone() -> Done {
    let (model, x) = (line()?, count(4));
    let twice = || vec![Tensor::from([[2.0]])];
    let mut change = LambdaCallback::new().on_predict_batch_begin(|batch, training| {
        if batch == 1 {
            assert_eq!(training.model_mut().set_weights(&twice()), Ok(()));
        }
    });
    let changed = model.predict_with(&x, predict().callback(&mut change))?;
    assert_eq!(changed, Tensor::from([[0.0], [1.0], [4.0], [6.0]]));
    assert_eq!(model.predict_with(&x, predict())?, x);
    let mut change = LambdaCallback::new().on_test_begin(|training| {
        assert_eq!(training.model_mut().set_weights(&twice()), Ok(()));
    });
    assert_eq!(model.evaluate(&x, &x, evaluate().callback(&mut change))?.get("loss"), Some(14.0 / 4.0));
    assert_eq!(model.get_weights(), [Tensor::from([[1.0]])]);
    Ok(())
}

#[test]
fn the_averages_are_measured_without_an_end_of_the_training() -> Done {
    let (mut model, x, y) = (line()?, count(4), Tensor::zeros([4, 1]));
    let mut logs = Default::default();
    for _ in 0..3 {
        model.train_on_batch(&x, &y, None, &mut logs)?;
    }
    let before = model.get_weights();
    let averaged = model.evaluate(&x, &y, evaluate().callback(&mut SwapEMAWeights::new()))?;
    assert_eq!(model.get_weights(), before);
    model.finalize_variable_values()?;
    assert_ne!(model.get_weights(), before);
    assert_eq!(averaged, model.evaluate(&x, &y, evaluate())?);
    Ok(())
}

#[test]
fn all_arguments_of_a_prediction() -> Done {
    let (model, x) = (line()?, count(5));
    assert_eq!(model.predict_with(&x, Predict::new().verbose(Verbose::Line))?, x);
    assert_eq!(model.predict_with(&x, predict().steps(2))?, count(4));
    assert_eq!(model.predict_with(&x, predict().steps(9))?, x);
    // The steps say how large a batch is.
    let mut sizes = Vec::new();
    let mut watch = LambdaCallback::new().on_predict_batch_end(|_, outputs, _| sizes.push(outputs.shape().batch()));
    let steps = Predict::new().steps(2).verbose(Verbose::Silent).callback(&mut watch);
    assert_eq!(model.predict_with(&x, steps)?, x);
    drop(watch);
    assert_eq!(sizes, [3, 2]);
    for zero in [predict().steps(0), Predict::new().batch_size(0)] {
        let error = model.predict_with(&x, zero).expect_err("0 is refused").to_string();
        assert!(error.starts_with("predict_with: ") && error.ends_with("=0"), "{error}");
    }
    let error = model.predict_with(&Tensor::zeros([2, 3]), predict()).expect_err("a wrong shape");
    assert!(matches!(error, ModelError::Samples { .. }), "{error}");
    Ok(())
}
