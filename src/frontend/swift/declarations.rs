//! Imports, type aliases and types.

use tree_sitter::Node;

use super::Swift;
use super::types::is_type;
use crate::frontend::tree;
use crate::ir::{Expr, ExprKind, Import, TypeId, TypeKind, TypeParam, Visibility};

impl Swift<'_> {
    /// A declaration or, at file level and after syntax errors, a statement.
    pub(super) fn member(&mut self, node: Node<'_>) {
        match node.kind() {
            "import_declaration" => self.import(node),
            "typealias_declaration" => self.type_alias(node),
            "class_declaration" | "protocol_declaration" => {
                self.type_declaration(node);
            }
            "property_declaration" | "protocol_property_declaration" => self.property(node),
            "function_declaration" | "init_declaration" | "deinit_declaration" | "protocol_function_declaration" => {
                self.function(node);
            }
            "subscript_declaration" => self.subscript(node),
            "enum_entry" => self.enum_entry(node),
            "associatedtype_declaration" | "operator_declaration" | "precedence_group_declaration" => {}
            "ERROR" => self.members_of_error(node),
            "statements" => tree::all_children(node).into_iter().for_each(|child| self.member(child)),
            _ if node.is_named() => self.initial_statement(node),
            _ => {}
        }
    }

    /// A statement outside of all functions runs with the initialisers.
    pub(super) fn initial_statement(&mut self, node: Node<'_>) {
        let outside = std::mem::replace(&mut self.in_function, true);
        for statement in self.statements(vec![node], tree::span(node)) {
            self.builder.initial(statement);
        }
        self.in_function = outside;
    }

    /// `import Contacts`, `import class Contacts.CNContactStore`.
    fn import(&mut self, node: Node<'_>) {
        let Some(path) = tree::child_of_kind(node, "identifier") else { return };
        let segments: Vec<_> = tree::children(path).into_iter().map(|segment| self.name_of(segment)).collect();
        const KINDS: [&str; 8] = ["typealias", "struct", "class", "enum", "protocol", "let", "var", "func"];
        let wildcard = !tree::all_children(node).iter().any(|child| KINDS.contains(&child.kind()));
        self.builder.module.imports.push(Import { path: segments.join("."), alias: None, wildcard, is_static: false, span: tree::span(node) });
    }

    /// `typealias A = B`
    pub(super) fn type_alias(&mut self, node: Node<'_>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        if let Some(ty) = self.type_among(&tree::children(node)) {
            let name = self.name_of(name);
            self.builder.module.aliases.push((name, ty));
        }
    }

    /// A class, struct, actor, enum, extension or protocol with everything in it.
    pub(super) fn type_declaration(&mut self, node: Node<'_>) -> TypeId {
        let keyword = node.child_by_field_name("declaration_kind").map_or("", |keyword| self.text(keyword));
        let kind = match keyword {
            "enum" => TypeKind::Enum,
            "extension" => TypeKind::Extension,
            "protocol" => TypeKind::Interface,
            _ => TypeKind::Class,
        };
        let name = node.child_by_field_name("name").map_or(String::new(), |name| if is_type(name) { self.type_ref(name).name } else { self.name_of(name) });
        let modifiers = self.modifiers(node);
        let mut decl = self.builder.new_type(kind, name, tree::span(node));
        decl.visibility = modifiers.visibility.unwrap_or(Visibility::Internal);
        decl.annotations = modifiers.annotations;
        decl.type_params = self.type_params(node);
        for child in tree::children(node).iter().filter(|child| child.kind() == "inheritance_specifier") {
            decl.supertypes.extend(self.type_among(&tree::children(*child)));
        }
        let gives_visibility = matches!(kind, TypeKind::Extension | TypeKind::Interface);
        let inner = if gives_visibility { modifiers.visibility } else { None };
        let outer_visibility = std::mem::replace(&mut self.member_visibility, inner);
        let outer_function = std::mem::replace(&mut self.in_function, false);
        let id = self.builder.open_type(decl);
        self.body_members(node);
        self.builder.close_type(&mut self.tree, node);
        self.in_function = outer_function;
        self.member_visibility = outer_visibility;
        id
    }

    /// `<T: UIView, V>` of a class.
    fn type_params(&mut self, node: Node<'_>) -> Vec<TypeParam> {
        let Some(list) = tree::child_of_kind(node, "type_parameters") else { return Vec::new() };
        let mut params = Vec::new();
        for param in tree::children(list).into_iter().filter(|child| child.kind() == "type_parameter") {
            let Some(name) = tree::child_of_kind(param, "type_identifier") else { continue };
            let bound = param.child_by_field_name("name").filter(|bound| is_type(*bound)).map(|bound| self.type_ref(bound));
            params.push(TypeParam { name: self.name_of(name), bound });
        }
        params
    }

    fn body_members(&mut self, node: Node<'_>) {
        let Some(body) = node.child_by_field_name("body") else { return };
        if !self.tree.enter(body, 1) {
            return;
        }
        for member in tree::all_children(body) {
            self.member(member);
        }
        self.tree.leave(1);
    }

    /// A local type stands at its place as an object that is not constructed.
    pub(super) fn local_type(&mut self, node: Node<'_>) -> Expr {
        let ty = self.type_declaration(node);
        self.tree.at(node, ExprKind::Object { ty, args: Vec::new() })
    }

    /// `case a, b = 1, c(Int = f())`: names, and the values that are computed.
    fn enum_entry(&mut self, node: Node<'_>) {
        for child in tree::all_children(node) {
            match child.kind() {
                "simple_identifier" => {
                    let name = self.name_of(child);
                    self.builder.owner_decl().cases.push(name);
                }
                "enum_type_parameters" => self.payload_defaults(child),
                kind if child.is_named() && !kind.ends_with("_literal") && kind != "modifiers" => self.initial_statement(child),
                _ => {}
            }
        }
    }

    fn payload_defaults(&mut self, node: Node<'_>) {
        let children = tree::all_children(node);
        for (index, _) in children.iter().enumerate().filter(|(_, child)| child.kind() == "=") {
            let end = children[index..].iter().position(|child| matches!(child.kind(), "," | ")")).map_or(children.len(), |length| index + length);
            let value = self.expression(&children[index + 1..end]);
            self.builder.initial(value);
        }
    }
}
