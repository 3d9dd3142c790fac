//! Expressions other than calls.

use tree_sitter::Node;

use super::Kotlin;
use super::objects::Torn;
use crate::frontend::errors::{children_and_errors, is_trivial};
use crate::frontend::{chain, tree};
use crate::ir::{Arg, Call, CompareOp, Expr, ExprKind, Literal, TypeRef};
use crate::source::Span;

/// Kinds of nodes in which no expression can stand.
const WITHOUT_EXPRESSIONS: [&str; 22] = [
    "user_type",
    "nullable_type",
    "function_type",
    "parenthesized_type",
    "not_nullable_type",
    "type_arguments",
    "type_parameters",
    "type_constraints",
    "type_identifier",
    "modifiers",
    "parameter_modifiers",
    "type_modifiers",
    "annotation",
    "label",
    "import_header",
    "import_list",
    "package_header",
    "file_annotation",
    "binding_pattern_kind",
    "receiver_type",
    "quest",
    "string_content",
];

impl<'t> Kotlin<'t> {
    /// Lowers any expression or statement.
    pub(super) fn expr(&mut self, node: Node<'t>) -> Expr {
        let mut node = node;
        while node.kind() == "parenthesized_expression" {
            let [inner] = tree::children(node)[..] else { break };
            node = inner;
        }
        if !self.tree.enter(node, 1) {
            return self.unknown(node);
        }
        let expr = match self.torn_links.remove(&node.id()) {
            Some(links) => self.call_chain_of_operand(node, links),
            None => self.expr_unguarded(node),
        };
        self.tree.leave(1);
        expr
    }

    fn expr_unguarded(&mut self, node: Node<'t>) -> Expr {
        match node.kind() {
            "simple_identifier" => {
                let name = self.name(node);
                self.tree.at(node, ExprKind::Name(name))
            }
            "getter" | "setter" if tree::child_of_kind(node, "function_body").is_none() => {
                let name = self.name(node);
                self.tree.at(node, ExprKind::Name(name))
            }
            "call_expression" | "navigation_expression" | "indexing_expression" => self.call_chain(node),
            "postfix_expression" => self.postfix(node),
            "prefix_expression" => self.prefix(node),
            "as_expression" => self.cast(node),
            "check_expression" => self.check(node),
            "conjunction_expression" => self.logical(node, ExprKind::And),
            "disjunction_expression" => self.logical(node, ExprKind::Or),
            "elvis_expression" => self.logical(node, ExprKind::Coalesce),
            "equality_expression" | "comparison_expression" => self.comparison(node),
            "additive_expression" | "multiplicative_expression" => self.arithmetic(node),
            "infix_expression" => self.infix(node),
            "if_expression" => self.if_expression(node),
            "when_expression" => self.when_expression(node),
            "try_expression" => self.try_expression(node),
            "jump_expression" => self.jump(node),
            "string_literal" => self.string(node),
            "lambda_literal" | "annotated_lambda" => self.closure(node, Vec::new()),
            "anonymous_function" => self.anonymous_function(node),
            "object_literal" => self.object_literal(node, Torn::default()),
            "callable_reference" => self.callable_reference(node),
            "collection_literal" => {
                let items = tree::children(node).into_iter().map(|item| self.expr(item)).collect();
                self.tree.at(node, ExprKind::Collection(items))
            }
            "this_expression" => {
                let label = tree::child_of_kind(node, "type_identifier").map(|label| self.name(label));
                self.tree.at(node, ExprKind::This(label))
            }
            "super_expression" => self.tree.at(node, ExprKind::Super),
            "property_declaration" | "destructuring_declaration" => {
                let mut lets = Vec::new();
                self.add_statements(&[node], &mut lets);
                self.tree.at(node, ExprKind::Unknown(lets))
            }
            "for_statement" | "while_statement" | "do_while_statement" | "assignment" => self.statement(node, None),
            "function_declaration" | "class_declaration" | "object_declaration" | "companion_object" => self.statement(node, None),
            kind if kind.ends_with("_literal") => self.literal(node),
            _ => self.anything(node),
        }
    }

