//! `if`, loops, `try` and jumps.

use tree_sitter::Node;

use super::{Kotlin, types};
use crate::frontend::tree;
use crate::ir::{Catch, ExitKind, Expr, ExprKind, LoopKind};

impl<'t> Kotlin<'t> {
    pub(super) fn if_expression(&mut self, node: Node<'t>) -> Expr {
        let cond = match node.child_by_field_name("condition") {
            Some(cond) => self.expr(cond),
            None => self.unknown(node),
        };
        let then = match node.child_by_field_name("consequence") {
            Some(then) => self.branch(then),
            None => self.empty_block(node),
        };
        let otherwise = node.child_by_field_name("alternative").map(|otherwise| Box::new(self.branch(otherwise)));
        self.tree.at(node, ExprKind::If { cond: Box::new(cond), then: Box::new(then), otherwise })
    }

    pub(super) fn empty_block(&mut self, node: Node<'t>) -> Expr {
        self.tree.at(node, ExprKind::Block { label: None, body: Vec::new() })
    }

    /// The loop's body, or an empty block.
    fn loop_body(&mut self, node: Node<'t>) -> Box<Expr> {
        Box::new(match tree::child_of_kind(node, "control_structure_body") {
            Some(body) => self.branch(body),
            None => self.empty_block(node),
        })
    }

    pub(super) fn for_loop(&mut self, node: Node<'t>, label: Option<String>) -> Expr {
        let declared = tree::children(node).into_iter().find(|child| matches!(child.kind(), "variable_declaration" | "multi_variable_declaration"));
        let bindings = declared.map_or(Vec::new(), |declared| self.variables(declared));
        let head = self.node_after(node, "in").map(|head| Box::new(self.expr(head)));
        let body = self.loop_body(node);
        self.tree.at(node, ExprKind::Loop { kind: LoopKind::ForEach, label, bindings, head, body })
    }

    pub(super) fn while_loop(&mut self, node: Node<'t>, label: Option<String>) -> Expr {
        let head = self.node_after(node, "(").map(|head| Box::new(self.expr(head)));
        let body = self.loop_body(node);
        self.tree.at(node, ExprKind::Loop { kind: LoopKind::While, label, bindings: Vec::new(), head, body })
    }

    pub(super) fn do_while_loop(&mut self, node: Node<'t>, label: Option<String>) -> Expr {
        let body = self.loop_body(node);
        let head = self.node_after(node, "(").map(|head| Box::new(self.expr(head)));
        self.tree.at(node, ExprKind::Loop { kind: LoopKind::DoWhile, label, bindings: Vec::new(), head, body })
    }

    pub(super) fn try_expression(&mut self, node: Node<'t>) -> Expr {
        let body = Box::new(self.braces(node));
        let mut catches = Vec::new();
        let mut finally = None;
        for child in tree::children(node) {
            match child.kind() {
                "catch_block" => {
                    let name = tree::child_of_kind(child, "simple_identifier").map(|name| self.name(name));
                    let types = self.type_in(child).into_iter().collect();
                    let body = self.braces(child);
                    catches.push(Catch { types, pattern: None, name, body, span: tree::span(child) });
                }
                "finally_block" => finally = Some(Box::new(self.braces(child))),
                _ => {}
            }
        }
        self.tree.at(node, ExprKind::Try { body, catches, finally })
    }

    /// `return`, `throw`, `break`, `continue`.
    pub(super) fn jump(&mut self, node: Node<'t>) -> Expr {
        let text = self.tree.text_of(node);
        let kind = match text {
            _ if text.starts_with("return") => ExitKind::Return,
            _ if text.starts_with("throw") => ExitKind::Throw,
            _ if text.starts_with("break") => ExitKind::Break,
            _ => ExitKind::Continue,
        };
        let label = tree::child_of_kind(node, "label").map(|label| self.label(label));
        let operand = tree::children(node).into_iter().rev().find(|child| child.kind() != "label" && !types::is_type(*child));
        let value = operand.map(|operand| Box::new(self.expr(operand)));
        self.tree.at(node, ExprKind::Exit { kind, label, value })
    }
}
