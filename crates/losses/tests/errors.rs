//! What each loss refuses.

use cornu_losses::{
    CTC, CategoricalCrossentropy, CategoricalFocalCrossentropy, CategoricalGeneralizedCrossEntropy, Circle,
    CosineSimilarity, Dice, Evaluator, Loss, LossError, MeanSquaredError, Reduction, SparseCategoricalCrossentropy,
    get, names,
};
use cornu_tensor::{Shape, Tensor, View};

fn values(shape: &[usize]) -> Result<Tensor<f32>, LossError> {
    Ok(Tensor::full(Shape::new(shape)?, 0.5))
}

#[test]
fn labels_of_another_shape() -> Result<(), LossError> {
    for (y_true, y_pred) in [
        (vec![3, 2], vec![2, 2]),
        (vec![3, 1], vec![3, 4]),
        (vec![4], vec![4, 4]),
        (vec![], vec![]),
        (vec![2, 0], vec![2, 0]),
    ] {
        let (y_true, y_pred) = (values(&y_true)?, values(&y_pred)?);
        for name in [
            "mean_squared_error",
            "mean_absolute_error",
            "binary_crossentropy",
            "categorical_crossentropy",
            "hinge",
            "dice",
        ] {
            let error = Evaluator::new().value(&get(name)?, y_true.view(), y_pred.view(), None).unwrap_err();
            assert!(matches!(&error, LossError::Shapes { loss, .. } if loss == name), "{error}");
            let received = format!("Received: y_true of shape {}, y_pred of shape {}", y_true.shape(), y_pred.shape());
            assert!(error.to_string().ends_with(&received), "{error}");
        }
    }
    let sparse = get("sparse_categorical_crossentropy")?;
    let error = Evaluator::new().value(&sparse, values(&[2, 3])?.view(), values(&[2, 3])?.view(), None).unwrap_err();
    assert!(matches!(error, LossError::Shapes { .. }));
    Ok(())
}

#[test]
fn labels_that_are_no_class() -> Result<(), LossError> {
    let loss = SparseCategoricalCrossentropy::new();
    let y_pred = values(&[2, 3])?;
    for bad in [3.0, -1.0, 0.5, f32::NAN, f32::INFINITY, 1e30] {
        let labels = [2.0, bad];
        let error = Loss::<f32>::check(&loss, View::new([2], &labels)?, y_pred.shape()).unwrap_err();
        assert!(matches!(error, LossError::Label { classes: 3, position: 1, .. }), "{error}");
        let same = Evaluator::new().value(&loss, View::new([2], &labels)?, y_pred.view(), None);
        assert!(same.is_err());
    }
    let ignoring = loss.ignore_class(255);
    assert_eq!(Loss::<f32>::check(&ignoring, View::new([2], &[255.0, 2.0])?, y_pred.shape()), Ok(()));
    assert!(Loss::<f32>::check(&ignoring, View::new([2], &[254.0, 2.0])?, y_pred.shape()).is_err());
    Ok(())
}

#[test]
fn weights_of_another_number() -> Result<(), LossError> {
    let (y_true, y_pred) = (values(&[2, 3, 4])?, values(&[2, 3, 4])?);
    let mut evaluator = Evaluator::new();
    let loss = MeanSquaredError::new();
    for (count, fits) in [(0, false), (1, false), (2, true), (3, false), (6, true), (24, false)] {
        let value = evaluator.value(&loss, y_true.view(), y_pred.view(), Some(&vec![1.0; count]));
        let refused = Err(LossError::SampleWeight { samples: 2, rows: 6, received: count });
        assert_eq!(value, if fits { Ok(0.0) } else { refused });
    }
    Ok(())
}

#[test]
fn a_gradient_of_another_length() -> Result<(), LossError> {
    let y = values(&[2, 3])?;
    let mut evaluator = Evaluator::new();
    let error = evaluator.value_and_gradient(&MeanSquaredError::new(), y.view(), y.view(), None, &mut [0.0; 5]);
    assert_eq!(error, Err(LossError::Gradient { expected: 6, received: 5 }));
    Ok(())
}