    /// What has no meaning of its own: its children in order, those that can do something.
    pub(super) fn anything(&mut self, node: Node<'t>) -> Expr {
        if node.is_error() {
            self.errors.mark_lowered(node);
        }
        let keeps_trivial = matches!(node.kind(), "range_expression" | "spread_expression");
        let parts: Vec<Node<'t>> = children_and_errors(node).into_iter().filter(|part| !WITHOUT_EXPRESSIONS.contains(&part.kind())).collect();
        let mut lowered = Vec::new();
        self.add_statements(&parts, &mut lowered);
        lowered.retain(|part| keeps_trivial || !is_trivial(part));
        self.tree.at(node, ExprKind::Unknown(lowered))
    }

    /// The first and last named child.
    fn sides(node: Node<'t>) -> Option<(Node<'t>, Node<'t>)> {
        match tree::children(node)[..] {
            [left, .., right] => Some((left, right)),
            _ => None,
        }
    }

    /// A chain of `&&`, `||` or `?:`.
    fn logical(&mut self, node: Node<'t>, make: fn(Box<Expr>, Box<Expr>) -> ExprKind) -> Expr {
        let kind = node.kind();
        let operands = chain::flatten_left(node, |link| if link.kind() == kind { Self::sides(link) } else { None });
        let levels = chain::levels(operands.len());
        if operands.len() < 2 || !self.tree.enter(node, levels) {
            return self.flat(node, operands);
        }
        let operands = operands.into_iter().map(|operand| self.expr(operand)).collect();
        self.tree.leave(levels);
        let joined = chain::join(operands, &mut |span, left, right| self.tree.expr(span, make(Box::new(left), Box::new(right))));
        joined.unwrap_or_else(|| self.unknown(node))
    }

    /// A chain of arithmetic in one flat `Unknown`.
    fn arithmetic(&mut self, node: Node<'t>) -> Expr {
        let is_link = |link: Node<'t>| matches!(link.kind(), "additive_expression" | "multiplicative_expression");
        let operands = chain::flatten_left(node, |link| if is_link(link) { Self::sides(link) } else { None });
        self.flat(node, operands)
    }

    fn flat(&mut self, node: Node<'t>, operands: Vec<Node<'t>>) -> Expr {
        let operands = operands.into_iter().filter(|operand| operand.id() != node.id()).map(|operand| self.expr(operand)).collect();
        self.tree.at(node, ExprKind::Unknown(operands))
    }

    fn comparison(&mut self, node: Node<'t>) -> Expr {
        let operator = tree::all_children(node).into_iter().find_map(|token| match token.kind() {
            "==" | "===" => Some(CompareOp::Equal),
            "!=" | "!==" => Some(CompareOp::NotEqual),
            "<" => Some(CompareOp::Less),
            "<=" => Some(CompareOp::LessOrEqual),
            ">" => Some(CompareOp::Greater),
            ">=" => Some(CompareOp::GreaterOrEqual),
            _ => None,
        });
        let (Some(op), Some((left, right))) = (operator, Self::sides(node)) else {
            return self.anything(node);
        };
        let left = Box::new(self.expr(left));
        let right = Box::new(self.expr(right));
        self.tree.at(node, ExprKind::Compare { op, left, right })
    }

    /// `a to b` is `a.to(b)`.
    fn infix(&mut self, node: Node<'t>) -> Expr {
        let [left, name, right] = tree::children(node)[..] else {
            return self.anything(node);
        };
        let receiver = self.expr(left);
        let value = self.expr(right);
        let text = self.name(name);
        self.simple_call(tree::span(node), Some(receiver), text, tree::span(name), value)
    }

    fn simple_call(&mut self, span: Span, receiver: Option<Expr>, name: String, name_span: Span, value: Expr) -> Expr {
        let args = vec![Arg { label: None, trailing: false, spread: false, value }];
        let call = Call { receiver, name, selector: None, is_new: false, safe: false, type_args: Vec::new(), args, name_span };
        self.tree.expr(span, ExprKind::Call(Box::new(call)))
    }

