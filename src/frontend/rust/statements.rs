//! Blocks and what stands in them.

use syn::{Attribute, Block, Expr as SynExpr, Item, Local, Pat, Stmt};

use super::cfg::Cfg;
use super::functions::{Declared, visibility};
use super::patterns::{binding_of, member_name, names_in};
use super::{Rust, attributes, between, expressions, span};
use crate::ir::{Expr, ExprKind, FunctionKind, TypeRef};
use crate::source::Span;

/// Statements of which at most one is there, by their conditions.
type Variants = Vec<(Cfg, Expr)>;

impl Rust<'_> {
    pub(super) fn block(&mut self, block: &Block, label: Option<String>) -> Expr {
        let at = between(span(block.brace_token.span.open()), span(block.brace_token.span.close()));
        self.near = span(block.brace_token.span.open());
        let body = self.statements(&block.stmts);
        self.tree.expr(at, ExprKind::Block { label, body })
    }

    pub(super) fn statements(&mut self, statements: &[Stmt]) -> Vec<Expr> {
        let mut body = Vec::new();
        let mut variants: Variants = Vec::new();
        for statement in statements {
            let attributes = attributes_of(statement);
            if attributes::is_left_out(attributes) {
                continue;
            }
            let condition = Cfg::of(attributes).filter(|_| !matches!(statement, Stmt::Local(_) | Stmt::Item(_)));
            if condition.as_ref().is_none_or(|condition| variants.iter().any(|(other, _)| !other.excludes(condition))) {
                body.extend(self.branches(&mut variants));
            }
            let before = body.len();
            match condition {
                Some(condition) => {
                    let lowered = self.one_of(statement);
                    self.note_platform(attributes, &lowered);
                    variants.push((condition, lowered));
                }
                None => self.statement(statement, &mut body),
            }
            body[before..].iter().for_each(|lowered| self.note_platform(attributes, lowered));
        }
        body.extend(self.branches(&mut variants));
        body
    }

    fn note_platform(&mut self, attributes: &[Attribute], lowered: &Expr) {
        Cfg::of(attributes).into_iter().for_each(|condition| self.note_condition(&condition, lowered.span));
    }

    /// Notes for which platform alone code is part of a program, or runs.
    pub(super) fn note_condition(&mut self, condition: &Cfg, at: Span) {
        self.build.module.built_for.extend(condition.platform().map(|platform| (at, platform)));
    }

    fn one_of(&mut self, statement: &Stmt) -> Expr {
        let mut lowered = Vec::new();
        self.statement(statement, &mut lowered);
        match <[Expr; 1]>::try_from(lowered) {
            Ok([only]) => only,
            Err(all) => {
                let at = all.first().map_or(Span::default(), |first| first.span);
                self.tree.expr(at, ExprKind::Block { label: None, body: all })
            }
        }
    }

    /// Statements under conditions of the build are branches: nothing is known of the condition, but at most one of them is taken.
    fn branches(&mut self, variants: &mut Variants) -> Option<Expr> {
        let all = std::mem::take(variants);
        let conditions: Vec<&Cfg> = all.iter().map(|(condition, _)| condition).collect();
        let mut otherwise = None;
        // One of them is always there: then the last one is whenever the others are not.
        let mut is_last_certain = Cfg::cover(&conditions);
        for (_, then) in all.into_iter().rev() {
            if std::mem::take(&mut is_last_certain) {
                otherwise = Some(then);
                continue;
            }
            otherwise = Some(self.perhaps(then, otherwise));
        }
        otherwise
    }

    pub(super) fn perhaps(&mut self, then: Expr, otherwise: Option<Expr>) -> Expr {
        let at = then.span;
        let cond = Box::new(self.unknown(Span { start: at.start, end: at.start }));
        let kind = ExprKind::If { cond, then: Box::new(then), otherwise: otherwise.map(Box::new) };
        self.tree.expr(at, kind)
    }

    fn statement(&mut self, statement: &Stmt, body: &mut Vec<Expr>) {
        match statement {
            Stmt::Local(local) => self.local(local, body),
            Stmt::Item(Item::Fn(item)) => {
                let end = span(item.block.brace_token.span.close());
                let declared = Declared { attributes: &item.attrs, visibility: visibility(&item.vis), signature: &item.sig, body: Some(&item.block), end };
                let id = self.function(&declared, FunctionKind::Local);
                let at = between(span(item.sig.fn_token.span), end);
                let local = self.tree.expr(at, ExprKind::LocalFunction(id));
                body.push(local);
            }
            Stmt::Item(item) => self.item(item),
            Stmt::Expr(expr, _) => {
                let lowered = self.expr(expr);
                body.push(lowered);
            }
            Stmt::Macro(one) => {
                let lowered = self.macro_call(&one.mac);
                body.push(lowered);
            }
        }
    }

    fn local(&mut self, local: &Local, body: &mut Vec<Expr>) {
        let start = span(local.let_token.span);
        let (pat, ty) = match &local.pat {
            Pat::Type(typed) => (&*typed.pat, Some(self.type_ref(&typed.ty)).filter(|ty| ty.name != "?")),
            other => (other, None),
        };
        let is_box =
            matches!(&local.pat, Pat::Type(typed) if self.is_box_type(&typed.ty)) || local.init.as_ref().is_some_and(|init| self.makes_box(&init.expr));
        self.build.module.boxes.extend(binding_of(pat).filter(|_| is_box).map(|(_, at)| at));
        let Some(init) = &local.init else {
            return self.lets(pat, ty, None, start, body);
        };
        if let Some((_, otherwise)) = &init.diverge {
            let (cond, errors) = self.let_condition(pat, &init.expr, start);
            let cond = self.tree.expr(cond.span, ExprKind::Not(Box::new(cond)));
            let then = self.expr(otherwise);
            let at = between(start, then.span);
            let guard = self.tree.expr(at, ExprKind::If { cond: Box::new(cond), then: Box::new(then), otherwise: None });
            body.push(guard);
            body.extend(self.unknown_names(errors));
            return;
        }
        let value = self.handed_over(&init.expr);
        let value = self.read_out(value, &init.expr);
        let mut value = match self.channel(pat, value, &init.expr, start, body) {
            Ok(()) => return,
            Err(other) => other,
        };
        // A variant of a build: what it does is done only there.
        if Cfg::of(&local.attrs).is_some() {
            value = self.perhaps(value, None);
        }
        self.lets(pat, ty, Some((value, &init.expr)), start, body);
    }

    /// The locals that a pattern declares; a tuple of values goes part by part.
    fn lets(&mut self, pat: &Pat, ty: Option<TypeRef>, value: Option<(Expr, &SynExpr)>, start: Span, body: &mut Vec<Expr>) {
        if let (Pat::Tuple(parts), Some((Expr { kind: ExprKind::Unknown(_), .. }, SynExpr::Tuple(values)))) =
            (pat, value.as_ref().map(|(value, written)| (value, without_unsafe(written))))
            && parts.elems.len() == values.elems.len()
            && let Some((Expr { kind: ExprKind::Unknown(lowered), .. }, _)) = value
        {
            for (part, value) in parts.elems.iter().zip(lowered) {
                self.lets(part, None, Some((value, &SynExpr::Verbatim(Default::default()))), start, body);
            }
            return;
        }
        if let (Pat::Struct(parts), Some((Expr { kind: ExprKind::Name(_) | ExprKind::This(_) | ExprKind::Member { .. }, .. }, written))) = (pat, &value)
            && !matches!(written, SynExpr::Verbatim(_))
        {
            for part in &parts.fields {
                let whole = self.expr(written);
                let (member, at) = member_name(&part.member);
                let mut held = self.member_of(whole, member, at);
                if let ExprKind::Member { receiver, .. } = &held.kind {
                    held.span = receiver.span;
                }
                self.lets(&part.pat, None, Some((held, &SynExpr::Verbatim(Default::default()))), start, body);
            }
            return;
        }
        let mut value = value.map(|(value, _)| value);
        let mut names = match binding_of(pat) {
            Some(only) => vec![only],
            None => names_in(pat),
        };
        if names.is_empty() {
            names.push(("_".to_owned(), start));
        }
        let is_whole = binding_of(pat).is_some();
        let single = names.len() == 1;
        // What is declared without a value is given one later.
        let mutable = value.is_none() || matches!(pat, Pat::Ident(ident) if ident.mutability.is_some());
        for (name, name_span) in names {
            let value = value.take();
            let at = value.as_ref().map_or(between(start, name_span), |value| between(start, value.span));
            let value = value.map(|value| self.part_of(value, is_whole));
            let kind = ExprKind::Let { name, ty: ty.clone().filter(|_| is_whole && single), value: value.map(Box::new), mutable, delegated: false, name_span };
            let declared = self.tree.expr(at, kind);
            body.push(declared);
        }
    }

    /// A value, of which only a part is meant when it is taken apart.
    fn part_of(&mut self, value: Expr, is_whole: bool) -> Expr {
        if is_whole { value } else { self.tree.expr(value.span, ExprKind::Unknown(vec![value])) }
    }

    /// Declares names of whose value nothing is known.
    pub(super) fn unknown_names(&mut self, names: Vec<(String, Span)>) -> Vec<Expr> {
        let declare = |(name, name_span): (String, Span)| {
            self.tree.expr(name_span, ExprKind::Let { name, ty: None, value: None, mutable: false, delegated: false, name_span })
        };
        names.into_iter().map(declare).collect()
    }
}

/// What `unsafe { … }` is, where there is but one thing in it.
fn without_unsafe(written: &SynExpr) -> &SynExpr {
    match written {
        SynExpr::Unsafe(block) => match block.block.stmts.as_slice() {
            [Stmt::Expr(only, None)] => only,
            _ => written,
        },
        other => other,
    }
}

fn attributes_of(statement: &Stmt) -> &[Attribute] {
    match statement {
        Stmt::Local(local) => &local.attrs,
        Stmt::Item(Item::Fn(item)) => &item.attrs,
        Stmt::Macro(one) => &one.attrs,
        Stmt::Expr(expr, _) => expressions::attributes_of(expr),
        Stmt::Item(_) => &[],
    }
}
