//! What a window does at the edges of an image.

use std::fmt;
use std::str::FromStr;

use crate::LayerError;

/// What a window does at the edges of an image.
///
/// ```
/// use cornu_layers::Padding;
///
/// assert_eq!("same".parse(), Ok(Padding::Same));
/// assert!("full".parse::<Padding>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Padding {
    /// The window stays inside: `⌊(input − window) / stride⌋ + 1` places.
    #[default]
    Valid,
    /// `⌈input / stride⌉` places. What the window lacks is padded, half before and half after the image; if
    /// the number is odd, the last one after.
    Same,
}

/// The names that a padding is read from.
const NAMES: [&str; 2] = ["valid", "same"];

impl FromStr for Padding {
    type Err = LayerError;

    /// Reads Keras's name; capitals make no difference.
    fn from_str(name: &str) -> Result<Self, LayerError> {
        match name.to_lowercase().as_str() {
            "valid" => Ok(Self::Valid),
            "same" => Ok(Self::Same),
            _ => Err(LayerError::UnknownName { family: "padding", known: NAMES.to_vec(), received: name.to_owned() }),
        }
    }
}

/// Keras's name.
impl fmt::Display for Padding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Valid => "valid",
            Self::Same => "same",
        })
    }
}

/// What a layer takes as its `padding`: Keras's name, or a [`Padding`].
pub trait IntoPadding {
    /// The padding.
    ///
    /// # Errors
    /// [`LayerError::UnknownName`] for a name that no padding has.
    fn into_padding(self) -> Result<Padding, LayerError>;
}

impl IntoPadding for Padding {
    fn into_padding(self) -> Result<Padding, LayerError> {
        Ok(self)
    }
}

impl IntoPadding for &str {
    fn into_padding(self) -> Result<Padding, LayerError> {
        self.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for padding in [Padding::Valid, Padding::Same] {
            assert_eq!(padding.to_string().parse(), Ok(padding));
            assert_eq!(padding.to_string().to_uppercase().parse(), Ok(padding));
        }
        let error = "full".into_padding().unwrap_err();
        assert_eq!(error.to_string(), "unknown padding. Expected one of: valid, same. Received: \"full\"");
    }
}
