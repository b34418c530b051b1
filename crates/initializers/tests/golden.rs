//! Fans, limits, deviations and values as Keras has them (`golden/initializers.json`).

use std::error::Error;
use std::sync::Arc;

use cornu_initializers::config::Config;
use cornu_initializers::{
    Fans, Initializer, Orthogonal, RandomNormal, RandomUniform, TruncatedNormal, compute_fans, from_config, get, names,
    random,
};
use cornu_tensor::{Scalar, Tensor};
use cornu_testkit::{assert_close, golden};
use serde_json::{Value, json};

#[test]
fn fans() -> Result<(), Box<dyn Error>> {
    let file = golden::read("initializers")?;
    for case in golden::list(golden::get(&file, "fans")?)? {
        let fans = compute_fans(golden::shape(golden::get(case, "shape")?)?);
        assert_eq!(fans.fan_in, golden::count(golden::get(case, "fan_in")?)?);
        assert_eq!(fans.fan_out, golden::count(golden::get(case, "fan_out")?)?);
    }
    Ok(())
}

/// The initializer of a case. Its `config` holds only the arguments that were given.
fn initializer<T: Scalar>(class_name: &str, case: &Value) -> Result<Arc<dyn Initializer<T>>, Box<dyn Error>> {
    let config = json!({"class_name": class_name, "config": golden::get(case, "config")?});
    Ok(from_config(&serde_json::from_value::<Config>(config)?)?)
}

#[test]
fn fans_along_axes() -> Result<(), Box<dyn Error>> {
    let file = golden::read("initializers")?;
    for case in golden::list(golden::get(&file, "fans_along")?)? {
        let shape = golden::shape(golden::get(case, "shape")?)?;
        let axes = |key| golden::optional(case, key).cloned().map(serde_json::from_value::<Vec<isize>>).transpose();
        let fans = match (axes("input_axes")?, axes("output_axes")?) {
            (Some(inputs), Some(outputs)) => Fans::along(shape, inputs, outputs)?,
            _ => compute_fans(shape),
        };
        assert_eq!(fans.fan_in, golden::count(golden::get(case, "fan_in")?)?);
        assert_eq!(fans.fan_out, golden::count(golden::get(case, "fan_out")?)?);
    }
    Ok(())
}

/// An initializer draws what the plain distribution with Keras's limits or deviation draws from the same seed.
/// That the plain distributions are right is shown in `distribution.rs`.
#[test]
fn limits_and_deviations() -> Result<(), Box<dyn Error>> {
    let file = golden::read("initializers")?;
    let laws = golden::list(golden::get(&file, "laws")?)?;
    assert!(laws.len() > 200);
    for case in laws {
        let initializer = initializer::<f64>(golden::text(golden::get(case, "class_name")?)?, case)?;
        let law = golden::get(case, "law")?;
        let number = |key| golden::float::<f64>(golden::get(law, key)?);
        let plain: Box<dyn Initializer<f64>> = match golden::text(golden::get(law, "kind")?)? {
            "uniform" => Box::new(RandomUniform::new(number("low")?, number("high")?)?),
            "truncated_normal" => Box::new(TruncatedNormal::new(number("mean")?, number("stddev")?)?),
            _ => Box::new(RandomNormal::new(number("mean")?, number("stddev")?)?),
        };
        let shape = golden::shape(golden::get(case, "shape")?)?;
        let (found, expected) =
            (initializer.init(shape, &mut random::generator(7))?, plain.init(shape, &mut random::generator(7))?);
        assert_close(found.as_slice(), expected.as_slice(), 1e-14);
    }
    Ok(())
}

#[test]
fn values() -> Result<(), Box<dyn Error>> {
    let file = golden::read("initializers")?;
    for case in golden::list(golden::get(&file, "values")?)? {
        let expected = golden::tensor::<f32>(golden::get(case, "value")?)?;
        let initializer = initializer(golden::text(golden::get(case, "class_name")?)?, case)?;
        assert_eq!(initializer.init(expected.shape(), &mut random::generator(0))?, expected);
    }
    Ok(())
}

