//! A tensor as an initializer: the weight begins with exactly these values, as Keras takes an array.

use std::sync::Arc;

use cornu_config::{Config, Value};
use cornu_tensor::{MAX_RANK, Scalar, Shape, Tensor};
use rand::Rng;

use crate::{Constant, Initializer, InitializerError, MODULE};

/// The values themselves; the shape asked for must be the tensor's.
///
/// Keras writes them as the list of a `Constant`, which [`from_config`](crate::from_config) reads too.
///
/// ```
/// use cornu_initializers::{Initializer, random};
/// use cornu_tensor::Tensor;
///
/// let given = Tensor::from([1.0_f32, 2.0]);
/// assert_eq!(given.init([2].into(), &mut random::generator(0))?, given);
/// assert!(given.init([3].into(), &mut random::generator(0)).is_err());
/// # Ok::<(), cornu_initializers::InitializerError>(())
/// ```
impl<T: Scalar> Initializer<T> for Tensor<T> {
    fn init(&self, shape: Shape, _rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        if shape != self.shape() {
            let expected = format!("the shape of its tensor, {}", self.shape());
            return Err(InitializerError::Shape { initializer: "a given tensor", expected, received: shape });
        }
        Ok(self.clone())
    }

    /// `None` for values that JSON cannot say.
    fn get_config(&self) -> Option<Config> {
        self.as_slice()
            .iter()
            .all(T::is_finite)
            .then(|| Config::new(MODULE, "Constant").with("value", nested(self.shape().dims(), self.as_slice())))
    }
}

/// Values as nested lists, one level a dimension.
fn nested<T: Scalar>(dims: &[usize], values: &[T]) -> Value {
    match dims.split_first() {
        None => values.first().map(|value| value.to_f64()).into(),
        Some((&dim, inner)) => {
            let size = inner.iter().product::<usize>();
            (0..dim).map(|i| nested(inner, values.get(i * size..(i + 1) * size).unwrap_or_default())).collect()
        }
    }
}

/// A `Constant` of several values: they are repeated along the dimensions that they lack, or where they have one alone.
#[derive(Debug, Clone, PartialEq)]
struct Repeated<T>(Tensor<T>);

impl<T: Scalar> Initializer<T> for Repeated<T> {
    fn init(&self, shape: Shape, _rng: &mut dyn Rng) -> Result<Tensor<T>, InitializerError> {
        let own = self.0.shape();
        let pairs = || shape.dims().iter().rev().zip(own.dims().iter().rev());
        if own.rank() > shape.rank() || !pairs().all(|(dim, own)| *own == 1 || own == dim) {
            let expected = format!("a shape that values of the shape {own} can be repeated to");
            return Err(InitializerError::Shape { initializer: "Constant", expected, received: shape });
        }
        Ok(Tensor::from_fn(shape, |index| {
            let (mut rest, mut at, mut stride) = (index, 0, 1);
            for (&dim, &own) in pairs() {
                at += if own == 1 { 0 } else { rest % dim * stride };
                rest /= dim;
                stride *= own;
            }
            self.0.as_slice().get(at).copied().unwrap_or_else(T::zero)
        }))
    }

    fn get_config(&self) -> Option<Config> {
        Initializer::get_config(&self.0)
    }
}

/// Keras's `Constant`: of one number, or of several, which stand in a file as lists or as an array.
///
/// # Errors
/// As [`Constant::from_config`], and [`InitializerError::Argument`] for lists that are no tensor.
pub(crate) fn constant<T: Scalar>(config: &Config) -> Result<Arc<dyn Initializer<T>>, InitializerError> {
    let value = match config.get("value") {
        // {"class_name": "__numpy__" or "__tensor__", "config": {"value": lists, "dtype": ..}}
        Some(array @ Value::Object(_)) => array.get("config").and_then(|config| config.get("value")).unwrap_or(array),
        Some(lists @ Value::Array(_)) => lists,
        _ => return Ok(Arc::new(Constant::from_config(config)?)),
    };
    let mut arguments = config.arguments();
    arguments.skip(&["value"]);
    arguments.finish()?;
    match tensor(value) {
        Some(tensor) => Ok(Arc::new(Repeated(tensor))),
        None => Err(InitializerError::Argument {
            initializer: "Constant",
            argument: "value",
            expected: "a number, or lists of numbers that are as long as each other",
            received: value.to_string(),
        }),
    }
}

