//! Results after each of several updates, as Keras computed them.

use cornu_metrics::{
    Accuracy, AutoAccuracy, BinaryAccuracy, CategoricalAccuracy, Mean, MeanAbsoluteError, MeanSquaredError, Metric,
    SparseCategoricalAccuracy, get,
};
use cornu_tensor::{Scalar, Tensor};
use cornu_testkit::{assert_close, golden};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// What needs the losses, and is not in this crate.
const ABSENT: [&str; 3] = ["BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy"];

/// The metric of a case; `MeanMetricWrapper` is what its function names. None for a `Mean`.
fn metric<T: Scalar>(class: &str, threshold: f64) -> Outcome<Option<Box<dyn Metric<T>>>> {
    Ok(Some(match class {
        "Mean" => return Ok(None),
        "Accuracy" => Box::new(Accuracy::new()),
        "BinaryAccuracy" => Box::new(BinaryAccuracy::new().threshold(threshold)?),
        "CategoricalAccuracy" => Box::new(CategoricalAccuracy::new()),
        "SparseCategoricalAccuracy" => Box::new(SparseCategoricalAccuracy::new()),
        "MeanSquaredError" | "mean_squared_error" => Box::new(MeanSquaredError::new()),
        "MeanAbsoluteError" | "mean_absolute_error" => Box::new(MeanAbsoluteError::new()),
        _ => return Err(format!("no metric for {class}").into()),
    }))
}

fn all_cases<T: Scalar>() -> Outcome {
    let file = golden::read("metrics")?;
    for case in golden::list(golden::get(&file, "cases")?)? {
        let class = golden::text(golden::get(case, "class_name")?)?;
        if ABSENT.contains(&class) {
            continue;
        }
        let config = golden::get(case, "config")?;
        let threshold = golden::optional(config, "threshold").map_or(Ok(0.5), golden::float)?;
        let class = golden::optional(config, "fn").map_or(Ok(class), golden::text)?;
        let (mut mean, mut metric) = (Mean::default(), metric::<T>(class, threshold)?);
        println!("{class} {}", golden::text(golden::get(case, "name")?)?); // shown if the test fails
        for update in golden::list(golden::get(case, "updates")?)? {
            let weight: Option<Tensor<T>> =
                golden::optional(update, "sample_weight").map(golden::tensor).transpose()?;
            let weight = weight.as_ref().map(Tensor::as_slice);
            let expected: f64 = golden::float(golden::get(update, "result")?)?;
            let result = if let Some(metric) = &mut metric {
                let y_true: Tensor<T> = golden::tensor(golden::get(update, "y_true")?)?;
                let y_pred: Tensor<T> = golden::tensor(golden::get(update, "y_pred")?)?;
                metric.check(y_true.shape(), y_pred.shape())?;
                metric.update(y_true.view(), y_pred.view(), weight)?;
                metric.result()
            } else {
                let values: Tensor<T> = golden::tensor(golden::get(update, "values")?)?;
                mean.update(values.view(), weight)?;
                let variables: Vec<Tensor<f64>> = golden::tensors(golden::get(update, "variables")?)?;
                assert_close(&[mean.total()], variables[0].as_slice(), 1e-6);
                assert_close(&[mean.count()], variables[1].as_slice(), 1e-6);
                mean.result()
            };
            assert_close(&[result], &[expected], 1e-6);
        }
        mean.reset();
        let after_reset = metric.map_or(mean.result(), |mut metric| {
            metric.reset();
            metric.result()
        });
        assert_close(&[after_reset], &[golden::float(golden::get(case, "result_after_reset")?)?], 0.0);
    }
    Ok(())
}

#[test]
fn in_f32() -> Outcome {
    all_cases::<f32>()
}

#[test]
fn what_accuracy_means() -> Outcome {
    let file = golden::read("metrics")?;
    for entry in golden::list(golden::get(&file, "resolution")?)? {
        let Some(name) = golden::optional(entry, "metric") else { continue };
        let (y_true, y_pred) =
            (golden::shape(golden::get(entry, "y_true")?)?, golden::shape(golden::get(entry, "y_pred")?)?);
        let metric = get::<f32>(golden::text(name)?)?;
        assert_eq!(metric.name(), golden::text(golden::get(entry, "name")?)?);
        assert_eq!(AutoAccuracy::resolves_to(y_true, y_pred), golden::text(golden::get(entry, "class_name")?)?);
        assert_eq!(metric.check(y_true, y_pred), Ok(()), "{y_true} {y_pred}");
    }
    Ok(())
}

#[test]
fn names() -> Outcome {
    let file = golden::read("metrics")?;
    for entry in golden::list(golden::get(&file, "names")?)? {
        let class = golden::text(golden::get(entry, "class_name")?)?;
        if !ABSENT.contains(&class) {
            let metric = get::<f32>(golden::text(golden::get(entry, "metric")?)?)?;
            assert_eq!(metric.name(), golden::text(golden::get(entry, "name")?)?);
            assert!(format!("{metric:?}").starts_with(class));
        }
    }
    for entry in golden::list(golden::get(&file, "configs")?)? {
        let class = golden::text(golden::get(entry, "class_name")?)?;
        if !ABSENT.contains(&class) {
            let name = metric::<f32>(class, 0.5)?.map_or(Mean::default().name().to_owned(), |m| m.name().to_owned());
            assert_eq!(name, golden::text(golden::get(golden::get(entry, "config")?, "name")?)?);
        }
    }
    Ok(())
}
