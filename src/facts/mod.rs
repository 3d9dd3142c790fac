//! What one source file contributes to linking, as a compact value that can be kept, shipped and compared. Linking needs neither the
//! source text nor the syntax tree: everything it asks of a file is here.
//!
//! [`FileFacts::encode`] and [`FileFacts::decode`] turn facts into bytes and back. The format is internal and has a [`VERSION`]; nothing
//! is promised to other programs (what those read is the JSON report). The same facts always give the same bytes.

mod check;
mod decoder;
mod encoder;
mod error;
mod file;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::comments::Comment;
use crate::ir::Module;
use crate::source::{Language, LineIndex};

pub use error::FactsError;
pub use file::VERSION;

/// Everything that linking asks of one source file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Path as it is shown to people: relative to the folder of the run, with `/`.
    pub path: String,
    /// Which bytes these are the facts of.
    pub content: ContentHash,
    /// The lowered file; says its language, too.
    pub module: Module,
    /// What is missing from the module.
    pub gaps: Gaps,
    /// Lines and columns of the module's spans.
    pub lines: LineIndex,
    /// Comments that speak to askfirst, in the order of their places.
    pub comments: Vec<Comment>,
}

impl FileFacts {
    /// The language that the file is written in.
    pub fn language(&self) -> Language {
        self.module.language
    }

    /// The share of the text that could not be parsed, in whole percent.
    pub fn unparsed_percent(&self) -> u64 {
        u64::from(self.gaps.bytes) * 100 / u64::from(self.lines.text_len()).max(1)
    }
}

/// What could not be followed in a file, as far as it decides whether silence about the file says anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gaps {
    /// How many places were not understood.
    pub count: u32,
    /// Bytes that the grammar could not parse.
    pub bytes: u32,
    /// Why nothing of the file is known.
    pub given_up: Option<GivenUp>,
    /// Where the first thing starts that is nested too deeply to be followed, as a byte offset.
    pub too_deep: Option<u32>,
}

/// Why a file has no module to speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GivenUp {
    /// The parser took too long. This depends on the machine: such facts are for this run, not for keeping.
    TimedOut,
    /// The grammar cannot take it.
    Refused,
}

/// The BLAKE3 hash of a file's bytes, as they are on disk.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }
}

/// In hexadecimal.
impl fmt::Display for ContentHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ContentHash({self})")
    }
}
