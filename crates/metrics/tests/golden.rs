//! Results after each of several updates, and configs, as Keras gave them.

use cornu_metrics::config::{Config, Value};
use cornu_metrics::{AutoAccuracy, Mean, Metric, MetricError, Sum, from_config, get};
use cornu_tensor::{Scalar, Tensor, View};
use cornu_testkit::{assert_close, golden};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;
type Variables = Vec<(&'static str, Tensor<f64>)>;

/// A metric of labels and predictions, or one of values.
enum Any<T: Scalar> {
    Metric(Box<dyn Metric<T>>),
    Mean(Mean),
    Sum(Sum),
}

impl<T: Scalar> Any<T> {
    fn new(config: &Config) -> Result<Self, MetricError> {
        Ok(match config.class_name() {
            "Mean" => Self::Mean(Mean::from_config(config)?),
            "Sum" => Self::Sum(Sum::from_config(config)?),
            _ => Self::Metric(from_config(config)?),
        })
    }

    fn update(&mut self, inputs: &[View<'_, T>], weight: Option<&[T]>) -> Outcome {
        match (self, inputs) {
            (Self::Metric(metric), &[y_true, y_pred]) => {
                metric.check(y_true.shape(), y_pred.shape())?;
                metric.update(y_true, y_pred, weight)?;
            }
            (Self::Mean(mean), &[values]) => mean.update(values, weight)?,
            (Self::Sum(sum), &[values]) => sum.update(values, weight)?,
            _ => return Err("another number of inputs".into()),
        }
        Ok(())
    }

    /// The result or the results, as a list.
    fn results(&self) -> Vec<f64> {
        match self {
            Self::Metric(metric) => metric.results().unwrap_or_else(|| vec![metric.result()]),
            Self::Mean(mean) => vec![mean.result()],
            Self::Sum(sum) => vec![sum.result()],
        }
    }

    fn variables(&self) -> Variables {
        match self {
            Self::Metric(metric) => metric.variables(),
            Self::Mean(mean) => mean.variables(),
            Self::Sum(sum) => sum.variables(),
        }
    }

    fn get_config(&self) -> Option<Config> {
        match self {
            Self::Metric(metric) => metric.get_config(),
            Self::Mean(mean) => Some(mean.get_config()),
            Self::Sum(sum) => Some(sum.get_config()),
        }
    }

    fn reset(&mut self) {
        match self {
            Self::Metric(metric) => metric.reset(),
            Self::Mean(mean) => mean.reset(),
            Self::Sum(sum) => sum.reset(),
        }
    }
}

/// The config of an entry: `class_name` and `config`.
fn config_of(entry: &Value) -> Outcome<Config> {
    let config = Config::new("keras.metrics", golden::text(golden::get(entry, "class_name")?)?);
    let arguments = golden::get(entry, "config")?.as_object().ok_or("expected an object")?;
    Ok(arguments.iter().fold(config, |config, (argument, value)| config.with(argument, value.clone())))
}

/// A number, or the values of a tensor.
fn numbers(value: &Value) -> Outcome<Vec<f64>> {
    Ok(match value.get("values") {
        Some(_) => golden::tensor(value)?.into_vec(),
        None => vec![golden::float(value)?],
    })
}

fn case<T: Scalar>(case: &Value) -> Outcome {
    let mut metric = Any::<T>::new(&config_of(case)?)?;
    for update in golden::list(golden::get(case, "updates")?)? {
        let inputs = ["values", "y_true", "y_pred"].into_iter().filter_map(|key| update.get(key));
        let inputs: Vec<Tensor<T>> = inputs.map(golden::tensor).collect::<Result<_, _>>()?;
        let weight: Option<Tensor<T>> = golden::optional(update, "sample_weight").map(golden::tensor).transpose()?;
        let views: Vec<View<'_, T>> = inputs.iter().map(Tensor::view).collect();
        metric.update(&views, weight.as_ref().map(Tensor::as_slice))?;
        let variables = metric.variables();
        let names: Vec<&Value> = golden::list(golden::get(case, "variables")?)?.iter().collect();
        assert_eq!(variables.iter().map(|(name, _)| *name).collect::<Vec<_>>(), names);
        if let Some(expected) = golden::optional(update, "variables") {
            for ((name, actual), expected) in variables.iter().zip(golden::tensors::<f64>(expected)?) {
                assert_eq!(actual.shape(), expected.shape(), "{name}");
                assert_close(actual.as_slice(), expected.as_slice(), 1e-6);
            }
        }
        assert_close(&metric.results(), &numbers(golden::get(update, "result")?)?, 1e-6);
    }
    metric.reset();
    // Keras's R² of nothing is 0/0.
    let nothing = |value: f64| if value.is_nan() { 0.0 } else { value };
    let expected = numbers(golden::get(case, "result_after_reset")?)?;
    assert_close(&metric.results(), &expected.into_iter().map(nothing).collect::<Vec<_>>(), 0.0);
    Ok(())
}

#[test]
fn in_f32() -> Outcome {
    let file = golden::read("metrics")?;
    for entry in golden::list(golden::get(&file, "cases")?)? {
        println!("{} {} {}", entry["class_name"], entry["name"], entry["config"]); // shown if the test fails
        case::<f32>(entry)?;
    }
    Ok(())
}

/// A whole number is the same number with or without a point behind it.
fn without_points(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        Value::Array(list) => list.iter().map(without_points).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), without_points(value))).collect(),
        other => other.clone(),
    }
}

#[test]
fn configs() -> Outcome {
    let file = golden::read("metrics")?;
    for entry in golden::list(golden::get(&file, "configs")?)? {
        let config = config_of(entry)?;
        let written = Any::<f32>::new(&config)?.get_config().ok_or("expected a config")?;
        assert_eq!((written.module(), written.class_name()), (Some("keras.metrics"), config.class_name()));
        assert_eq!(without_points(&written.into_arguments()), without_points(&entry["config"]));
    }
    Ok(())
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
        let metric = get::<f32>(golden::text(golden::get(entry, "metric")?)?)?;
        assert_eq!(metric.name(), golden::text(golden::get(entry, "name")?)?);
        let class = metric.get_config().map(|config| config.class_name().to_owned());
        assert_eq!(class.as_deref(), Some(golden::text(golden::get(entry, "class_name")?)?));
    }
    for text in golden::list(golden::get(&file, "refused")?)? {
        let text = golden::text(text)?;
        assert_eq!(get::<f32>(text).unwrap_err(), MetricError::UnknownName { received: text.to_owned() });
    }
    Ok(())
}
