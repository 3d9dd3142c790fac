//! Calls, member accesses and constructions. The parser nests a chain of them to the left, one level a link; it is followed in a
//! loop.

use tree_sitter::Node;

use super::Java;
use crate::frontend::{Gap, GapKind, tree};
use crate::ir::{Arg, Call, Expr, ExprKind, TypeRef};
use crate::source::Span;

impl<'t> Java<'t> {
    /// A chain of calls, field accesses and array accesses.
    pub(super) fn call_chain(&mut self, node: Node<'t>) -> Expr {
        let mut links = Vec::new();
        let mut base = Some(node);
        while let Some(link) = base.filter(|link| matches!(link.kind(), "method_invocation" | "field_access" | "array_access")) {
            links.push(link);
            base = link.child_by_field_name(if link.kind() == "array_access" { "array" } else { "object" });
        }
        links.reverse();
        let kept = links.len().min(self.tree.room() as usize / 2);
        let (flat, nested) = links.split_at(links.len() - kept);
        if !flat.is_empty() {
            self.tree.gaps.push(Gap { span: tree::span(node), kind: GapKind::TooDeep });
        }
        let entered = self.tree.enter(node, kept as u32);
        let mut value = base.map(|base| self.expr(base));
        if !flat.is_empty() {
            value = Some(self.flat_links(node, value, flat));
        }
        for &link in nested {
            if entered {
                self.tree.leave(1);
            }
            value = Some(self.follow(value, link));
        }
        value.unwrap_or_else(|| self.tree.at(node, ExprKind::Unknown(Vec::new())))
    }

