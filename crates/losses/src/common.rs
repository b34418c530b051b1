//! What the configs of all losses have in common: the name and the reduction.

use cornu_config::{Arguments, Config};

use crate::{LossError, Reduction};

/// The beginning of what Keras writes of a loss.
pub(crate) fn written(class_name: &str, name: &str, reduction: Reduction) -> Config {
    Config::new("keras.losses", class_name).with("name", name).with("reduction", reduction.name())
}

/// The reduction, and the name if it is not the default. `dtype` says nothing here: the number type of a call decides.
pub(crate) fn common(
    config: &Config,
    arguments: &mut Arguments<'_>,
    default_name: &str,
) -> Result<(Reduction, Option<String>), LossError> {
    arguments.skip(&["dtype"]);
    let name = arguments.get::<String>("name")?.filter(|name| name != default_name);
    let reduction = match arguments.get::<String>("reduction")? {
        Some(reduction) => reduction.parse()?,
        // Python's `None` is written as `null`, and is another word for "none".
        None if config.get("reduction").is_some() => Reduction::None,
        None => Reduction::default(),
    };
    Ok((reduction, name))
}

/// The error of an argument outside its range.
pub(crate) fn refused(
    loss: &'static str,
    argument: &'static str,
    expected: &'static str,
    received: impl ToString,
) -> LossError {
    LossError::Argument { loss, argument, expected, received: received.to_string() }
}

pub(crate) fn from_0_to_1(loss: &'static str, argument: &'static str, value: f64) -> Result<(), LossError> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(refused(loss, argument, "a number from 0 to 1", value)) }
}

pub(crate) fn not_negative(loss: &'static str, argument: &'static str, value: f64) -> Result<(), LossError> {
    if value.is_finite() && value >= 0.0 {
        return Ok(());
    }
    Err(refused(loss, argument, "a finite number, 0 or more", value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_outside_their_range() {
        for bad in [-0.1, f64::NAN, f64::INFINITY] {
            let errors = [from_0_to_1("a loss", "alpha", bad), not_negative("a loss", "alpha", bad)];
            for error in errors {
                assert!(error.unwrap_err().to_string().ends_with(&format!("Received: alpha={bad}")));
            }
        }
        assert!(from_0_to_1("a loss", "alpha", 1.1).is_err() && not_negative("a loss", "alpha", 1.1).is_ok());
    }
}
