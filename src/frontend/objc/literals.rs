//! Literals.

use tree_sitter::Node;

use super::ObjC;
use crate::frontend::{literal, tree};
use crate::ir::{Expr, ExprKind, Literal};

impl ObjC<'_> {
    pub(super) fn literal(&mut self, node: Node<'_>) -> Expr {
        let value = match node.kind() {
            "number_literal" => number(self.text(node)),
            "string_literal" => Literal::Text(self.string(node)),
            "concatenated_string" => self.concatenated(node),
            _ => Literal::Other,
        };
        self.tree.at(node, ExprKind::Literal(value))
    }

    fn string(&self, node: Node<'_>) -> String {
        let text = self.source.get(node.byte_range()).unwrap_or_default();
        let (start, end) = (text.find('"').map_or(0, |quote| quote + 1), text.rfind('"').unwrap_or(text.len()));
        literal::unescape(text.get(start..end).unwrap_or_default())
    }

    /// `@"a" @"b"` is one text, unless a macro stands between.
    fn concatenated(&self, node: Node<'_>) -> Literal {
        let parts = tree::children(node);
        if parts.iter().any(|part| part.kind() != "string_literal") {
            return Literal::Other;
        }
        Literal::Text(parts.into_iter().map(|part| self.string(part)).collect())
    }
}

/// A number of C, with its sign and suffixes.
pub(super) fn number(text: &str) -> Literal {
    match (text.strip_prefix('-'), literal::integer(text.trim_start_matches('-'), true)) {
        (Some(_), Literal::Int(value)) => Literal::Int(value.wrapping_neg()),
        (_, value) => value,
    }
}
