//! Literals.

use tree_sitter::Node;

use super::ObjC;
use crate::frontend::tree;
use crate::ir::{Expr, ExprKind, Literal};

impl ObjC<'_> {
    pub(super) fn literal(&mut self, node: Node<'_>) -> Expr {
        let literal = match node.kind() {
            "number_literal" => number(self.text(node)),
            "string_literal" => Literal::Text(self.string(node)),
            "concatenated_string" => self.concatenated(node),
            _ => Literal::Other,
        };
        self.tree.at(node, ExprKind::Literal(literal))
    }

    fn string(&self, node: Node<'_>) -> String {
        let text = self.source.get(node.byte_range()).unwrap_or_default();
        let (start, end) = (text.find('"').map_or(0, |quote| quote + 1), text.rfind('"').unwrap_or(text.len()));
        unescaped(text.get(start..end).unwrap_or_default())
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

/// A number of C, with its suffixes.
pub(super) fn number(text: &str) -> Literal {
    let (is_negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let digits = digits.to_ascii_lowercase();
    let (digits, radix) = match digits.as_bytes() {
        [b'0', b'x', ..] => (&digits[2..], 16),
        [b'0', b'b', ..] => (&digits[2..], 2),
        _ => (digits.as_str(), 10),
    };
    let digits = digits.trim_end_matches(['u', 'l']);
    match i64::from_str_radix(digits, radix) {
        Ok(value) => Literal::Int(if is_negative { value.wrapping_neg() } else { value }),
        Err(_) => Literal::Other,
    }
}

/// Resolves the simple escapes; others stay as written.
pub(super) fn unescaped(text: &str) -> String {
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
            Some(other @ ('"' | '\'' | '\\')) => out.push(other),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}
