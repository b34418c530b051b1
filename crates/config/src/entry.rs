//! A family's list of components.

use crate::Config;

/// One component of a family: its class, the names that Keras takes for it, and how it is made.
///
/// A family (the losses, the optimizers …) keeps an array of these, one line a component; all else follows from it.
///
/// ```
/// use cornu_config::{Config, Entry};
///
/// fn entries() -> [Entry<f64, std::convert::Infallible>; 2] {
///     [
///         Entry { class_name: "Zeros", names: &["zeros", "zero"], from_config: |_| Ok(0.0) },
///         Entry { class_name: "Ones", names: &["ones", "one"], from_config: |_| Ok(1.0) },
///     ]
/// }
///
/// assert_eq!(Entry::by_name(&entries(), "one").map(|entry| (entry.from_config)(&entry.defaults())), Some(Ok(1.0)));
/// assert_eq!(Entry::by_class(&entries(), "Zeros").map(|entry| entry.class_name), Some("Zeros"));
/// assert_eq!(Entry::names(&entries()), ["zeros", "ones"]);
/// ```
pub struct Entry<C, E> {
    /// Keras's class name, such as `"MeanSquaredError"`.
    pub class_name: &'static str,
    /// The names that Keras takes for it, such as `"mean_squared_error"`, `"mse"`; the first is the one that is listed.
    /// Empty where Keras knows no name, such as for a class with required arguments.
    pub names: &'static [&'static str],
    /// The component with these arguments. What is left out has Keras's default.
    pub from_config: fn(&Config) -> Result<C, E>,
}

impl<C, E> Entry<C, E> {
    /// The config without arguments: all of Keras's defaults.
    #[must_use]
    pub fn defaults(&self) -> Config {
        Config::new("", self.class_name)
    }

    /// The entry that Keras means by this name: one of the names, or the class name.
    #[must_use]
    pub fn by_name<'e>(entries: &'e [Self], name: &str) -> Option<&'e Self> {
        entries.iter().find(|entry| entry.names.contains(&name) || entry.class_name == name)
    }

    /// The entry of this class.
    #[must_use]
    pub fn by_class<'e>(entries: &'e [Self], class_name: &str) -> Option<&'e Self> {
        entries.iter().find(|entry| entry.class_name == class_name)
    }

    /// The first name of each that has one, for lists and messages.
    #[must_use]
    pub fn names(entries: &[Self]) -> Vec<&'static str> {
        entries.iter().filter_map(|entry| entry.names.first().copied()).collect()
    }
}

impl<C, E> std::fmt::Debug for Entry<C, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("class_name", &self.class_name)
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}
