//! Frontends: one per language, each lowers source text to the [IR](crate::ir). A frontend translates syntax; it knows nothing
//! about permissions, platforms or the catalogue.
//!
//! Lowering never fails and never loses a call: what a frontend does not understand becomes an
//! [`Unknown`](crate::ir::ExprKind::Unknown) node with its children, and what the grammar could not parse is said in [`Gap`]s.

mod blanking;
mod builder;
mod chain;
mod conditionals;
mod errors;
mod java;
mod kotlin;
mod literal;
mod objc;
mod operators;
mod rust;
mod swift;
mod tree;

use crate::ir::Module;
use crate::source::{Language, SourceFile, Span};

/// A lowered file and what is missing from it.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The module; empty when nothing could be parsed.
    pub module: Module,
    /// What was not understood, in source order.
    pub gaps: Vec<Gap>,
    /// Bytes under an outermost error node of the parser.
    pub error_bytes: u32,
}

/// Something that the parser or the frontend could not follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: GapKind,
}

/// Kinds of [`Gap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapKind {
    /// The grammar could not parse these bytes; what stands inside is still looked at.
    Syntax,
    /// Nested deeper than is followed; what is inside is not analysed.
    TooDeep,
    /// The parser gave up within its time budget; nothing of the file is analysed.
    TimedOut,
    /// A macro whose tokens are neither expressions nor statements; calls that are plainly written in them are still looked at.
    Opaque,
    /// The file would overflow a fixed table of the grammar's scanner (string templates); it is not parsed.
    Refused,
}

/// Lowers a file with its language's frontend.
pub fn lower(file: &SourceFile) -> Lowered {
    match file.language {
        Language::Kotlin => kotlin::lower(&file.text),
        Language::Java => java::lower(&file.text),
        Language::Swift => swift::lower(&file.text),
        Language::ObjectiveC => objc::lower(&file.text),
        Language::Rust => rust::lower(&file.text),
    }
}

/// The comments of a file, in order. It is parsed for that once more: only few files have comments that anybody asks for.
pub fn comments(file: &SourceFile) -> Vec<Span> {
    match readable(file) {
        Readable::Text(text) => tree::comments(file.language, &text),
        Readable::Rust => rust::comments(&file.text),
        Readable::Nothing => Vec::new(),
    }
}

/// The concrete syntax tree as indented text, for contributors: of what the frontend parses, which may be a repaired copy.
pub fn syntax_tree(file: &SourceFile) -> String {
    match readable(file) {
        Readable::Text(text) => tree::syntax_tree(file, &text),
        Readable::Rust => rust::syntax_tree(&file.text),
        Readable::Nothing => "refused\n".to_owned(),
    }
}

/// What a frontend parses.
enum Readable {
    /// For `tree-sitter`: the text, or a repaired copy with the same offsets.
    Text(Vec<u8>),
    /// For `syn`, which has its own ways.
    Rust,
    /// It cannot be parsed.
    Nothing,
}

fn readable(file: &SourceFile) -> Readable {
    match file.language {
        Language::Kotlin => kotlin::readable(&file.text).map_or(Readable::Nothing, Readable::Text),
        Language::Swift => Readable::Text(swift::readable(&file.text)),
        Language::ObjectiveC => Readable::Text(objc::readable(&file.text)),
        Language::Java => Readable::Text(file.text.as_bytes().to_vec()),
        Language::Rust => Readable::Rust,
    }
}
