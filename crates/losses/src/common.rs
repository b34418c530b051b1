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
