//! Calls, members and subscripts: an operand with everything that follows it.

use tree_sitter::Node;

use super::Swift;
use super::expressions::Piece;
use super::types::is_type;
use crate::frontend::tree;
use crate::ir::{Arg, Call, Expr, ExprKind, TypeRef};
use crate::source::Span;

/// Longer chains are cut: the parts stand one after the other in a block, so that nothing is lost and nothing nests too deep.
pub(super) const LONGEST_CHAIN: usize = 60;

/// What a chain has come to.
enum Link<'n> {
    /// A name that becomes a call if arguments follow.
    Name { receiver: Option<Expr>, name: Node<'n>, type_args: Vec<TypeRef>, safe: bool, start: usize },
    /// Anything else.
    Value(Expr),
}

impl<'t> Swift<'t> {
    /// An operand and its suffixes; `dot` for an implicit member.
    pub(super) fn chain(&mut self, dot: Option<Node<'_>>, head: Option<Node<'_>>, suffixes: &[Piece<'_>]) -> Expr {
        if let Some(head) = head.filter(|head| head.kind() == "key_path_expression") {
            return self.key_path(head, suffixes);
        }
        let mut link = self.head(dot, head, suffixes);
        let mut done = Vec::new();
        let mut safe = false;
        for (index, suffix) in suffixes.iter().enumerate() {
            match suffix {
                Piece::Optional => safe = true,
                Piece::Navigation(node) => {
                    link = self.navigate(link, *node, safe);
                    safe = false;
                }
                Piece::Arguments(node) => {
                    link = self.apply(link, *node, safe);
                    safe = false;
                }
                _ => {}
            }
            if index % LONGEST_CHAIN == LONGEST_CHAIN - 1 && matches!(suffix, Piece::Arguments(_)) {
                let finished = self.finish(link);
                let end = finished.span.end;
                done.push(finished);
                link = Link::Value(self.unknown(Span { start: end, end }, Vec::new()));
            }
        }
        let last = self.finish(link);
        if done.is_empty() {
            return last;
        }
        let span = Span { start: done[0].span.start, end: last.span.end };
        done.push(last);
        self.tree.expr(span, ExprKind::Block { label: None, body: done })
    }

    fn head<'n>(&mut self, dot: Option<Node<'n>>, head: Option<Node<'n>>, suffixes: &[Piece<'n>]) -> Link<'n> {
        let Some(head) = head else {
            let start = dot.map_or_else(|| suffixes.first().map_or(0, start_of), |dot| dot.start_byte());
            return Link::Value(self.unknown(Span::new(start, start), Vec::new()));
        };
        if let Some(dot) = dot {
            let receiver = self.tree.at(dot, ExprKind::Implicit);
            return Link::Name { receiver: Some(receiver), name: head, type_args: Vec::new(), safe: false, start: dot.start_byte() };
        }
        let is_called = matches!(suffixes.first(), Some(Piece::Arguments(_)));
        match head.kind() {
            "simple_identifier" if !head.is_missing() => {
                Link::Name { receiver: None, name: head, type_args: Vec::new(), safe: false, start: head.start_byte() }
            }
            "user_type" => self.type_head(head),
            "array_literal" | "dictionary_literal" if is_called => self.collection_type_head(head),
            _ => Link::Value(self.atom(head)),
        }
    }

    /// `A.B<C>`: the last part may be called.
    fn type_head<'n>(&mut self, node: Node<'n>) -> Link<'n> {
        let ty = self.type_ref(node);
        let mut names: Vec<_> = tree::children(node).into_iter().filter(|child| child.kind() == "type_identifier").collect();
        let Some(name) = names.pop() else { return Link::Value(self.unknown(tree::span(node), Vec::new())) };
        let receiver = self.dotted(&names);
        Link::Name { receiver, name, type_args: ty.args, safe: false, start: node.start_byte() }
    }

    fn dotted(&mut self, names: &[Node<'_>]) -> Option<Expr> {
        let mut path: Option<Expr> = None;
        for name in names {
            path = Some(match path {
                None => self.name_expr(*name),
                Some(receiver) => {
                    let span = Span { start: receiver.span.start, end: name.end_byte() as u32 };
                    let kind = ExprKind::Member {
                        receiver: Box::new(receiver),
                        name: self.name_of(*name),
                        name_span: tree::span(*name),
                        safe: false,
                        is_variable: false,
                    };
                    self.tree.expr(span, kind)
                }
            });
        }
        path
    }

    /// `[T]()` and `[K: V]()` create an `Array` and a `Dictionary`.
    fn collection_type_head<'n>(&mut self, node: Node<'n>) -> Link<'n> {
        Link::Name { receiver: None, name: node, type_args: self.literal_types(node), safe: false, start: node.start_byte() }
    }

    fn literal_types(&self, node: Node<'_>) -> Vec<TypeRef> {
        tree::children(node).into_iter().map(|item| TypeRef::named(self.text(item))).collect()
    }

    fn callee_name(&self, node: Node<'_>) -> String {
        match node.kind() {
            "array_literal" => "Array".to_owned(),
            "dictionary_literal" => "Dictionary".to_owned(),
            _ => self.name_of(node),
        }
    }

    /// A type in the place of a value.
    pub(super) fn type_as_value(&mut self, node: Node<'_>) -> Expr {
        match node.kind() {
            "user_type" => {
                let link = self.type_head(node);
                self.finish(link)
            }
            "array_type" => self.tree.at(node, ExprKind::Name("Array".to_owned())),
            "dictionary_type" => self.tree.at(node, ExprKind::Name("Dictionary".to_owned())),
            _ => {
                let name = self.type_ref(node).name;
                self.tree.at(node, ExprKind::Name(name))
            }
        }
    }

    fn finish(&mut self, link: Link<'_>) -> Expr {
        match link {
            Link::Value(expr) => expr,
            Link::Name { receiver: None, name, .. } => {
                let text = self.callee_name(name);
                self.tree.at(name, ExprKind::Name(text))
            }
            Link::Name { receiver: Some(receiver), name, safe, start, .. } => {
                let span = Span::new(start, name.end_byte());
                let kind = ExprKind::Member { receiver: Box::new(receiver), name: self.name_of(name), name_span: tree::span(name), safe, is_variable: false };
                self.tree.expr(span, kind)
            }
        }
    }

    /// `.name` after a value; `Type.self` is a class reference and `value.self` the value.
    fn navigate<'n>(&mut self, link: Link<'n>, suffix: Node<'n>, safe: bool) -> Link<'n> {
        let name = suffix.child_by_field_name("suffix").or_else(|| suffix.named_child(0));
        let receiver = self.finish(link);
        let Some(name) = name else { return Link::Value(receiver) };
        if self.text(name) != "self" {
            let start = receiver.span.start as usize;
            return Link::Name { receiver: Some(receiver), name, type_args: Vec::new(), safe, start };
        }
        let span = Span { start: receiver.span.start, end: name.end_byte() as u32 };
        Link::Value(match type_named_by(&receiver) {
            Some(ty) => self.tree.expr(span, ExprKind::ClassRef(ty)),
            None => receiver,
        })
    }

    /// Arguments after a value: a call, a subscript, or the labels of a function reference.
    fn apply<'n>(&mut self, link: Link<'n>, suffix: Node<'n>, safe: bool) -> Link<'n> {
        self.lowered.insert(suffix.id());
        let list = if suffix.kind() == "value_arguments" { Some(suffix) } else { tree::child_of_kind(suffix, "value_arguments") };
        if list.is_some_and(|list| tree::child_of_kind(list, "[").is_some()) {
            return self.subscripted(link, suffix);
        }
        if list.is_some_and(is_label_list) {
            return self.function_reference(link, suffix);
        }
        let args = self.arguments(suffix);
        let end = suffix.end_byte();
        let (start, call) = match link {
            Link::Name { receiver, name, type_args, safe: inner_safe, start } => {
                let text = self.callee_name(name);
                (start, self.call(receiver, text, safe || inner_safe, type_args, args, tree::span(name)))
            }
            Link::Value(value) => {
                let span = value.span;
                (span.start as usize, self.call(Some(value), "invoke".to_owned(), safe, Vec::new(), args, span))
            }
        };
        Link::Value(self.tree.expr(Span::new(start, end), ExprKind::Call(Box::new(call))))
    }

    pub(super) fn call(&self, receiver: Option<Expr>, name: String, safe: bool, type_args: Vec<TypeRef>, args: Vec<Arg>, name_span: Span) -> Call {
        Call { receiver, name, selector: None, is_new: false, safe, type_args, args, name_span }
    }

    fn subscripted<'n>(&mut self, link: Link<'n>, suffix: Node<'n>) -> Link<'n> {
        let receiver = self.finish(link);
        let args = self.arguments(suffix).into_iter().map(|arg| arg.value).collect();
        let span = Span { start: receiver.span.start, end: suffix.end_byte() as u32 };
        Link::Value(self.tree.expr(span, ExprKind::Index { receiver: Box::new(receiver), args }))
    }

    /// `X.f(_:with:)`
    fn function_reference<'n>(&mut self, link: Link<'n>, suffix: Node<'n>) -> Link<'n> {
        let (receiver, name, start) = match link {
            Link::Name { receiver, name, start, .. } => (receiver, self.callee_name(name), start),
            Link::Value(value) => {
                let start = value.span.start as usize;
                (Some(value), "invoke".to_owned(), start)
            }
        };
        let kind = ExprKind::FunctionRef { receiver: receiver.map(Box::new), name };
        Link::Value(self.tree.expr(Span::new(start, suffix.end_byte()), kind))
    }

    /// The arguments of a call suffix, trailing closures last.
    pub(super) fn arguments(&mut self, suffix: Node<'_>) -> Vec<Arg> {
        let mut args = Vec::new();
        let mut label = None;
        let children = if suffix.kind() == "value_arguments" { vec![suffix] } else { tree::children(suffix) };
        for child in children {
            match child.kind() {
                "value_arguments" => {
                    for argument in tree::children(child) {
                        args.extend(self.argument(argument));
                    }
                }
                "simple_identifier" => label = Some(self.name_of(child)),
                "lambda_literal" => {
                    let value = self.expression(&[child]);
                    args.push(Arg { label: label.take(), trailing: true, spread: false, value });
                }
                _ => args.push(Arg { label: None, trailing: false, spread: false, value: self.expression(&[child]) }),
            }
        }
        args
    }

    fn argument(&mut self, node: Node<'_>) -> Option<Arg> {
        let mut label = None;
        let mut value = Vec::new();
        if !matches!(node.kind(), "value_argument" | "interpolated_expression") {
            value.push(node);
        }
        for child in if value.is_empty() { tree::all_children(node) } else { Vec::new() } {
            match child.kind() {
                "value_argument_label" => label = Some(self.name_of(child)),
                ":" | "type_modifiers" => {}
                _ => value.push(child),
            }
        }
        value.retain(|node| !node.is_missing());
        if value.is_empty() {
            return None;
        }
        Some(Arg { label, trailing: false, spread: false, value: self.expression(&value) })
    }

    /// What an interpolation in a string holds.
    pub(super) fn interpolated(&mut self, node: Node<'_>) -> Option<Expr> {
        self.argument(node).map(|arg| arg.value)
    }

    /// `\Type.a.b` refers to the last property.
    fn key_path(&mut self, head: Node<'_>, suffixes: &[Piece<'_>]) -> Expr {
        let end = suffixes.iter().rev().find_map(end_of).unwrap_or(head.end_byte());
        let mut name = None;
        let mut args = Vec::new();
        for suffix in suffixes {
            match suffix {
                Piece::Navigation(node) => name = node.child_by_field_name("suffix").map(|name| self.name_of(name)),
                Piece::Arguments(node) => {
                    self.lowered.insert(node.id());
                    args.extend(self.arguments(*node).into_iter().map(|arg| arg.value));
                }
                _ => {}
            }
        }
        let written = self.text(head);
        let name = name.unwrap_or_else(|| written.rsplit(['.', '\\']).next().unwrap_or_default().to_owned());
        let root = tree::children(head).into_iter().find(|child| child.kind() == "type_identifier" || is_type(*child));
        let receiver = root.map(|root| if is_type(root) { self.type_as_value(root) } else { self.name_expr(root) }).map(Box::new);
        let reference = self.tree.expr(Span::new(head.start_byte(), end), ExprKind::FunctionRef { receiver, name });
        if args.is_empty() {
            return reference;
        }
        let span = reference.span;
        args.insert(0, reference);
        self.unknown(span, args)
    }

    /// `#Preview("Name") { … }`: the mark stays in the name, because no function is called so.
    pub(super) fn macro_call(&mut self, node: Node<'_>) -> Expr {
        let name = tree::child_of_kind(node, "simple_identifier");
        let args = match tree::child_of_kind(node, "call_suffix") {
            Some(suffix) => {
                self.lowered.insert(suffix.id());
                self.arguments(suffix)
            }
            None => Vec::new(),
        };
        let text = name.map_or(String::new(), |name| format!("#{}", self.text(name)));
        let call = self.call(None, text, false, Vec::new(), args, name.map_or(tree::span(node), tree::span));
        self.tree.at(node, ExprKind::Call(Box::new(call)))
    }
}

