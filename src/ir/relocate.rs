//! Moves a module's numbers and positions to where a [`Program`](super::Program) has room for them.

use super::{Annotation, Arg, Arm, Catch, Closure, Expr, ExprKind, Function, Module, Param, Pattern, TypeDecl};
use crate::source::Span;

/// What is added to each kind of number.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Offsets {
    pub types: u32,
    pub functions: u32,
    pub exprs: u32,
    pub positions: u32,
}

/// Adds the offsets to every number and position in a module.
pub(super) fn relocate(module: &mut Module, by: Offsets) {
    for import in &mut module.imports {
        by.span(&mut import.span);
    }
    for span in module.built_for.iter_mut().map(|(span, _)| span).chain(&mut module.boxes) {
        by.span(span);
    }
    for decl in &mut module.types {
        by.type_decl(decl);
    }
    for function in &mut module.functions {
        by.function(function);
    }
}

impl Offsets {
    fn span(self, span: &mut Span) {
        span.start += self.positions;
        span.end += self.positions;
    }

    fn type_decl(self, decl: &mut TypeDecl) {
        self.span(&mut decl.span);
        decl.owner += self.types;
        self.annotations(&mut decl.annotations);
        for field in &mut decl.fields {
            self.span(&mut field.span);
            self.annotations(&mut field.annotations);
            for accessor in [&mut field.getter, &mut field.setter] {
                accessor.iter_mut().for_each(|id| *id += self.functions);
            }
        }
    }

    fn function(self, function: &mut Function) {
        self.span(&mut function.span);
        self.span(&mut function.name_span);
        function.owner += self.types;
        self.annotations(&mut function.annotations);
        self.params(&mut function.params);
        function.body.iter_mut().for_each(|body| self.expr(body));
    }

    fn params(self, params: &mut [Param]) {
        for param in params {
            self.span(&mut param.span);
            self.annotations(&mut param.annotations);
            param.default.iter_mut().for_each(|default| self.expr(default));
        }
    }

    fn annotations(self, annotations: &mut [Annotation]) {
        for annotation in annotations {
            self.span(&mut annotation.span);
            self.args(&mut annotation.args);
        }
    }

    fn args(self, args: &mut [Arg]) {
        args.iter_mut().for_each(|arg| self.expr(&mut arg.value));
    }

    fn exprs(self, exprs: &mut [Expr]) {
        exprs.iter_mut().for_each(|expr| self.expr(expr));
    }

    fn optional(self, expr: &mut Option<Box<Expr>>) {
        expr.iter_mut().for_each(|expr| self.expr(expr));
    }

    fn expr(self, expr: &mut Expr) {
        expr.id += self.exprs;
        self.span(&mut expr.span);
        match &mut expr.kind {
            ExprKind::Block { body, .. } | ExprKind::Collection(body) | ExprKind::Unknown(body) => self.exprs(body),
            ExprKind::Let { value, name_span, .. } => {
                self.span(name_span);
                self.optional(value);
            }
            ExprKind::Exit { value, .. } => self.optional(value),
            ExprKind::FieldInit { value, .. } | ExprKind::LetCond { value, .. } | ExprKind::Cast { value, .. } | ExprKind::Is { value, .. } => self.expr(value),
            ExprKind::Assign { target, value, .. } => {
                self.expr(value);
                self.expr(target);
            }
            ExprKind::If { cond, then, otherwise } => {
                self.expr(cond);
                self.expr(then);
                self.optional(otherwise);
            }
            ExprKind::Loop { bindings, head, body, .. } => {
                self.params(bindings);
                self.optional(head);
                self.expr(body);
            }
            ExprKind::Match { subject, arms, .. } => {
                self.optional(subject);
                arms.iter_mut().for_each(|arm| self.arm(arm));
            }
            ExprKind::Try { body, catches, finally } => {
                self.expr(body);
                catches.iter_mut().for_each(|catch| self.catch(catch));
                self.optional(finally);
            }
            ExprKind::Call(call) => {
                self.span(&mut call.name_span);
                call.receiver.iter_mut().for_each(|receiver| self.expr(receiver));
                self.args(&mut call.args);
            }
            ExprKind::Closure(closure) => self.closure(closure),
            ExprKind::LocalFunction(id) => *id += self.functions,
            ExprKind::Object { ty, args } => {
                *ty += self.types;
                self.args(args);
            }
            ExprKind::Not(inner) => self.expr(inner),
            ExprKind::And(left, right) | ExprKind::Or(left, right) | ExprKind::Coalesce(left, right) | ExprKind::Compare { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Case { value, pattern } => {
                self.expr(value);
                self.pattern(pattern);
            }
            ExprKind::Member { receiver, name_span, .. } => {
                self.span(name_span);
                self.expr(receiver);
            }
            ExprKind::Index { receiver, args } => {
                self.expr(receiver);
                self.exprs(args);
            }
            ExprKind::FunctionRef { receiver, .. } => self.optional(receiver),
            ExprKind::Available { .. }
            | ExprKind::Name(_)
            | ExprKind::This(_)
            | ExprKind::Super
            | ExprKind::Implicit
            | ExprKind::Literal(_)
            | ExprKind::ClassRef(_) => {}
        }
    }

    fn closure(self, closure: &mut Closure) {
        self.params(&mut closure.params);
        self.expr(&mut closure.body);
    }

    fn arm(self, arm: &mut Arm) {
        self.span(&mut arm.span);
        arm.patterns.iter_mut().for_each(|pattern| self.pattern(pattern));
        arm.guard.iter_mut().for_each(|guard| self.expr(guard));
        self.expr(&mut arm.body);
    }

    fn catch(self, catch: &mut Catch) {
        self.span(&mut catch.span);
        catch.pattern.iter_mut().for_each(|pattern| self.expr(pattern));
        self.expr(&mut catch.body);
    }

    fn pattern(self, pattern: &mut Pattern) {
        match pattern {
            Pattern::Value(value) | Pattern::In(value) => self.expr(value),
            Pattern::Case { path, fields } => {
                self.expr(path);
                fields.iter_mut().for_each(|field| self.pattern(field));
            }
            Pattern::Not(inner) | Pattern::NotNull(inner) => self.pattern(inner),
            Pattern::Tuple(parts) => parts.iter_mut().for_each(|part| self.pattern(part)),
            Pattern::Is { .. } | Pattern::Binding(_) | Pattern::Wildcard => {}
        }
    }
}
