//! Objective-C.

use super::Lowered;
use crate::ir::Module;
use crate::source::Language;

/// Lowers Objective-C source; headers get less blanking.
pub(crate) fn lower(_text: &str, _is_header: bool) -> Lowered {
    Lowered { module: Module::new(Language::ObjectiveC), gaps: Vec::new(), error_bytes: 0 }
}
