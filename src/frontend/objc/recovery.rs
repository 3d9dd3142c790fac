//! What the grammar could not parse is lowered as far as its pieces allow, so that no call is lost.

use tree_sitter::Node;

use super::ObjC;
use crate::frontend::GapKind;
use crate::frontend::tree;
use crate::ir::Expr;

impl ObjC<'_> {
    /// Statements with errors among them: what an error holds stands in its place.
    pub(super) fn without_errors<'n>(&mut self, nodes: Vec<Node<'n>>) -> Vec<Node<'n>> {
        if !nodes.iter().any(Node::is_error) {
            return nodes;
        }
        let mut flat = Vec::new();
        let mut pending: Vec<_> = nodes.into_iter().rev().collect();
        while let Some(node) = pending.pop() {
            if node.is_error() {
                pending.extend(tree::children(node).into_iter().rev());
            } else {
                flat.push(node);
            }
        }
        flat
    }

    /// A node that has no meaning of its own: its children in source order.
    pub(super) fn generic(&mut self, node: Node<'_>) -> Expr {
        if node.is_missing() || !self.tree.enter(node, 1) {
            return self.unknown(node, Vec::new());
        }
        let statements = self.statements(tree::children(node), tree::span(node));
        self.tree.leave(1);
        self.unknown(node, statements)
    }

    /// Lowers the functions and calls that nothing above has reached, at file level.
    pub(super) fn sweep(&mut self, root: Node<'_>) {
        let mut cursor = root.walk();
        loop {
            let node = cursor.node();
            self.lower_if_missed(node);
            if cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
            }
        }
    }

    fn lower_if_missed(&mut self, node: Node<'_>) {
        if self.lowered.contains(&node.id()) || self.is_too_deep(node) {
            return;
        }
        match node.kind() {
            "message_expression" => self.top_level(node),
            "call_expression" if !is_annotation(node) => self.top_level(node),
            "method_definition" => self.method(node),
            "function_definition" => self.c_function(node),
            _ => {}
        }
    }

    fn is_too_deep(&self, node: Node<'_>) -> bool {
        let span = tree::span(node);
        self.tree.gaps.iter().any(|gap| gap.kind == GapKind::TooDeep && gap.span.contains(span))
    }
}

/// In a preprocessor condition and in an attribute nothing is called.
fn is_annotation(node: Node<'_>) -> bool {
    let parent = node.parent();
    let list = parent.and_then(|parent| parent.parent());
    parent.is_some_and(|parent| parent.kind().starts_with("preproc_")) || list.is_some_and(|list| list.kind() == "attribute_specifier")
}
