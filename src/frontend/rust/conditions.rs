//! `if`, `match`, `let` in conditions.

use syn::{Arm as SynArm, BinOp, Expr as SynExpr, ExprIf, ExprLet, ExprMatch, Pat, UnOp};

use super::cfg::Cfg;
use super::expressions::bare;
use super::patterns::{self, binding_of, guard_of};
use super::{Rust, attributes, between, paths, span};
use crate::ir::{Arm, CompareOp, Expr, ExprKind, Literal, Pattern};
use crate::source::Span;

impl Rust<'_> {
    pub(super) fn if_expr(&mut self, expr: &ExprIf) -> Expr {
        let start = span(expr.if_token.span);
        let mut errors = Vec::new();
        let cond = self.condition(&expr.cond, &mut errors);
        let then = self.block(&expr.then_branch, None);
        let then = self.with_names(then, errors);
        let otherwise = expr.else_branch.as_ref().map(|(_, otherwise)| Box::new(self.expr(otherwise)));
        self.note_built_for(&expr.cond, then.span, otherwise.as_ref().map(|otherwise| otherwise.span));
        let end = otherwise.as_ref().map_or(then.span, |otherwise| otherwise.span);
        self.tree.expr(between(start, end), ExprKind::If { cond: Box::new(cond), then: Box::new(then), otherwise })
    }

    /// A branch that `cfg!(…)` keeps to one platform.
    fn note_built_for(&mut self, cond: &SynExpr, then: Span, otherwise: Option<Span>) {
        for condition in built_conditions(cond) {
            self.note_condition(&condition, then);
        }
        if let [condition] = built_conditions(cond).as_slice()
            && matches!(bare(cond), SynExpr::Macro(_) | SynExpr::Unary(_))
        {
            let opposite = Cfg::Not(Box::new(condition.clone()));
            otherwise.into_iter().for_each(|otherwise| self.note_condition(&opposite, otherwise));
        }
    }

    /// A condition with the `let`s in it; what these call an error is told, to be declared in the branch.
    pub(super) fn condition(&mut self, expr: &SynExpr, errors: &mut Vec<(String, Span)>) -> Expr {
        match expr {
            SynExpr::Let(one) => {
                let (cond, names) = self.let_condition(&one.pat, &one.expr, span(one.let_token.span));
                errors.extend(names);
                cond
            }
            SynExpr::Binary(binary) if matches!(binary.op, BinOp::And(_)) && has_let(expr) => {
                if !self.tree.enter_at(self.near, 1) {
                    return self.unknown(self.near);
                }
                let left = self.condition(&binary.left, errors);
                let right = self.condition(&binary.right, errors);
                self.tree.leave(1);
                self.tree.expr(between(left.span, right.span), ExprKind::And(Box::new(left), Box::new(right)))
            }
            other => self.expr(other),
        }
    }

    pub(super) fn let_expr(&mut self, expr: &ExprLet) -> Expr {
        self.let_condition(&expr.pat, &expr.expr, span(expr.let_token.span)).0
    }

    /// `let pattern = value` as a condition, and the names of what went wrong where it does not hold.
    pub(super) fn let_condition(&mut self, pat: &Pat, value: &SynExpr, start: Span) -> (Expr, Vec<(String, Span)>) {
        let written = value;
        let value = self.expr(written);
        let value = self.read_out(value, written);
        let at = between(start, value.span);
        let mut lowered = self.pattern(pat);
        if lowered.alternatives.len() != 1 {
            return (self.one_of_patterns(value, lowered.alternatives, None, at), lowered.errors);
        }
        let kind = match lowered.alternatives.remove(0) {
            Pattern::NotNull(inner) => match *inner {
                Pattern::Binding(name) => ExprKind::LetCond { name, ty: None, value: Box::new(value) },
                Pattern::Wildcard => {
                    let null = Box::new(self.tree.expr(at, ExprKind::Literal(Literal::Null)));
                    ExprKind::Compare { op: CompareOp::NotEqual, left: Box::new(value), right: null }
                }
                inner => ExprKind::Case { value: Box::new(value), pattern: Box::new(Pattern::NotNull(Box::new(inner))) },
            },
            Pattern::Value(constant) if matches!(constant.kind, ExprKind::Literal(Literal::Null)) => {
                ExprKind::Compare { op: CompareOp::Equal, left: Box::new(value), right: Box::new(constant) }
            }
            pattern => ExprKind::Case { value: Box::new(value), pattern: Box::new(pattern) },
        };
        (self.tree.expr(at, kind), lowered.errors)
    }

    /// Whether a value fits one of several patterns.
    pub(super) fn one_of_patterns(&mut self, value: Expr, patterns: Vec<Pattern>, guard: Option<Expr>, at: Span) -> Expr {
        let yes = self.tree.expr(at, ExprKind::Literal(Literal::Bool(true)));
        let no = self.tree.expr(at, ExprKind::Literal(Literal::Bool(false)));
        let arms = vec![
            Arm { patterns, guard, body: yes, falls_through: false, span: at },
            Arm { patterns: Vec::new(), guard: None, body: no, falls_through: false, span: at },
        ];
        self.tree.expr(at, ExprKind::Match { subject: Some(Box::new(value)), binding: None, arms })
    }

    pub(super) fn match_expr(&mut self, expr: &ExprMatch) -> Expr {
        let subject = self.expr(&expr.expr);
        let kept = expr.arms.iter().filter(|arm| !attributes::is_left_out(&arm.attrs));
        let arms = kept.map(|arm| self.arm(arm)).collect();
        let at = between(span(expr.match_token.span), span(expr.brace_token.span.close()));
        self.tree.expr(at, ExprKind::Match { subject: Some(Box::new(subject)), binding: None, arms })
    }

    fn arm(&mut self, arm: &SynArm) -> Arm {
        let patterns::Lowered { mut alternatives, errors } = self.pattern(&arm.pat);
        let guard = guard_of(&arm.pat).map(|guard| self.condition(guard, &mut Vec::new()));
        // `_` takes what all others leave, as the default of other languages does.
        if guard.is_none() && matches!(alternatives.as_slice(), [Pattern::Wildcard]) {
            alternatives.clear();
        }
        let body = self.expr(&arm.body);
        let body = self.with_names(body, errors);
        let start = binding_of(&arm.pat).map_or(span(arm.fat_arrow_token.spans[0]), |(_, at)| at);
        Arm { patterns: alternatives, guard, span: between(start, body.span), body, falls_through: false }
    }
}

