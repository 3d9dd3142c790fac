use std::fmt::Display;

use super::VERSION;

/// Why bytes are no facts that can be used, or facts cannot become bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactsError {
    /// They start with something else.
    #[error("not a facts file")]
    Foreign,
    /// Another version of askfirst wrote them.
    #[error("a facts file of version {0}, but this askfirst reads version {VERSION}")]
    Version(u32),
    /// They are cut off, or go on after the end.
    #[error("a facts file that should have {expected} bytes and has {found}")]
    Length {
        /// How many bytes there should be; of a file that is cut off in its header, how many that has.
        expected: u64,
        /// How many there are.
        found: u64,
    },
    /// They are not what was written.
    #[error("a damaged facts file: its checksum is wrong")]
    Checksum,
    /// They are nested deeper than any frontend nests.
    #[error("nested too deeply for a facts file")]
    TooDeep,
    /// The checksum is right, but they make no sense.
    #[error("a malformed facts file: {0}")]
    Malformed(String),
}

impl serde::ser::Error for FactsError {
    fn custom<T: Display>(message: T) -> Self {
        Self::Malformed(message.to_string())
    }
}

impl serde::de::Error for FactsError {
    fn custom<T: Display>(message: T) -> Self {
        Self::Malformed(message.to_string())
    }
}
