//! Kotlin.

use super::Lowered;
use crate::ir::Module;
use crate::source::Language;

/// Lowers Kotlin source.
pub(crate) fn lower(_text: &str) -> Lowered {
    Lowered { module: Module::new(Language::Kotlin), gaps: Vec::new(), error_bytes: 0 }
}
