//! Patterns of `case`, `catch`, `for` and destructuring. The grammar puts their parts side by side without nesting them.

use tree_sitter::Node;

use super::Swift;
use super::conditions::split_at_commas;
use super::types::is_type;
use crate::frontend::tree;
use crate::ir::{ExprKind, Pattern};

impl Swift<'_> {
    /// A `pattern` node. Names in it are bound where `binds` (after `let`), else they are values.
    pub(super) fn pattern(&mut self, node: Node<'_>, binds: bool) -> Pattern {
        if !self.tree.enter(node, 1) {
            return Pattern::Wildcard;
        }
        let pattern = self.pattern_of(&tree::all_children(node), binds);
        self.tree.leave(1);
        pattern
    }

    /// A pattern whose parts are `nodes`.
    pub(super) fn pattern_of(&mut self, nodes: &[Node<'_>], binds: bool) -> Pattern {
        let Some((first, rest)) = nodes.split_first() else { return Pattern::Wildcard };
        match (first.kind(), rest) {
            ("case", _) => self.pattern_of(rest, binds),
            ("value_binding_pattern", _) => self.pattern_of(rest, true),
            (_, [.., optional]) if optional.kind() == "?" => Pattern::NotNull(Box::new(self.pattern_of(&nodes[..nodes.len() - 1], binds))),
            ("wildcard_pattern", []) => Pattern::Wildcard,
            ("is", _) => self.type_test(rest, None),
            ("pattern", [cast, ..]) if cast.kind() == "as" => {
                let inner = self.pattern(*first, binds);
                let binding = super::properties::names_of(&inner).into_iter().find(|name| name != "_");
                self.type_test(&rest[1..], binding)
            }
            ("pattern", []) => self.pattern(*first, binds),
            ("(", _) => self.tuple_pattern(nodes, binds),
            (".", [name, payload @ ..]) if is_name(*name) => self.case_pattern(*first, None, *name, payload, binds),
            (_, [dot, name, payload @ ..]) if is_type(*first) && dot.kind() == "." => self.case_pattern(*first, Some(*first), *name, payload, binds),
            ("simple_identifier" | "self_expression", []) if binds => Pattern::Binding(self.name_of(*first)),
            // Only `x` after `let`, and what a declaration without `let` binds, carries this field.
            ("simple_identifier", []) if self.is_bound(*first) => Pattern::Binding(self.name_of(*first)),
            _ => self.value_pattern(nodes, binds),
        }
    }

    fn is_bound(&self, node: Node<'_>) -> bool {
        node.parent().is_some_and(|parent| parent.child_by_field_name("bound_identifier") == Some(node))
    }

    fn type_test(&mut self, nodes: &[Node<'_>], binding: Option<String>) -> Pattern {
        match self.type_among(nodes) {
            Some(ty) => Pattern::Is { ty, binding },
            None => Pattern::Wildcard,
        }
    }

    /// `(a, label: b)`, with the parentheses.
    fn tuple_pattern(&mut self, nodes: &[Node<'_>], binds: bool) -> Pattern {
        let mut items = self.tuple_items_of(nodes, binds);
        if items.len() == 1 { items.remove(0) } else { Pattern::Tuple(items) }
    }

    fn tuple_items_of(&mut self, nodes: &[Node<'_>], binds: bool) -> Vec<Pattern> {
        let inside = nodes.strip_prefix(&nodes[..1.min(nodes.len())]).unwrap_or(nodes);
        let inside = match inside.split_last() {
            Some((last, inside)) if last.kind() == ")" => inside,
            _ => inside,
        };
        let parts = split_at_commas(inside);
        parts
            .into_iter()
            .map(|part| {
                let colon = part.iter().position(|node| node.kind() == ":").map_or(0, |colon| colon + 1);
                self.pattern_of(&part[colon..], binds)
            })
            .collect()
    }

    /// `.name(payload)`, `Type.name(payload)`
    fn case_pattern(&mut self, start: Node<'_>, ty: Option<Node<'_>>, name: Node<'_>, payload: &[Node<'_>], binds: bool) -> Pattern {
        let receiver = match ty {
            Some(ty) => self.type_as_value(ty),
            None => self.tree.at(start, ExprKind::Implicit),
        };
        let span = super::span_between(start, name);
        let kind = ExprKind::Member { receiver: Box::new(receiver), name: self.name_of(name), name_span: tree::span(name), safe: false, is_variable: false };
        let path = self.tree.expr(span, kind);
        if payload.is_empty() {
            return Pattern::Value(path);
        }
        let mut fields = self.tuple_items_of(payload, binds);
        if ty.is_none() && self.text(name) == "some" && fields.len() == 1 {
            return Pattern::NotNull(Box::new(fields.remove(0)));
        }
        Pattern::Case { path, fields }
    }

    /// A constant, a range, or an expression that the grammar did not recognise as a pattern.
    fn value_pattern(&mut self, nodes: &[Node<'_>], binds: bool) -> Pattern {
        let is_range = nodes.len() == 1 && matches!(nodes[0].kind(), "range_expression" | "open_start_range_expression" | "open_end_range_expression");
        let value = self.expression(nodes);
        if is_range {
            return Pattern::In(value);
        }
        match value.kind {
            ExprKind::Name(name) if binds => Pattern::Binding(name),
            ExprKind::Name(name) if name == "_" => Pattern::Wildcard,
            _ => Pattern::Value(value),
        }
    }
}

fn is_name(node: Node<'_>) -> bool {
    matches!(node.kind(), "simple_identifier" | "integer_literal")
}