#[test]
fn waves() -> Result<(), Box<dyn Error>> {
    let file = golden::read("initializers")?;
    for case in golden::list(golden::get(&file, "stft")?)? {
        println!("{}", case["config"]); // shown if the test fails
        let expected = golden::tensor::<f32>(golden::get(case, "value")?)?;
        let found = initializer::<f32>("STFT", case)?.init(expected.shape(), &mut random::generator(0))?;
        assert_close(found.as_slice(), expected.as_slice(), 1e-6);
    }
    Ok(())
}

#[test]
fn configs() -> Result<(), Box<dyn Error>> {
    let file = golden::read("initializers")?;
    let mut defaults = Vec::new();
    for case in golden::list(golden::get(&file, "configs")?)? {
        let keras = golden::get(case, "serialized")?;
        let own = from_config::<f32>(&serde_json::from_value::<Config>(keras.clone())?)?;
        assert_eq!(serde_json::to_value(own.get_config())?, *keras);
        if golden::get(case, "arguments")? == &json!({}) {
            let default = get::<f32>(golden::text(golden::get(case, "class_name")?)?)?;
            assert_eq!(serde_json::to_value(default.get_config())?, *keras);
            defaults.push(format!("{default:?}"));
        }
    }
    for name in names() {
        assert!(defaults.contains(&format!("{:?}", get::<f32>(name)?)), "{name} has no config of Keras");
    }
    Ok(())
}

/// The sums of squares of rows and columns are those of Keras's matrix; the values are drawn otherwise.
#[test]
fn orthogonal() -> Result<(), Box<dyn Error>> {
    let file = golden::read("initializers")?;
    for case in golden::list(golden::get(&file, "orthogonal")?)? {
        let expected = golden::tensor::<f32>(golden::get(case, "value")?)?;
        let initializer = Orthogonal::new(golden::float(golden::get(case, "gain")?)?)?;
        let found = initializer.init(expected.shape(), &mut random::generator(1))?;
        let norms = |tensor: &Tensor<f32>| -> (Vec<f32>, Vec<f32>) {
            let matrix = tensor.columns().transpose();
            (
                matrix.row_iter().map(|row| row.norm_squared()).collect(),
                matrix.column_iter().map(|column| column.norm_squared()).collect(),
            )
        };
        let ((rows, columns), (expected_rows, expected_columns)) = (norms(&found), norms(&expected));
        if rows.len() < columns.len() {
            assert_close(&rows, &expected_rows, 1e-5);
        } else {
            assert_close(&columns, &expected_columns, 1e-5);
        }
    }
    Ok(())
}

#[test]
fn refused_shapes() -> Result<(), Box<dyn Error>> {
    let file = golden::read("initializers")?;
    for case in golden::list(golden::get(&file, "refused")?)? {
        let initializer = get::<f32>(golden::text(golden::get(case, "class_name")?)?)?;
        let shape = golden::shape(golden::get(case, "shape")?)?;
        let message = initializer.init(shape, &mut random::generator(0)).unwrap_err().to_string();
        let (_, received) = message.rsplit_once("Received: ").unwrap();
        let keras = golden::text(golden::get(case, "message")?)?;
        assert!(keras.ends_with(&format!("Received: {received}.")));
    }
    Ok(())
}

#[test]
fn names_of_keras() -> Result<(), Box<dyn Error>> {
    let file = golden::read("initializers")?;
    for case in golden::list(golden::get(&file, "names")?)? {
        let initializer = get::<f32>(golden::text(golden::get(case, "name")?)?)?;
        // Keras asks for the value of "constant"; here it is 0, as in `Constant()`.
        if let Some(class) = golden::optional(case, "class_name") {
            assert_eq!(format!("{initializer:?}"), format!("{:?}", get::<f32>(golden::text(class)?)?));
        }
    }
    Ok(())
}
