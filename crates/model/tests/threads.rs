//! The same numbers on any number of threads, and one model for many threads.

use std::thread;

use cornu_layers::{BatchNormalization, Conv2D, Dense, Dropout, Flatten, KernelArguments, MaxPooling2D, Reshape};
use cornu_model::callbacks::{EarlyStopping, Verbose};
use cornu_model::{Compile, Fit, History, LayerArguments, ModelError, Predictor, Sequential, sequential};
use cornu_tensor::{Tensor, threads};

const fn is_send_sync_clone<T: Send + Sync + Clone>() {}
const fn is_send_sync<T: Send + Sync>() {}

const _: () = {
    is_send_sync_clone::<Sequential<f32>>();
    is_send_sync_clone::<Sequential<f64>>();
    is_send_sync_clone::<History>();
    is_send_sync_clone::<EarlyStopping<f32>>();
    is_send_sync::<Predictor<'static, f32>>();
    is_send_sync::<ModelError>();
};

/// A network whose products are split: 64·256·128 multiply-adds are eight times what is worth a second thread.
fn wide() -> Result<Sequential<f32>, ModelError> {
    let model = sequential![
        Dense::new(128).activation("relu").input_shape([256]),
        Dropout::new(0.25),
        Dense::new(128).activation("relu"),
        Dense::new(10).activation("softmax"),
    ]?;
    model.with_seed(7)
}

/// A network whose patches and poolings are split too.
fn convolutional() -> Result<Sequential<f32>, ModelError> {
    let model = sequential![
        Reshape::new([16, 16, 1]).input_shape([256]),
        Conv2D::new(8, 3).padding("same").activation("relu"),
        BatchNormalization::new(),
        MaxPooling2D::new(2),
        Conv2D::new(16, 3).activation("tanh"),
        Flatten::new(),
        Dropout::new(0.25),
        Dense::new(10).activation("softmax"),
    ]?;
    model.with_seed(7)
}

fn data() -> (Tensor<f32>, Tensor<f32>) {
    let x = Tensor::from_fn([192, 256], |i| ((i * 7919) % 1000) as f32 / 500.0 - 1.0);
    (x, Tensor::from_fn([192], |i| (i % 10) as f32))
}

#[test]
fn the_same_bits_on_any_number_of_threads() -> Result<(), ModelError> {
    check(wide)?;
    check(convolutional)
}

fn check(model: fn() -> Result<Sequential<f32>, ModelError>) -> Result<(), ModelError> {
    let (x, y) = data();
    let mut runs = Vec::new();
    for limit in [1, 2, 3, 0] {
        threads::set_threads(limit);
        let mut model = model()?;
        let initial = model.get_weights();
        model.compile(Compile::new("adam", "sparse_categorical_crossentropy").metric("accuracy"))?;
        let fit = Fit::new().epochs(3).batch_size(64).validation_split(0.2).verbose(Verbose::Silent);
        let history = model.fit(&x, &y, fit)?;
        runs.push((limit, initial, history, model.get_weights(), model.predict(&x)?));
    }
    threads::set_threads(0);
    let (_, initial, history, weights, prediction) = &runs[0];
    assert_ne!(initial, weights);
    for run in &runs[1..] {
        assert_eq!((&run.1, &run.2), (initial, history), "set_threads({})", run.0);
        assert!(run.3 == *weights && run.4 == *prediction, "set_threads({})", run.0);
    }
    Ok(())
}

#[test]
fn one_model_predicts_in_many_threads() -> Result<(), ModelError> {
    let (x, _) = data();
    let model = wide()?;
    let expected = model.predict(&x)?;
    let predictions = thread::scope(|scope| {
        let (model, x) = (&model, &x);
        let running: Vec<_> = (0..4).map(|_| scope.spawn(move || model.predict(x))).collect();
        running.into_iter().map(|thread| thread.join().expect("a thread that predicts")).collect::<Vec<_>>()
    });
    for prediction in predictions {
        assert_eq!(prediction?, expected);
    }
    Ok(())
}

#[test]
fn two_models_predict_at_the_same_time_as_each_alone() -> Result<(), ModelError> {
    let (x, _) = data();
    let (dense, convolutional) = (wide()?, convolutional()?);
    let alone = [dense.predict(&x)?, convolutional.predict(&x)?];
    for _ in 0..8 {
        let together = thread::scope(|scope| {
            let runs = [&dense, &convolutional].map(|model| scope.spawn(|| model.predict(&x)));
            runs.map(|run| run.join().unwrap())
        });
        for (alone, together) in alone.iter().zip(together) {
            assert_eq!(*alone, together?);
        }
    }
    Ok(())
}
