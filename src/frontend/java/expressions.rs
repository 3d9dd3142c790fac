//! Expressions other than calls.

use tree_sitter::Node;

use super::{Java, members, types};
use crate::frontend::errors::{children_and_errors, is_trivial};
use crate::frontend::{chain, literal, tree};
use crate::ir::{Arg, Call, CompareOp, Expr, ExprKind, Literal, TypeRef};

impl<'t> Java<'t> {
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
        let expr = self.expr_unguarded(node);
        self.tree.leave(1);
        expr
    }

    fn expr_unguarded(&mut self, node: Node<'t>) -> Expr {
        match node.kind() {
            "identifier" => {
                let name = self.name(node);
                self.tree.at(node, ExprKind::Name(name))
            }
            "this" => self.tree.at(node, ExprKind::This(None)),
            "super" => self.tree.at(node, ExprKind::Super),
            "method_invocation" | "field_access" | "array_access" => self.call_chain(node),
            "object_creation_expression" => self.creation(node),
            "explicit_constructor_invocation" => self.constructor_invocation(node),
            "array_creation_expression" => self.array_creation(node),
            "array_initializer" | "element_value_array_initializer" => {
                let items = tree::children(node).into_iter().map(|item| self.annotation_value(item)).collect();
                self.tree.at(node, ExprKind::Collection(items))
            }
            "assignment_expression" => self.assignment(node),
            "update_expression" => self.update(node),
            "binary_expression" => self.binary(node),
            "unary_expression" => self.unary(node),
            "ternary_expression" => self.ternary(node),
            "cast_expression" => self.cast(node),
            "instanceof_expression" => self.instance_of(node),
            "switch_expression" => self.switch(node),
            "lambda_expression" => self.lambda(node),
            "method_reference" => self.method_reference(node),
            "class_literal" => {
                let ty = self.type_in(node).unwrap_or_else(|| TypeRef::named("?"));
                self.tree.at(node, ExprKind::ClassRef(ty))
            }
            "string_literal" => self.string(node),
            kind if kind.ends_with("_literal") || matches!(kind, "true" | "false") => self.literal(node),
            "block" | "constructor_body" => self.block(node, None),
            kind if kind.ends_with("_statement") && kind != "expression_statement" || kind.ends_with("_declaration") => self.nested_statement(node),
            _ => self.anything(node),
        }
    }

    /// A statement or declaration where an expression should be; after a syntax error methods may stand inside each other.
    fn nested_statement(&mut self, node: Node<'t>) -> Expr {
        match node.kind() {
            "method_declaration" => self.method(node),
            "constructor_declaration" => self.constructor(node),
            "import_declaration" | "package_declaration" | "module_declaration" | "compact_constructor_declaration" => {}
            "constant_declaration" => self.fields(node),
            _ => {
                let statements = self.statements(&[node]);
                return match <[Expr; 1]>::try_from(statements) {
                    Ok([statement]) => statement,
                    Err(statements) => self.tree.at(node, ExprKind::Unknown(statements)),
                };
            }
        }
        self.unknown(node)
    }

    /// What has no meaning of its own: its children in order, those that can do something.
    pub(super) fn anything(&mut self, node: Node<'t>) -> Expr {
        if node.is_error() {
            self.errors.mark_lowered(node);
        }
        let parts: Vec<Node<'t>> = children_and_errors(node).into_iter().filter(|part| members::may_be_expression(*part)).collect();
        let mut lowered = self.statements(&parts);
        lowered.retain(|part| !is_trivial(part));
        self.tree.at(node, ExprKind::Unknown(lowered))
    }

    fn literal(&mut self, node: Node<'t>) -> Expr {
        let text = self.tree.text_of(node);
        let literal = match node.kind() {
            "true" => Literal::Bool(true),
            "false" => Literal::Bool(false),
            "null_literal" => Literal::Null,
            kind if kind.ends_with("integer_literal") => literal::integer(text, true),
            _ => Literal::Other,
        };
        self.tree.at(node, ExprKind::Literal(literal))
    }

    fn string(&mut self, node: Node<'t>) -> Expr {
        if tree::child_of_kind(node, "string_interpolation").is_some() {
            return self.anything(node);
        }
        let text = self.tree.text_of(node);
        let inner = match text.strip_prefix("\"\"\"") {
            Some(block) => block.strip_suffix("\"\"\"").unwrap_or(block).trim_start_matches([' ', '\t', '\r']).trim_start_matches('\n'),
            None => text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text),
        };
        let text = literal::unescape(inner);
        self.tree.at(node, ExprKind::Literal(Literal::Text(text)))
    }

    fn assignment(&mut self, node: Node<'t>) -> Expr {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else {
            return self.anything(node);
        };
        let compound = node.child_by_field_name("operator").is_some_and(|operator| operator.kind() != "=");
        let strict = node.child_by_field_name("operator").and_then(|operator| match operator.kind() {
            "&=" => Some("and"),
            "|=" => Some("or"),
            _ => None,
        });
        let target = Box::new(self.expr(left));
        if let Some(name) = strict {
            let old = self.expr(left);
            let more = self.expr(right);
            let value = Box::new(self.infix(node, name, old, more));
            return self.tree.at(node, ExprKind::Assign { target, value, compound: false });
        }
        let value = Box::new(self.expr(right));
        self.tree.at(node, ExprKind::Assign { target, value, compound })
    }

    /// `x++`
    fn update(&mut self, node: Node<'t>) -> Expr {
        let Some(&operand) = tree::children(node).first() else { return self.unknown(node) };
        let target = Box::new(self.expr(operand));
        let value = Box::new(self.unknown(node));
        self.tree.at(node, ExprKind::Assign { target, value, compound: true })
    }

    fn sides(node: Node<'t>) -> Option<(Node<'t>, Node<'t>)> {
        Some((node.child_by_field_name("left")?, node.child_by_field_name("right")?))
    }

    fn operator(node: Node<'t>) -> &'static str {
        node.child_by_field_name("operator").map_or("", |operator| operator.kind())
    }

    fn binary(&mut self, node: Node<'t>) -> Expr {
        let op = match Self::operator(node) {
            "&&" => return self.logical(node, ExprKind::And),
            "||" => return self.logical(node, ExprKind::Or),
            "==" => CompareOp::Equal,
            "!=" => CompareOp::NotEqual,
            "<" => CompareOp::Less,
            "<=" => CompareOp::LessOrEqual,
            ">" => CompareOp::Greater,
            ">=" => CompareOp::GreaterOrEqual,
            "&" => return self.strict_logical(node, "and"),
            "|" => return self.strict_logical(node, "or"),
            _ => return self.arithmetic(node),
        };
        let Some((left, right)) = Self::sides(node) else { return self.anything(node) };
        let left = Box::new(self.expr(left));
        let right = Box::new(self.expr(right));
        self.tree.at(node, ExprKind::Compare { op, left, right })
    }

    /// `a & b`, which evaluates both sides: like Kotlin's infix `a and b`, a call.
    fn strict_logical(&mut self, node: Node<'t>, name: &str) -> Expr {
        let Some((left, right)) = Self::sides(node) else { return self.anything(node) };
        if !self.tree.enter(node, 1) {
            return self.arithmetic(node);
        }
        let receiver = self.expr(left);
        let value = self.expr(right);
        self.tree.leave(1);
        self.infix(node, name, receiver, value)
    }

    fn infix(&mut self, node: Node<'t>, name: &str, receiver: Expr, value: Expr) -> Expr {
        let call = Call {
            receiver: Some(receiver),
            name: name.to_owned(),
            selector: None,
            is_new: false,
            safe: false,
            type_args: Vec::new(),
            args: vec![Arg { label: None, trailing: false, spread: false, value }],
            name_span: node.child_by_field_name("operator").map_or_else(|| tree::span(node), tree::span),
        };
        self.tree.at(node, ExprKind::Call(Box::new(call)))
    }

    /// A chain of `&&` or `||`.
    fn logical(&mut self, node: Node<'t>, make: fn(Box<Expr>, Box<Expr>) -> ExprKind) -> Expr {
        let operator = Self::operator(node);
        let is_link = |link: Node<'t>| link.kind() == "binary_expression" && Self::operator(link) == operator;
        let operands = chain::flatten_left(node, |link| if is_link(link) { Self::sides(link) } else { None });
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
        let is_link =
            |link: Node<'t>| link.kind() == "binary_expression" && !matches!(Self::operator(link), "&&" | "||" | "==" | "!=" | "<" | "<=" | ">" | ">=");
        let operands = chain::flatten_left(node, |link| if is_link(link) { Self::sides(link) } else { None });
        self.flat(node, operands)
    }

    fn flat(&mut self, node: Node<'t>, operands: Vec<Node<'t>>) -> Expr {
        let operands = operands.into_iter().filter(|operand| operand.id() != node.id()).map(|operand| self.expr(operand)).collect();
        self.tree.at(node, ExprKind::Unknown(operands))
    }

    fn unary(&mut self, node: Node<'t>) -> Expr {
        let Some(operand) = node.child_by_field_name("operand") else { return self.anything(node) };
        let operator = Self::operator(node);
        let inner = self.expr(operand);
        let kind = match (operator, inner.kind) {
            ("!", kind) => ExprKind::Not(Box::new(Expr { kind, ..inner })),
            ("-", ExprKind::Literal(Literal::Int(value))) => ExprKind::Literal(Literal::Int(-value)),
            ("-" | "+", ExprKind::Literal(literal)) => ExprKind::Literal(literal),
            (_, kind) => ExprKind::Unknown(vec![Expr { kind, ..inner }]),
        };
        self.tree.at(node, kind)
    }

    fn cast(&mut self, node: Node<'t>) -> Expr {
        let Some(value) = node.child_by_field_name("value") else { return self.anything(node) };
        let ty = match node.child_by_field_name("type").filter(|ty| types::is_type(*ty)) {
            Some(ty) => self.type_ref(ty),
            None => TypeRef::named("?"),
        };
        let value = Box::new(self.expr(value));
        self.tree.at(node, ExprKind::Cast { value, ty, safe: false })
    }

    /// `new int[]{…}` is a collection; `new int[n]` evaluates its dimensions.
    fn array_creation(&mut self, node: Node<'t>) -> Expr {
        if let Some(value) = node.child_by_field_name("value") {
            return self.expr(value);
        }
        let sizes = tree::children(node).into_iter().filter(|part| part.kind() == "dimensions_expr").filter_map(|part| tree::children(part).last().copied());
        let sizes = sizes.collect::<Vec<_>>().into_iter().map(|size| self.expr(size)).collect();
        self.tree.at(node, ExprKind::Unknown(sizes))
    }
}
