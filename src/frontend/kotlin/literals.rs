//! Literals and string templates.

use tree_sitter::Node;

use super::Kotlin;
use crate::frontend::{literal, tree};
use crate::ir::{Expr, ExprKind, Literal};

impl<'t> Kotlin<'t> {
    pub(super) fn literal(&mut self, node: Node<'t>) -> Expr {
        let text = self.tree.text_of(node);
        let literal = match node.kind() {
            "boolean_literal" => Literal::Bool(text == "true"),
            "null_literal" => Literal::Null,
            "integer_literal" | "hex_literal" | "bin_literal" | "long_literal" | "unsigned_literal" => literal::integer(text, false),
            _ => Literal::Other,
        };
        self.tree.at(node, ExprKind::Literal(literal))
    }

    /// A string: its text when it is constant, else what is interpolated.
    pub(super) fn string(&mut self, node: Node<'t>) -> Expr {
        let parts: Vec<Node<'t>> =
            tree::children(node).into_iter().filter(|part| matches!(part.kind(), "interpolated_expression" | "interpolated_identifier" | "ERROR")).collect();
        if parts.is_empty() {
            let text = constant_text(self.tree.text_of(node));
            return self.tree.at(node, ExprKind::Literal(Literal::Text(text)));
        }
        let values = parts.into_iter().map(|part| self.interpolated(part)).collect();
        self.tree.at(node, ExprKind::Unknown(values))
    }

    fn interpolated(&mut self, node: Node<'t>) -> Expr {
        match node.kind() {
            "interpolated_expression" => match tree::children(node).as_slice() {
                [inner] => self.expr(*inner),
                _ => self.anything(node),
            },
            "interpolated_identifier" => {
                let name = self.name(node);
                self.tree.at(node, ExprKind::Name(name))
            }
            _ => self.expr(node),
        }
    }
}

/// The text of a string literal without its quotes and dollar prefix; escapes are resolved unless it is raw.
fn constant_text(source: &str) -> String {
    let quoted = source.trim_start_matches('$');
    if let Some(raw) = quoted.strip_prefix("\"\"\"") {
        return raw.strip_suffix("\"\"\"").unwrap_or(raw).to_owned();
    }
    let inner = quoted.strip_prefix('"').unwrap_or(quoted);
    literal::unescape(inner.strip_suffix('"').unwrap_or(inner))
}
