//! Conditions of `if`, `guard` and `while`: a list of expressions, bindings, patterns and availability tests, all of which must hold.

use tree_sitter::Node;

use super::calls::LONGEST_CHAIN;
use super::{Swift, span_of_all};
use crate::frontend::operators;
use crate::frontend::tree;
use crate::ir::{Expr, ExprKind, Pattern};

impl Swift<'_> {
    /// The conditions up to the block, joined by `And`. `node` is the statement.
    pub(super) fn conditions(&mut self, children: &[Node<'_>], node: Node<'_>) -> Expr {
        let end = children.iter().position(|child| matches!(child.kind(), "{" | "else")).unwrap_or(children.len());
        let parts = split_at_commas(&children[..end]);
        let levels = 1 + parts.len().min(LONGEST_CHAIN) as u32;
        if !self.tree.enter(node, levels) {
            return self.unknown(tree::span(node), Vec::new());
        }
        let conditions = parts.into_iter().map(|part| self.condition(part)).collect();
        self.tree.leave(levels);
        match operators::conjunction(&mut self.tree, conditions) {
            Some(joined) => joined,
            None => self.unknown(tree::span(node), Vec::new()),
        }
    }

    fn condition(&mut self, part: &[Node<'_>]) -> Expr {
        let Some(first) = part.first() else { return self.unknown(Default::default(), Vec::new()) };
        match first.kind() {
            "availability_condition" if part.len() == 1 => self.availability(*first),
            "value_binding_pattern" | "async" => self.let_condition(part),
            "case" => self.case_condition(part),
            _ => self.expression(part),
        }
    }

    /// `let name = value`, `let name`, each with a type or a `where`.
    fn let_condition(&mut self, part: &[Node<'_>]) -> Expr {
        let span = span_of_all(part);
        let Binding { pattern, value, filter } = split_binding(part);
        let pattern: Vec<_> = pattern.iter().copied().filter(|node| !matches!(node.kind(), "value_binding_pattern" | "async")).collect();
        let ty = self.annotated_type(part);
        let value = match (value.is_empty(), pattern.first()) {
            (false, _) => self.expression(value),
            // `if let x` tests x itself.
            (true, Some(name)) if self.text(*name) == "self" => self.tree.at(*name, ExprKind::This(None)),
            (true, Some(name)) => self.name_expr(*name),
            (true, None) => self.unknown(span, Vec::new()),
        };
        let kind = match pattern.as_slice() {
            [name] if matches!(name.kind(), "simple_identifier" | "wildcard_pattern" | "self_expression") => {
                ExprKind::LetCond { name: self.name_of(*name), ty, value: Box::new(value) }
            }
            other => {
                let inner = self.pattern_of(other, true);
                ExprKind::Case { value: Box::new(value), pattern: Box::new(Pattern::NotNull(Box::new(inner))) }
            }
        };
        let condition = self.tree.expr(span, kind);
        self.with_filter(condition, filter)
    }

    /// `case pattern = value`
    fn case_condition(&mut self, part: &[Node<'_>]) -> Expr {
        let span = span_of_all(part);
        let Binding { pattern, value, filter } = split_binding(part);
        let pattern = self.pattern_of(pattern, false);
        let value = self.expression(value);
        let condition = self.tree.expr(span, ExprKind::Case { value: Box::new(value), pattern: Box::new(pattern) });
        self.with_filter(condition, filter)
    }

    fn with_filter(&mut self, condition: Expr, filter: Option<Node<'_>>) -> Expr {
        let Some(filter) = filter else { return condition };
        let filter = self.where_clause(filter);
        let span = crate::source::Span { start: condition.span.start, end: filter.span.end };
        self.tree.expr(span, ExprKind::And(Box::new(condition), Box::new(filter)))
    }

    /// `#available(iOS 14.1, *)`
    pub(super) fn availability(&mut self, node: Node<'_>) -> Expr {
        let negated = tree::all_children(node).iter().any(|child| child.kind() == "unavailable");
        let mut versions: Vec<(String, u32)> = Vec::new();
        let mut platform = None;
        for child in tree::children(node) {
            match child.kind() {
                "identifier" => platform = Some(self.name_of(child)),
                // The minor version follows as a further integer.
                "integer_literal" => versions.extend(platform.take().map(|platform| (platform, self.text(child).parse().unwrap_or(0)))),
                _ => {}
            }
        }
        self.tree.at(node, ExprKind::Available { versions, negated })
    }
}

/// The parts of `pattern = value where filter`.
struct Binding<'a, 'n> {
    pattern: &'a [Node<'n>],
    value: &'a [Node<'n>],
    filter: Option<Node<'n>>,
}

fn split_binding<'a, 'n>(part: &'a [Node<'n>]) -> Binding<'a, 'n> {
    let filter = part.iter().position(|node| node.kind() == "where_clause");
    let end = filter.unwrap_or(part.len());
    let equals = part[..end].iter().position(|node| node.kind() == "=");
    let pattern_end = part[..end].iter().position(|node| matches!(node.kind(), "=" | "type_annotation")).unwrap_or(end);
    let value = equals.map_or(&part[..0], |equals| &part[equals + 1..end]);
    Binding { pattern: &part[..pattern_end], value, filter: filter.map(|filter| part[filter]) }
}

/// Splits at the commas that are not inside the parentheses of a pattern.
pub(super) fn split_at_commas<'a, 'n>(nodes: &'a [Node<'n>]) -> Vec<&'a [Node<'n>]> {
    let mut parts = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for (index, node) in nodes.iter().enumerate() {
        match node.kind() {
            "(" => depth += 1,
            ")" => depth -= 1,
            "," if depth == 0 => {
                parts.push(&nodes[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&nodes[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}
