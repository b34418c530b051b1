//! When callbacks are called in `fit`, `evaluate` and `predict`, and with what: as in Keras
//! (`golden/fit_options.json`, `calls`).

use std::cell::RefCell;
use std::error::Error;

use cornu_layers::Dense;
use cornu_model::callbacks::{Callback, LambdaCallback, Training, Verbose};
use cornu_model::{Compile, Evaluate, Fit, LayerArguments, Logs, ModelError, Predict, Sequential, sequential};
use cornu_tensor::{Tensor, View};
use cornu_testkit::golden;

type Done = Result<(), Box<dyn Error>>;

/// Writes down every call.
#[derive(Default)]
struct Diary(Vec<String>);

impl Diary {
    fn note(&mut self, hook: &str, number: Option<usize>, logs: Option<&Logs>) -> Result<(), ModelError> {
        self.0.push(told(hook, number, logs));
        Ok(())
    }
}

/// `train_batch_end 2: loss mae`
fn told(hook: &str, number: Option<usize>, logs: Option<&Logs>) -> String {
    let number = number.map_or(String::new(), |number| format!(" {number}"));
    let names: Vec<&str> = logs.iter().flat_map(|logs| logs.iter()).map(|(name, _)| name).collect();
    let names = if names.is_empty() { String::new() } else { format!(": {}", names.join(" ")) };
    format!("{hook}{number}{names}")
}

impl Callback<f32> for Diary {
    fn on_train_begin(&mut self, _: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.note("train_begin", None, None)
    }

    fn on_train_end(&mut self, logs: &Logs, _: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.note("train_end", None, Some(logs))
    }

    fn on_epoch_begin(&mut self, number: usize, _: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.note("epoch_begin", Some(number), None)
    }

    fn on_epoch_end(&mut self, number: usize, logs: &mut Logs, _: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.note("epoch_end", Some(number), Some(logs))
    }

    fn on_train_batch_begin(&mut self, number: usize, _: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.note("train_batch_begin", Some(number), None)
    }

    fn on_train_batch_end(&mut self, number: usize, logs: &Logs, _: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.note("train_batch_end", Some(number), Some(logs))
    }

    fn on_test_begin(&mut self, _: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.note("test_begin", None, None)
    }

    fn on_test_end(&mut self, logs: &Logs, _: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.note("test_end", None, Some(logs))
    }

    fn on_test_batch_begin(&mut self, number: usize, _: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.note("test_batch_begin", Some(number), None)
    }

    fn on_test_batch_end(&mut self, number: usize, logs: &Logs, _: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.note("test_batch_end", Some(number), Some(logs))
    }

    fn on_predict_begin(&mut self, _: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.note("predict_begin", None, None)
    }

    fn on_predict_end(&mut self, _: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.note("predict_end", None, None)
    }

    fn on_predict_batch_begin(&mut self, number: usize, _: &mut Training<'_, f32>) -> Result<(), ModelError> {
        self.note("predict_batch_begin", Some(number), None)
    }

    fn on_predict_batch_end(
        &mut self,
        number: usize,
        _: View<'_, f32>,
        _: &mut Training<'_, f32>,
    ) -> Result<(), ModelError> {
        self.note("predict_batch_end", Some(number), Some(&outputs()))
    }
}

/// What Keras gives with a batch of a prediction: no number, but the outputs themselves.
fn outputs() -> Logs {
    let mut logs = Logs::default();
    logs.set("outputs", 0.0);
    logs
}

fn line() -> Result<Sequential<f32>, ModelError> {
    let mut model = sequential![Dense::new(1).input_shape([1])]?;
    model.compile(Compile::new("sgd", "mse").metric("mae").weighted_metric("mae"))?;
    Ok(model)
}

fn ones(samples: usize) -> Tensor<f32> {
    Tensor::full([samples, 1], 1.0)
}

/// Runs the method that Keras was given, with a callback.
fn run(method: &str, callback: &mut dyn Callback<f32>) -> Done {
    let (mut model, x, vx) = (line()?, ones(5), ones(3));
    match method {
        "fit" => {
            let fit = Fit::new().epochs(2).batch_size(2).validation_data(&vx, &vx).validation_freq(2);
            model.fit(&x, &x, fit.verbose(Verbose::Silent).callback(callback))?;
        }
        "evaluate" => {
            model.evaluate(&x, &x, Evaluate::new().batch_size(2).verbose(Verbose::Silent).callback(callback))?;
        }
        _ => {
            model.predict_with(&x, Predict::new().batch_size(2).verbose(Verbose::Silent).callback(callback))?;
        }
    }
    Ok(())
}

#[test]
fn every_call_of_keras() -> Done {
    let file = golden::read("fit_options")?;
    for method in ["fit", "evaluate", "predict"] {
        let calls = &file["calls"][method];
        let expected: Vec<&str> = golden::list(calls)?.iter().map(golden::text).collect::<Result<_, _>>()?;
        let mut diary = Diary::default();
        run(method, &mut diary)?;
        assert_eq!(diary.0, expected);

        let noted = RefCell::new(Vec::new());
        let note = |hook: &str, number, logs: Option<&Logs>| noted.borrow_mut().push(told(hook, number, logs));
        let mut lambda = LambdaCallback::new()
            .on_train_begin(|_| note("train_begin", None, None))
            .on_train_end(|logs, _| note("train_end", None, Some(logs)))
            .on_epoch_begin(|number, _| note("epoch_begin", Some(number), None))
            .on_epoch_end(|number, logs, _| note("epoch_end", Some(number), Some(logs)))
            .on_train_batch_begin(|number, _| note("train_batch_begin", Some(number), None))
            .on_train_batch_end(|number, logs, _| note("train_batch_end", Some(number), Some(logs)))
            .on_test_begin(|_| note("test_begin", None, None))
            .on_test_end(|logs, _| note("test_end", None, Some(logs)))
            .on_test_batch_begin(|number, _| note("test_batch_begin", Some(number), None))
            .on_test_batch_end(|number, logs, _| note("test_batch_end", Some(number), Some(logs)))
            .on_predict_begin(|_| note("predict_begin", None, None))
            .on_predict_end(|_| note("predict_end", None, None))
            .on_predict_batch_begin(|number, _| note("predict_batch_begin", Some(number), None))
            .on_predict_batch_end(|number, _, _| note("predict_batch_end", Some(number), Some(&outputs())));
        run(method, &mut lambda)?;
        drop(lambda);
        assert_eq!(noted.into_inner(), expected);
    }
    Ok(())
}
