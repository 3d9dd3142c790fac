//! Lambdas and method references.

use tree_sitter::Node;

use super::{Java, types};
use crate::frontend::tree;
use crate::ir::{Closure, Expr, ExprKind, Param};

impl<'t> Java<'t> {
    /// `x -> f(x)`, `(a, b) -> { … }`
    pub(super) fn lambda(&mut self, node: Node<'t>) -> Expr {
        let params = self.lambda_params(node);
        let Some(body_node) = node.child_by_field_name("body") else { return self.anything(node) };
        let mut body = self.expr(body_node);
        self.append_strays(body_node, &mut body);
        let is_expression_body = body_node.kind() != "block";
        let closure = Closure { params, implicit_params: false, body, is_expression_body, captures_return: true, labels: Vec::new() };
        self.tree.at(node, ExprKind::Closure(Box::new(closure)))
    }

    fn lambda_params(&mut self, node: Node<'t>) -> Vec<Param> {
        let Some(params) = node.child_by_field_name("parameters") else { return Vec::new() };
        match params.kind() {
            "formal_parameters" => self.params(node),
            "inferred_parameters" => tree::children(params).into_iter().map(|name| self.untyped_param(name)).collect(),
            _ => vec![self.untyped_param(params)],
        }
    }

    /// `A::f`, `x::f`, `A::new`
    pub(super) fn method_reference(&mut self, node: Node<'t>) -> Expr {
        let parts = tree::all_children(node);
        let (Some(&first), Some(&last)) = (parts.first(), parts.last()) else { return self.unknown(node) };
        let receiver = if types::is_type(first) {
            let name = self.type_ref(first).name;
            self.tree.at(first, ExprKind::Name(name))
        } else {
            self.expr(first)
        };
        let name = self.name(last);
        self.tree.at(node, ExprKind::FunctionRef { receiver: Some(Box::new(receiver)), name })
    }
}
