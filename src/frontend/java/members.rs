//! Fields, methods and constructors.

use tree_sitter::Node;

use super::{Java, types};
use crate::frontend::tree;
use crate::ir::{ExprKind, Field, Function, FunctionKind, Param, TypeKind};

impl<'t> Java<'t> {
    /// `int a = 1, b;`
    pub(super) fn fields(&mut self, node: Node<'t>) {
        let modifiers = self.modifiers(node);
        let in_interface = self.build.owner_decl().kind == TypeKind::Interface;
        for declarator in declarators(node) {
            let Some(name_node) = declarator.child_by_field_name("name") else { continue };
            let name = self.name(name_node);
            let ty = self.declared_type(node, declarator);
            self.build.owner_decl().fields.push(Field {
                name: name.clone(),
                ty,
                mutable: !modifiers.is_final && !in_interface,
                is_static: modifiers.is_static || in_interface,
                getter: None,
                setter: None,
                annotations: modifiers.annotations.clone(),
                visibility: modifiers.visibility,
                span: tree::span(name_node),
            });
            if let Some(value) = declarator.child_by_field_name("value") {
                let value = Box::new(self.expr(value));
                let init = self.tree.at(declarator, ExprKind::FieldInit { name, value, delegated: false });
                self.build.initial_value(init, modifiers.is_static || in_interface);
            }
        }
    }

    pub(super) fn method(&mut self, node: Node<'t>) {
        let mut function = self.function_head(node, FunctionKind::Method);
        function.returns = node.child_by_field_name("type").map(|ty| self.type_ref(ty));
        function.body = node.child_by_field_name("body").map(|body| {
            let mut body = self.expr(body);
            self.append_strays(node, &mut body);
            body
        });
        self.build.add_function(function);
    }

    /// A constructor; the compact one of a record is lowered with its components.
    pub(super) fn constructor(&mut self, node: Node<'t>) {
        if node.kind() == "compact_constructor_declaration" {
            return;
        }
        let mut function = self.function_head(node, FunctionKind::Constructor);
        let mut body = match node.child_by_field_name("body") {
            Some(body) => self.block(body, None),
            None => self.empty_block(node),
        };
        self.append_strays(node, &mut body);
        function.body = Some(body);
        self.build.add_function(function);
    }

    fn function_head(&mut self, node: Node<'t>, kind: FunctionKind) -> Function {
        let modifiers = self.modifiers(node);
        let name_node = node.child_by_field_name("name").unwrap_or(node);
        let mut function = self.build.new_function(kind, self.name(name_node), tree::span(node));
        function.name_span = tree::span(name_node);
        function.params = self.params(node);
        function.throws = tree::child_of_kind(node, "throws").map_or(Vec::new(), |throws| self.types_in(throws));
        function.is_override = modifiers.annotations.iter().any(|annotation| annotation.name == "Override");
        function.annotations = modifiers.annotations;
        function.visibility = modifiers.visibility;
        function.is_static = modifiers.is_static;
        function
    }

    /// The parameters in the field `parameters`.
    pub(super) fn params(&mut self, node: Node<'t>) -> Vec<Param> {
        let list = node.child_by_field_name("parameters").map_or(Vec::new(), tree::children);
        let list = list.into_iter().filter(|param| matches!(param.kind(), "formal_parameter" | "spread_parameter"));
        list.map(|param| self.param(param)).collect()
    }

    pub(super) fn param(&mut self, node: Node<'t>) -> Param {
        let modifiers = self.modifiers(node);
        let is_variadic = node.kind() == "spread_parameter";
        let declarator = tree::child_of_kind(node, "variable_declarator").unwrap_or(node);
        let ty = if is_variadic { self.type_in(node) } else { self.declared_type(node, declarator) };
        let name_node = declarator.child_by_field_name("name").unwrap_or(node);
        Param { ty, is_variadic, annotations: modifiers.annotations, ..self.untyped_param(name_node) }
    }

    /// A parameter that is only a name.
    pub(super) fn untyped_param(&mut self, name_node: Node<'t>) -> Param {
        let name = self.name(name_node);
        Param { label: Some(name.clone()), name, ty: None, default: None, is_variadic: false, annotations: Vec::new(), span: tree::span(name_node) }
    }
}

/// The `variable_declarator`s of a declaration.
pub(super) fn declarators(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    tree::children(node).into_iter().filter(|child| child.kind() == "variable_declarator")
}

/// Whether a node is an expression rather than a type or modifier, for parts of declarations without field names.
pub(super) fn may_be_expression(node: Node<'_>) -> bool {
    !types::is_type(node) && !matches!(node.kind(), "modifiers" | "type_arguments" | "dimensions" | "annotation" | "marker_annotation")
}
