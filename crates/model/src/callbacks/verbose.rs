//! How much is printed.

use std::io::IsTerminal;

/// How much a training, an evaluation or a prediction tells on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verbose {
    /// A bar on a terminal, a line an epoch elsewhere (Keras's `"auto"`).
    #[default]
    Auto,
    /// Nothing (Keras's 0).
    Silent,
    /// A bar that moves (Keras's 1).
    Bar,
    /// A line an epoch (Keras's 2).
    Line,
}

impl Verbose {
    /// What `Auto` means here.
    pub(crate) fn resolved(self) -> Self {
        match self {
            Self::Auto if std::io::stdout().is_terminal() => Self::Bar,
            Self::Auto => Self::Line,
            chosen => chosen,
        }
    }
}
