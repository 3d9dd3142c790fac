//! Classes, interfaces, objects, enums and their members.

use tree_sitter::Node;

use super::{Kotlin, types};
use crate::frontend::errors::{children_and_errors, is_trivial};
use crate::frontend::tree;
use crate::ir::{Expr, ExprKind, Field, Function, FunctionKind, Param, TypeId, TypeKind, TypeParam, TypeRef};

impl<'t> Kotlin<'t> {
    /// Members of the open type, or declarations and statements of the file.
    pub(super) fn members(&mut self, nodes: &[Node<'t>]) {
        let mut label = None;
        let mut property = None;
        for &node in nodes {
            if matches!(node.kind(), "getter" | "setter") {
                self.accessor_member(node, property);
                continue;
            }
            match node.kind() {
                "label" => label = Some(self.label(node)),
                "property_declaration" | "destructuring_declaration" => property = Some(self.property(node)),
                "function_declaration" => {
                    self.guarded(node, |kotlin| {
                        kotlin.function(node, FunctionKind::Method);
                    });
                }
                "class_declaration" | "object_declaration" | "companion_object" => self.guarded(node, |kotlin| {
                    kotlin.type_declaration(node);
                }),
                "anonymous_initializer" => {
                    let block = self.braces(node);
                    self.build.initial(block);
                }
                "secondary_constructor" => self.guarded(node, |kotlin| kotlin.secondary_constructor(node)),
                "enum_entry" => self.enum_entry(node),
                "type_alias" => self.type_alias(node),
                "annotation" | "modifiers" => {}
                "ERROR" => {
                    self.errors.mark_lowered(node);
                    self.guarded(node, |kotlin| kotlin.members(&children_and_errors(node)));
                }
                _ if types::is_type(node) => {}
                _ => {
                    let statement = self.statement(node, label.take());
                    if !is_trivial(&statement) {
                        self.build.initial(statement);
                    }
                }
            }
        }
    }

    fn guarded(&mut self, node: Node<'t>, lower: impl FnOnce(&mut Self)) {
        if self.tree.enter(node, 1) {
            lower(self);
            self.tree.leave(1);
        }
    }

    /// An accessor on a line of its own belongs to the property before it.
    fn accessor_member(&mut self, node: Node<'t>, property: Option<usize>) {
        match property {
            Some(field) => self.property_accessor(node, self.build.owner(), field),
            None => {
                let lost = self.anything(node);
                if !is_trivial(&lost) {
                    self.build.initial(lost);
                }
            }
        }
    }

    pub(super) fn type_alias(&mut self, node: Node<'t>) {
        let name = tree::child_of_kind(node, "type_identifier").map(|name| self.name(name));
        if let (Some(name), Some(ty)) = (name, self.type_in(node)) {
            self.build.module.aliases.push((name, ty));
        }
    }

    /// A class, interface, enum, object or companion object.
    pub(super) fn type_declaration(&mut self, node: Node<'t>) -> TypeId {
        let has = |token: &str| tree::child_of_kind(node, token).is_some();
        let kind = match node.kind() {
            "object_declaration" | "companion_object" => TypeKind::Object,
            _ if has("interface") => TypeKind::Interface,
            _ if has("enum") => TypeKind::Enum,
            _ => TypeKind::Class,
        };
        let span = self.declaration_span(node);
        let keyword = tree::all_children(node).into_iter().find(|child| child.kind() != "modifiers").unwrap_or(node);
        // An unnamed companion is `object Companion` in the tree, where the source has `companion object`.
        let is_unnamed = self.tree.text_of(keyword).starts_with("compan");
        let words = self.tree.text.get(span.start as usize..keyword.start_byte()).unwrap_or_default();
        let is_companion = is_unnamed || words.split_whitespace().any(|word| word == "companion");
        let name = tree::child_of_kind(node, "type_identifier").filter(|_| !is_unnamed).map(|name| self.name(name));
        let name = name.unwrap_or_else(|| if is_companion { "Companion".to_owned() } else { String::new() });
        let modifiers = self.modifiers(node);
        let mut decl = self.build.new_type(kind, name, span);
        decl.is_companion = is_companion;
        decl.type_params = self.type_params(node);
        decl.supertypes = self.supertypes(node);
        decl.annotations = modifiers.annotations;
        decl.visibility = modifiers.visibility;
        let id = self.build.open_type(decl);
        self.primary_constructor(node);
        self.initialize_delegates(node);
        if let Some(body) = tree::child_of_kind(node, "class_body").or_else(|| tree::child_of_kind(node, "enum_class_body")) {
            self.members(&children_and_errors(body));
        }
        self.stray_errors_to_initializer(node);
        self.build.close_type(&mut self.tree, node);
        id
    }

    /// `<T : View, V>` of a class.
    fn type_params(&mut self, node: Node<'t>) -> Vec<TypeParam> {
        let Some(list) = tree::child_of_kind(node, "type_parameters") else { return Vec::new() };
        let mut params = Vec::new();
        for param in tree::children(list).into_iter().filter(|child| child.kind() == "type_parameter") {
            let Some(name) = tree::child_of_kind(param, "type_identifier") else { continue };
            params.push(TypeParam { name: self.name(name), bound: self.type_in(param) });
        }
        params
    }

    /// The types after the `:` of a class or object.
    pub(super) fn supertypes(&mut self, node: Node<'t>) -> Vec<TypeRef> {
        let mut supertypes = Vec::new();
        for specifier in tree::children(node).into_iter().filter(|child| child.kind() == "delegation_specifier") {
            let wrapped = tree::children(specifier).into_iter().find(|part| matches!(part.kind(), "constructor_invocation" | "explicit_delegation"));
            supertypes.extend(self.type_in(wrapped.unwrap_or(specifier)));
        }
        supertypes
    }

    /// Evaluates the delegates of `: T by delegate`.
    pub(super) fn initialize_delegates(&mut self, node: Node<'t>) {
        for specifier in tree::children(node) {
            let Some(delegation) = tree::child_of_kind(specifier, "explicit_delegation") else { continue };
            if let Some(delegate) = self.node_after(delegation, "by") {
                let value = self.expr(delegate);
                if !is_trivial(&value) {
                    self.build.initial(value);
                }
            }
        }
    }

    /// The constructor in the head of a class: its parameters, the fields that they are, and the call of the superclass's.
    fn primary_constructor(&mut self, node: Node<'t>) {
        let super_call = self.super_constructor_call(node);
        let head = tree::child_of_kind(node, "primary_constructor");
        if self.members_are_static() || (head.is_none() && super_call.is_none()) {
            super_call.into_iter().for_each(|call| self.build.initial(call));
            return;
        }
        let owner_name = self.build.owner_decl().name.clone();
        let place = head.or_else(|| tree::child_of_kind(node, "type_identifier")).unwrap_or(node);
        let mut function = self.build.new_function(FunctionKind::Constructor, owner_name, tree::span(place));
        let keyword = head.and_then(|head| tree::child_of_kind(head, "constructor")).or_else(|| tree::child_of_kind(node, "type_identifier"));
        function.name_span = tree::span(keyword.unwrap_or(place));
        let mut body = Vec::new();
        if let Some(head) = head {
            let modifiers = self.modifiers(head);
            function.annotations = modifiers.annotations;
            function.visibility = modifiers.visibility;
            self.class_parameters(head, &mut function, &mut body);
        }
        body.extend(super_call);
        function.body = Some(self.tree.at(place, ExprKind::Block { label: None, body }));
        self.build.add_function(function);
    }

    fn super_constructor_call(&mut self, node: Node<'t>) -> Option<Expr> {
        let invocation = tree::children(node).into_iter().find_map(|specifier| tree::child_of_kind(specifier, "constructor_invocation"))?;
        let ty = tree::child_of_kind(invocation, "user_type")?;
        let mut names: Vec<Node<'t>> = tree::children(ty).into_iter().filter(|part| part.kind() == "type_identifier").collect();
        let name_node = names.pop()?;
        let args = self.super_args(node);
        let name = self.name(name_node);
        let outer = names.into_iter().fold(None, |outer, part| Some(self.qualified(outer, part)));
        let mut call = self.constructor_call(invocation, name, name_node, args);
        if let ExprKind::Call(call) = &mut call.kind {
            call.receiver = outer;
        }
        Some(call)
    }

    /// One more segment of the name of a nested class, as in an expression.
    fn qualified(&mut self, outer: Option<Expr>, part: Node<'t>) -> Expr {
        let name = self.name(part);
        let kind = match outer {
            Some(receiver) => ExprKind::Member { receiver: Box::new(receiver), name, name_span: tree::span(part), safe: false, is_variable: false },
            None => ExprKind::Name(name),
        };
        self.tree.at(part, kind)
    }

    fn class_parameters(&mut self, head: Node<'t>, function: &mut Function, body: &mut Vec<Expr>) {
        for node in tree::children(head).into_iter().filter(|child| child.kind() == "class_parameter") {
            let modifiers = self.modifiers(node);
            let default = self.node_after(node, "=").map(|default| self.expr(default));
            let mut param: Param = self.variable(node);
            param.default = default;
            param.is_variadic = modifiers.is_variadic;
            param.annotations = modifiers.annotations;
            if tree::child_of_kind(node, "binding_pattern_kind").is_some() {
                let mutable = self.is_mutable(node);
                self.build.owner_decl().fields.push(Field {
                    name: param.name.clone(),
                    ty: param.ty.clone(),
                    mutable,
                    is_static: false,
                    getter: None,
                    setter: None,
                    annotations: param.annotations.clone(),
                    visibility: modifiers.visibility,
                    span: param.span,
                });
                let value = Box::new(self.tree.expr(param.span, ExprKind::Name(param.name.clone())));
                body.push(self.tree.at(node, ExprKind::FieldInit { name: param.name.clone(), value, delegated: false }));
            }
            function.params.push(param);
        }
    }

    /// A constant of an enum; one with arguments or a body is initialised with its construction.
    fn enum_entry(&mut self, node: Node<'t>) {
        let Some(name_node) = tree::child_of_kind(node, "simple_identifier") else { return };
        let name = self.name(name_node);
        let enum_name = self.build.owner_decl().name.clone();
        self.build.owner_decl().cases.push(name.clone());
        let args = tree::child_of_kind(node, "value_arguments").map(|args| self.value_arguments(args, ""));
        let value = match (tree::child_of_kind(node, "class_body"), args) {
            (Some(body), args) => {
                let mut decl = self.build.new_type(TypeKind::Anonymous, String::new(), tree::span(node));
                decl.supertypes = vec![TypeRef::named(enum_name)];
                let ty = self.build.open_type(decl);
                self.members(&children_and_errors(body));
                self.stray_errors_to_initializer(body);
                self.build.close_type(&mut self.tree, node);
                self.tree.at(node, ExprKind::Object { ty, args: args.unwrap_or_default() })
            }
            (None, Some(args)) => self.constructor_call(node, enum_name, name_node, args),
            (None, None) => return,
        };
        let init = self.tree.at(node, ExprKind::FieldInit { name, value: Box::new(value), delegated: false });
        self.build.initial(init);
    }
}
