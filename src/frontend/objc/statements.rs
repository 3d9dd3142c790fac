//! Statements.

use std::collections::HashSet;

use tree_sitter::Node;

use super::types::declarator;
use super::{ObjC, types};
use crate::frontend::conditionals::{self, Branches, Group};
use crate::frontend::tree;
use crate::ir::{Catch, ExitKind, Expr, ExprKind, LoopKind, Param, TypeRef};
use crate::source::Span;

/// More labels than this in one function are not targets: each nests what is before it one deeper.
const MAX_LABELS: u32 = 20;

impl ObjC<'_> {
    /// A `compound_statement`.
    pub(super) fn block(&mut self, node: Node<'_>) -> Expr {
        if !self.tree.enter(node, 1) {
            return self.unknown(node, Vec::new());
        }
        self.locals.push(HashSet::new());
        let body = self.statements(tree::children(node), tree::span(node));
        self.locals.pop();
        self.tree.leave(1);
        self.tree.at(node, ExprKind::Block { label: None, body })
    }

    /// Statements of one list, which takes the range `within`.
    pub(super) fn statements(&mut self, nodes: Vec<Node<'_>>, within: Span) -> Vec<Expr> {
        let nodes = self.without_errors(nodes);
        let mut out = Vec::new();
        for group in conditionals::group(nodes, within, &self.conditionals) {
            match group {
                Group::Plain(node) => self.statement(node, within, &mut out),
                Group::Branches(branches) => self.conditional(branches, within, &mut out),
            }
        }
        out
    }

    /// Code of all branches of a conditional; past the depth limit one after the other.
    fn conditional(&mut self, branches: Branches<'_>, within: Span, out: &mut Vec<Expr>) {
        let Branches { span, branches, has_else } = branches;
        let Some(first) = branches.iter().find_map(|(_, nodes)| nodes.first().copied()) else { return };
        let levels = 1 + branches.len() as u32;
        if !self.tree.enter(first, levels) {
            return branches.into_iter().flat_map(|(_, nodes)| nodes).for_each(|node| self.statement(node, within, out));
        }
        let lowered = branches.into_iter().map(|(range, nodes)| self.statements(nodes, range)).collect();
        self.tree.leave(levels);
        out.extend(conditionals::branch_expressions(&mut self.tree, span, within.end, lowered, has_else));
    }

    /// A statement in the place of one expression, such as a branch without braces.
    pub(super) fn single(&mut self, node: Node<'_>) -> Expr {
        if node.kind() == "compound_statement" {
            return self.block(node);
        }
        let mut statements = self.nested(node, |this| this.statements(vec![node], tree::span(node)));
        if statements.len() == 1 { statements.remove(0) } else { self.tree.at(node, ExprKind::Block { label: None, body: statements }) }
    }

    fn nested(&mut self, node: Node<'_>, lower: impl FnOnce(&mut Self) -> Vec<Expr>) -> Vec<Expr> {
        if !self.tree.enter(node, 1) {
            return Vec::new();
        }
        let lowered = lower(self);
        self.tree.leave(1);
        lowered
    }

    /// One statement, which may become several expressions.
    fn statement(&mut self, node: Node<'_>, within: Span, out: &mut Vec<Expr>) {
        match node.kind() {
            "declaration" => self.local_variables(node, out),
            "expression_statement" => out.extend(tree::children(node).into_iter().map(|child| self.expression(child))),
            "labeled_statement" => self.labelled(node, within, out),
            "if_statement" | "switch_statement" | "while_statement" | "do_statement" | "for_statement" | "try_statement" => {
                let lowered = self.nested(node, |this| vec![this.branching(node)]);
                out.extend(lowered);
            }
            "return_statement" => out.push(self.exit(node, ExitKind::Return)),
            "throw_statement" => out.push(self.exit(node, ExitKind::Throw)),
            "break_statement" => out.push(self.tree.at(node, ExprKind::Exit { kind: ExitKind::Break, label: None, value: None })),
            "continue_statement" => out.push(self.tree.at(node, ExprKind::Exit { kind: ExitKind::Continue, label: None, value: None })),
            "goto_statement" => {
                let label = node.child_by_field_name("label").map(|label| self.text(label).to_owned());
                out.push(self.tree.at(node, ExprKind::Exit { kind: ExitKind::Break, label, value: None }));
            }
            "compound_statement" => out.push(self.block(node)),
            "synchronized_statement" => out.push(self.synchronized(node)),
            "attributed_statement" => {
                out.extend(tree::children(node).into_iter().filter(|child| child.kind().ends_with("statement")).map(|child| self.single(child)))
            }
            "attribute_declaration" | "attribute_specifier" | "statement_identifier" => {}
            "case_statement" => {
                let children = tree::children(node);
                let lowered = self.nested(node, |this| this.statements(children, tree::span(node)));
                out.extend(lowered);
            }
            "function_definition" => self.c_function(node),
            "type_definition" | "enum_specifier" | "struct_specifier" | "union_specifier" => self.top_level(node),
            kind if kind.starts_with("preproc_") => self.directive(node, out),
            "class_declaration"
            | "class_interface"
            | "class_implementation"
            | "implementation_definition"
            | "method_definition"
            | "method_declaration"
            | "protocol_declaration"
            | "property_declaration"
            | "module_import" => self.top_level(node),
            kind if !is_expression_like(kind) => {}
            _ => out.push(self.expression(node)),
        }
    }

    /// A directive in the middle of a function: the code of its branches.
    fn directive(&mut self, node: Node<'_>, out: &mut Vec<Expr>) {
        match node.kind() {
            "preproc_include" | "preproc_def" => self.top_level(node),
            "preproc_if" | "preproc_ifdef" | "preproc_else" | "preproc_elif" | "preproc_elifdef" => {
                let condition = node.child_by_field_name("condition").or_else(|| node.child_by_field_name("name"));
                let children = tree::children(node).into_iter().filter(|child| Some(*child) != condition).collect();
                let body = self.nested(node, |this| this.statements(children, tree::span(node)));
                out.push(self.tree.at(node, ExprKind::Block { label: None, body }));
            }
            _ => {}
        }
    }

    /// `label: statement`. A `goto` to it from before leaves what stands before it, which thus becomes a block with that label.
    fn labelled(&mut self, node: Node<'_>, within: Span, out: &mut Vec<Expr>) {
        let label = node.child_by_field_name("label");
        let name = label.map_or("", |label| self.text(label));
        if self.jump_targets.contains(name) && !out.is_empty() && self.labels < MAX_LABELS {
            self.labels += 1;
            let before = conditionals::hoisted_block(&mut self.tree, tree::span(node), within.end, std::mem::take(out), Some(name.to_owned()));
            out.extend(before);
        }
        let rest = tree::children(node).into_iter().filter(|child| Some(*child) != label).collect();
        let body = self.nested(node, |this| this.statements(rest, tree::span(node)));
        out.extend(body);
    }

    /// `T *a = 1, *b;`
    fn local_variables(&mut self, node: Node<'_>, out: &mut Vec<Expr>) {
        let is_const = tree::children(node).into_iter().any(|child| child.kind() == "type_qualifier" && self.text(child) == "const");
        for child in tree::children(node) {
            if child.is_error() || child.kind() == "enum_specifier" {
                out.extend(self.statements(vec![child], tree::span(child)));
                continue;
            }
            if child.kind() != "identifier" && !child.kind().ends_with("declarator") {
                continue;
            }
            let inner = declarator(child, self.tree.text);
            let ty = self.declared_type(node, &inner);
            let value = inner.initial.map(|initial| Box::new(self.expression(initial)));
            let Some(name) = inner.name else {
                out.extend(value.map(|value| *value));
                continue;
            };
            let text = self.text(name).to_owned();
            self.declare_local(&text);
            let mutable = !inner.is_const && (!is_const || child_is_pointer(child));
            let kind = ExprKind::Let { name: text, ty, value, mutable, delegated: false, name_span: tree::span(name) };
            out.push(self.tree.at(child, kind));
        }
    }

    fn exit(&mut self, node: Node<'_>, kind: ExitKind) -> Expr {
        let value = tree::children(node).first().map(|value| Box::new(self.expression(*value)));
        self.tree.at(node, ExprKind::Exit { kind, label: None, value })
    }

    fn branching(&mut self, node: Node<'_>) -> Expr {
        match node.kind() {
            "if_statement" => self.if_chain(node),
            "switch_statement" => self.switch(node),
            "for_statement" => self.for_statement(node),
            "try_statement" => self.try_statement(node),
            _ => {
                let kind = if node.kind() == "while_statement" { LoopKind::While } else { LoopKind::DoWhile };
                let head = self.field_expression_of(node, "condition").map(Box::new);
                let body = Box::new(self.field_statement(node, "body"));
                self.tree.at(node, ExprKind::Loop { kind, label: None, bindings: Vec::new(), head, body })
            }
        }
    }

    fn field_expression_of(&mut self, node: Node<'_>, field: &str) -> Option<Expr> {
        node.child_by_field_name(field).map(|child| self.expression(child))
    }

    fn field_statement(&mut self, node: Node<'_>, field: &str) -> Expr {
        match node.child_by_field_name(field) {
            Some(child) => self.single(child),
            None => self.unknown(node, Vec::new()),
        }
    }

    /// `if … else if … else`, without recursion over the chain's nodes.
    fn if_chain(&mut self, node: Node<'_>) -> Expr {
        let mut links = Vec::new();
        let mut otherwise = None;
        let mut levels = 0;
        let mut link = Some(node);
        while let Some(current) = link.take() {
            if !self.tree.enter(current, 1) {
                break;
            }
            levels += 1;
            let cond = self.field_expression_of(current, "condition");
            let cond = match cond {
                Some(cond) => cond,
                None => self.unknown(current, Vec::new()),
            };
            let then = self.field_statement(current, "consequence");
            links.push((current, cond, then));
            let Some(clause) = current.child_by_field_name("alternative") else { break };
            let alternative = tree::children(clause).into_iter().last();
            match alternative {
                Some(next) if next.kind() == "if_statement" => link = Some(next),
                Some(last) => otherwise = Some(self.single(last)),
                None => {}
            }
        }
        self.tree.leave(levels);
        for (current, cond, then) in links.into_iter().rev() {
            let kind = ExprKind::If { cond: Box::new(cond), then: Box::new(then), otherwise: otherwise.map(Box::new) };
            otherwise = Some(self.tree.at(current, kind));
        }
        match otherwise {
            Some(chain) => chain,
            None => self.unknown(node, Vec::new()),
        }
    }

    /// `for (x in xs)`, and the C loop as a block of its start and a `while`.
    fn for_statement(&mut self, node: Node<'_>) -> Expr {
        let children = tree::all_children(node);
        if let Some(position) = children.iter().position(|child| child.kind() == "in") {
            return self.for_in(node, &children, position);
        }
        self.locals.push(HashSet::new());
        let mut body = Vec::new();
        if let Some(start) = node.child_by_field_name("initializer") {
            body = self.statements(vec![start], tree::span(start));
        }
        let head = self.field_expression_of(node, "condition").map(Box::new);
        let mut inner = self.field_statement(node, "body");
        if let Some(step) = self.field_expression_of(node, "update") {
            inner = match inner.kind {
                ExprKind::Block { label: None, mut body } => {
                    body.push(step);
                    Expr { kind: ExprKind::Block { label: None, body }, ..inner }
                }
                _ => {
                    let span = inner.span;
                    self.tree.expr(span, ExprKind::Block { label: None, body: vec![inner, step] })
                }
            };
        }
        self.locals.pop();
        let kind = ExprKind::Loop { kind: LoopKind::While, label: None, bindings: Vec::new(), head, body: Box::new(inner) };
        let repeated = self.tree.at(node, kind);
        body.push(repeated);
        self.tree.at(node, ExprKind::Block { label: None, body })
    }

    fn for_in(&mut self, node: Node<'_>, children: &[Node<'_>], position: usize) -> Expr {
        let (before, after) = children.split_at(position);
        let inner = before.iter().rev().find(|child| types::is_declarator(**child)).map(|child| declarator(*child, self.tree.text)).unwrap_or_default();
        let ty = before.iter().find(|child| types::is_specifier(**child)).and_then(|_| self.declared_type(node, &inner));
        let name = inner.name.map_or("_", |name| self.text(name)).to_owned();
        let span = inner.name.map_or(tree::span(node), tree::span);
        self.locals.push(HashSet::new());
        self.declare_local(&name);
        let bindings = vec![Param { name, label: None, ty, default: None, is_variadic: false, annotations: Vec::new(), span }];
        let close = after.iter().position(|child| child.kind() == ")").unwrap_or(after.len());
        let sequence = after[..close].iter().find(|child| child.is_named()).copied();
        let body = after[close..].iter().find(|child| child.is_named()).copied();
        let head = sequence.map(|sequence| Box::new(self.expression(sequence)));
        let body = match body {
            Some(body) => self.single(body),
            None => self.unknown(node, Vec::new()),
        };
        self.locals.pop();
        self.tree.at(node, ExprKind::Loop { kind: LoopKind::ForEach, label: None, bindings, head, body: Box::new(body) })
    }

    fn try_statement(&mut self, node: Node<'_>) -> Expr {
        let mut body = None;
        let mut catches = Vec::new();
        let mut finally = None;
        for child in tree::children(node) {
            match child.kind() {
                "compound_statement" => body = Some(self.block(child)),
                "catch_clause" => catches.push(self.catch(child)),
                "finally_clause" => finally = tree::child_of_kind(child, "compound_statement").map(|block| Box::new(self.block(block))),
                _ => {}
            }
        }
        let body = match body {
            Some(body) => body,
            None => self.unknown(node, Vec::new()),
        };
        self.tree.at(node, ExprKind::Try { body: Box::new(body), catches, finally })
    }

    /// `@catch (T *name) { … }`; `id` and `...` catch everything.
    fn catch(&mut self, node: Node<'_>) -> Catch {
        let caught = tree::child_of_kind(node, "type_name");
        let types: Vec<TypeRef> = caught.map(|caught| self.type_name(caught)).filter(|ty| ty.name != "id" && ty.name != "?").into_iter().collect();
        let inner =
            caught.and_then(|caught| tree::children(caught).into_iter().find(|child| child.kind().ends_with("declarator") || child.kind() == "identifier"));
        let name = inner.and_then(|inner| declarator(inner, self.tree.text).name).map(|name| self.text(name).to_owned());
        self.locals.push(HashSet::new());
        name.iter().for_each(|name| self.declare_local(name));
        let body = match tree::child_of_kind(node, "compound_statement") {
            Some(block) => self.block(block),
            None => self.unknown(node, Vec::new()),
        };
        self.locals.pop();
        Catch { types, pattern: None, name, body, span: tree::span(node) }
    }

    /// `@synchronized (lock) { … }` is a block; the lock matters when it is computed.
    fn synchronized(&mut self, node: Node<'_>) -> Expr {
        let mut body = Vec::new();
        for child in tree::children(node) {
            if child.kind() == "compound_statement" {
                body.push(self.block(child));
            } else {
                let lock = self.expression(child);
                if !matches!(lock.kind, ExprKind::This(_) | ExprKind::Name(_) | ExprKind::Member { .. }) {
                    body.push(lock);
                }
            }
        }
        if body.len() == 1 { body.remove(0) } else { self.tree.at(node, ExprKind::Block { label: None, body }) }
    }
}

fn child_is_pointer(node: Node<'_>) -> bool {
    node.kind() == "pointer_declarator" || node.child_by_field_name("declarator").is_some_and(|inner| inner.kind() == "pointer_declarator")
}

/// Whether a node in a list of statements has a value or calls in it.
fn is_expression_like(kind: &str) -> bool {
    !matches!(kind, "type_identifier" | "primitive_type" | "type_qualifier" | "storage_class_specifier" | "typedefed_specifier" | "sized_type_specifier")
}
