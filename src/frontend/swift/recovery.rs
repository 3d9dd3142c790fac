//! What the grammar could not parse is lowered as far as its pieces allow, so that no call is lost.

use tree_sitter::Node;

use super::Swift;
use crate::frontend::GapKind;
use crate::frontend::tree;
use crate::ir::Expr;

impl Swift<'_> {
    /// Children of an error among declarations: declarations are members, the rest runs with the initialisers.
    pub(super) fn members_of_error(&mut self, node: Node<'_>) {
        if !self.tree.enter(node, 1) {
            return;
        }
        self.lowered.insert(node.id());
        let mut run = Vec::new();
        for child in tree::all_children(node) {
            if is_declaration(child) {
                self.initial_run(&mut run);
                self.member(child);
            } else {
                run.push(child);
            }
        }
        self.initial_run(&mut run);
        self.tree.leave(1);
    }

    fn initial_run(&mut self, run: &mut Vec<Node<'_>>) {
        if run.is_empty() {
            return;
        }
        let range = super::span_of_all(run);
        let outside = std::mem::replace(&mut self.in_function, true);
        for statement in self.statements(std::mem::take(run), range) {
            self.builder.initial(statement);
        }
        self.in_function = outside;
    }

    /// Statements with errors among them: what an error holds stands in its place.
    pub(super) fn without_errors<'n>(&mut self, nodes: Vec<Node<'n>>) -> Vec<Node<'n>> {
        if !nodes.iter().any(|node| node.is_error() || node.kind() == "statements") {
            return nodes;
        }
        let mut flat = Vec::new();
        let mut pending: Vec<_> = nodes.into_iter().rev().collect();
        while let Some(node) = pending.pop() {
            if node.is_error() || node.kind() == "statements" {
                self.lowered.insert(node.id());
                pending.extend(tree::all_children(node).into_iter().rev());
            } else {
                flat.push(node);
            }
        }
        flat
    }

    /// A node that has no meaning of its own: its children in source order.
    pub(super) fn generic(&mut self, node: Node<'_>) -> Expr {
        if node.is_missing() || !self.tree.enter(node, 1) {
            return self.unknown(tree::span(node), Vec::new());
        }
        if node.is_error() {
            self.lowered.insert(node.id());
        }
        let children = tree::all_children(node).into_iter().filter(|child| child.is_named()).collect();
        let outside = std::mem::replace(&mut self.in_function, true);
        let statements = self.statements(children, tree::span(node));
        self.in_function = outside;
        self.tree.leave(1);
        self.unknown(tree::span(node), statements)
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
        match node.kind() {
            "call_expression" | "constructor_expression" | "macro_invocation" => {
                let last = node.child_count().checked_sub(1).and_then(|last| node.child(last as u32));
                let is_missed = last.is_some_and(|suffix| suffix.kind().ends_with("_suffix") && !self.lowered.contains(&suffix.id()));
                if is_missed && !self.is_defer(node) && !self.is_too_deep(node) {
                    self.initial_statement(node);
                }
            }
            "function_declaration" | "init_declaration" | "deinit_declaration" if !self.lowered.contains(&node.id()) && !self.is_too_deep(node) => {
                self.function(node);
            }
            _ => {}
        }
    }

    fn is_defer(&self, node: Node<'_>) -> bool {
        node.child(0).is_some_and(|name| self.text(name) == "defer")
    }

    fn is_too_deep(&self, node: Node<'_>) -> bool {
        let span = tree::span(node);
        self.tree.gaps.iter().any(|gap| gap.kind == GapKind::TooDeep && gap.span.contains(span))
    }
}

fn is_declaration(node: Node<'_>) -> bool {
    node.kind().ends_with("_declaration") || node.is_error()
}
