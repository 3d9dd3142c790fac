//! Calls, member accesses and indexing: everything that follows a value with `.`, `(…)`, `{…}` or `[…]`. The parser nests them to
//! the left, one level a link; they are followed in a loop.

use tree_sitter::Node;

use super::Kotlin;
use super::objects::Torn;
use crate::frontend::{Gap, GapKind, tree};
use crate::ir::{Arg, Call, Expr, ExprKind, TypeRef};
use crate::source::Span;

/// One link of a chain; `node` is the expression that ends with it.
#[derive(Clone, Copy)]
pub(super) enum Link<'t> {
    /// `.name`, `?.name`, `::name`, `::class`
    Member { node: Node<'t>, suffix: Node<'t> },
    /// `(…) {…}`, with the member that is called
    Call { node: Node<'t>, member: Option<Node<'t>>, suffix: Node<'t> },
    /// `[…]`
    Index { node: Node<'t>, suffix: Node<'t> },
}

impl<'t> Kotlin<'t> {
    /// A chain of calls, members and indices.
    pub(super) fn call_chain(&mut self, node: Node<'t>) -> Expr {
        let (base, links) = links(node);
        let operand = last_operand(base);
        if operand.id() == base.id() {
            return self.chain(node, base, links);
        }
        // Links bind tighter than any operator, but the grammar reads `!f<A>(x)` as a call of `!f`: they belong to the last operand.
        self.torn_links.insert(operand.id(), links);
        self.expr(base)
    }

    /// The last operand of an operator with the links that the grammar gave to the whole.
    pub(super) fn call_chain_of_operand(&mut self, operand: Node<'t>, torn: Vec<Link<'t>>) -> Expr {
        let (base, mut links) = links(operand);
        let mut torn = torn;
        // The last member of the operand is what the first torn link calls.
        if let (Some(&Link::Member { suffix: member, .. }), Some(Link::Call { member: called @ None, .. })) = (links.last(), torn.first_mut())
            && is_plain_member(member)
        {
            *called = Some(member);
            links.pop();
        }
        links.extend(torn);
        let mut chain = self.chain(operand, base, links);
        chain.span.start = operand.start_byte() as u32;
        chain
    }

    fn chain(&mut self, node: Node<'t>, base: Node<'t>, links: Vec<Link<'t>>) -> Expr {
        let kept = links.len().min(self.tree.room() as usize / 2);
        let (flat, nested) = links.split_at(links.len() - kept);
        if !flat.is_empty() {
            self.tree.gaps.push(Gap { span: tree::span(node), kind: GapKind::TooDeep });
        }
        // Whether there is room was asked before.
        let levels = kept as u32;
        let entered = self.tree.enter(node, levels);
        let (mut value, mut done) = self.chain_base(base, &links);
        if done < flat.len() {
            value = self.flat_links(node, value, &flat[done..]);
            done = flat.len();
        }
        for (index, link) in nested.iter().enumerate() {
            if entered {
                self.tree.leave(1);
            }
            if flat.len() + index >= done {
                value = self.follow(value, link);
            }
        }
        value
    }

