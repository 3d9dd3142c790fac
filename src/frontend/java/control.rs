//! `if`, loops, `try`, `synchronized`, `assert`.

use tree_sitter::Node;

use super::{Java, members};
use crate::frontend::tree;
use crate::ir::{Arg, Catch, Expr, ExprKind, LoopKind};

impl<'t> Java<'t> {
    /// The expression in a field, or an empty one.
    fn field_expr(&mut self, node: Node<'t>, field: &str) -> Box<Expr> {
        Box::new(match node.child_by_field_name(field) {
            Some(expr) => self.expr(expr),
            None => self.unknown(node),
        })
    }

    /// The branch in a field, or an empty block.
    fn field_branch(&mut self, node: Node<'t>, field: &str) -> Box<Expr> {
        Box::new(match node.child_by_field_name(field) {
            Some(branch) => self.branch(branch),
            None => self.empty_block(node),
        })
    }

    pub(super) fn if_statement(&mut self, node: Node<'t>) -> Expr {
        let cond = self.field_expr(node, "condition");
        let then = self.field_branch(node, "consequence");
        let otherwise = node.child_by_field_name("alternative").map(|otherwise| Box::new(self.branch(otherwise)));
        self.tree.at(node, ExprKind::If { cond, then, otherwise })
    }

    pub(super) fn ternary(&mut self, node: Node<'t>) -> Expr {
        let cond = self.field_expr(node, "condition");
        let then = self.field_expr(node, "consequence");
        let otherwise = Some(self.field_expr(node, "alternative"));
        self.tree.at(node, ExprKind::If { cond, then, otherwise })
    }

    pub(super) fn while_loop(&mut self, node: Node<'t>, label: Option<String>) -> Expr {
        let head = Some(self.field_expr(node, "condition"));
        let body = self.field_branch(node, "body");
        self.tree.at(node, ExprKind::Loop { kind: LoopKind::While, label, bindings: Vec::new(), head, body })
    }

    pub(super) fn do_loop(&mut self, node: Node<'t>, label: Option<String>) -> Expr {
        let body = self.field_branch(node, "body");
        let head = Some(self.field_expr(node, "condition"));
        self.tree.at(node, ExprKind::Loop { kind: LoopKind::DoWhile, label, bindings: Vec::new(), head, body })
    }

    pub(super) fn for_each(&mut self, node: Node<'t>, label: Option<String>) -> Expr {
        let bindings = vec![self.param(node)];
        let head = Some(self.field_expr(node, "value"));
        let body = self.field_branch(node, "body");
        self.tree.at(node, ExprKind::Loop { kind: LoopKind::ForEach, label, bindings, head, body })
    }

    /// A block of what comes first and a `while` whose body ends with the step.
    pub(super) fn for_loop(&mut self, node: Node<'t>, label: Option<String>) -> Expr {
        let mut cursor = node.walk();
        let first: Vec<Node<'t>> = node.children_by_field_name("init", &mut cursor).filter(|init| init.is_named()).collect();
        let steps: Vec<Node<'t>> = node.children_by_field_name("update", &mut cursor).filter(|step| step.is_named()).collect();
        let mut statements = self.statements(&first);
        let head = node.child_by_field_name("condition").map(|cond| Box::new(self.expr(cond)));
        let mut body = self.field_branch(node, "body");
        if !steps.is_empty() {
            let steps = self.statements(&steps);
            body = self.with_steps(node, body, steps);
        }
        let repeat = self.tree.at(node, ExprKind::Loop { kind: LoopKind::While, label, bindings: Vec::new(), head, body });
        if statements.is_empty() {
            return repeat;
        }
        statements.push(repeat);
        self.tree.at(node, ExprKind::Block { label: None, body: statements })
    }

    fn with_steps(&mut self, node: Node<'t>, mut body: Box<Expr>, steps: Vec<Expr>) -> Box<Expr> {
        if let ExprKind::Block { label: None, body: statements } = &mut body.kind {
            statements.extend(steps);
            return body;
        }
        let statements = std::iter::once(*body).chain(steps).collect();
        Box::new(self.tree.at(node, ExprKind::Block { label: None, body: statements }))
    }

    pub(super) fn try_statement(&mut self, node: Node<'t>) -> Expr {
        let mut resources = Vec::new();
        for resource in node.child_by_field_name("resources").map_or(Vec::new(), tree::children) {
            resources.push(self.resource(resource));
        }
        let mut body = self.field_branch(node, "body");
        if !resources.is_empty() {
            resources.push(*body);
            body = Box::new(self.tree.at(node, ExprKind::Block { label: None, body: resources }));
        }
        let mut catches = Vec::new();
        let mut finally = None;
        for clause in tree::children(node) {
            match clause.kind() {
                "catch_clause" => catches.push(self.catch(clause)),
                "finally_clause" => finally = tree::child_of_kind(clause, "block").map(|block| Box::new(self.expr(block))),
                _ => {}
            }
        }
        self.tree.at(node, ExprKind::Try { body, catches, finally })
    }

    fn resource(&mut self, node: Node<'t>) -> Expr {
        let (Some(name_node), Some(value)) = (node.child_by_field_name("name"), node.child_by_field_name("value")) else {
            let existing = tree::children(node).into_iter().find(|part| members::may_be_expression(*part));
            return match existing {
                Some(existing) => self.expr(existing),
                None => self.unknown(node),
            };
        };
        let name = self.name(name_node);
        let ty = self.declared_type(node, node);
        let value = Some(Box::new(self.expr(value)));
        self.tree.at(node, ExprKind::Let { name, ty, value, mutable: false, delegated: false, name_span: tree::span(name_node) })
    }

    fn catch(&mut self, node: Node<'t>) -> Catch {
        let param = tree::child_of_kind(node, "catch_formal_parameter");
        let types = param.and_then(|param| tree::child_of_kind(param, "catch_type")).map_or(Vec::new(), |types| self.types_in(types));
        let name = param.and_then(|param| param.child_by_field_name("name")).map(|name| self.name(name));
        let body = *self.field_branch(node, "body");
        Catch { types, pattern: None, name, body, span: tree::span(node) }
    }

    pub(super) fn synchronized(&mut self, node: Node<'t>) -> Expr {
        let lock = tree::child_of_kind(node, "parenthesized_expression").map(|lock| self.expr(lock));
        let body = *self.field_branch(node, "body");
        let body = lock.into_iter().chain(std::iter::once(body)).collect();
        self.tree.at(node, ExprKind::Block { label: None, body })
    }

    /// `assert x : message` is a call of `assert`.
    pub(super) fn assert(&mut self, node: Node<'t>) -> Expr {
        let values: Vec<Expr> = tree::children(node).into_iter().map(|value| self.expr(value)).collect();
        let args = values.into_iter().map(|value| Arg { label: None, trailing: false, spread: false, value }).collect();
        let keyword = node.child(0).unwrap_or(node);
        self.constructor_call(node, "assert".to_owned(), keyword, args)
    }
}
