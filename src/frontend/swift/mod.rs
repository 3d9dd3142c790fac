//! Swift.

use super::Lowered;
use crate::ir::Module;
use crate::source::Language;

/// Lowers Swift source.
pub(crate) fn lower(_text: &str) -> Lowered {
    Lowered { module: Module::new(Language::Swift), gaps: Vec::new(), error_bytes: 0 }
}
