//! What the grammar could not parse is lowered as far as its pieces allow, so that no call is lost.

use tree_sitter::Node;

use super::Swift;
use crate::frontend::GapKind;
use crate::frontend::tree;
use crate::ir::{Expr, TypeKind, Visibility};

impl Swift<'_> {
    /// Children of an error among declarations: declarations are members, the rest runs with the initialisers.
    pub(super) fn members_of_error(&mut self, node: Node<'_>) {
        if !self.tree.enter(node, 1) {
            return;
        }
        self.lowered.insert(node.id());
        let mut run = Vec::new();
        let children = tree::all_children(node);
        let mut opened = false;
        for (index, child) in children.iter().copied().enumerate() {
            if let Some(name) = broken_type_name(&children[index..]) {
                self.initial_run(&mut run);
                self.close_broken_type(node, &mut opened);
                self.open_broken_type(child, name);
                opened = true;
            } else if is_declaration(child) {
                self.initial_run(&mut run);
                self.member(child);
            } else {
                run.push(child);
            }
        }
        self.initial_run(&mut run);
        self.close_broken_type(node, &mut opened);
        self.tree.leave(1);
    }

    /// The head of a type whose body holds an error: what follows is its members.
    fn open_broken_type(&mut self, keyword: Node<'_>, name: Node<'_>) {
        let kind = match keyword.kind() {
            "enum" => TypeKind::Enum,
            "extension" => TypeKind::Extension,
            "protocol" => TypeKind::Interface,
            _ => TypeKind::Class,
        };
        let name = if super::types::is_type(name) { self.type_ref(name).name } else { self.name_of(name) };
        let mut decl = self.builder.new_type(kind, name, tree::span(keyword));
        decl.visibility = Visibility::Internal;
        self.builder.open_type(decl);
    }

    fn close_broken_type(&mut self, node: Node<'_>, opened: &mut bool) {
        if std::mem::take(opened) {
            self.builder.close_type(&mut self.tree, node);
        }
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

/// The name after `class` and the like, when the nodes are the head of a type.
fn broken_type_name<'n>(nodes: &[Node<'n>]) -> Option<Node<'n>> {
    let [keyword, name, rest @ ..] = nodes else { return None };
    let is_keyword = matches!(keyword.kind(), "class" | "struct" | "enum" | "extension" | "protocol" | "actor");
    let is_name = matches!(name.kind(), "simple_identifier" | "type_identifier" | "user_type");
    (is_keyword && is_name && rest.iter().any(|node| node.kind() == "{")).then_some(*name)
}
