//! Values and gradients as Keras computed them.

use cornu_losses::config::{Config, Value};
use cornu_losses::{BinaryCrossentropy, Evaluator, Loss, Reduction, SparseCategoricalCrossentropy, from_config, get};
use cornu_tensor::{Scalar, Tensor};
use cornu_testkit::{assert_close, golden};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The config of an entry of the file.
fn config(entry: &Value) -> Result<Config, Box<dyn std::error::Error>> {
    let config = Config::new("keras.losses", golden::text(golden::get(entry, "class_name")?)?);
    let arguments = golden::get(entry, "config")?.as_object().ok_or("no arguments")?;
    Ok(arguments.iter().fold(config, |config, (argument, value)| config.with(argument, value.clone())))
}

fn all_cases<T: Scalar>(tolerance: f64) -> Outcome {
    let file = golden::read("losses")?;
    let mut evaluator = Evaluator::<T>::new();
    for case in golden::list(golden::get(&file, "cases")?)? {
        let config = config(case)?;
        let loss = from_config::<T>(&config)?;
        let reduction = loss.reduction();

        let y_true: Tensor<T> = golden::tensor(golden::get(case, "y_true")?)?;
        let y_pred: Tensor<T> = golden::tensor(golden::get(case, "y_pred")?)?;
        let weight: Option<Tensor<T>> = golden::optional(case, "sample_weight").map(golden::tensor).transpose()?;
        let weight = weight.as_ref().map(Tensor::as_slice);
        let value: Tensor<T> = golden::tensor(golden::get(case, "value")?)?;
        let gradient: Tensor<T> = golden::tensor(golden::get(case, "gradient")?)?;

        println!("{config:?} {}", golden::text(golden::get(case, "name")?)?); // shown if the test fails
        if reduction == Reduction::None {
            let values = evaluator.values(&loss, y_true.view(), y_pred.view(), weight)?;
            assert_close(values, value.as_slice(), tolerance);
            let rows = loss.values_shape(y_true.shape(), y_pred.shape())?.size();
            let scale = match weight {
                None => vec![T::one(); rows],
                Some(weights) => (0..rows).map(|i| weights[i * weights.len() / rows]).collect(),
            };
            let mut found = vec![T::of(f64::NAN); y_pred.len()];
            loss.gradient(y_true.view(), y_pred.view(), &scale, &mut found);
            assert_close(&found, gradient.as_slice(), tolerance);
        } else {
            let mut found = vec![T::of(f64::NAN); y_pred.len()];
            let loss_value = evaluator.value_and_gradient(&loss, y_true.view(), y_pred.view(), weight, &mut found)?;
            assert_close(&[loss_value], value.as_slice(), tolerance);
            assert_close(&found, gradient.as_slice(), tolerance);
            assert_eq!(evaluator.value(&loss, y_true.view(), y_pred.view(), weight)?, loss_value);
        }
    }
    Ok(())
}

#[test]
fn in_f32() -> Outcome {
    all_cases::<f32>(1e-6)
}

#[test]
fn names() -> Outcome {
    let file = golden::read("losses")?;
    for entry in golden::list(golden::get(&file, "names")?)? {
        let config = get::<f32>(golden::text(golden::get(entry, "name")?)?)?.get_config();
        let class = golden::text(golden::get(entry, "class_name")?)?;
        assert_eq!(config.as_ref().map(Config::class_name), Some(class));
    }
    Ok(())
}

#[test]
fn configs() -> Outcome {
    let file = golden::read("losses")?;
    for entry in golden::list(golden::get(&file, "configs")?)? {
        let loss = from_config::<f64>(&config(entry)?)?;
        let written = loss.get_config().ok_or("no config")?;
        assert_eq!(written.clone().into_arguments(), *golden::get(entry, "config")?);
        assert_eq!(Value::from(written), *golden::get(entry, "serialized")?);
    }
    Ok(())
}

/// Keras 3.15 on `SparseCategoricalCrossentropy(from_logits=True, ignore_class=255)`.
#[test]
fn an_ignored_class() -> Outcome {
    let y_true = Tensor::from([[0.0_f32, 255.0], [1.0, 2.0]]);
    let y_pred = Tensor::from([
        [[1.764_052_4_f32, 0.400_157_2, 0.978_738], [2.240_893_1, 1.867_558, -0.977_277_9]],
        [[0.950_088_44, -0.151_357_2, -0.103_218_85], [0.410_598_52, 0.144_043_56, 1.454_273_5]],
    ]);
    let (per_sample, per_row) = ([0.5, 2.0], [0.5, 2.0, 1.0, 3.0]);
    let mut evaluator = Evaluator::new();
    for (reduction, unweighted, by_sample, by_row) in [
        (Reduction::Sum, 2.641_996_9, 4.477_816_6, 3.340_487_7),
        (Reduction::Mean, 0.880_665_7, 1.492_605_7, 1.113_496),
        (Reduction::MeanWithSampleWeight, 0.880_665_6, 0.995_070_34, 0.742_330_6),
    ] {
        let loss = SparseCategoricalCrossentropy::new().from_logits(true).ignore_class(255).with_reduction(reduction);
        for (weight, expected) in
            [(None, unweighted), (Some(per_sample.as_slice()), by_sample), (Some(per_row.as_slice()), by_row)]
        {
            let mut gradient = [f32::NAN; 12];
            let value = evaluator.value_and_gradient(&loss, y_true.view(), y_pred.view(), weight, &mut gradient)?;
            assert_close(&[value], &[expected], 1e-6);
            assert_eq!(gradient[3..6], [0.0; 3]);
        }
    }
    Ok(())
}

/// Keras 3.15 on `binary_crossentropy`: on a bound of the clipped probabilities the gradient is half of that
/// inside, beyond it 0.
#[test]
fn a_probability_on_the_bound() -> Outcome {
    let (low, high) = (1e-7_f32, 1.0 - 1e-7_f32);
    let (y_true, y_pred) =
        (Tensor::from([[1.0, 0.0, 1.0, 0.0, 1.0, 1.0]]), Tensor::from([[low, low, high, high, 0.0, 1.0]]));
    let mut gradient = [f32::NAN; 6];
    BinaryCrossentropy::new().gradient(y_true.view(), y_pred.view(), &[1.0], &mut gradient);
    assert_close(&gradient, &[-833_333.4, 0.083_333_34, -0.083_333_34, 699_050.7, 0.0, 0.0], 1e-6);
    Ok(())
}