/// The conditions of the build that hold where a condition does: those among the parts of a chain of `&&`.
fn built_conditions(cond: &SynExpr) -> Vec<Cfg> {
    let mut parts = Vec::new();
    let mut link = bare(cond);
    while let SynExpr::Binary(binary) = link
        && matches!(binary.op, BinOp::And(_))
    {
        parts.push(bare(&binary.right));
        link = bare(&binary.left);
    }
    parts.push(link);
    let built = |part: &SynExpr| match part {
        SynExpr::Macro(one) if paths::last_name(&one.mac.path) == "cfg" => Cfg::parse(one.mac.tokens.clone()),
        _ => None,
    };
    let condition = |part: &SynExpr| match part {
        SynExpr::Unary(not) if matches!(not.op, UnOp::Not(_)) => built(bare(&not.expr)).map(|inner| Cfg::Not(Box::new(inner))),
        other => built(other),
    };
    parts.into_iter().filter_map(condition).collect()
}

/// Whether a chain of `&&` has a `let` in it.
fn has_let(expr: &SynExpr) -> bool {
    let mut link = expr;
    while let SynExpr::Binary(binary) = link {
        if !matches!(binary.op, BinOp::And(_)) {
            return false;
        }
        if matches!(&*binary.right, SynExpr::Let(_)) {
            return true;
        }
        link = &binary.left;
    }
    matches!(link, SynExpr::Let(_))
}
