//! Blocks and the statements in them.

use tree_sitter::Node;

use super::{Kotlin, types};
use crate::frontend::errors::{children_and_errors, is_trivial};
use crate::frontend::tree;
use crate::ir::{Expr, ExprKind, FunctionKind, Param};
use crate::source::Span;

impl<'t> Kotlin<'t> {
    /// The `{ … }` among the children of a node as a block; empty when there is none.
    pub(super) fn braces(&mut self, node: Node<'t>) -> Expr {
        let open = tree::child_of_kind(node, "{");
        let close = tree::all_children(node).into_iter().rev().find(|child| child.kind() == "}");
        let inside = |child: &Node<'t>| open.is_some_and(|open| child.start_byte() >= open.end_byte());
        let nodes: Vec<Node<'t>> = tree::children(node).into_iter().filter(inside).filter(|child| matches!(child.kind(), "statements" | "ERROR")).collect();
        let span = Span::new(open.map_or(node.start_byte(), |open| open.start_byte()), close.map_or(node.end_byte(), |close| close.end_byte()));
        let mut body = Vec::new();
        for part in nodes {
            if part.kind() == "statements" { body.extend(self.statements(part)) } else { body.push(self.expr(part)) }
        }
        self.tree.expr(span, ExprKind::Block { label: None, body })
    }

    /// The body of a branch or loop: a block, or the one statement itself. A missing body is an empty block.
    pub(super) fn branch(&mut self, node: Node<'t>) -> Expr {
        if tree::child_of_kind(node, "{").is_some_and(|brace| brace.start_byte() == node.start_byte()) {
            return self.braces(node);
        }
        let mut statements = Vec::new();
        self.add_statements(&tree::children(node), &mut statements);
        if statements.len() == 1 { statements.remove(0) } else { self.tree.at(node, ExprKind::Block { label: None, body: statements }) }
    }

    /// The statements of a `statements` node, or of anything that directly holds some.
    pub(super) fn statements(&mut self, node: Node<'t>) -> Vec<Expr> {
        let mut out = Vec::new();
        self.add_statements(&children_and_errors(node), &mut out);
        out
    }

    /// Adds the lowered statements of sibling nodes. Labels and annotations stand before what they belong to.
    pub(super) fn add_statements(&mut self, nodes: &[Node<'t>], out: &mut Vec<Expr>) {
        let mut label = None;
        for &node in nodes {
            match node.kind() {
                "label" => label = Some(self.label(node)),
                "annotation" | "type_alias" => self.declaration_without_value(node),
                "property_declaration" | "destructuring_declaration" => self.locals(node, out),
                _ => {
                    let statement = self.statement(node, label.take());
                    if !(node.is_error() && is_trivial(&statement)) {
                        out.push(statement);
                    }
                }
            }
        }
    }

    fn declaration_without_value(&mut self, node: Node<'t>) {
        if node.kind() == "type_alias" {
            self.type_alias(node);
        }
    }

    /// One statement that is no local property.
    pub(super) fn statement(&mut self, node: Node<'t>, label: Option<String>) -> Expr {
        if !self.tree.enter(node, 1) {
            return self.unknown(node);
        }
        let statement = match node.kind() {
            "for_statement" => self.for_loop(node, label),
            "while_statement" => self.while_loop(node, label),
            "do_while_statement" => self.do_while_loop(node, label),
            "assignment" => self.assignment(node),
            "function_declaration" => {
                let id = self.function(node, FunctionKind::Local);
                self.tree.at(node, ExprKind::LocalFunction(id))
            }
            "class_declaration" | "object_declaration" | "companion_object" => {
                let ty = self.type_declaration(node);
                self.tree.at(node, ExprKind::Object { ty, args: Vec::new() })
            }
            "lambda_literal" | "annotated_lambda" => self.closure(node, label.into_iter().collect()),
            _ => self.expr(node),
        };
        self.tree.leave(1);
        statement
    }

    /// `val x = …`, `val (a, b) = …`, `val x by …`: one `Let` per name.
    fn locals(&mut self, node: Node<'t>, out: &mut Vec<Expr>) {
        if !self.tree.enter(node, 1) {
            out.push(self.unknown(node));
            return;
        }
        let (value, delegated) = self.property_value(node);
        let mut value = value.map(Box::new);
        let mutable = self.is_mutable(node);
        let declared = tree::children(node).into_iter().find(|child| matches!(child.kind(), "variable_declaration" | "multi_variable_declaration"));
        for Param { name, ty, span: name_span, .. } in declared.map_or(Vec::new(), |declared| self.variables(declared)) {
            let value = value.take();
            out.push(self.tree.at(node, ExprKind::Let { name, ty, value, mutable, delegated, name_span }));
        }
        out.extend(value.map(|value| *value));
        self.tree.leave(1);
    }

    /// `var` rather than `val`.
    pub(super) fn is_mutable(&self, node: Node<'t>) -> bool {
        tree::child_of_kind(node, "binding_pattern_kind").is_some_and(|kind| self.tree.text_of(kind) == "var")
    }

    /// What stands after `=` or `by` of a property, and whether it is a delegate.
    pub(super) fn property_value(&mut self, node: Node<'t>) -> (Option<Expr>, bool) {
        if let Some(delegate) = tree::child_of_kind(node, "property_delegate") {
            let value = tree::children(delegate).last().map(|value| self.expr(*value));
            return (value, true);
        }
        let value = self.node_after(node, "=").map(|value| self.expr(value));
        (value, false)
    }

    /// The first named child after a token.
    pub(super) fn node_after(&self, node: Node<'t>, token: &str) -> Option<Node<'t>> {
        let mut after = tree::all_children(node).into_iter().skip_while(|child| child.kind() != token || child.is_named());
        after.find(|child| child.is_named() && !types::is_type(*child) && !child.is_error())
    }

    /// `target = value`, `target += value`.
    fn assignment(&mut self, node: Node<'t>) -> Expr {
        let children = tree::all_children(node);
        let operator = children.iter().position(|child| !child.is_named() && self.tree.text_of(*child).ends_with('='));
        let (Some(first), Some(operator), Some(value)) = (children.first(), operator, children.last()) else {
            return self.anything(node);
        };
        let compound = children[operator].kind() != "=";
        let target = Box::new(self.assignment_target(*first));
        let value = Box::new(self.expr(*value));
        self.tree.at(node, ExprKind::Assign { target, value, compound })
    }

    /// The name of a label without its `@`.
    pub(super) fn label(&self, node: Node<'t>) -> String {
        self.tree.text_of(node).trim_end_matches('@').trim_matches('`').to_owned()
    }
}