    /// `is`, `!is`, `in`, `!in`.
    fn check(&mut self, node: Node<'t>) -> Expr {
        let tokens = tree::all_children(node);
        let negated = tokens.iter().any(|token| token.kind() == "!");
        let Some(&left) = tokens.first() else { return self.unknown(node) };
        let positive = if let Some(keyword) = tokens.iter().find(|token| token.kind() == "in") {
            let element = self.expr(left);
            let container = self.expr(tokens.last().copied().unwrap_or(left));
            self.simple_call(tree::span(node), Some(container), "contains".to_owned(), tree::span(*keyword), element)
        } else {
            let value = Box::new(self.expr(left));
            let ty = self.type_in(node).unwrap_or_else(|| TypeRef::named("?"));
            self.tree.at(node, ExprKind::Is { value, ty, binding: None })
        };
        if negated { self.tree.at(node, ExprKind::Not(Box::new(positive))) } else { positive }
    }

    fn cast(&mut self, node: Node<'t>) -> Expr {
        let Some(&value) = tree::children(node).first() else { return self.unknown(node) };
        let value = Box::new(self.expr(value));
        let ty = self.type_in(node).unwrap_or_else(|| TypeRef::named("?"));
        let safe = tree::child_of_kind(node, "as?").is_some();
        self.tree.at(node, ExprKind::Cast { value, ty, safe })
    }

    /// `x!!`, `x++`, `x--`.
    fn postfix(&mut self, node: Node<'t>) -> Expr {
        let tokens = tree::all_children(node);
        let ([operand, ..], Some(operator)) = (&tokens[..], tokens.last()) else { return self.unknown(node) };
        if operator.kind() == "!!" { self.call_chain(node) } else { self.step_by_one(node, *operand) }
    }

    fn step_by_one(&mut self, node: Node<'t>, operand: Node<'t>) -> Expr {
        let target = Box::new(self.expr(operand));
        let value = Box::new(self.unknown(node));
        self.tree.at(node, ExprKind::Assign { target, value, compound: true })
    }

    /// `!x`, `-x`, `++x`, and an annotated or labelled expression.
    fn prefix(&mut self, node: Node<'t>) -> Expr {
        let tokens = tree::all_children(node);
        let ([operator, ..], Some(&operand)) = (&tokens[..], tokens.last()) else { return self.unknown(node) };
        match operator.kind() {
            "!" => {
                let inner = Box::new(self.expr(operand));
                self.tree.at(node, ExprKind::Not(inner))
            }
            "++" | "--" => self.step_by_one(node, operand),
            "-" | "+" => {
                let inner = self.expr(operand);
                match inner.kind {
                    ExprKind::Literal(Literal::Int(value)) if operator.kind() == "-" => self.tree.at(node, ExprKind::Literal(Literal::Int(-value))),
                    ExprKind::Literal(_) => inner,
                    _ => self.tree.at(node, ExprKind::Unknown(vec![inner])),
                }
            }
            "label" => {
                let label = self.label(*operator);
                self.statement(operand, Some(label))
            }
            "annotation" => self.expr(operand),
            _ => self.anything(node),
        }
    }

    /// `::f`, `x::f`, `X::class`.
    fn callable_reference(&mut self, node: Node<'t>) -> Expr {
        let receiver = tree::child_of_kind(node, "type_identifier");
        if tree::child_of_kind(node, "class").is_some() {
            let ty = receiver.map_or_else(|| TypeRef::named("?"), |receiver| TypeRef::named(self.name(receiver)));
            return self.tree.at(node, ExprKind::ClassRef(ty));
        }
        let receiver = receiver.map(|receiver| {
            let name = self.name(receiver);
            Box::new(self.tree.at(receiver, ExprKind::Name(name)))
        });
        let name = tree::child_of_kind(node, "simple_identifier").map_or(String::new(), |name| self.name(name));
        self.tree.at(node, ExprKind::FunctionRef { receiver, name })
    }
}
