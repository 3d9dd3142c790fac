//! Literals.

use tree_sitter::Node;

use super::Swift;
use crate::frontend::{literal, tree};
use crate::ir::{Expr, ExprKind, Literal};

impl Swift<'_> {
    /// A literal; a string with interpolations is unknown with these as children.
    pub(super) fn literal(&mut self, node: Node<'_>) -> Expr {
        let text = self.source.get(node.byte_range()).unwrap_or_default();
        let value = match node.kind() {
            "boolean_literal" => Literal::Bool(text == "true"),
            "nil_literal" => Literal::Null,
            "integer_literal" | "hex_literal" | "oct_literal" | "bin_literal" => integer(text),
            "line_string_literal" | "multi_line_string_literal" | "raw_string_literal" => return self.string(node, text),
            "playground_literal" => return self.generic(node),
            _ => Literal::Other,
        };
        self.tree.at(node, ExprKind::Literal(value))
    }

    fn string(&mut self, node: Node<'_>, text: &str) -> Expr {
        let children = tree::children(node);
        if !children.iter().any(|child| matches!(child.kind(), "interpolated_expression" | "raw_str_interpolation" | "ERROR")) {
            let value = match node.kind() {
                "line_string_literal" => literal::unescape(text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)),
                "raw_string_literal" => text.trim_matches('#').trim_matches('"').to_owned(),
                _ => multi_line(text),
            };
            return self.tree.at(node, ExprKind::Literal(Literal::Text(value)));
        }
        let mut parts: Vec<Expr> = Vec::new();
        for child in children {
            match child.kind() {
                "interpolated_expression" => parts.extend(self.interpolated(child)),
                "raw_str_interpolation" => {
                    let inner: Vec<_> = tree::children(child).into_iter().filter(|inner| inner.kind() == "interpolated_expression").collect();
                    parts.extend(inner.into_iter().filter_map(|inner| self.interpolated(inner)));
                }
                "ERROR" => parts.push(self.generic(child)),
                _ => self.text_part(child, &mut parts),
            }
        }
        self.unknown(tree::span(node), parts)
    }

    /// A piece of text between interpolations. The grammar makes escapes pieces of their own.
    fn text_part(&mut self, node: Node<'_>, parts: &mut Vec<Expr>) {
        let text = literal::unescape(self.source.get(node.byte_range()).unwrap_or_default());
        if let Some(Expr { kind: ExprKind::Literal(Literal::Text(before)), span, .. }) = parts.last_mut()
            && span.end as usize == node.start_byte()
        {
            before.push_str(&text);
            span.end = node.end_byte() as u32;
            return;
        }
        let part = self.tree.at(node, ExprKind::Literal(Literal::Text(text)));
        parts.push(part);
    }
}

fn integer(text: &str) -> Literal {
    match text.strip_prefix("0o") {
        Some(octal) => i64::from_str_radix(&octal.replace('_', ""), 8).map_or(Literal::Other, Literal::Int),
        None => literal::integer(text, false),
    }
}

/// The lines between the quotes without their common indentation.
fn multi_line(text: &str) -> String {
    let inside = text.trim_start_matches('"').trim_end_matches('"');
    let mut lines: Vec<&str> = inside.lines().skip(1).collect();
    let indentation = lines.pop().map_or(0, |last| last.len() - last.trim_start().len());
    let lines: Vec<_> = lines.into_iter().map(|line| line.get(indentation..).unwrap_or(line.trim_start())).collect();
    literal::unescape(&lines.join("\n"))
}
