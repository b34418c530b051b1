//! Fans, limits, deviations and values as Keras has them (`golden/initializers.json`).

use std::error::Error;

use cornu_initializers::{
    Constant, Identity, Initializer, Orthogonal, RandomNormal, RandomUniform, TruncatedNormal, VarianceScaling,
    compute_fans, get, random,
};
use cornu_tensor::Tensor;
use cornu_testkit::{assert_close, golden};

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

/// An initializer draws what the plain distribution with Keras's limits or deviation draws from the same seed.
/// That the plain distributions are right is shown in `distribution.rs`.
#[test]
fn limits_and_deviations() -> Result<(), Box<dyn Error>> {
    let file = golden::read("initializers")?;
    let laws = golden::list(golden::get(&file, "laws")?)?;
    assert!(laws.len() > 200);
    for case in laws {
        let (class, config) = (golden::text(golden::get(case, "class_name")?)?, golden::get(case, "config")?);
        let number = |key, default| golden::optional(config, key).map_or(Ok(default), golden::float::<f64>);
        let name = |key| golden::text(golden::get(config, key)?);
        let initializer = match class {
            "RandomNormal" => Box::new(RandomNormal::new(number("mean", 0.0)?, number("stddev", 0.05)?)?),
            "TruncatedNormal" => Box::new(TruncatedNormal::new(number("mean", 0.0)?, number("stddev", 0.05)?)?)
                as Box<dyn Initializer<f64>>,
            "RandomUniform" => Box::new(RandomUniform::new(number("minval", -0.05)?, number("maxval", 0.05)?)?),
            "VarianceScaling" => Box::new(VarianceScaling::new(
                number("scale", 1.0)?,
                name("mode")?.parse()?,
                name("distribution")?.parse()?,
            )?),
            preset => Box::new(get(preset)?),
        };
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
        let (class, config) = (golden::text(golden::get(case, "class_name")?)?, golden::get(case, "config")?);
        let expected = golden::tensor::<f32>(golden::get(case, "value")?)?;
        let initializer = match (class, golden::optional(config, "value"), golden::optional(config, "gain")) {
            ("Constant", Some(value), _) => Box::new(Constant::new(golden::float(value)?)) as Box<dyn Initializer<f32>>,
            ("Identity", _, Some(gain)) => Box::new(Identity::new(golden::float(gain)?)),
            _ => Box::new(get(class)?),
        };
        assert_eq!(initializer.init(expected.shape(), &mut random::generator(0))?, expected);
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
fn names() -> Result<(), Box<dyn Error>> {
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