    /// Lowers what the chain starts with, and says how many links that took.
    fn chain_base(&mut self, base: Node<'t>, links: &[Link<'t>]) -> (Expr, usize) {
        if let Some(&Link::Call { node, member: None, suffix }) = links.first() {
            // `set` and `get` are taken for accessors in some places.
            if matches!(base.kind(), "simple_identifier" | "setter" | "getter") {
                return (self.call(node, None, base, false, suffix), 1);
            }
            // On one line, the body of an object is read as a lambda that the object is called with.
            let lambda = tree::child_of_kind(suffix, "annotated_lambda").and_then(|lambda| tree::child_of_kind(lambda, "lambda_literal"));
            let is_body = base.kind() == "object_literal"
                && tree::child_of_kind(base, "class_body").is_none()
                && tree::child_of_kind(suffix, "value_arguments").is_none();
            if let (true, Some(lambda)) = (is_body, lambda) {
                return (self.object_literal(base, Torn::body(lambda)), 1);
            }
        }
        (self.expr(base), 0)
    }

    /// Links of a chain that is too long to nest: all calls in order, without their receivers.
    fn flat_links(&mut self, node: Node<'t>, base: Expr, links: &[Link<'t>]) -> Expr {
        let mut parts = vec![base];
        for link in links {
            let receiver = self.unknown(node);
            parts.push(self.follow(receiver, link));
        }
        self.tree.at(node, ExprKind::Unknown(parts))
    }

    fn follow(&mut self, receiver: Expr, link: &Link<'t>) -> Expr {
        match *link {
            Link::Member { node, suffix } => self.member(node, receiver, suffix),
            Link::Index { node, suffix } => {
                let args = tree::children(suffix).into_iter().map(|index| self.expr(index)).collect();
                self.tree.at(node, ExprKind::Index { receiver: Box::new(receiver), args })
            }
            Link::Call { node, member: Some(member), suffix } => match tree::child_of_kind(member, "simple_identifier") {
                Some(name) => self.call(node, Some(receiver), name, is_safe(member), suffix),
                None => self.unknown(node),
            },
            Link::Call { node, member: None, suffix } => self.call_of_value(node, receiver, suffix),
        }
    }

    fn member(&mut self, node: Node<'t>, receiver: Expr, suffix: Node<'t>) -> Expr {
        let name = tree::child_of_kind(suffix, "simple_identifier");
        if tree::child_of_kind(suffix, "::").is_some() {
            return self.reference(node, receiver, name);
        }
        let Some(name_node) = name else {
            let rest = tree::children(suffix).into_iter().map(|part| self.expr(part)).collect::<Vec<_>>();
            let parts = std::iter::once(receiver).chain(rest).collect();
            return self.tree.at(node, ExprKind::Unknown(parts));
        };
        let name = self.name(name_node);
        if let ExprKind::ClassRef(ty) = receiver.kind {
            let kind = match name.as_str() {
                "java" | "javaObjectType" | "javaPrimitiveType" => ExprKind::ClassRef(ty),
                _ => {
                    let receiver = Box::new(Expr { kind: ExprKind::ClassRef(ty), ..receiver });
                    ExprKind::Member { receiver, name, name_span: tree::span(name_node), safe: is_safe(suffix), is_variable: false }
                }
            };
            return self.tree.at(node, kind);
        }
        let kind = ExprKind::Member { receiver: Box::new(receiver), name, name_span: tree::span(name_node), safe: is_safe(suffix), is_variable: false };
        self.tree.at(node, kind)
    }

    /// `a.b::f`, `a.b.C::class`.
    fn reference(&mut self, node: Node<'t>, receiver: Expr, name: Option<Node<'t>>) -> Expr {
        let kind = match name {
            Some(name) => ExprKind::FunctionRef { receiver: Some(Box::new(receiver)), name: self.name(name) },
            None => match dotted(&receiver) {
                Some(path) => ExprKind::ClassRef(TypeRef::named(path)),
                None => ExprKind::Unknown(vec![receiver]),
            },
        };
        self.tree.at(node, kind)
    }

    fn call(&mut self, node: Node<'t>, receiver: Option<Expr>, name_node: Node<'t>, safe: bool, suffix: Node<'t>) -> Expr {
        let name = self.name(name_node);
        self.finish_call(node, receiver, name, tree::span(name_node), safe, suffix)
    }

    fn call_of_value(&mut self, node: Node<'t>, value: Expr, suffix: Node<'t>) -> Expr {
        self.finish_call(node, Some(value), "invoke".to_owned(), tree::span(suffix), false, suffix)
    }

    fn finish_call(&mut self, node: Node<'t>, receiver: Option<Expr>, name: String, name_span: Span, safe: bool, suffix: Node<'t>) -> Expr {
        let mut type_args = Vec::new();
        let mut args = Vec::new();
        for part in tree::children(suffix) {
            match part.kind() {
                "type_arguments" => type_args = self.type_arguments(part),
                "value_arguments" => args.extend(self.value_arguments(part, &name)),
                "annotated_lambda" => {
                    let value = self.closure(part, vec![name.clone()]);
                    args.push(Arg { label: None, trailing: true, spread: false, value });
                }
                _ => {
                    let value = self.expr(part);
                    args.push(Arg { label: None, trailing: false, spread: false, value });
                }
            }
        }
        let call = Call { receiver, name, selector: None, is_new: false, safe, type_args, args, name_span };
        self.tree.at(node, ExprKind::Call(Box::new(call)))
    }

    /// Arguments in parentheses of a call of `function`, whose name is a label of the lambdas among them.
    pub(super) fn value_arguments(&mut self, node: Node<'t>, function: &str) -> Vec<Arg> {
        let nodes = tree::children(node);
        let mut args = Vec::new();
        let mut rest = nodes.as_slice();
        while let Some((&first, others)) = rest.split_first() {
            let (torn, consumed) = self.torn_off(rest).map_or((None, 0), |(torn, consumed)| (Some(torn), consumed));
            args.push(self.value_argument(first, function, torn));
            rest = &others[consumed..];
        }
        args
    }

    fn value_argument(&mut self, node: Node<'t>, function: &str, torn: Option<Torn<'t>>) -> Arg {
        let parts = tree::children(node);
        let Some(&value) = parts.last().filter(|_| node.kind() == "value_argument") else {
            let value = self.expr(node);
            return Arg { label: None, trailing: false, spread: false, value };
        };
        let is_named = tree::child_of_kind(node, "=").is_some();
        let label = parts.iter().find(|part| is_named && part.kind() == "simple_identifier").map(|label| self.name(*label));
        let is_spread = value.kind() == "spread_expression";
        let spread = is_spread || tree::child_of_kind(node, "*").is_some();
        let value = if is_spread { tree::children(value).last().copied().unwrap_or(value) } else { value };
        let value = match torn {
            Some(torn) => self.object_literal(value, torn),
            None => self.argument_value(value, function),
        };
        Arg { label, trailing: false, spread, value }
    }

    fn argument_value(&mut self, node: Node<'t>, function: &str) -> Expr {
        let function_label = || if function.is_empty() { Vec::new() } else { vec![function.to_owned()] };
        let parts = tree::children(node);
        match (node.kind(), parts.as_slice()) {
            ("lambda_literal", _) => self.closure(node, function_label()),
            ("prefix_expression", [label, lambda]) if lambda.kind() == "lambda_literal" => {
                let mut labels = function_label();
                if label.kind() == "label" {
                    labels.push(self.label(*label));
                }
                self.closure(*lambda, labels)
            }
            _ => self.expr(node),
        }
    }

    /// What is assigned to: like a chain, but with its links as siblings.
    pub(super) fn assignment_target(&mut self, node: Node<'t>) -> Expr {
        let parts = tree::children(node);
        if node.kind() != "directly_assignable_expression" || parts.is_empty() {
            return self.expr(node);
        }
        let levels = parts.len() as u32;
        if !self.tree.enter(node, levels) {
            return self.unknown(node);
        }
        let mut target = self.expr(parts[0]);
        for &suffix in &parts[1..] {
            target = match suffix.kind() {
                "navigation_suffix" => self.member(suffix, target, suffix),
                "indexing_suffix" => self.follow(target, &Link::Index { node: suffix, suffix }),
                _ => {
                    let rest = self.expr(suffix);
                    self.tree.at(node, ExprKind::Unknown(vec![target, rest]))
                }
            };
            target.span = Span::new(node.start_byte(), suffix.end_byte());
        }
        self.tree.leave(levels);
        target
    }
}

