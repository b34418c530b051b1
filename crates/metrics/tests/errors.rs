//! What each metric refuses. A refused batch leaves the state as it was.

use cornu_metrics::{Accuracy, Metric, MetricError, NAMES, get};
use cornu_tensor::{Shape, Tensor};

fn values(shape: &[usize]) -> Result<Tensor<f32>, MetricError> {
    Ok(Tensor::full(Shape::new(shape)?, 1.0))
}

#[test]
fn labels_of_another_shape() -> Result<(), MetricError> {
    for (y_true, y_pred) in
        [(vec![3, 2], vec![2, 2]), (vec![3, 4, 2], vec![3, 4]), (vec![], vec![]), (vec![2, 0], vec![2, 0])]
    {
        let (y_true, y_pred) = (values(&y_true)?, values(&y_pred)?);
        let metrics = NAMES.into_iter().map(get).chain([Ok(Box::new(Accuracy::new()) as Box<dyn Metric<f32>>)]);
        for metric in metrics {
            let mut metric = metric?;
            let error = metric.update(y_true.view(), y_pred.view(), None).unwrap_err();
            assert!(matches!(&error, MetricError::Shapes { metric: name, .. } if name == metric.name()), "{error}");
            let received = format!("Received: y_true of shape {}, y_pred of shape {}", y_true.shape(), y_pred.shape());
            assert!(error.to_string().ends_with(&received), "{error}");
            assert_eq!(metric.check(y_true.shape(), y_pred.shape()), Err(error));
            assert_eq!(metric.result(), 0.0);
        }
    }
    Ok(())
}

#[test]
fn labels_that_would_be_broadcast() -> Result<(), MetricError> {
    for name in ["binary_accuracy", "categorical_accuracy", "mean_squared_error", "mean_absolute_error"] {
        let metric = get::<f32>(name)?;
        assert!(metric.check([3, 1].into(), [3, 4].into()).is_err());
        assert!(metric.check([4].into(), [4, 4].into()).is_err());
    }
    assert!(get::<f32>("sparse_categorical_accuracy")?.check([3, 4].into(), [3, 4].into()).is_err());
    Ok(())
}

#[test]
fn weights_of_another_number() -> Result<(), MetricError> {
    let y = values(&[2, 3, 4])?;
    for name in ["accuracy", "categorical_accuracy", "mean_squared_error", "binary_accuracy"] {
        for (count, fits) in [(0, false), (1, false), (2, true), (3, false), (6, true), (12, false)] {
            let mut metric = get::<f32>(name)?;
            metric.update(y.view(), y.view(), None)?;
            let before = format!("{metric:?}");
            let outcome = metric.update(y.view(), y.view(), Some(&vec![1.0; count]));
            assert_eq!(outcome.is_ok(), fits);
            if let Err(error) = outcome {
                assert!(matches!(error, MetricError::SampleWeight { received, .. } if received == count));
                assert_eq!(format!("{metric:?}"), before);
            }
        }
    }
    Ok(())
}
