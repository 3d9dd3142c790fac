//! Code that only a development tool runs, to show a view while it is written: like tests, it is no part of the app. What it makes and
//! calls would otherwise count as ways to get somewhere.

use crate::ir::{Expr, ExprKind, FunctionKind, Program, TypeDecl, TypeId};
use crate::source::{Language, Span};

/// What types of previews conform to.
const PREVIEWS: [&str; 2] = ["PreviewProvider", "PreviewModifier"];
/// What the Swift frontend calls the macro.
const PREVIEW_MACRO: &str = "#Preview";

/// Empties the functions of previews.
pub(super) fn leave_out(program: &mut Program) {
    let conforms = |ty: &TypeDecl| ty.supertypes.iter().any(|supertype| PREVIEWS.contains(&supertype.simple_name()));
    let types = program.types.iter().enumerate().filter(|(id, ty)| conforms(ty) && program.language_of_type(*id as TypeId) == Language::Swift);
    let mut left_out: Vec<Span> = types.map(|(_, ty)| ty.span).collect();
    for index in 0..program.functions.len() {
        let owner = program.functions[index].owner;
        let stands_alone = program.functions[index].kind == FunctionKind::Initializer && program.is_file_scope(owner);
        if stands_alone && program.language_of_type(owner) == Language::Swift {
            left_out.extend(take_macros(program.functions[index].body.as_mut()));
        }
    }
    for function in &mut program.functions {
        if left_out.iter().any(|span| span.contains(function.span)) {
            function.body = None;
        }
    }
}

/// Takes `#Preview { … }` out of what a file runs; gives where each stood.
fn take_macros(body: Option<&mut Expr>) -> Vec<Span> {
    let Some(Expr { kind: ExprKind::Block { body, .. }, .. }) = body else { return Vec::new() };
    let is_macro = |statement: &mut Expr| matches!(&statement.kind, ExprKind::Call(call) if call.name == PREVIEW_MACRO);
    body.extract_if(.., is_macro).map(|taken| taken.span).collect()
}
