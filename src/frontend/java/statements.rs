//! Blocks and simple statements.

use tree_sitter::Node;

use super::declarations::is_type_declaration;
use super::{Java, members};
use crate::frontend::errors::{children_and_errors, is_trivial};
use crate::frontend::tree;
use crate::ir::{ExitKind, Expr, ExprKind};

impl<'t> Java<'t> {
    /// A `{ … }`.
    pub(super) fn block(&mut self, node: Node<'t>, label: Option<String>) -> Expr {
        let body = self.statements(&children_and_errors(node));
        self.tree.at(node, ExprKind::Block { label, body })
    }

    pub(super) fn statements(&mut self, nodes: &[Node<'t>]) -> Vec<Expr> {
        let mut out = Vec::new();
        for &node in nodes {
            self.add_statement(node, None, &mut out);
        }
        out
    }

    /// The one statement of a branch or loop body.
    pub(super) fn branch(&mut self, node: Node<'t>) -> Expr {
        let mut statements = self.statements(&[node]);
        if statements.len() == 1 { statements.remove(0) } else { self.tree.at(node, ExprKind::Block { label: None, body: statements }) }
    }

    /// Lowers one statement; a declaration of several locals becomes several.
    pub(super) fn add_statement(&mut self, node: Node<'t>, label: Option<String>, out: &mut Vec<Expr>) {
        if !self.tree.enter(node, 1) {
            out.push(self.unknown(node));
            return;
        }
        match node.kind() {
            "local_variable_declaration" => self.locals(node, out),
            "field_declaration" => self.locals(node, out),
            _ => {
                let statement = self.statement(node, label);
                if !(node.is_error() && is_trivial(&statement)) {
                    out.push(statement);
                }
            }
        }
        self.tree.leave(1);
    }

    fn statement(&mut self, node: Node<'t>, label: Option<String>) -> Expr {
        match node.kind() {
            "expression_statement" => match tree::children(node)[..] {
                [expr] => self.expr(expr),
                _ => self.anything(node),
            },
            "labeled_statement" => self.labelled(node),
            "block" => self.block(node, label),
            "for_statement" => self.for_loop(node, label),
            "enhanced_for_statement" => self.for_each(node, label),
            "while_statement" => self.while_loop(node, label),
            "do_statement" => self.do_loop(node, label),
            "if_statement" => self.if_statement(node),
            "try_statement" | "try_with_resources_statement" => self.try_statement(node),
            "synchronized_statement" => self.synchronized(node),
            "assert_statement" => self.assert(node),
            "return_statement" => self.exit(node, ExitKind::Return),
            "throw_statement" => self.exit(node, ExitKind::Throw),
            // A `yield` leaves its switch with a value.
            "yield_statement" => self.exit(node, ExitKind::Break),
            "break_statement" => self.jump(node, ExitKind::Break),
            "continue_statement" => self.jump(node, ExitKind::Continue),
            kind if is_type_declaration(kind) => {
                let ty = self.type_declaration(node);
                self.tree.at(node, ExprKind::Object { ty, args: Vec::new() })
            }
            _ => self.expr(node),
        }
    }

    fn locals(&mut self, node: Node<'t>, out: &mut Vec<Expr>) {
        let mutable = !self.modifiers(node).is_final;
        for declarator in members::declarators(node) {
            let name = self.name_in(declarator, "name");
            let ty = self.declared_type(node, declarator);
            let value = declarator.child_by_field_name("value").map(|value| Box::new(self.expr(value)));
            let name_span = tree::span(declarator.child_by_field_name("name").unwrap_or(declarator));
            out.push(self.tree.at(declarator, ExprKind::Let { name, ty, value, mutable, delegated: false, name_span }));
        }
    }

    /// A label on a loop is the loop's; on anything else it makes a block.
    fn labelled(&mut self, node: Node<'t>) -> Expr {
        let [label_node, statement] = tree::children(node)[..] else {
            return self.anything(node);
        };
        let label = Some(self.name(label_node));
        let takes_label = matches!(statement.kind(), "block" | "for_statement" | "enhanced_for_statement" | "while_statement" | "do_statement");
        let mut body = Vec::new();
        self.add_statement(statement, label.clone().filter(|_| takes_label), &mut body);
        if takes_label && body.len() == 1 { body.remove(0) } else { self.tree.at(node, ExprKind::Block { label, body }) }
    }

    /// An exit with an optional value.
    fn exit(&mut self, node: Node<'t>, kind: ExitKind) -> Expr {
        let value = tree::children(node).first().map(|value| Box::new(self.expr(*value)));
        self.tree.at(node, ExprKind::Exit { kind, label: None, value })
    }

    /// An exit with an optional label.
    fn jump(&mut self, node: Node<'t>, kind: ExitKind) -> Expr {
        let label = tree::child_of_kind(node, "identifier").map(|label| self.name(label));
        self.tree.at(node, ExprKind::Exit { kind, label, value: None })
    }
}
