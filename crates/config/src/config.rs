//! A component's class and arguments.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Arguments;

/// A component's class and arguments, in the form that Keras's files have.
///
/// ```
/// use cornu_config::Config;
///
/// let zeros = Config::new("keras.initializers", "Zeros");
/// let dense = Config::new("keras.layers", "Dense").with("units", 4).with("bias_initializer", zeros);
/// let text = serde_json::to_string(&dense)?;
/// assert_eq!(serde_json::from_str::<Config>(&text)?, dense);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// The Python module; older files lack it, and nothing here depends on it.
    #[serde(default)]
    module: Option<String>,
    class_name: String,
    #[serde(default)]
    config: Map<String, Value>,
    /// The name under which a user registered the class, such as `"my_package>MyLoss"`.
    #[serde(default)]
    registered_name: Option<String>,
}

impl Config {
    /// A class of Keras, without arguments.
    #[must_use]
    pub fn new(module: &str, class_name: &str) -> Self {
        let (module, class_name) = (Some(module.to_owned()), class_name.to_owned());
        Self { module, class_name, config: Map::new(), registered_name: None }
    }

    /// The same with one more argument: a number, a bool, a text, a list, another config, or an `Option` of these
    /// (`None` is written as `null`). A number that JSON cannot say (NaN, ∞) is `null` too.
    #[must_use]
    pub fn with(mut self, argument: &str, value: impl Into<Value>) -> Self {
        self.config.insert(argument.to_owned(), value.into());
        self
    }

    /// The module of Keras, such as `"keras.losses"`.
    #[must_use]
    pub fn module(&self) -> Option<&str> {
        self.module.as_deref()
    }

    /// The class, such as `"Huber"`.
    #[must_use]
    pub fn class_name(&self) -> &str {
        &self.class_name
    }

    /// The name under which a user registered the class, if it is not one of Keras's own.
    #[must_use]
    pub fn registered_name(&self) -> Option<&str> {
        self.registered_name.as_deref()
    }

    /// The argument's value as it was written.
    #[must_use]
    pub fn get(&self, argument: &str) -> Option<&Value> {
        self.config.get(argument)
    }

    /// The arguments, to be read one by one.
    #[must_use]
    pub fn arguments(&self) -> Arguments<'_> {
        Arguments::new(&self.class_name, &self.config)
    }

    /// What Keras's `get_config()` gives: the arguments alone.
    #[must_use]
    pub fn into_arguments(self) -> Value {
        Value::Object(self.config)
    }
}

impl From<Config> for Value {
    fn from(config: Config) -> Self {
        let mut object = Map::new();
        object.insert("module".to_owned(), config.module.into());
        object.insert("class_name".to_owned(), config.class_name.into());
        object.insert("config".to_owned(), Value::Object(config.config));
        object.insert("registered_name".to_owned(), config.registered_name.into());
        Value::Object(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_a_value_it_is_what_serde_writes() -> Result<(), serde_json::Error> {
        let inner = Config::new("keras.initializers", "Constant").with("value", 0.5);
        let config = Config::new("keras.layers", "Dense").with("units", 4).with("bias_initializer", inner);
        assert_eq!(Value::from(config.clone()), serde_json::to_value(&config)?);
        Ok(())
    }

    #[test]
    fn a_config_of_an_older_file_has_no_module() -> Result<(), serde_json::Error> {
        let config: Config = serde_json::from_str(r#"{"class_name": "Zeros", "config": {}}"#)?;
        assert_eq!((config.class_name(), config.module()), ("Zeros", None));
        Ok(())
    }
}
