//! The arguments of a config, read one by one.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::ConfigError;

/// The arguments of a config, read one by one. Whoever has read all that it knows calls [`Arguments::finish`], so that
/// an argument that nobody understands is an error rather than a silent difference.
///
/// ```
/// use cornu_config::Config;
///
/// let config = Config::new("keras.losses", "Huber").with("delta", 2).with("name", None::<String>);
/// let mut arguments = config.arguments();
/// assert_eq!(arguments.or("delta", 1.0)?, 2.0);
/// assert_eq!(arguments.get::<String>("name")?, None);
/// arguments.finish()?;
/// # Ok::<(), cornu_config::ConfigError>(())
/// ```
#[derive(Debug)]
pub struct Arguments<'a> {
    class_name: &'a str,
    config: &'a Map<String, Value>,
    read: Vec<&'static str>,
}

impl<'a> Arguments<'a> {
    pub(crate) fn new(class_name: &'a str, config: &'a Map<String, Value>) -> Self {
        Self { class_name, config, read: Vec::new() }
    }

    /// The argument's value; `None` if it is absent or `null`.
    ///
    /// # Errors
    /// [`ConfigError::Argument`] if the value has another type.
    pub fn get<V: DeserializeOwned>(&mut self, argument: &'static str) -> Result<Option<V>, ConfigError> {
        self.read.push(argument);
        match self.config.get(argument) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => V::deserialize(value).map(Some).map_err(|error| ConfigError::Argument {
                class_name: self.class_name.to_owned(),
                argument,
                expected: error.to_string(),
                received: value.to_string(),
            }),
        }
    }

    /// The argument's value, or Keras's default for it if it is absent or `null`.
    ///
    /// # Errors
    /// As [`Arguments::get`].
    pub fn or<V: DeserializeOwned>(&mut self, argument: &'static str, default: V) -> Result<V, ConfigError> {
        Ok(self.get(argument)?.unwrap_or(default))
    }

    /// The value of an argument that must be there.
    ///
    /// # Errors
    /// [`ConfigError::Missing`] if it is not, and as [`Arguments::get`].
    pub fn required<V: DeserializeOwned>(&mut self, argument: &'static str) -> Result<V, ConfigError> {
        let class_name = self.class_name;
        self.get(argument)?.ok_or_else(|| ConfigError::Missing { class_name: class_name.to_owned(), argument })
    }

    /// Passes over arguments that say nothing here, such as `dtype` where Keras writes it always.
    pub fn skip(&mut self, arguments: &[&'static str]) {
        self.read.extend(arguments);
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`ConfigError::Unknown`] for an argument that was not asked for.
    pub fn finish(self) -> Result<(), ConfigError> {
        match self.config.iter().find(|(argument, _)| !self.read.contains(&argument.as_str())) {
            None => Ok(()),
            Some((argument, value)) => Err(ConfigError::Unknown {
                class_name: self.class_name.to_owned(),
                known: self.read.join(", "),
                received: format!("{argument}={value}"),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    #[test]
    fn whole_numbers_are_numbers() -> Result<(), ConfigError> {
        let config = Config::new("keras.constraints", "MaxNorm").with("max_value", 2).with("axis", vec![0, 1]);
        let mut arguments = config.arguments();
        assert_eq!(arguments.required::<f64>("max_value")?, 2.0);
        assert_eq!(arguments.required::<Vec<isize>>("axis")?, [0, 1]);
        arguments.finish()
    }

    #[test]
    fn what_is_missing_wrong_or_unknown_is_named() {
        let config = Config::new("keras.losses", "Huber").with("delta", true).with("alpha", 3);
        let mut arguments = config.arguments();
        let wrong = arguments.or("delta", 1.0).unwrap_err().to_string();
        assert!(wrong.starts_with("Huber: argument `delta`") && wrong.ends_with("Received: true"), "{wrong}");
        let missing = arguments.required::<f64>("gamma").unwrap_err().to_string();
        assert!(missing.contains("`gamma`"), "{missing}");
        let unknown = arguments.finish().unwrap_err().to_string();
        assert!(unknown.ends_with("Received: alpha=3"), "{unknown}");
    }
}
