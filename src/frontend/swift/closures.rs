//! Closures.

use tree_sitter::Node;

use super::Swift;
use super::functions::is_single_expression;
use super::statements::braced;
use crate::frontend::tree;
use crate::ir::{Closure, Expr, ExprKind, Param};

impl Swift<'_> {
    /// `{ [captures] (parameters) -> Result in statements }`
    pub(super) fn closure(&mut self, node: Node<'_>) -> Expr {
        if !self.tree.enter(node, 1) {
            return self.unknown(tree::span(node), Vec::new());
        }
        let ty = tree::child_of_kind(node, "lambda_function_type");
        let params = ty.map(|ty| self.closure_params(ty)).unwrap_or_default();
        let captured = tree::child_of_kind(node, "capture_list").map(|list| self.captured(list)).unwrap_or_default();
        let after_in: Vec<_> = tree::all_children(node).into_iter().filter(|child| !is_signature(*child)).collect();
        let outside = std::mem::replace(&mut self.in_function, true);
        let (statements, range) = braced(&after_in).unwrap_or((Vec::new(), tree::span(node)));
        let mut statements = self.statements(statements, range);
        self.in_function = outside;
        let body = if captured.is_empty() {
            statements
        } else {
            let mut body = captured;
            body.append(&mut statements);
            body
        };
        let body = self.tree.expr(range, ExprKind::Block { label: None, body });
        self.tree.leave(1);
        let is_expression_body = is_single_expression(&body);
        let closure = Closure { params, implicit_params: ty.is_none(), body, is_expression_body, captures_return: true, labels: Vec::new() };
        self.tree.at(node, ExprKind::Closure(Box::new(closure)))
    }

    fn closure_params(&mut self, ty: Node<'_>) -> Vec<Param> {
        let list = tree::child_of_kind(ty, "lambda_function_type_parameters");
        let params = list.map(tree::children).unwrap_or_default();
        params.into_iter().filter(|param| param.kind() == "lambda_parameter").map(|param| self.closure_param(param)).collect()
    }

    fn closure_param(&mut self, node: Node<'_>) -> Param {
        let name = node.child_by_field_name("name").unwrap_or(node);
        let ty = self.type_among(&tree::children(node));
        let text = self.name_of(if super::types::is_type(name) { node } else { name });
        Param { name: text, label: None, ty, default: None, is_variadic: false, annotations: Vec::new(), span: tree::span(name) }
    }

    /// `[x = f()]` is a variable of the closure; `[weak self]` says nothing about control flow.
    fn captured(&mut self, list: Node<'_>) -> Vec<Expr> {
        let mut captured = Vec::new();
        for item in tree::children(list).into_iter().filter(|child| child.kind() == "capture_list_item") {
            let children = tree::all_children(item);
            let Some(equals) = children.iter().position(|child| child.kind() == "=") else { continue };
            let value = self.expression(&children[equals + 1..]);
            let name = item.child_by_field_name("name").unwrap_or(item);
            let kind = ExprKind::Let {
                name: self.name_of(name),
                ty: None,
                value: Some(Box::new(value)),
                mutable: false,
                delegated: false,
                name_span: tree::span(name),
            };
            captured.push(self.tree.at(item, kind));
        }
        captured
    }
}

fn is_signature(node: Node<'_>) -> bool {
    matches!(node.kind(), "attribute" | "capture_list" | "lambda_function_type" | "in")
}