#[test]
fn a_loss_that_is_not_reduced() -> Result<(), LossError> {
    let y = values(&[2, 3])?;
    let loss = CategoricalCrossentropy::new().with_reduction(Reduction::None).with_name("mine");
    let mut evaluator = Evaluator::new();
    let error = evaluator.value(&loss, y.view(), y.view(), None).unwrap_err();
    assert_eq!(error, LossError::NotReduced { loss: "mine".to_owned() });
    assert!(error.to_string().ends_with("Received: reduction=none"));
    assert!(evaluator.value_and_gradient(&loss, y.view(), y.view(), None, &mut [0.0; 6]).is_err());
    assert_eq!(evaluator.values(&loss, y.view(), y.view(), None)?.len(), 2);
    Ok(())
}

/// Without a check, wrong lengths give numbers without meaning, but no panic.
#[test]
fn nothing_panics() -> Result<(), LossError> {
    for name in names() {
        let loss = get::<f32>(name)?;
        for loss in
            [Some(loss.clone()), loss.on_logits_of("softmax"), loss.on_logits_of("sigmoid")].into_iter().flatten()
        {
            for (y_true, y_pred) in
                [(vec![2, 3], vec![3, 2]), (vec![], vec![]), (vec![7], vec![2, 2]), (vec![1], vec![0, 3])]
            {
                let (y_true, y_pred) = (values(&y_true)?, values(&y_pred)?);
                for length in [0, 1, 20] {
                    let (mut a, mut b) = (vec![0.0; length], vec![0.0; length]);
                    loss.values(y_true.view(), y_pred.view(), &mut a);
                    loss.gradient(y_true.view(), y_pred.view(), &a, &mut b);
                    loss.values_and_gradient(y_true.view(), y_pred.view(), &[1.0], &mut a, &mut b);
                    loss.mask(y_true.view(), &mut a);
                }
            }
        }
    }
    Ok(())
}

#[test]
fn an_axis_that_is_not_there() {
    let y = Tensor::<f64>::zeros([2, 3]);
    let losses: [Box<dyn Loss<f64>>; 3] = [
        Box::new(Dice::new().axis(&[1, -1])),
        Box::new(CosineSimilarity::new().axis(2)),
        Box::new(CategoricalCrossentropy::new().axis(-3)),
    ];
    for loss in losses {
        let error = Evaluator::new().value(&loss, y.view(), y.view(), None).unwrap_err();
        assert!(matches!(error, LossError::Argument { argument: "axis", .. }), "{error}");
        assert!(error.to_string().ends_with("for y_pred of shape (2, 3)"), "{error}");
    }
}

#[test]
fn class_alphas_need_classes() -> Result<(), LossError> {
    let y = Tensor::<f64>::full([2, 3], 0.5);
    let loss = CategoricalFocalCrossentropy::new().class_alphas(&[0.1, 0.2])?;
    let error = Evaluator::new().value(&loss, y.view(), y.view(), None).unwrap_err().to_string();
    assert!(error.ends_with("Received: alpha=[0.1, 0.2] for y_pred of shape (2, 3)"), "{error}");
    Ok(())
}

#[test]
fn shapes_and_labels_that_do_not_fit() {
    let circle: Box<dyn Loss<f64>> = Box::new(Circle::new());
    let ctc: Box<dyn Loss<f64>> = Box::new(CTC::new());
    let q: Box<dyn Loss<f64>> = Box::new(CategoricalGeneralizedCrossEntropy::new());
    for (loss, y_true, y_pred) in [
        (&circle, vec![2, 2], vec![2, 3]),
        (&circle, vec![3], vec![2, 3]),
        (&circle, vec![2], vec![2]),
        (&ctc, vec![2], vec![2, 3, 4]),
        (&ctc, vec![3, 2], vec![2, 3, 4]),
        (&ctc, vec![2, 2], vec![2, 0, 4]),
        (&ctc, vec![2, 2], vec![2, 3, 1]),
        (&q, vec![2, 3], vec![2, 3]),
    ] {
        let shape = |dims: &[usize]| Shape::new(dims).unwrap();
        let error = loss.values_shape(shape(&y_true), shape(&y_pred)).unwrap_err();
        assert!(matches!(error, LossError::Shapes { .. }), "{error}");
    }
    for (loss, y_pred) in [(&ctc, Tensor::<f64>::zeros([1, 3, 4])), (&q, Tensor::zeros([1, 2, 4]))] {
        for bad in [4.0, -1.0, 0.5, f64::NAN] {
            let y_true = Tensor::from([[1.0, bad]]);
            let error = Evaluator::new().value(loss, y_true.view(), y_pred.view(), None).unwrap_err();
            assert!(matches!(error, LossError::Label { classes: 4, position: 1, .. }), "{error}");
        }
    }
}
