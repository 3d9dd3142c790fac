//! Source files and places in them. Knows nothing about syntax or privacy.
//!
//! Positions are byte [`Span`]s everywhere inside askfirst; [`LineIndex`] turns them into the 1-based
//! lines and columns (in Unicode scalar values) that people and editors read, at the last moment.

mod decode;
mod lines;

pub use decode::{DecodeProblem, decode};
pub use lines::{LineColumn, LineIndex};

use serde::{Deserialize, Serialize};

/// A half-open range of byte offsets in one source file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// Whether `other` lies within this span.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A language with a frontend. A closed list: the compiler points at every place that a new one has to fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    /// `.kt`, `.kts`
    Kotlin,
    /// `.java`
    Java,
    /// `.swift`
    Swift,
    /// `.m`, `.mm`, and headers
    ObjectiveC,
    /// `.rs`
    Rust,
}

/// The operating system family that a language's catalogue speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Platform {
    /// Kotlin and Java.
    Android,
    /// Swift and Objective-C.
    Apple,
    /// Rust, which runs on both and speaks of both: see ARCHITECTURE.md.
    Rust,
}

impl Platform {
    /// All platforms, in the order in which their programs are analysed.
    pub const ALL: [Platform; 3] = [Platform::Android, Platform::Apple, Platform::Rust];
}

impl Language {
    /// All languages, in the order in which they are listed to people.
    pub const ALL: [Language; 5] = [Language::Kotlin, Language::Java, Language::Swift, Language::ObjectiveC, Language::Rust];

    /// The language of a file name extension (without the dot, any case); `None` when no frontend reads it.
    pub fn from_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "kt" | "kts" => Some(Self::Kotlin),
            "java" => Some(Self::Java),
            "swift" => Some(Self::Swift),
            "m" | "mm" | "h" => Some(Self::ObjectiveC),
            "rs" => Some(Self::Rust),
            _ => None,
        }
    }

    /// The name that people know the language by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kotlin => "Kotlin",
            Self::Java => "Java",
            Self::Swift => "Swift",
            Self::ObjectiveC => "Objective-C",
            Self::Rust => "Rust",
        }
    }

    /// The platform whose catalogue speaks of this language's code.
    pub fn platform(self) -> Platform {
        match self {
            Self::Kotlin | Self::Java => Platform::Android,
            Self::Swift | Self::ObjectiveC => Platform::Apple,
            Self::Rust => Platform::Rust,
        }
    }
}

/// One decoded source file.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Path as it is shown to people: relative to the folder of the run, with `/`.
    pub path: String,
    /// Which frontend reads it.
    pub language: Language,
    /// The text, always valid UTF-8 (see [`decode`]); a byte order mark is removed.
    pub text: String,
}
