//! `switch`.

use tree_sitter::Node;

use super::Swift;
use super::conditions::split_at_commas;
use crate::frontend::tree;
use crate::ir::{Arm, ExitKind, Expr, ExprKind, Pattern};
use crate::source::Span;

impl Swift<'_> {
    pub(super) fn switch(&mut self, node: Node<'_>) -> Expr {
        let children = tree::all_children(node);
        let open = children.iter().position(|child| child.kind() == "{").unwrap_or(children.len());
        let subject = self.expression(&children[1.min(open)..open]);
        let mut arms = Vec::new();
        for (index, child) in children.iter().enumerate().skip(open) {
            // An entry goes on to the next: a conditional may end behind its last statement.
            let end = children.get(index + 1).map_or(child.end_byte(), |next| next.start_byte());
            match child.kind() {
                "switch_entry" => self.switch_entry(*child, end, &mut arms),
                "ERROR" => self.entries_of_error(*child, &mut arms),
                _ => {}
            }
        }
        self.tree.at(node, ExprKind::Match { subject: Some(Box::new(subject)), binding: None, arms })
    }

    fn entries_of_error(&mut self, node: Node<'_>, arms: &mut Vec<Arm>) {
        for child in tree::children(node).into_iter().filter(|child| child.kind() == "switch_entry") {
            self.switch_entry(child, child.end_byte(), arms);
        }
    }

    /// `case a, b where c:` with its statements; `@unknown default` is a wildcard. Where alternatives have conditions of their own, they become arms that fall through.
    fn switch_entry(&mut self, node: Node<'_>, end: usize, arms: &mut Vec<Arm>) {
        let children = tree::all_children(node);
        let colon = children.iter().position(|child| child.kind() == ":").unwrap_or(children.len());
        let head: Vec<_> = children[..colon].iter().copied().filter(|child| !matches!(child.kind(), "modifiers" | "case" | "default_keyword")).collect();
        let mut alternatives: Vec<(Vec<Pattern>, Option<Expr>)> = Vec::new();
        for part in split_at_commas(&head) {
            let (pattern, guard) = self.alternative(part);
            match alternatives.last_mut() {
                Some((patterns, None)) if guard.is_none() => patterns.push(pattern),
                _ => alternatives.push((vec![pattern], guard)),
            }
        }
        let start = children.get(colon).map_or(node.start_byte(), |colon| colon.end_byte());
        let (body, falls_through) = self.entry_body(&children[(colon + 1).min(children.len())..], Span::new(start, end));
        let (mut patterns, guard) = alternatives.pop().unwrap_or_default();
        if patterns.is_empty() && children.iter().any(|child| child.kind() == "modifiers") {
            patterns.push(Pattern::Wildcard);
        }
        let span = tree::span(node);
        for (patterns, guard) in alternatives {
            let body = self.tree.expr(span, ExprKind::Block { label: None, body: Vec::new() });
            arms.push(Arm { patterns, guard, body, falls_through: true, span });
        }
        arms.push(Arm { patterns, guard, body, falls_through, span });
    }

    fn alternative(&mut self, part: &[Node<'_>]) -> (Pattern, Option<Expr>) {
        let condition = part.iter().position(|child| child.kind() == "where_keyword").unwrap_or(part.len());
        let pattern = match part.iter().find(|child| child.kind() == "switch_pattern") {
            Some(pattern) => self.pattern_of(&tree::all_children(*pattern), false),
            None => self.pattern_of(&part[..condition], false),
        };
        let guard = if condition < part.len() { Some(self.expression(&part[condition + 1..])) } else { None };
        (pattern, guard)
    }

    /// The statements of an entry without a final `break`, and whether they end in `fallthrough`.
    fn entry_body(&mut self, nodes: &[Node<'_>], range: Span) -> (Expr, bool) {
        let mut falls_through = nodes.iter().any(|child| child.kind() == "fallthrough");
        let statements: Vec<_> = nodes.iter().flat_map(|child| if child.kind() == "statements" { tree::all_children(*child) } else { vec![*child] }).collect();
        let span = if statements.is_empty() { range } else { super::span_of_all(&statements) };
        let mut body = self.statements(statements, range);
        match body.last().map(|last| &last.kind) {
            Some(ExprKind::Name(name)) if name == "fallthrough" => {
                falls_through = true;
                body.pop();
            }
            Some(ExprKind::Exit { kind: ExitKind::Break, label: None, .. }) => {
                body.pop();
            }
            _ => {}
        }
        (self.tree.expr(span, ExprKind::Block { label: None, body }), falls_through)
    }
}
