//! Lambdas and anonymous functions.

use tree_sitter::Node;

use super::Kotlin;
use crate::frontend::errors::is_trivial;
use crate::frontend::tree;
use crate::ir::{Closure, Expr, ExprKind, Param};

impl<'t> Kotlin<'t> {
    /// A `lambda_literal` or `annotated_lambda`; a label of its own is added to `labels`.
    pub(super) fn closure(&mut self, node: Node<'t>, mut labels: Vec<String>) -> Expr {
        let mut lambda = node;
        if node.kind() == "annotated_lambda" {
            labels.extend(tree::child_of_kind(node, "label").map(|label| self.label(label)));
            lambda = tree::child_of_kind(node, "lambda_literal").unwrap_or(node);
        }
        if !self.tree.enter(lambda, 1) {
            return self.unknown(lambda);
        }
        let mut params = Vec::new();
        let mut body = Vec::new();
        let mut implicit_params = tree::child_of_kind(lambda, "->").is_none();
        for part in tree::children(lambda) {
            match part.kind() {
                "lambda_parameters" => {
                    implicit_params = false;
                    self.lambda_params(part, &mut params, &mut body);
                }
                "statements" => body.extend(self.statements(part)),
                _ => body.push(self.expr(part)),
            }
        }
        body.extend(self.stray_errors(lambda).into_iter().filter(|stray| !is_trivial(stray)));
        let body = self.tree.at(lambda, ExprKind::Block { label: None, body });
        self.tree.leave(1);
        let closure = Closure { params, implicit_params, body, is_expression_body: true, captures_return: false, labels };
        self.tree.at(lambda, ExprKind::Closure(Box::new(closure)))
    }

    /// A destructured parameter cannot be named; its parts are declared by the body.
    fn lambda_params(&mut self, node: Node<'t>, params: &mut Vec<Param>, body: &mut Vec<Expr>) {
        for part in tree::children(node) {
            match part.kind() {
                "variable_declaration" => params.push(self.variable(part)),
                "multi_variable_declaration" => {
                    let name = "_".to_owned();
                    params.push(Param { label: None, name, ty: None, default: None, is_variadic: false, annotations: Vec::new(), span: tree::span(part) });
                    for Param { name, ty, span: name_span, .. } in self.variables(part) {
                        body.push(self.tree.at(part, ExprKind::Let { name, ty, value: None, mutable: false, delegated: false, name_span }));
                    }
                }
                _ => {}
            }
        }
    }

    /// `fun(x: Int): Int { … }`
    pub(super) fn anonymous_function(&mut self, node: Node<'t>) -> Expr {
        let params = self.params_in(node);
        let (body, is_expression_body) = self.function_body(node);
        let mut body = body.unwrap_or_else(|| self.empty_block(node));
        self.append_strays(node, &mut body);
        let closure = Closure { params, implicit_params: false, body, is_expression_body, captures_return: true, labels: Vec::new() };
        self.tree.at(node, ExprKind::Closure(Box::new(closure)))
    }
}
