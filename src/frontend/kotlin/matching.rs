//! `when`.

use tree_sitter::Node;

use super::Kotlin;
use crate::frontend::tree;
use crate::ir::{Arm, Expr, ExprKind, Pattern, TypeRef};

impl<'t> Kotlin<'t> {
    pub(super) fn when_expression(&mut self, node: Node<'t>) -> Expr {
        let mut subject = None;
        let mut binding = None;
        let mut arms = Vec::new();
        for child in tree::children(node) {
            match child.kind() {
                "when_subject" => {
                    binding = tree::child_of_kind(child, "variable_declaration").map(|variable| self.variable(variable).name);
                    subject = tree::children(child).last().map(|value| Box::new(self.expr(*value)));
                }
                "when_entry" => arms.push(self.when_entry(child)),
                _ => {}
            }
        }
        self.tree.at(node, ExprKind::Match { subject, binding, arms })
    }

    fn when_entry(&mut self, node: Node<'t>) -> Arm {
        let mut patterns = Vec::new();
        let mut guard = None;
        let mut body = None;
        for child in tree::children(node) {
            match child.kind() {
                "when_condition" => patterns.extend(self.when_condition(child)),
                "guard_condition" => guard = tree::children(child).last().map(|guard| self.expr(*guard)),
                "control_structure_body" => body = Some(self.branch(child)),
                _ => {}
            }
        }
        let body = body.unwrap_or_else(|| self.empty_block(node));
        Arm { patterns, guard, body, falls_through: false, span: tree::span(node) }
    }

    fn when_condition(&mut self, node: Node<'t>) -> Option<Pattern> {
        let condition = *tree::children(node).first()?;
        let pattern = match condition.kind() {
            "range_test" => Pattern::In(match tree::children(condition).last() {
                Some(range) => self.expr(*range),
                None => self.unknown(condition),
            }),
            "type_test" => Pattern::Is { ty: self.type_in(condition).unwrap_or_else(|| TypeRef::named("?")), binding: None },
            _ => return Some(Pattern::Value(self.expr(condition))),
        };
        let negated = condition.child(0).is_some_and(|first| first.kind() == "!" || self.tree.text_of(first).starts_with('!'));
        Some(if negated { Pattern::Not(Box::new(pattern)) } else { pattern })
    }
}