/// The innermost expression of a chain and its links in evaluation order.
fn links(node: Node<'_>) -> (Node<'_>, Vec<Link<'_>>) {
    let mut links = Vec::new();
    let mut node = node;
    loop {
        let parts = tree::children(node);
        let next = match (node.kind(), parts.as_slice()) {
            ("call_expression", [callee, suffix]) if suffix.kind() == "call_suffix" => match called_member(*callee) {
                Some((receiver, member)) => {
                    links.push(Link::Call { node, member: Some(member), suffix: *suffix });
                    receiver
                }
                None => {
                    links.push(Link::Call { node, member: None, suffix: *suffix });
                    *callee
                }
            },
            ("navigation_expression", [receiver, suffix]) if suffix.kind() == "navigation_suffix" => {
                links.push(Link::Member { node, suffix: *suffix });
                *receiver
            }
            ("indexing_expression", [receiver, suffix]) if suffix.kind() == "indexing_suffix" => {
                links.push(Link::Index { node, suffix: *suffix });
                *receiver
            }
            ("postfix_expression", [operand]) if tree::child_of_kind(node, "!!").is_some() => *operand,
            _ => break,
        };
        node = next;
    }
    links.reverse();
    (node, links)
}

/// Receiver and suffix of `receiver.name`, when that is what is called.
fn called_member(callee: Node<'_>) -> Option<(Node<'_>, Node<'_>)> {
    let [receiver, suffix] = tree::children(callee)[..] else { return None };
    let is_member = callee.kind() == "navigation_expression" && suffix.kind() == "navigation_suffix" && is_plain_member(suffix);
    is_member.then_some((receiver, suffix))
}

/// `.name` or `?.name`
fn is_plain_member(suffix: Node<'_>) -> bool {
    tree::child_of_kind(suffix, "::").is_none() && tree::child_of_kind(suffix, "simple_identifier").is_some()
}

/// What stands last in an expression of operators without parentheses around it; else the expression itself.
fn last_operand(node: Node<'_>) -> Node<'_> {
    let mut node = node;
    loop {
        let parts = tree::children(node);
        let has_operand = match node.kind() {
            "prefix_expression" | "additive_expression" | "multiplicative_expression" | "range_expression" | "infix_expression" => true,
            "elvis_expression" | "comparison_expression" | "equality_expression" | "conjunction_expression" | "disjunction_expression" => true,
            "check_expression" => tree::child_of_kind(node, "in").is_some(),
            "if_expression" => parts.last().is_some_and(|last| last.kind() == "control_structure_body"),
            "control_structure_body" => tree::child_of_kind(node, "{").is_none(),
            _ => false,
        };
        match parts.last() {
            // The braces of a branch end it.
            Some(last) if has_operand && !(last.kind() == "control_structure_body" && tree::child_of_kind(*last, "{").is_some()) => node = *last,
            _ => return node,
        }
    }
}

fn is_safe(suffix: Node<'_>) -> bool {
    tree::child_of_kind(suffix, "?.").is_some()
}

/// The dotted name that an expression consists of.
fn dotted(expr: &Expr) -> Option<String> {
    let mut parts = Vec::new();
    let mut expr = expr;
    loop {
        match &expr.kind {
            ExprKind::Name(name) => {
                parts.push(name.as_str());
                parts.reverse();
                return Some(parts.join("."));
            }
            ExprKind::Member { receiver, name, .. } => {
                parts.push(name);
                expr = receiver;
            }
            _ => return None,
        }
    }
}
