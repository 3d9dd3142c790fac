//! Calls, members, `?` and `.await`. The parser nests a chain of them to the left, one level a link; it is followed in a loop.

use syn::{Expr as SynExpr, ExprCall, ExprMethodCall, ExprPath, PathArguments};

use super::expressions::bare;
use super::patterns::member_name;
use super::uses::plain;
use super::{Gap, GapKind, Rust, between, combinators, span};
use crate::ir::{Arg, Call, ExitKind, Expr, ExprKind, Literal};
use crate::source::Span;

impl Rust<'_> {
    pub(super) fn chain(&mut self, expr: &SynExpr) -> Expr {
        let mut links = Vec::new();
        let mut written = expr;
        while let Some(before) = before(bare(written)) {
            links.push(written);
            written = before;
        }
        links.reverse();
        let base = bare(written);
        let kept = links.len().min(self.tree.room() as usize / 3);
        let (flat, nested) = links.split_at(links.len() - kept);
        let mut value = match base {
            SynExpr::Call(call) => self.path_call(call),
            _ => self.expr(written),
        };
        if !flat.is_empty() {
            self.tree.gaps.push(Gap { span: value.span, kind: GapKind::TooDeep });
            value = self.flat_links(value, flat);
        }
        let entered = self.tree.enter_at(value.span, 2 * kept as u32);
        let mut is_locked = false;
        for (index, &link) in nested.iter().enumerate() {
            if entered {
                self.tree.leave(2);
            }
            // `x.lock().unwrap()` is what is locked, be it nothing.
            let was_locked = std::mem::replace(&mut is_locked, nested.get(index + 1).is_some_and(|next| combinators::locks(link, next)));
            if !is_locked && !was_locked {
                value = self.follow(value, bare(link));
                self.widen(&mut value, if index + 1 == nested.len() { bare(link) } else { link });
            }
        }
        value
    }

    /// Links of a chain that is too long to nest: all calls in order, without their receivers.
    fn flat_links(&mut self, base: Expr, links: &[&SynExpr]) -> Expr {
        let at = base.span;
        let mut parts = vec![base];
        for &link in links {
            let receiver = self.unknown(at);
            parts.push(self.follow(receiver, bare(link)));
        }
        self.tree.expr(at, ExprKind::Unknown(parts))
    }

    fn follow(&mut self, receiver: Expr, link: &SynExpr) -> Expr {
        match link {
            SynExpr::MethodCall(call) => self.method_call(receiver, call),
            SynExpr::Field(field) => {
                let (name, name_span) = member_name(&field.member);
                self.member_of(receiver, name, name_span)
            }
            SynExpr::Await(_) => self.awaited(receiver),
            SynExpr::Try(one) => {
                let at = between(receiver.span, span(one.question_token.span));
                self.or_leave(receiver, ExitKind::Return, at)
            }
            SynExpr::Index(index) => {
                let args = vec![self.expr(&index.index)];
                let at = between(receiver.span, span(index.bracket_token.span.close()));
                self.tree.expr(at, ExprKind::Index { receiver: Box::new(receiver), args })
            }
            SynExpr::Call(call) => {
                let args = call.args.iter().map(|value| self.arg(value)).collect();
                let name_span = span(call.paren_token.span.open());
                self.finish_call(Some(receiver), "invoke".to_owned(), name_span, Vec::new(), args, span(call.paren_token.span.close()))
            }
            other => self.expr(other),
        }
    }

    /// What is there, or leaves: `?` returns that nothing is there, and `unwrap` does not come back.
    pub(super) fn or_leave(&mut self, value: Expr, kind: ExitKind, at: Span) -> Expr {
        let end = Span { start: at.end, end: at.end };
        let null = (kind == ExitKind::Return).then(|| Box::new(self.tree.expr(end, ExprKind::Literal(Literal::Null))));
        let leave = self.tree.expr(end, ExprKind::Exit { kind, label: None, value: null });
        self.tree.expr(at, ExprKind::Coalesce(Box::new(value), Box::new(leave)))
    }

    pub(super) fn arg(&mut self, value: &SynExpr) -> Arg {
        Arg { label: None, trailing: false, spread: false, value: self.handed_over(value) }
    }

    fn method_call(&mut self, receiver: Expr, call: &ExprMethodCall) -> Expr {
        let receiver = match self.combined(receiver, call) {
            Ok(combined) => return combined,
            Err(receiver) => receiver,
        };
        let type_args = self.type_arguments(call.turbofish.as_ref());
        let args = call.args.iter().map(|value| self.arg(value)).collect();
        self.finish_call(Some(receiver), plain(&call.method), span(call.method.span()), type_args, args, span(call.paren_token.span.close()))
    }

    pub(super) fn finish_call(
        &mut self,
        receiver: Option<Expr>,
        name: String,
        name_span: Span,
        type_args: Vec<crate::ir::TypeRef>,
        args: Vec<Arg>,
        end: Span,
    ) -> Expr {
        let at = between(receiver.as_ref().map_or(name_span, |receiver| receiver.span), end);
        let call = Call { receiver, name, selector: None, is_new: false, safe: false, type_args, args, name_span };
        self.tree.expr(at, ExprKind::Call(Box::new(call)))
    }

    /// `f(x)`, `a::b::f(x)`, `T::f(x)`.
    fn path_call(&mut self, call: &ExprCall) -> Expr {
        let SynExpr::Path(path) = bare(&call.func) else { return self.unknown(Span::default()) };
        let segments: Vec<_> = path.path.segments.iter().collect();
        let Some((last, before)) = segments.split_last() else { return self.unknown(Span::default()) };
        if let Some(wrapped) = self.wrapped(call, before, last) {
            return wrapped;
        }
        let args = call.args.iter().map(|value| self.arg(value)).collect();
        self.call_of(path, args, span(call.paren_token.span.close()))
    }

    /// A call of the function that a path names.
    pub(super) fn call_of_path(&mut self, path: &ExprPath, values: Vec<Expr>, end: Span) -> Expr {
        let args = values.into_iter().map(|value| Arg { label: None, trailing: false, spread: false, value }).collect();
        self.call_of(path, args, end)
    }

    fn call_of(&mut self, path: &ExprPath, args: Vec<Arg>, end: Span) -> Expr {
        let segments: Vec<_> = path.path.segments.iter().collect();
        let Some((last, before)) = segments.split_last() else { return self.unknown(Span::default()) };
        let name = plain(&last.ident);
        let name = if name == "Self" { self.own_type_name() } else { name };
        let name_span = span(last.ident.span());
        let is_own_case = matches!(before, [own] if own.ident == "Self") && self.is_own_case(&name);
        let receiver = if is_own_case {
            let own = self.own_type_name();
            Some(self.tree.expr(span(before[0].ident.span()), ExprKind::Name(own)))
        } else {
            self.segments(path.qself.as_ref(), before)
        };
        let type_args = match &last.arguments {
            PathArguments::AngleBracketed(angle) => self.type_arguments(Some(angle)),
            _ => Vec::new(),
        };
        let at = between(receiver.as_ref().map_or(name_span, |receiver| receiver.span), end);
        let call = Call { receiver, name, selector: None, is_new: false, safe: false, type_args, args, name_span };
        let class = self.class_by_name(&call, at);
        class.unwrap_or_else(|| self.tree.expr(at, ExprKind::Call(Box::new(call))))
    }
}

/// What a link of a chain is attached to; `None` at its start.
fn before(link: &SynExpr) -> Option<&SynExpr> {
    match link {
        SynExpr::MethodCall(call) => Some(&call.receiver),
        SynExpr::Field(field) => Some(&field.base),
        SynExpr::Await(one) => Some(&one.base),
        SynExpr::Try(one) => Some(&one.expr),
        SynExpr::Index(index) => Some(&index.expr),
        SynExpr::Call(call) if !matches!(bare(&call.func), SynExpr::Path(_)) => Some(&call.func),
        _ => None,
    }
}
