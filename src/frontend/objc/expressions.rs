//! Expressions.

use tree_sitter::Node;

use super::{ObjC, without_underscore};
use crate::frontend::operators::{self, Infix, Prefix, Token};
use crate::frontend::tree;
use crate::ir::{Arg, Call, Closure, CompareOp, Expr, ExprKind, Literal};

/// The operator of C, and how tightly it binds.
fn infix(operator: &str) -> (Infix, u8) {
    match operator {
        "||" => (Infix::Or, 30),
        "&&" => (Infix::And, 40),
        "|" => (Infix::Other, 45),
        "^" => (Infix::Other, 46),
        "&" => (Infix::Other, 47),
        "==" => (Infix::Compare(CompareOp::Equal), 50),
        "!=" => (Infix::Compare(CompareOp::NotEqual), 50),
        "<" => (Infix::Compare(CompareOp::Less), 60),
        "<=" => (Infix::Compare(CompareOp::LessOrEqual), 60),
        ">" => (Infix::Compare(CompareOp::Greater), 60),
        ">=" => (Infix::Compare(CompareOp::GreaterOrEqual), 60),
        "<<" | ">>" => (Infix::Other, 70),
        "+" | "-" => (Infix::Other, 80),
        _ => (Infix::Other, 90),
    }
}

/// What a predefined name stands for.
pub(super) fn keyword_value(name: &str) -> Option<ExprKind> {
    match name {
        "self" => Some(ExprKind::This(None)),
        "super" => Some(ExprKind::Super),
        "YES" | "TRUE" | "true" => Some(ExprKind::Literal(Literal::Bool(true))),
        "NO" | "FALSE" | "false" => Some(ExprKind::Literal(Literal::Bool(false))),
        "nil" | "Nil" | "NULL" | "nullptr" => Some(ExprKind::Literal(Literal::Null)),
        _ => None,
    }
}

