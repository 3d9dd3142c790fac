//! How a proof's check was asked: by which function of the app that wraps it.

use std::collections::BTreeSet;

use super::facts::{Atom, Clause, Origin, Subject};
use super::judge::Judge;
use super::value::Value;
use crate::evidence::{Binding, Ty};
use crate::ir::{Call, Expr, ExprKind, Function, FunctionId, Literal, TypeId, TypeKind};
use crate::source::Span;
use crate::verdict::{Wrapper, WrapperGrants};

/// Result types of functions that give nothing.
const NOTHINGS: [&str; 3] = ["Unit", "void", "Void"];

impl Judge<'_, '_> {
    /// The outermost function that wraps the check of a clause, as it is called; none when the check stands by itself, or when what the
    /// function answers cannot be said in a policy.
    pub(super) fn wrapper(&self, clause: &Clause) -> Option<Wrapper> {
        let mut origin = clause.origin.as_deref()?;
        loop {
            let Origin::Through { call, inner, .. } = origin else { return None };
            if let Some(wrapper) = self.wrapping_call(*call, span_of(inner)) {
                return Some(wrapper);
            }
            origin = inner;
        }
    }

    /// The call with its name at `at`, if what stands at `inside` is in the body of what it calls.
    fn wrapping_call(&self, at: Span, inside: Span) -> Option<Wrapper> {
        let expr = *self.calls_by_name().get(&at)?;
        let callee = self.resolution.callees.get(&expr.id)?.iter().copied().find(|&callee| self.function(callee).span.contains(inside))?;
        let call = match &expr.kind {
            ExprKind::Call(call) => Some(&**call),
            _ => None,
        };
        let function = self.function(callee);
        let args = call.map(|call| self.leading_constants(call));
        // What it asks about must be in the pattern, or it would stand for whatever else it is asked about.
        let is_fixed = |index: u32| args.as_ref().is_some_and(|args| (index as usize) < args.len());
        if !self.deciding_params(callee).into_iter().all(is_fixed) {
            return None;
        }
        Some(Wrapper {
            owner: self.owner_name(function.owner),
            member: function.name.clone(),
            selector: call.and_then(|call| call.selector.clone()).filter(|selector| selector.matches(':').count() > 1),
            args,
            grants: grants_of(function, call)?,
        })
    }

    /// Parameters on which it depends what a function asks about.
    fn deciding_params(&self, id: FunctionId) -> BTreeSet<u32> {
        let Some(summary) = self.known.summaries.get(&id) else { return BTreeSet::new() };
        let promised = summary.calls.values().map(|promise| &promise.facts);
        let clauses = summary.always.iter().chain(promised).flat_map(|facts| facts.clauses().iter().cloned());
        let in_value = summary.value.iter().flat_map(Value::clauses);
        let named = clauses.chain(in_value).flat_map(|clause| clause.atoms).filter_map(|atom| match atom {
            Atom::Among(owner, index, _) if owner == id => Some(index),
            atom => match atom.subject()? {
                Subject::Param(owner, index) | Subject::OneOf(owner, index) if owner == id => Some(index),
                _ => None,
            },
        });
        named.collect()
    }

    fn function(&self, id: FunctionId) -> &Function {
        &self.resolution.module.functions[id as usize]
    }

    /// The name of the type that has a function; none for one at the top level.
    fn owner_name(&self, id: TypeId) -> Option<String> {
        let program = self.resolution.module;
        let ty = &program.types[id as usize];
        match ty.kind {
            TypeKind::File => None,
            _ if ty.is_companion => self.owner_name(ty.owner),
            _ => Some(ty.name.rsplit('.').next().unwrap_or(&ty.name).to_owned()).filter(|name| !name.is_empty()),
        }
    }

    /// The constants with which a call starts.
    fn leading_constants(&self, call: &Call) -> Vec<String> {
        call.args.iter().map_while(|arg| self.constant(&arg.value)).collect()
    }

    fn constant(&self, expr: &Expr) -> Option<String> {
        let is_constant_like = |name: &str| name.starts_with(char::is_uppercase);
        match &expr.kind {
            ExprKind::Literal(Literal::Text(text)) if !text.contains(['"', '\\', ',', '(', ')']) => Some(format!("\"{text}\"")),
            ExprKind::Member { receiver, name, .. } => match &receiver.kind {
                ExprKind::Implicit => Some(format!(".{name}")),
                ExprKind::Name(owner) if self.names_type(receiver) && is_constant_like(owner) => Some(format!("{owner}.{name}")),
                ExprKind::Member { name: owner, .. } if self.names_type(receiver) && is_constant_like(owner) => Some(format!("{owner}.{name}")),
                _ => None,
            },
            _ => None,
        }
    }

    fn names_type(&self, expr: &Expr) -> bool {
        let is_class = self.resolution.types.get(&expr.id).is_some_and(|typed| matches!(typed.ty, Ty::Class(_)));
        is_class || matches!(self.resolution.bindings.get(&expr.id), Some(Binding::Type(_)))
    }
}

fn span_of(origin: &Origin) -> Span {
    match origin {
        Origin::Check { span, .. } => *span,
        Origin::Through { call, .. } => *call,
    }
}

/// How what calls a function learns that the person said yes.
fn grants_of(function: &Function, call: Option<&Call>) -> Option<WrapperGrants> {
    let passes_code = call.is_some_and(|call| call.args.iter().any(|arg| matches!(arg.value.kind, ExprKind::Closure(_) | ExprKind::FunctionRef { .. })));
    match function.returns.as_ref() {
        Some(ty) if ty.is_truth() => Some(WrapperGrants::True),
        None if function.is_expression_body => Some(WrapperGrants::True),
        _ if passes_code => Some(WrapperGrants::Callback),
        None => Some(WrapperGrants::Return),
        Some(ty) if NOTHINGS.contains(&ty.simple_name()) => Some(WrapperGrants::Return),
        Some(_) => None,
    }
}
