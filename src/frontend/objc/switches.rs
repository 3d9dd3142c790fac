//! `switch`.

use std::collections::HashSet;

use tree_sitter::Node;

use super::ObjC;
use crate::frontend::tree;
use crate::ir::{Arm, ExitKind, Expr, ExprKind, Pattern};
use crate::source::Span;

impl ObjC<'_> {
    pub(super) fn switch(&mut self, node: Node<'_>) -> Expr {
        let subject = node.child_by_field_name("condition").map(|condition| Box::new(self.expression(condition)));
        let mut arms: Vec<Arm> = Vec::new();
        self.locals.push(HashSet::new());
        let children = node.child_by_field_name("body").map(tree::all_children).unwrap_or_default();
        for (index, child) in children.iter().enumerate().filter(|(_, child)| child.is_named()) {
            if child.kind() == "case_statement" {
                // A case goes on to the next: a conditional may end behind its last statement.
                let end = children.get(index + 1).map_or(child.end_byte(), |next| next.start_byte());
                self.case(*child, end, &mut arms);
            } else {
                self.stray(*child, &mut arms);
            }
        }
        self.locals.pop();
        for arm in &mut arms {
            arm.falls_through = !ends_arm(&mut arm.body);
        }
        // Nothing follows the last arm.
        if let Some(last) = arms.last_mut() {
            last.falls_through = false;
        }
        self.tree.at(node, ExprKind::Match { subject, binding: None, arms: merged(arms) })
    }

    fn case(&mut self, node: Node<'_>, end: usize, arms: &mut Vec<Arm>) {
        let value = node.child_by_field_name("value");
        let patterns = value.map(|value| Pattern::Value(self.expression(value))).into_iter().collect();
        let rest: Vec<_> = tree::children(node).into_iter().filter(|child| Some(*child) != value).collect();
        let span = match (rest.first(), rest.last()) {
            (Some(first), Some(last)) => Span::new(first.start_byte(), last.end_byte()),
            _ => tree::span(node),
        };
        let start = tree::child_of_kind(node, ":").map_or(node.start_byte(), |colon| colon.end_byte());
        let mut body = self.statements(rest, Span::new(start, end));
        // `case X: { … }`
        let body = match body.as_slice() {
            [Expr { kind: ExprKind::Block { label: None, .. }, .. }] => body.remove(0),
            _ => self.tree.expr(span, ExprKind::Block { label: None, body }),
        };
        arms.push(Arm { patterns, guard: None, body, falls_through: false, span: tree::span(node) });
    }

    /// A statement that the grammar puts beside the cases belongs to the one before it.
    fn stray(&mut self, node: Node<'_>, arms: &mut Vec<Arm>) {
        let statements = self.statements(vec![node], tree::span(node));
        match arms.last_mut() {
            Some(Arm { body: Expr { kind: ExprKind::Block { body, .. }, .. }, .. }) => body.extend(statements),
            _ => {
                let body = self.tree.at(node, ExprKind::Block { label: None, body: statements });
                arms.push(Arm { patterns: Vec::new(), guard: None, body, falls_through: false, span: tree::span(node) });
            }
        }
    }
}

/// Whether an arm's body leaves at its end; a `break` there is removed.
fn ends_arm(body: &mut Expr) -> bool {
    match &mut body.kind {
        ExprKind::Block { body, .. } => {
            let is_break = matches!(body.last(), Some(Expr { kind: ExprKind::Exit { kind: ExitKind::Break, label: None, .. }, .. }));
            if is_break {
                body.pop();
            }
            is_break || body.last_mut().is_some_and(ends_arm)
        }
        ExprKind::Exit { .. } => true,
        _ => false,
    }
}

/// `case A: case B: …` is one arm with alternatives.
fn merged(arms: Vec<Arm>) -> Vec<Arm> {
    let mut out: Vec<Arm> = Vec::new();
    for mut arm in arms {
        let is_alternative = out.last().is_some_and(|last| last.falls_through && !last.patterns.is_empty() && !arm.patterns.is_empty() && is_empty(&last.body));
        if is_alternative && let Some(previous) = out.pop() {
            let mut patterns = previous.patterns;
            patterns.append(&mut arm.patterns);
            arm.patterns = patterns;
            arm.span.start = previous.span.start;
        }
        out.push(arm);
    }
    out
}

fn is_empty(body: &Expr) -> bool {
    matches!(&body.kind, ExprKind::Block { body, .. } if body.is_empty())
}
