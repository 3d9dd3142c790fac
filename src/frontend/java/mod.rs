//! Java.

use super::Lowered;
use crate::ir::Module;
use crate::source::Language;

/// Lowers Java source.
pub(crate) fn lower(_text: &str) -> Lowered {
    Lowered { module: Module::new(Language::Java), gaps: Vec::new(), error_bytes: 0 }
}
