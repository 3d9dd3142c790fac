//! Literals.

use tree_sitter::Node;

use super::Swift;
use crate::frontend::tree;
use crate::ir::{Expr, ExprKind, Literal};

impl Swift<'_> {
    /// A literal; a string with interpolations is unknown with these as children.
    pub(super) fn literal(&mut self, node: Node<'_>) -> Expr {
        let text = self.source.get(node.byte_range()).unwrap_or_default();
        let literal = match node.kind() {
            "boolean_literal" => Literal::Bool(text == "true"),
            "nil_literal" => Literal::Null,
            "integer_literal" | "hex_literal" | "oct_literal" | "bin_literal" => integer(text),
            "line_string_literal" | "multi_line_string_literal" | "raw_string_literal" => return self.string(node, text),
            "playground_literal" => return self.generic(node),
            _ => Literal::Other,
        };
        self.tree.at(node, ExprKind::Literal(literal))
    }

    fn string(&mut self, node: Node<'_>, text: &str) -> Expr {
        let mut parts = Vec::new();
        for child in tree::children(node) {
            match child.kind() {
                "interpolated_expression" => parts.extend(self.interpolated(child)),
                "raw_str_interpolation" => {
                    for inner in tree::children(child).into_iter().filter(|inner| inner.kind() == "interpolated_expression") {
                        parts.extend(self.interpolated(inner));
                    }
                }
                "ERROR" => parts.push(self.generic(child)),
                _ => {}
            }
        }
        if !parts.is_empty() || text.contains("\\(") {
            return self.unknown(tree::span(node), parts);
        }
        let literal = match node.kind() {
            "line_string_literal" => Literal::Text(unescaped(text.trim_matches('"'))),
            "raw_string_literal" => Literal::Text(text.trim_matches('#').trim_matches('"').to_owned()),
            _ => Literal::Text(multi_line(text)),
        };
        self.tree.at(node, ExprKind::Literal(literal))
    }
}

fn integer(text: &str) -> Literal {
    let digits: String = text.chars().filter(|character| *character != '_').collect();
    let (digits, radix) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&digits[2..], 16),
        [b'0', b'o' | b'O', ..] => (&digits[2..], 8),
        [b'0', b'b' | b'B', ..] => (&digits[2..], 2),
        _ => (digits.as_str(), 10),
    };
    i64::from_str_radix(digits, radix).map_or(Literal::Other, Literal::Int)
}

/// Resolves the simple escapes; others stay as written.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match rest.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('0') => out.push('\0'),
            Some(other @ ('"' | '\'' | '\\')) => out.push(other),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

/// The lines between the quotes without their common indentation.
fn multi_line(text: &str) -> String {
    let inside = text.trim_start_matches('"').trim_end_matches('"');
    let mut lines: Vec<&str> = inside.lines().skip(1).collect();
    let indentation = lines.pop().map_or(0, |last| last.len() - last.trim_start().len());
    let lines: Vec<_> = lines.into_iter().map(|line| line.get(indentation..).unwrap_or(line.trim_start())).collect();
    unescaped(&lines.join("\n"))
}