/// `(_:with:)`
fn is_label_list(list: Node<'_>) -> bool {
    let arguments = tree::children(list);
    !arguments.is_empty() && arguments.iter().all(|argument| argument.child_by_field_name("reference_specifier").is_some())
}

fn start_of(piece: &Piece<'_>) -> usize {
    match piece {
        Piece::Arguments(node) | Piece::Navigation(node) => node.start_byte(),
        _ => 0,
    }
}

fn end_of(piece: &Piece<'_>) -> Option<usize> {
    match piece {
        Piece::Arguments(node) | Piece::Navigation(node) => Some(node.end_byte()),
        _ => None,
    }
}

/// The type that an expression names, when it looks like one: its last part is capitalised.
fn type_named_by(expr: &Expr) -> Option<TypeRef> {
    let mut names = Vec::new();
    let mut current = expr;
    loop {
        match &current.kind {
            ExprKind::Name(name) => {
                names.push(name.as_str());
                break;
            }
            ExprKind::Member { receiver, name, .. } => {
                names.push(name);
                current = receiver;
            }
            ExprKind::Collection(items) => {
                let args = items.iter().filter_map(type_named_by_shallow).collect();
                return Some(TypeRef { name: "[]".to_owned(), args });
            }
            _ => return None,
        }
    }
    let is_type = names.first().is_some_and(|name| name.starts_with(char::is_uppercase));
    names.reverse();
    is_type.then(|| TypeRef::named(names.join(".")))
}

fn type_named_by_shallow(expr: &Expr) -> Option<TypeRef> {
    match &expr.kind {
        ExprKind::Name(name) => Some(TypeRef::named(name.clone())),
        _ => None,
    }
}
