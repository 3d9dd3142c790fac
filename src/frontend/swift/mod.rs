//! Swift.

mod attributes;
mod blanking;
mod calls;
mod closures;
mod conditions;
mod declarations;
mod expressions;
mod functions;
mod literals;
mod patterns;
mod properties;
mod recovery;
mod statements;
mod switches;
#[cfg(test)]
mod tests;
mod types;

use std::collections::HashSet;

use tree_sitter::Node;

use super::builder::ModuleBuilder;
use super::conditionals::Conditional;
use super::tree::{self, Lowering};
use super::{Gap, GapKind, Lowered};
use crate::ir::{Expr, ExprKind, Module};
use crate::source::{Language, Span};

/// Lowers Swift source.
pub(crate) fn lower(text: &str) -> Lowered {
    let (prepared, conditionals) = blanking::prepare(text);
    let Some(parsed) = tree::parse(Language::Swift, prepared.as_bytes()) else {
        let gap = Gap { span: Span::new(0, text.len()), kind: GapKind::TimedOut };
        return Lowered { module: Module::new(Language::Swift), gaps: vec![gap], error_bytes: 0 };
    };
    let (mut gaps, error_bytes) = tree::syntax_gaps(&parsed);
    let mut frontend = Swift {
        tree: Lowering::new(&prepared),
        source: text,
        builder: ModuleBuilder::new(Language::Swift),
        conditionals,
        lowered: HashSet::new(),
        in_function: false,
        member_visibility: None,
    };
    frontend.file(parsed.root_node());
    gaps.append(&mut frontend.tree.gaps);
    gaps.sort_by_key(|gap| gap.span);
    let mut module = frontend.builder.module;
    module.expr_count = frontend.tree.expr_count();
    Lowered { module, gaps, error_bytes }
}

/// What is parsed: the text without what the grammar stumbles over, at the same offsets.
pub(crate) fn readable(text: &str) -> Vec<u8> {
    blanking::prepare(text).0.into_bytes()
}

/// State of lowering one file.
struct Swift<'t> {
    /// The prepared text and expression numbers.
    tree: Lowering<'t>,
    /// The text as it was written, for literals.
    source: &'t str,
    builder: ModuleBuilder,
    conditionals: Vec<Conditional>,
    /// Arguments of calls, functions and error nodes that were lowered, so that what was missed can be found.
    lowered: HashSet<usize>,
    /// Inside a function's body, where declarations are local.
    in_function: bool,
    /// What a `private extension` and the like gives to its members.
    member_visibility: Option<crate::ir::Visibility>,
}

impl<'t> Swift<'t> {
    fn file(&mut self, root: Node<'_>) {
        for node in tree::all_children(root) {
            self.member(node);
        }
        self.sweep(root);
        self.builder.close_type(&mut self.tree, root);
    }

    fn text(&self, node: Node<'_>) -> &'t str {
        self.tree.text_of(node)
    }

    /// A node's name without the backticks of an escaped keyword.
    fn name_of(&self, node: Node<'_>) -> String {
        self.text(node).trim_matches('`').to_owned()
    }

    fn unknown(&mut self, span: Span, children: Vec<Expr>) -> Expr {
        self.tree.expr(span, ExprKind::Unknown(children))
    }

    fn name_expr(&mut self, node: Node<'_>) -> Expr {
        let name = self.name_of(node);
        self.tree.at(node, ExprKind::Name(name))
    }
}

/// From the start of one node to the end of another.
fn span_between(first: Node<'_>, last: Node<'_>) -> Span {
    Span::new(first.start_byte(), last.end_byte().max(first.start_byte()))
}

/// The span of a non-empty list of nodes.
fn span_of_all(nodes: &[Node<'_>]) -> Span {
    match (nodes.first(), nodes.last()) {
        (Some(first), Some(last)) => span_between(*first, *last),
        _ => Span::default(),
    }
}