/// Nested lists as a tensor.
fn tensor<T: Scalar>(lists: &Value) -> Option<Tensor<T>> {
    let (mut dims, mut level) = (Vec::new(), lists);
    while let Value::Array(list) = level {
        dims.push(list.len());
        level = list.first().unwrap_or(&Value::Null);
    }
    if dims.len() > MAX_RANK {
        return None;
    }
    let mut values = Vec::new();
    gather(lists, &dims, &mut values)?;
    Tensor::new(Shape::new(&dims).ok()?, values).ok()
}

/// The numbers of nested lists of these lengths.
fn gather<T: Scalar>(lists: &Value, dims: &[usize], values: &mut Vec<T>) -> Option<()> {
    match (lists, dims.split_first()) {
        (Value::Array(list), Some((&dim, inner))) if list.len() == dim => {
            list.iter().try_for_each(|inner_list| gather(inner_list, inner, values))
        }
        (Value::Number(number), None) => {
            values.push(T::of(number.as_f64()?));
            Some(())
        }
        (Value::Bool(one), None) => {
            values.push(if *one { T::one() } else { T::zero() });
            Some(())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{from_config, random};

    fn of(value: Value) -> Result<Arc<dyn Initializer<f32>>, InitializerError> {
        from_config(&Config::new(MODULE, "Constant").with("value", value))
    }

    fn parsed(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn an_array_of_a_keras_file() -> Result<(), InitializerError> {
        let array = r#"{"class_name": "__numpy__", "config": {"value": [[1, 2.5]], "dtype": "float64"}}"#;
        let made = of(parsed(array))?.init([2, 2].into(), &mut random::generator(0))?;
        assert_eq!(made, Tensor::from([[1.0, 2.5], [1.0, 2.5]]));
        let scalar = r#"{"class_name": "__tensor__", "config": {"value": 0.5, "dtype": "float32"}}"#;
        assert_eq!(of(parsed(scalar))?.init([2].into(), &mut random::generator(0))?, Tensor::from([0.5, 0.5]));
        Ok(())
    }

    #[test]
    fn a_tensor_comes_back() -> Result<(), Box<dyn std::error::Error>> {
        for tensor in [Tensor::from_fn([2, 3], |i| 0.1 * i as f32), Tensor::from([0.3]), Tensor::zeros([2, 0])] {
            let config = Initializer::get_config(&tensor).ok_or("no config")?;
            let back = from_config::<f32>(&config)?;
            assert_eq!(back.init(tensor.shape(), &mut random::generator(0))?, tensor);
            assert_eq!(back.get_config(), Some(config));
        }
        assert_eq!(Initializer::get_config(&Tensor::full([], 2.0_f32)).unwrap().get("value"), Some(&2.0.into()));
        Ok(())
    }

    #[test]
    fn what_is_no_tensor_and_what_does_not_fit() {
        let deep = format!("{}1{}", "[".repeat(20), "]".repeat(20));
        for lists in ["[[1, 2], [3]]", "[1, [2]]", "[[1], 2]", "[\"x\"]", "[null]", "{\"a\": 1}", &deep] {
            let error = of(parsed(lists)).unwrap_err().to_string();
            assert!(error.starts_with("Constant: expected `value` to be a number, or lists"), "{error}");
        }
        for shape in [&[3][..], &[2, 1], &[]] {
            let made = of(parsed("[[1, 2]]")).unwrap().init(Shape::new(shape).unwrap(), &mut random::generator(0));
            assert!(made.unwrap_err().to_string().contains("of the shape (1, 2)"));
        }
    }
}