    /// Links of a chain that is too long to nest: all calls in order, without their receivers.
    fn flat_links(&mut self, node: Node<'t>, base: Option<Expr>, links: &[Node<'t>]) -> Expr {
        let mut parts: Vec<Expr> = base.into_iter().collect();
        for &link in links {
            let receiver = link.child_by_field_name("object").map(|object| self.unknown(object));
            parts.push(self.follow(receiver, link));
        }
        self.tree.at(node, ExprKind::Unknown(parts))
    }

    fn follow(&mut self, receiver: Option<Expr>, link: Node<'t>) -> Expr {
        // `Outer.super.f()` calls the superclass's.
        let outer_super = tree::children(link).into_iter().skip(1).find(|part| part.kind() == "super");
        let receiver = match outer_super {
            Some(keyword) => Some(self.tree.at(keyword, ExprKind::Super)),
            None => receiver,
        };
        match link.kind() {
            "method_invocation" => self.method_call(receiver, link),
            "array_access" => {
                let args = link.child_by_field_name("index").map(|index| self.expr(index)).into_iter().collect();
                let receiver = Box::new(receiver.unwrap_or_else(|| self.tree.at(link, ExprKind::Unknown(Vec::new()))));
                self.tree.at(link, ExprKind::Index { receiver, args })
            }
            _ => self.field_access(receiver, link),
        }
    }

    fn method_call(&mut self, receiver: Option<Expr>, node: Node<'t>) -> Expr {
        let name_node = node.child_by_field_name("name").unwrap_or(node);
        let type_args = node.child_by_field_name("type_arguments").map_or(Vec::new(), |args| self.type_arguments(args));
        let args = node.child_by_field_name("arguments").map_or(Vec::new(), |args| self.arguments(args));
        let name = self.name(name_node);
        let name_span = tree::span(name_node);
        let call = Call { receiver, name, selector: None, is_new: false, safe: false, type_args, args, name_span };
        self.tree.at(node, ExprKind::Call(Box::new(call)))
    }

    /// `a.b`; `Outer.this` is an outer object.
    fn field_access(&mut self, receiver: Option<Expr>, node: Node<'t>) -> Expr {
        let (Some(field), Some(receiver)) = (node.child_by_field_name("field"), receiver) else {
            return self.anything(node);
        };
        if field.kind() == "this" {
            let outer = node.child_by_field_name("object").map(|outer| self.dotted(outer));
            return self.tree.at(node, ExprKind::This(outer));
        }
        let name = self.name(field);
        self.tree.at(node, ExprKind::Member { receiver: Box::new(receiver), name, name_span: tree::span(field), safe: false, is_variable: false })
    }

    pub(super) fn arguments(&mut self, node: Node<'t>) -> Vec<Arg> {
        let values = tree::children(node).into_iter();
        values.map(|value| Arg { label: None, trailing: false, spread: false, value: self.expr(value) }).collect()
    }

    /// `new T(…)`, `new T(…) { … }`, `outer.new T(…)`.
    pub(super) fn creation(&mut self, node: Node<'t>) -> Expr {
        let Some(ty_node) = node.child_by_field_name("type") else { return self.anything(node) };
        let first = tree::children(node).into_iter().next().filter(|first| first.start_byte() < ty_node.start_byte() && !is_prefix(*first));
        let outer = first.map(|outer| self.expr(outer));
        let ty = self.type_ref(ty_node);
        let mut args = node.child_by_field_name("arguments").map_or(Vec::new(), |args| self.arguments(args));
        if let Some(body) = tree::child_of_kind(node, "class_body") {
            if let Some(value) = outer {
                args.insert(0, Arg { label: None, trailing: false, spread: false, value });
            }
            let ty = self.anonymous_type(node, body, ty);
            return self.tree.at(node, ExprKind::Object { ty, args });
        }
        let name_span = last_name(ty_node);
        let receiver = match outer {
            Some(outer) => Some(outer),
            None => self.qualifier(&ty, ty_node),
        };
        let name = ty.simple_name().to_owned();
        let call = Call { receiver, name, selector: None, is_new: true, safe: false, type_args: ty.args, args, name_span };
        self.tree.at(node, ExprKind::Call(Box::new(call)))
    }

    /// `a.b` of the type `a.b.C` as an expression.
    fn qualifier(&mut self, ty: &TypeRef, node: Node<'t>) -> Option<Expr> {
        let (path, _) = ty.name.rsplit_once('.')?;
        let mut parts = path.split('.');
        let mut value = self.tree.at(node, ExprKind::Name(parts.next()?.to_owned()));
        for part in parts.take(self.tree.room() as usize) {
            let name_span = tree::span(node);
            value = self.tree.at(node, ExprKind::Member { receiver: Box::new(value), name: part.to_owned(), name_span, safe: false, is_variable: false });
        }
        Some(value)
    }

    /// `this(…)` calls the class's own constructor, `super(…)` that of its superclass.
    pub(super) fn constructor_invocation(&mut self, node: Node<'t>) -> Expr {
        let keyword = node.child_by_field_name("constructor").unwrap_or(node);
        let decl = self.build.owner_decl();
        let superclass = decl.supertypes.first().map_or("super", |ty| ty.simple_name());
        let name = if keyword.kind() == "this" { decl.name.clone() } else { superclass.to_owned() };
        let outer = node.child_by_field_name("object").map(|outer| self.expr(outer));
        let mut args = node.child_by_field_name("arguments").map_or(Vec::new(), |args| self.arguments(args));
        if let Some(value) = outer {
            args.insert(0, Arg { label: None, trailing: false, spread: false, value });
        }
        self.constructor_call(node, name, keyword, args)
    }
}

/// What may stand before the type of a construction besides the outer object.
fn is_prefix(node: Node<'_>) -> bool {
    matches!(node.kind(), "type_arguments" | "annotation" | "marker_annotation")
}

/// The span of the last name in a type, before its arguments.
fn last_name(node: Node<'_>) -> Span {
    let mut node = node;
    loop {
        let parts = tree::children(node);
        let next = match node.kind() {
            "generic_type" => parts.first(),
            "scoped_type_identifier" => parts.last(),
            _ => None,
        };
        match next {
            Some(next) => node = *next,
            None => return tree::span(node),
        }
    }
}
