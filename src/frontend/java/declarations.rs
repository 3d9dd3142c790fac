//! Classes, interfaces, enums and records.

use tree_sitter::Node;

use super::Java;
use crate::frontend::errors::{children_and_errors, is_trivial};
use crate::frontend::tree;
use crate::ir::{Call, Expr, ExprKind, Field, FunctionKind, TypeId, TypeKind, TypeParam, TypeRef, Visibility};

impl<'t> Java<'t> {
    /// Members of the open type, or declarations and statements of the file.
    pub(super) fn members(&mut self, nodes: &[Node<'t>]) {
        for &node in nodes {
            if !self.tree.enter(node, 1) {
                continue;
            }
            self.member(node);
            self.tree.leave(1);
        }
    }

    fn member(&mut self, node: Node<'t>) {
        match node.kind() {
            "field_declaration" | "constant_declaration" => self.fields(node),
            "method_declaration" | "annotation_type_element_declaration" => self.method(node),
            "constructor_declaration" | "compact_constructor_declaration" => self.constructor(node),
            kind if is_type_declaration(kind) => {
                self.type_declaration(node);
            }
            "enum_constant" => self.enum_constant(node),
            "enum_body_declarations" => self.members(&children_and_errors(node)),
            "static_initializer" => {
                if let Some(block) = tree::child_of_kind(node, "block") {
                    let block = self.expr(block);
                    self.build.initial_value(block, true);
                }
            }
            "modifiers" => {}
            "ERROR" => {
                self.errors.mark_lowered(node);
                self.members(&children_and_errors(node));
            }
            _ => {
                let mut statements = Vec::new();
                self.add_statement(node, None, &mut statements);
                statements.into_iter().filter(|statement| !is_trivial(statement)).for_each(|statement| self.build.initial(statement));
            }
        }
    }

    /// A class, interface, annotation type, enum or record.
    pub(super) fn type_declaration(&mut self, node: Node<'t>) -> TypeId {
        let kind = match node.kind() {
            "interface_declaration" | "annotation_type_declaration" => TypeKind::Interface,
            "enum_declaration" => TypeKind::Enum,
            _ => TypeKind::Class,
        };
        let modifiers = self.modifiers(node);
        let mut decl = self.build.new_type(kind, self.name_in(node, "name"), tree::span(node));
        decl.type_params = self.type_params(node);
        decl.supertypes = self.supertypes(node);
        decl.annotations = modifiers.annotations;
        decl.visibility = modifiers.visibility;
        let id = self.build.open_type(decl);
        if node.kind() == "record_declaration" {
            self.record_components(node);
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.members(&children_and_errors(body));
        }
        self.stray_errors_to_initializer(node);
        self.build.close_type(&mut self.tree, node);
        id
    }

    /// `<T extends View, V>` of a class.
    fn type_params(&mut self, node: Node<'t>) -> Vec<TypeParam> {
        let Some(list) = node.child_by_field_name("type_parameters") else { return Vec::new() };
        let mut params = Vec::new();
        for param in tree::children(list).into_iter().filter(|child| child.kind() == "type_parameter") {
            let Some(name) = tree::child_of_kind(param, "type_identifier") else { continue };
            let bound = tree::child_of_kind(param, "type_bound").and_then(|bound| self.type_in(bound));
            params.push(TypeParam { name: self.name(name), bound });
        }
        params
    }

    /// The superclass first, then the interfaces.
    fn supertypes(&mut self, node: Node<'t>) -> Vec<TypeRef> {
        let mut supertypes = Vec::new();
        for part in tree::children(node) {
            match part.kind() {
                "superclass" => supertypes.extend(self.type_in(part)),
                "super_interfaces" | "extends_interfaces" => {
                    if let Some(list) = tree::child_of_kind(part, "type_list") {
                        supertypes.extend(self.types_in(list));
                    }
                }
                _ => {}
            }
        }
        supertypes
    }

    /// The members of a type without a declaration of its own: an anonymous class or the body of an enum constant.
    pub(super) fn anonymous_type(&mut self, node: Node<'t>, body: Node<'t>, supertype: TypeRef) -> TypeId {
        let mut decl = self.build.new_type(TypeKind::Anonymous, String::new(), tree::span(node));
        decl.supertypes = vec![supertype];
        let ty = self.build.open_type(decl);
        self.members(&children_and_errors(body));
        self.stray_errors_to_initializer(body);
        self.build.close_type(&mut self.tree, body);
        ty
    }

    /// A constant of an enum; one with arguments or a body is initialised with its construction.
    fn enum_constant(&mut self, node: Node<'t>) {
        let Some(name_node) = node.child_by_field_name("name") else { return };
        let name = self.name(name_node);
        let enum_name = self.build.owner_decl().name.clone();
        self.build.owner_decl().cases.push(name.clone());
        let args = node.child_by_field_name("arguments").map(|args| self.arguments(args));
        let value = match (node.child_by_field_name("body"), args) {
            (Some(body), args) => {
                let ty = self.anonymous_type(node, body, TypeRef::named(enum_name));
                self.tree.at(node, ExprKind::Object { ty, args: args.unwrap_or_default() })
            }
            (None, Some(args)) => self.constructor_call(node, enum_name, name_node, args),
            (None, None) => return,
        };
        let init = self.tree.at(node, ExprKind::FieldInit { name, value: Box::new(value), delegated: false });
        self.build.initial_value(init, true);
    }

    pub(super) fn constructor_call(&mut self, node: Node<'t>, name: String, name_node: Node<'t>, args: Vec<crate::ir::Arg>) -> Expr {
        let name_span = tree::span(name_node);
        let call = Call { receiver: None, name, selector: None, is_new: false, safe: false, type_args: Vec::new(), args, name_span };
        self.tree.at(node, ExprKind::Call(Box::new(call)))
    }

    /// Components of a record are fields, and unless it is written out, its constructor sets them.
    fn record_components(&mut self, node: Node<'t>) {
        let params = self.params(node);
        for param in &params {
            self.build.owner_decl().fields.push(Field {
                name: param.name.clone(),
                ty: param.ty.clone(),
                mutable: false,
                is_static: false,
                getter: None,
                setter: None,
                annotations: param.annotations.clone(),
                visibility: Visibility::Public,
                span: param.span,
            });
        }
        let members = node.child_by_field_name("body").map_or(Vec::new(), tree::children);
        let written_out = members.iter().any(|member| {
            let count = member.child_by_field_name("parameters").map(|list| tree::children(list).len());
            member.kind() == "constructor_declaration" && count == Some(params.len())
        });
        if written_out {
            return;
        }
        let compact = members.into_iter().find(|member| member.kind() == "compact_constructor_declaration");
        let name_node = node.child_by_field_name("name").unwrap_or(node);
        let place = compact.unwrap_or(name_node);
        let mut function = self.build.new_function(FunctionKind::Constructor, self.name(name_node), tree::span(place));
        function.name_span = tree::span(compact.and_then(|compact| compact.child_by_field_name("name")).unwrap_or(name_node));
        let mut body = match compact.and_then(|compact| compact.child_by_field_name("body")) {
            Some(body) => self.expr(body),
            None => self.empty_block(name_node),
        };
        if let ExprKind::Block { body, .. } = &mut body.kind {
            for param in &params {
                let value = Box::new(self.tree.expr(param.span, ExprKind::Name(param.name.clone())));
                body.push(self.tree.expr(param.span, ExprKind::FieldInit { name: param.name.clone(), value, delegated: false }));
            }
        }
        function.params = params;
        function.body = Some(body);
        self.build.add_function(function);
    }
}

/// Whether a kind of node declares a type.
pub(super) fn is_type_declaration(kind: &str) -> bool {
    matches!(kind, "class_declaration" | "interface_declaration" | "enum_declaration" | "record_declaration" | "annotation_type_declaration")
}
