//! Messages, calls and members: chains of them are followed without recursion.

use tree_sitter::Node;

use super::{ObjC, without_underscore};
use crate::frontend::tree;
use crate::ir::{Arg, Call, Expr, ExprKind, TypeRef};
use crate::source::Span;

/// Longer chains are cut: the parts stand one after the other in a block, so that nothing is lost and nothing nests too deep.
const LONGEST_CHAIN: usize = 60;

impl ObjC<'_> {
    /// A message, call or member, with the chain of receivers that it stands on.
    pub(super) fn chain(&mut self, node: Node<'_>) -> Expr {
        let mut links = vec![node];
        while let Some(receiver) = links.last().and_then(|link| receiver_of(*link)) {
            if !matches!(receiver.kind(), "message_expression" | "call_expression" | "field_expression") || self.is_creation(links[links.len() - 1]) {
                break;
            }
            links.push(receiver);
        }
        let levels = 1 + links.len().min(LONGEST_CHAIN) as u32;
        if !self.tree.enter(node, levels) {
            return self.unknown(node, Vec::new());
        }
        let mut done = Vec::new();
        let mut current: Option<Expr> = None;
        for (index, link) in links.iter().rev().enumerate() {
            let mut lowered = self.link(*link, current.take());
            if index % LONGEST_CHAIN == LONGEST_CHAIN - 1 && index + 1 < links.len() {
                let end = lowered.span.end;
                done.push(lowered);
                lowered = self.tree.expr(Span { start: end, end }, ExprKind::Unknown(Vec::new()));
            }
            current = Some(lowered);
        }
        self.tree.leave(levels);
        let last = match current {
            Some(last) => last,
            None => self.unknown(node, Vec::new()),
        };
        if done.is_empty() {
            return last;
        }
        done.push(last);
        self.tree.at(node, ExprKind::Block { label: None, body: done })
    }

    /// One link on its receiver, which is lowered here when it is the first.
    fn link(&mut self, node: Node<'_>, receiver: Option<Expr>) -> Expr {
        self.lowered.insert(node.id());
        if let Some(class) = self.created_class(node) {
            return self.creation(node, class);
        }
        match node.kind() {
            "message_expression" => self.message(node, receiver),
            "field_expression" => self.member(node, receiver),
            _ => self.call(node, receiver),
        }
    }

    fn first_or(&mut self, node: Option<Node<'_>>, receiver: Option<Expr>) -> Option<Expr> {
        receiver.or_else(|| node.map(|node| self.expression(node)))
    }

    /// `[receiver name:a with:b]`
    fn message(&mut self, node: Node<'_>, receiver: Option<Expr>) -> Expr {
        let receiver_node = node.child_by_field_name("receiver");
        let Message { name, name_node, selector, args } = self.message_parts(node, receiver_node, receiver.is_none());
        let (receiver, args) = match args {
            Parts::WithReceiver(receiver, args) => (receiver, args),
            Parts::Arguments(args) => (receiver, args),
        };
        if selector == "class"
            && let Some(Expr { kind: ExprKind::Name(class), .. }) = &receiver
            && class.starts_with(char::is_uppercase)
        {
            let ty = TypeRef::named(class.clone());
            return self.tree.at(node, ExprKind::ClassRef(ty));
        }
        let call = Call { receiver, name, selector: Some(selector), is_new: false, safe: false, type_args: Vec::new(), args, name_span: tree::span(name_node) };
        self.tree.at(node, ExprKind::Call(Box::new(call)))
    }

    /// Selector and arguments; where `with_receiver`, the receiver is lowered before the arguments.
    fn message_parts<'n>(&mut self, node: Node<'n>, receiver: Option<Node<'n>>, with_receiver: bool) -> Message<'n> {
        let lowered = if with_receiver { self.first_or(receiver, None) } else { None };
        let mut name = String::new();
        let mut name_node = node;
        let mut selector = String::new();
        let mut label = String::new();
        let mut args: Vec<Arg> = Vec::new();
        let mut after_colon = false;
        let mut cursor = node.walk();
        let children: Vec<_> = node.children(&mut cursor).enumerate().map(|(index, child)| (child, node.field_name_for_child(index as u32))).collect();
        for (child, field) in children {
            if Some(child) == receiver || child.kind() == "comment" {
                continue;
            }
            match child.kind() {
                _ if field == Some("method") => {
                    label = self.text(child).to_owned();
                    selector.push_str(&label);
                    if name.is_empty() {
                        name.clone_from(&label);
                        name_node = child;
                    }
                }
                ":" => {
                    selector.push(':');
                    after_colon = true;
                }
                // Further values after a comma are variadic and belong to no part.
                "," => after_colon = false,
                _ if child.is_named() => {
                    let is_first = args.is_empty();
                    let label = Some(std::mem::take(&mut label)).filter(|label| after_colon && !is_first && !label.is_empty());
                    args.push(Arg { label, trailing: false, spread: false, value: self.expression(child) });
                }
                _ => {}
            }
        }
        let args = if with_receiver { Parts::WithReceiver(lowered, args) } else { Parts::Arguments(args) };
        Message { name, name_node, selector, args }
    }

    /// `receiver.name`, `receiver->name`
    fn member(&mut self, node: Node<'_>, receiver: Option<Expr>) -> Expr {
        let receiver = self.first_or(node.child_by_field_name("argument"), receiver);
        let (Some(receiver), Some(field)) = (receiver, node.child_by_field_name("field")) else { return self.generic(node) };
        let text = self.text(field);
        let is_arrow = node.child_by_field_name("operator").is_some_and(|operator| self.text(operator) == "->");
        if text == "class"
            && let ExprKind::Name(class) = &receiver.kind
            && class.starts_with(char::is_uppercase)
        {
            let ty = TypeRef::named(class.clone());
            return self.tree.at(node, ExprKind::ClassRef(ty));
        }
        let name = match is_arrow {
            true if matches!(receiver.kind, ExprKind::This(_)) => self.field_name(text),
            true => without_underscore(text).to_owned(),
            false => text.to_owned(),
        };
        self.tree.at(node, ExprKind::Member { receiver: Box::new(receiver), name, name_span: tree::span(field), safe: false, is_variable: is_arrow })
    }

    /// `f(a)`, `object.block(a)`, `f()(a)`
    fn call(&mut self, node: Node<'_>, receiver: Option<Expr>) -> Expr {
        let Some(function) = node.child_by_field_name("function") else { return self.generic(node) };
        if receiver.is_none() && function.kind() == "identifier" && !self.is_instance_variable(self.text(function)) {
            let name = self.text(function).to_owned();
            return self.plain_call(node, None, name, function);
        }
        let Some(callee) = self.first_or(Some(function), receiver) else { return self.generic(node) };
        match callee.kind {
            ExprKind::Member { receiver, name, name_span, .. } => {
                let call = self.plain_call(node, Some(*receiver), name, function);
                with_name_span(call, name_span)
            }
            _ => self.plain_call(node, Some(callee), "invoke".to_owned(), function),
        }
    }

    /// Whether a node creates an object of a class that it names: `[[C alloc] init…]`, `[C new]`, `C.new`.
    fn is_creation(&self, node: Node<'_>) -> bool {
        self.created_class(node).is_some()
    }

    fn created_class<'n>(&self, node: Node<'n>) -> Option<Node<'n>> {
        let name = self.selected(node)?;
        let receiver = receiver_of(node)?;
        if name == "new" {
            return self.class_name(receiver);
        }
        if !name.starts_with("init") || !matches!(self.selected(receiver)?, "alloc" | "allocWithZone") {
            return None;
        }
        self.class_name(receiver_of(receiver)?)
    }

    /// The first part of the selector, or the member that is read.
    fn selected(&self, node: Node<'_>) -> Option<&str> {
        match node.kind() {
            "message_expression" => node.child_by_field_name("method").map(|name| self.text(name)),
            "field_expression" => node.child_by_field_name("field").map(|name| self.text(name)),
            _ => None,
        }
    }

    fn class_name<'n>(&self, node: Node<'n>) -> Option<Node<'n>> {
        let name = if node.kind() == "generic_specifier" { node.named_child(0)? } else { node };
        let text = self.text(name);
        (matches!(name.kind(), "identifier" | "type_identifier") && !matches!(text, "self" | "super")).then_some(name)
    }

    fn creation(&mut self, node: Node<'_>, class: Node<'_>) -> Expr {
        if let Some(receiver) = receiver_of(node) {
            self.lowered.insert(receiver.id());
        }
        let (selector, args) = match node.kind() {
            "message_expression" => {
                let Message { selector, args, .. } = self.message_parts(node, node.child_by_field_name("receiver"), false);
                let (Parts::Arguments(args) | Parts::WithReceiver(_, args)) = args;
                (selector, args)
            }
            _ => (self.selected(node).unwrap_or_default().to_owned(), Vec::new()),
        };
        let name = self.text(class).to_owned();
        let call =
            Call { receiver: None, name, selector: Some(selector), is_new: true, safe: false, type_args: Vec::new(), args, name_span: tree::span(class) };
        self.tree.at(node, ExprKind::Call(Box::new(call)))
    }
}

/// The parts of a message.
struct Message<'n> {
    name: String,
    name_node: Node<'n>,
    selector: String,
    args: Parts,
}

enum Parts {
    WithReceiver(Option<Expr>, Vec<Arg>),
    Arguments(Vec<Arg>),
}

fn receiver_of(node: Node<'_>) -> Option<Node<'_>> {
    node.child_by_field_name(match node.kind() {
        "message_expression" => "receiver",
        "field_expression" => "argument",
        "call_expression" => "function",
        _ => return None,
    })
}

fn with_name_span(mut call: Expr, span: Span) -> Expr {
    if let ExprKind::Call(call) = &mut call.kind {
        call.name_span = span;
    }
    call
}