impl ObjC<'_> {
    /// An expression.
    pub(super) fn expression(&mut self, node: Node<'_>) -> Expr {
        let mut node = node;
        while let ("parenthesized_expression", Some(inner)) = (node.kind(), parenthesized(node)) {
            node = inner;
        }
        if matches!(node.kind(), "binary_expression" | "unary_expression") {
            return self.operators(node);
        }
        if matches!(node.kind(), "message_expression" | "call_expression" | "field_expression") {
            return self.chain(node);
        }
        if !self.tree.enter(node, 1) {
            return self.unknown(node, Vec::new());
        }
        let expr = self.simple(node);
        self.tree.leave(1);
        expr
    }

    fn simple(&mut self, node: Node<'_>) -> Expr {
        match node.kind() {
            "identifier" | "type_identifier" | "field_identifier" => self.name(node),
            "true" | "false" | "null" => {
                let kind = keyword_value(self.text(node)).unwrap_or(ExprKind::Literal(Literal::Other));
                self.tree.at(node, kind)
            }
            "number_literal" | "string_literal" | "concatenated_string" | "char_literal" | "encode_expression" => self.literal(node),
            "at_expression" => self.only_child(node),
            "array_literal" | "initializer_list" => {
                let items = self.children_expressions(node);
                self.tree.at(node, ExprKind::Collection(items))
            }
            "dictionary_literal" => {
                let pairs = tree::children(node).into_iter().flat_map(tree::children).collect::<Vec<_>>();
                let items = pairs.into_iter().map(|item| self.expression(item)).collect();
                self.tree.at(node, ExprKind::Collection(items))
            }
            "assignment_expression" => self.assignment(node),
            "update_expression" => self.update(node),
            "conditional_expression" => self.ternary(node),
            "comma_expression" => self.comma(node),
            "cast_expression" => self.cast(node),
            "subscript_expression" => self.subscript(node),
            "block_literal" => self.block_literal(node),
            "selector_expression" => self.selector(node),
            "available_expression" => self.availability(node),
            "compound_statement" => self.block(node),
            "generic_specifier" => {
                let name = tree::children(node).first().map_or("?", |name| self.text(*name)).to_owned();
                self.tree.at(node, ExprKind::Name(name))
            }
            _ => self.generic(node),
        }
    }

    fn only_child(&mut self, node: Node<'_>) -> Expr {
        match tree::children(node).first() {
            Some(child) => self.expression(*child),
            None => self.unknown(node, Vec::new()),
        }
    }

    pub(super) fn children_expressions(&mut self, node: Node<'_>) -> Vec<Expr> {
        tree::children(node).into_iter().map(|child| self.expression(child)).collect()
    }

    /// A name; `_name` in a method is an instance variable unless it is a local or a variable of the file.
    fn name(&mut self, node: Node<'_>) -> Expr {
        let text = self.text(node);
        if node.is_missing() {
            return self.unknown(node, Vec::new());
        }
        if let Some(kind) = keyword_value(text) {
            return self.tree.at(node, kind);
        }
        if self.is_instance_variable(text) {
            let receiver = Box::new(self.tree.at(node, ExprKind::This(None)));
            let kind = ExprKind::Member { receiver, name: self.field_name(text), name_span: tree::span(node), safe: false, is_variable: true };
            return self.tree.at(node, kind);
        }
        self.tree.at(node, ExprKind::Name(text.to_owned()))
    }

    pub(super) fn is_instance_variable(&self, name: &str) -> bool {
        let is_underscored = without_underscore(name) != name && !name.starts_with("__") && name != "_cmd";
        self.in_method && (is_underscored || self.variable_aliases.contains_key(name)) && !self.is_local(name) && !self.globals.contains(name)
    }

    /// Operators without recursion over their chain.
    fn operators(&mut self, node: Node<'_>) -> Expr {
        let flat = self.flatten(node);
        let levels = 1 + (flat.len() as u32).min(60);
        if !self.tree.enter(node, levels) {
            return self.unknown(node, Vec::new());
        }
        let mut tokens = Vec::with_capacity(flat.len());
        for piece in flat {
            tokens.push(match piece {
                Piece::Operand(operand) => Token::Operand(self.expression(operand)),
                Piece::Prefix(operator) => Token::Prefix(prefix(self.text(operator)), tree::span(operator)),
                Piece::Infix(operator) => {
                    let (infix, precedence) = infix(self.text(operator));
                    Token::Infix(infix, precedence)
                }
            });
        }
        self.tree.leave(levels);
        operators::rebuild(&mut self.tree, tokens)
    }

    fn flatten<'n>(&self, node: Node<'n>) -> Vec<Piece<'n>> {
        let mut pieces = Vec::new();
        let mut pending = vec![(node, "")];
        while let Some((node, parent)) = pending.pop() {
            let kind = node.kind();
            if matches!(kind, "binary_expression" | "unary_expression") {
                pending.extend(tree::all_children(node).into_iter().rev().map(|child| (child, kind)));
            } else if node.is_named() {
                pieces.push(Piece::Operand(node));
            } else if parent == "unary_expression" {
                pieces.push(Piece::Prefix(node));
            } else {
                pieces.push(Piece::Infix(node));
            }
        }
        pieces
    }

    fn assignment(&mut self, node: Node<'_>) -> Expr {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else { return self.generic(node) };
        let compound = node.child_by_field_name("operator").is_some_and(|operator| self.text(operator) != "=");
        let target = Box::new(self.expression(left));
        let value = Box::new(self.expression(right));
        self.tree.at(node, ExprKind::Assign { target, value, compound })
    }

    /// `x++`
    fn update(&mut self, node: Node<'_>) -> Expr {
        let target = Box::new(match node.child_by_field_name("argument") {
            Some(argument) => self.expression(argument),
            None => self.unknown(node, Vec::new()),
        });
        let value = Box::new(self.unknown(node, Vec::new()));
        self.tree.at(node, ExprKind::Assign { target, value, compound: true })
    }

    /// `a ? b : c`, and `a ?: b`. Chains nest in `c`.
    fn ternary(&mut self, node: Node<'_>) -> Expr {
        let mut field = |name: &str| node.child_by_field_name(name).map(|child| self.expression(child));
        let (condition, then, otherwise) = (field("condition"), field("consequence"), field("alternative"));
        let kind = match (condition, then, otherwise) {
            (Some(cond), Some(then), Some(otherwise)) => ExprKind::If { cond: Box::new(cond), then: Box::new(then), otherwise: Some(Box::new(otherwise)) },
            (Some(value), None, Some(otherwise)) => ExprKind::Coalesce(Box::new(value), Box::new(otherwise)),
            (condition, then, otherwise) => ExprKind::Unknown(condition.into_iter().chain(then).chain(otherwise).collect()),
        };
        self.tree.at(node, kind)
    }

    /// `a, b`: both run, the last is the value.
    fn comma(&mut self, node: Node<'_>) -> Expr {
        let mut body = Vec::new();
        let mut rest = Some(node);
        while let Some(current) = rest.take() {
            let children = tree::children(current);
            for (index, child) in children.iter().enumerate() {
                if index + 1 == children.len() && child.kind() == "comma_expression" {
                    rest = Some(*child);
                } else {
                    body.push(self.expression(*child));
                }
            }
        }
        self.tree.at(node, ExprKind::Block { label: None, body })
    }

    /// `(T)value`; `(void)value` is the value.
    fn cast(&mut self, node: Node<'_>) -> Expr {
        let ty = node.child_by_field_name("type").map(|ty| self.type_name(ty));
        let Some(value) = node.child_by_field_name("value") else { return self.generic(node) };
        let value = self.expression(value);
        match ty {
            Some(ty) if ty.name != "void" && ty.name != "?" => self.tree.at(node, ExprKind::Cast { value: Box::new(value), ty, safe: false }),
            _ => value,
        }
    }

    fn subscript(&mut self, node: Node<'_>) -> Expr {
        let (Some(receiver), Some(index)) = (node.child_by_field_name("argument"), node.child_by_field_name("index")) else { return self.generic(node) };
        let receiver = Box::new(self.expression(receiver));
        let args = vec![self.expression(index)];
        self.tree.at(node, ExprKind::Index { receiver, args })
    }

    /// `^(parameters) { … }`
    fn block_literal(&mut self, node: Node<'_>) -> Expr {
        let list = tree::child_of_kind(node, "parameter_list");
        let params = list.map(|list| self.parameters(list)).unwrap_or_default();
        let body = match tree::child_of_kind(node, "compound_statement") {
            Some(body) => self.function_body(body, &params),
            None => self.unknown(node, Vec::new()),
        };
        let closure = Closure { params, implicit_params: false, body, is_expression_body: false, captures_return: true, labels: Vec::new() };
        self.tree.at(node, ExprKind::Closure(Box::new(closure)))
    }

    /// `@selector(name:with:)`
    fn selector(&mut self, node: Node<'_>) -> Expr {
        let text = self.text(node);
        let inside = text.split_once('(').map_or("", |(_, inside)| inside);
        let name = inside.split([':', ')']).next().unwrap_or_default().trim().trim_start_matches('(').to_owned();
        self.tree.at(node, ExprKind::FunctionRef { receiver: None, name })
    }

    /// `@available(iOS 14, *)`
    fn availability(&mut self, node: Node<'_>) -> Expr {
        let mut versions = Vec::new();
        let mut platform = None;
        for child in tree::children(node) {
            match child.kind() {
                "identifier" => platform = Some(self.text(child).to_owned()),
                "version" => {
                    let major = self.text(child).split(['.', '_']).next().and_then(|major| major.trim().parse().ok()).unwrap_or(0);
                    versions.extend(platform.take().map(|platform| (platform, major)));
                }
                _ => {}
            }
        }
        self.tree.at(node, ExprKind::Available { versions, negated: false })
    }

    /// A call of the C kind.
    pub(super) fn plain_call(&mut self, node: Node<'_>, receiver: Option<Expr>, name: String, name_node: Node<'_>) -> Expr {
        let args = node.child_by_field_name("arguments").map(|list| self.arguments(list)).unwrap_or_default();
        let name_span = tree::span(name_node);
        let call = Call { receiver, name, selector: None, is_new: false, safe: false, type_args: Vec::new(), args, name_span };
        self.tree.at(node, ExprKind::Call(Box::new(call)))
    }

    fn arguments(&mut self, list: Node<'_>) -> Vec<Arg> {
        let values = tree::children(list).into_iter().filter(|child| child.kind() != "type_qualifier");
        values.map(|value| Arg { label: None, trailing: false, spread: false, value: self.expression(value) }).collect()
    }
}

/// A piece of an operator expression.
enum Piece<'n> {
    Operand(Node<'n>),
    Prefix(Node<'n>),
    Infix(Node<'n>),
}

fn prefix(operator: &str) -> Prefix {
    match operator {
        "!" => Prefix::Not,
        "-" => Prefix::Minus,
        _ => Prefix::Other,
    }
}

/// What stands alone in parentheses.
fn parenthesized(node: Node<'_>) -> Option<Node<'_>> {
    match tree::children(node).as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}
