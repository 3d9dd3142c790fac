//! `switch` and patterns.

use tree_sitter::Node;

use super::{Java, types};
use crate::frontend::tree;
use crate::ir::{Arm, ExitKind, Expr, ExprKind, Pattern, TypeRef};

/// The labels of an arm.
#[derive(Default)]
struct Labels {
    patterns: Vec<Pattern>,
    guard: Option<Expr>,
    /// One of them is `default`, which makes the others superfluous.
    is_default: bool,
}

impl<'t> Java<'t> {
    /// A switch statement or expression with `:` or `->`.
    pub(super) fn switch(&mut self, node: Node<'t>) -> Expr {
        let subject = node.child_by_field_name("condition").map(|subject| Box::new(self.expr(subject)));
        let groups = node.child_by_field_name("body").map_or(Vec::new(), tree::children);
        let mut arms = Vec::new();
        let mut labels = Labels::default();
        let mut start = None;
        for group in groups {
            let parts = tree::children(group);
            let (heads, statements): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.kind() == "switch_label");
            for head in heads {
                self.add_label(head, &mut labels);
            }
            let start_byte = *start.get_or_insert(group.start_byte());
            // `case 1: case 2:` shares the statements of the last one.
            let is_rule = group.kind() == "switch_rule";
            if statements.is_empty() && !is_rule {
                continue;
            }
            let span = crate::source::Span::new(start_byte, group.end_byte());
            start = None;
            arms.push(self.arm(group, std::mem::take(&mut labels), &statements, is_rule, span));
        }
        if let Some(last) = arms.last_mut() {
            last.falls_through = false;
        }
        if start.is_some() {
            let span = tree::span(node);
            let body = self.empty_block(node);
            arms.push(finish_arm(labels, body, false, span));
        }
        self.tree.at(node, ExprKind::Match { subject, binding: None, arms })
    }

    fn arm(&mut self, group: Node<'t>, labels: Labels, statements: &[Node<'t>], is_rule: bool, span: crate::source::Span) -> Arm {
        let mut body = self.statements(statements);
        let leaves = end_arm(&mut body);
        let body = if body.len() == 1 { body.remove(0) } else { self.tree.at(group, ExprKind::Block { label: None, body }) };
        finish_arm(labels, body, !is_rule && !leaves, span)
    }

    fn add_label(&mut self, node: Node<'t>, labels: &mut Labels) {
        labels.is_default |= tree::child_of_kind(node, "default").is_some();
        for part in tree::children(node) {
            match part.kind() {
                "pattern" => labels.patterns.extend(tree::children(part).first().map(|pattern| self.pattern(*pattern))),
                "guard" => labels.guard = tree::children(part).last().map(|guard| self.expr(*guard)),
                _ => {
                    let value = self.expr(part);
                    labels.patterns.push(Pattern::Value(value));
                }
            }
        }
    }

    /// A type pattern or record pattern, or a component of one.
    pub(super) fn pattern(&mut self, node: Node<'t>) -> Pattern {
        if !self.tree.enter(node, 1) {
            return Pattern::Wildcard;
        }
        let pattern = match node.kind() {
            "record_pattern" => self.record_pattern(node),
            "underscore_pattern" => Pattern::Wildcard,
            _ => self.type_pattern(node),
        };
        self.tree.leave(1);
        pattern
    }

    fn type_pattern(&mut self, node: Node<'t>) -> Pattern {
        let binding = tree::child_of_kind(node, "identifier").map(|name| self.name(name));
        match (self.type_in(node), binding) {
            (Some(ty), Some(name)) if ty.name == "var" => Pattern::Binding(name),
            (Some(ty), binding) => Pattern::Is { ty, binding },
            (None, _) => Pattern::Wildcard,
        }
    }

    fn record_pattern(&mut self, node: Node<'t>) -> Pattern {
        let head = tree::children(node).into_iter().find(|part| part.kind() == "identifier" || types::is_type(*part));
        let name = match head {
            Some(head) if head.kind() == "identifier" => self.name(head),
            Some(head) => self.type_ref(head).name,
            None => String::new(),
        };
        let path = self.tree.at(head.unwrap_or(node), ExprKind::Name(name));
        let parts = tree::child_of_kind(node, "record_pattern_body").map_or(Vec::new(), tree::children);
        let fields = parts.into_iter().map(|part| self.pattern(part)).collect();
        Pattern::Case { path, fields }
    }

    /// `x instanceof T name`, `x instanceof T(…)`.
    pub(super) fn instance_of(&mut self, node: Node<'t>) -> Expr {
        let value = match node.child_by_field_name("left") {
            Some(value) => self.expr(value),
            None => self.unknown(node),
        };
        if let Some(pattern) = node.child_by_field_name("pattern") {
            let pattern = Box::new(self.pattern(pattern));
            return self.tree.at(node, ExprKind::Case { value: Box::new(value), pattern });
        }
        let ty = node.child_by_field_name("right").map(|ty| self.type_ref(ty)).unwrap_or_else(|| TypeRef::named("?"));
        let binding = node.child_by_field_name("name").map(|name| self.name(name));
        self.tree.at(node, ExprKind::Is { value: Box::new(value), ty, binding })
    }
}

fn finish_arm(labels: Labels, body: Expr, falls_through: bool, span: crate::source::Span) -> Arm {
    let patterns = if labels.is_default { Vec::new() } else { labels.patterns };
    Arm { patterns, guard: labels.guard, body, falls_through, span }
}

/// Whether the end of these statements is never reached. A `break` that ends them is left out, a `yield` gives the value.
fn end_arm(statements: &mut Vec<Expr>) -> bool {
    let Some(last) = statements.last_mut() else { return false };
    match &mut last.kind {
        ExprKind::Exit { kind: ExitKind::Break, label: None, value } => {
            match value.take() {
                Some(value) => *last = *value,
                None => {
                    statements.pop();
                }
            }
            true
        }
        ExprKind::Block { label: None, body } => end_arm(body),
        _ => leaves(last),
    }
}

/// Whether control surely does not come out at the end of a statement.
fn leaves(statement: &Expr) -> bool {
    match &statement.kind {
        ExprKind::Exit { .. } => true,
        ExprKind::Block { label: None, body } => body.last().is_some_and(leaves),
        ExprKind::If { then, otherwise: Some(otherwise), .. } => leaves(then) && leaves(otherwise),
        ExprKind::Try { body, catches, finally } => {
            finally.as_ref().is_some_and(|finally| leaves(finally)) || (leaves(body) && catches.iter().all(|catch| leaves(&catch.body)))
        }
        _ => false,
    }
}
