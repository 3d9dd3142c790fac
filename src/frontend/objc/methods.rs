//! Methods and C functions.

use std::collections::HashSet;

use tree_sitter::Node;

use super::ObjC;
use super::types::{Declarator, declarator};
use crate::frontend::tree;
use crate::ir::{Annotation, Expr, FILE_SCOPE, Function, FunctionId, FunctionKind, Param, TypeRef, Visibility};

/// What stands before the body of a method.
struct Signature<'n> {
    is_static: bool,
    name: String,
    selector: String,
    name_node: Node<'n>,
    params: Vec<Param>,
    returns: Option<TypeRef>,
    body: Option<Node<'n>>,
}

impl ObjC<'_> {
    /// A method's definition or declaration.
    pub(super) fn method(&mut self, node: Node<'_>) {
        if !self.lowered.insert(node.id()) {
            return;
        }
        let signature = self.signature(node);
        let owner = self.builder.owner();
        let known = self.builder.module.functions.iter().position(|known| {
            known.owner == owner && known.is_static == signature.is_static && known.selector.as_deref() == Some(&signature.selector) && known.body.is_none()
        });
        let declared = known.map(|known| self.builder.module.functions[known].visibility);
        let is_constructor = !signature.is_static && is_initializer(&signature.name);
        let kind = if is_constructor { FunctionKind::Constructor } else { FunctionKind::Method };
        let name = if is_constructor { self.builder.owner_decl().name.clone() } else { signature.name };
        let body = signature.body.map(|body| self.method_body(body, &signature.params));
        let mut function = self.builder.new_function(kind, name, tree::span(node));
        function.visibility = if body.is_none() { Visibility::Public } else { declared.unwrap_or(Visibility::Internal) };
        function.selector = Some(signature.selector);
        function.is_static = signature.is_static;
        function.params = signature.params;
        function.annotations = interface_builder(signature.returns.as_ref(), node);
        function.returns = signature.returns;
        function.body = body;
        function.name_span = tree::span(signature.name_node);
        self.add_or_define(function, known);
    }

    /// A definition takes the place of its declaration in the same file.
    fn add_or_define(&mut self, function: Function, known: Option<usize>) {
        match known {
            Some(known) if function.body.is_some() => self.builder.module.functions[known] = function,
            Some(_) => {}
            None => {
                self.builder.add_function(function);
            }
        }
    }

    fn signature<'n>(&self, node: Node<'n>) -> Signature<'n> {
        let children = tree::all_children(node);
        let mut found = Signature {
            is_static: children.first().is_some_and(|sign| sign.kind() == "+"),
            name: String::new(),
            selector: String::new(),
            name_node: node,
            params: Vec::new(),
            returns: None,
            body: None,
        };
        let mut part: Option<Node<'n>> = None;
        for child in children {
            match child.kind() {
                "method_type" if part.is_none() && found.params.is_empty() => found.returns = Some(self.type_name(child)),
                "identifier" | "keyword_selector" => {
                    part = Some(child);
                    if found.name.is_empty() {
                        found.name = self.text(child).to_owned();
                        found.name_node = child;
                    }
                }
                "method_parameter" => {
                    let label = part.take().map_or("", |part| self.text(part));
                    found.selector.push_str(label);
                    found.selector.push(':');
                    let param = self.method_parameter(child, label, found.params.is_empty());
                    found.params.push(param);
                }
                "compound_statement" => found.body = Some(child),
                _ => {}
            }
        }
        if found.params.is_empty() {
            found.selector = found.name.clone();
        }
        found
    }

    fn method_parameter(&self, node: Node<'_>, label: &str, is_first: bool) -> Param {
        let children = tree::children(node);
        let ty = children.iter().find(|child| child.kind() == "method_type").map(|ty| self.type_name(*ty));
        let name = children.iter().rev().find(|child| child.kind().ends_with("identifier"));
        let label = Some(label.to_owned()).filter(|label| !is_first && !label.is_empty());
        Param {
            name: name.map_or("_", |name| self.text(*name)).to_owned(),
            label,
            ty,
            default: None,
            is_variadic: false,
            annotations: Vec::new(),
            span: name.map_or(tree::span(node), |name| tree::span(*name)),
        }
    }

    fn method_body(&mut self, body: Node<'_>, params: &[Param]) -> Expr {
        let outside = std::mem::replace(&mut self.in_method, true);
        let body = self.function_body(body, params);
        self.in_method = outside;
        body
    }

    /// A body with its parameters in scope.
    pub(super) fn function_body(&mut self, body: Node<'_>, params: &[Param]) -> Expr {
        self.locals.push(HashSet::new());
        params.iter().for_each(|param| self.declare_local(&param.name));
        let outside = std::mem::take(&mut self.labels);
        let block = self.block(body);
        self.labels = outside;
        self.locals.pop();
        block
    }

    /// A C function belongs to the file, wherever it stands.
    pub(super) fn c_function(&mut self, node: Node<'_>) {
        if !self.lowered.insert(node.id()) {
            return;
        }
        let inner = node.child_by_field_name("declarator").map(|inner| declarator(inner, self.tree.text)).unwrap_or_default();
        let mut function = self.c_signature(node, &inner);
        if let Some(body) = node.child_by_field_name("body") {
            let outside = std::mem::replace(&mut self.in_method, false);
            function.body = Some(self.function_body(body, &function.params));
            self.in_method = outside;
        }
        let known = self.builder.module.functions.iter().position(|known| known.owner == FILE_SCOPE && known.name == function.name && known.body.is_none());
        self.add_or_define(function, known);
    }

    /// The declaration of a C function.
    pub(super) fn prototype(&mut self, node: Node<'_>, inner: &Declarator<'_>) {
        let function = self.c_signature(node, inner);
        if !self.builder.module.functions.iter().any(|known| known.owner == FILE_SCOPE && known.name == function.name) {
            self.builder.add_function(function);
        }
    }

    fn c_signature(&mut self, node: Node<'_>, inner: &Declarator<'_>) -> Function {
        let name = inner.name.map_or(String::new(), |name| self.text(name).to_owned());
        let mut function = self.builder.new_function(FunctionKind::Method, name, tree::span(node));
        function.owner = FILE_SCOPE;
        function.is_static = true;
        function.visibility = if self.has_storage(node, "static") { Visibility::Private } else { Visibility::Public };
        function.params = inner.parameters.map(|list| self.parameters(list)).unwrap_or_default();
        function.returns = self.declared_type(node, &Declarator::default());
        function.name_span = inner.name.map_or(tree::span(node), tree::span);
        function
    }

    /// A method that is named like a property is its getter, `setName:` its setter.
    pub(super) fn connect_accessors(&mut self) {
        let owner = self.builder.owner();
        let functions = &self.builder.module.functions;
        let find = |selector: &str| {
            let found = functions.iter().position(|function| {
                function.owner == owner && function.kind == FunctionKind::Method && function.body.is_some() && function.selector.as_deref() == Some(selector)
            });
            found.map(|id| id as FunctionId)
        };
        let fields = &self.builder.module.types[owner as usize].fields;
        let accessors: Vec<_> = fields.iter().map(|field| (find(&field.name), find(&setter_of(&field.name)))).collect();
        for (field, (getter, setter)) in self.builder.module.types[owner as usize].fields.iter_mut().zip(accessors) {
            (field.getter, field.setter) = (getter, setter);
        }
    }
}

/// `init`, `initWith…`, but not `initial…`.
fn is_initializer(name: &str) -> bool {
    name.strip_prefix("init").is_some_and(|rest| !rest.starts_with(|character: char| character.is_ascii_lowercase()))
}

fn setter_of(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().map_or(String::new(), |first| first.to_uppercase().collect());
    format!("set{first}{}:", characters.as_str())
}

/// `(IBAction)` marks what the interface builder calls.
fn interface_builder(returns: Option<&TypeRef>, node: Node<'_>) -> Vec<Annotation> {
    match returns {
        Some(ty) if ty.name == "IBAction" => vec![Annotation { name: "IBAction".to_owned(), args: Vec::new(), span: tree::span(node) }],
        _ => Vec::new(),
    }
}
