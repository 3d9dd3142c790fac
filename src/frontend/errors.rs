//! Error nodes of the parser: what stands in them is lowered, too, wherever they are.

use std::collections::HashSet;

use tree_sitter::Node;

use super::tree;
use crate::ir::{Expr, ExprKind};

/// The error nodes of a file, and which of them are lowered already.
pub(crate) struct Errors<'t> {
    nodes: Vec<Node<'t>>,
    lowered: HashSet<usize>,
}

impl<'t> Errors<'t> {
    pub(crate) fn new(root: Node<'t>) -> Self {
        Self { nodes: tree::error_nodes(root), lowered: HashSet::new() }
    }

    /// Notes that a node is lowered.
    pub(crate) fn mark_lowered(&mut self, node: Node<'t>) {
        self.lowered.insert(node.id());
    }

    /// Whether it is noted.
    pub(crate) fn is_lowered(&self, node: Node<'t>) -> bool {
        self.lowered.contains(&node.id())
    }

    /// The error nodes inside `node` that nobody lowered, in source order.
    pub(crate) fn left_in(&self, node: Node<'t>) -> Vec<Node<'t>> {
        let first = self.nodes.partition_point(|error| error.start_byte() < node.start_byte());
        let inside = self.nodes[first..].iter().take_while(|error| error.start_byte() < node.end_byte());
        inside.filter(|error| error.end_byte() <= node.end_byte() && !self.is_lowered(**error)).copied().collect()
    }
}

/// Named children with error nodes, without comments.
pub(crate) fn children_and_errors(node: Node<'_>) -> Vec<Node<'_>> {
    tree::all_children(node).into_iter().filter(|child| child.is_named()).collect()
}

/// Whether nothing can happen in an expression: not worth keeping when its place is not understood.
pub(crate) fn is_trivial(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(_) | ExprKind::Literal(_) | ExprKind::This(_) | ExprKind::Super => true,
        ExprKind::Unknown(children) => children.is_empty(),
        _ => false,
    }
}
