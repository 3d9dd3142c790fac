//! Types, modifiers and annotations.

use tree_sitter::Node;

use super::Java;
use crate::frontend::tree;
use crate::ir::{Annotation, Arg, Expr, ExprKind, TypeKind, TypeRef, Visibility};

/// What modifiers say that matters.
pub(super) struct Modifiers {
    pub annotations: Vec<Annotation>,
    pub visibility: Visibility,
    pub is_static: bool,
    pub is_final: bool,
}

/// Whether a node is a type.
pub(super) fn is_type(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "void_type"
            | "integral_type"
            | "floating_point_type"
            | "boolean_type"
            | "type_identifier"
            | "scoped_type_identifier"
            | "generic_type"
            | "array_type"
            | "annotated_type"
    )
}

impl<'t> Java<'t> {
    /// The type among the direct children of a node.
    pub(super) fn type_in(&mut self, node: Node<'t>) -> Option<TypeRef> {
        let ty = tree::children(node).into_iter().find(|child| is_type(*child))?;
        Some(self.type_ref(ty))
    }

    /// The types among the direct children of a node.
    pub(super) fn types_in(&mut self, node: Node<'t>) -> Vec<TypeRef> {
        tree::children(node).into_iter().filter(|child| is_type(*child)).map(|ty| self.type_ref(ty)).collect()
    }

    /// The type in the field `type` with the dimensions that stand after the name; none for `var`.
    pub(super) fn declared_type(&mut self, node: Node<'t>, declarator: Node<'t>) -> Option<TypeRef> {
        let ty = node.child_by_field_name("type")?;
        let mut ty = self.type_ref(ty);
        for _ in 0..declarator.child_by_field_name("dimensions").map_or(0, dimension_count) {
            ty = TypeRef { name: "[]".to_owned(), args: vec![ty] };
        }
        (ty.name != "var").then_some(ty)
    }

    pub(super) fn type_ref(&mut self, node: Node<'t>) -> TypeRef {
        if !self.tree.enter(node, 1) {
            return TypeRef::named("?");
        }
        let ty = match node.kind() {
            "scoped_type_identifier" => self.scoped_type(node),
            "generic_type" => {
                let mut ty = self.type_in(node).unwrap_or_else(|| TypeRef::named("?"));
                if let Some(arguments) = tree::child_of_kind(node, "type_arguments") {
                    ty.args = self.type_arguments(arguments);
                }
                ty
            }
            "array_type" => self.array_type(node),
            "annotated_type" => self.type_in(node).unwrap_or_else(|| TypeRef::named("?")),
            _ => TypeRef::named(self.name(node)),
        };
        self.tree.leave(1);
        ty
    }

    /// `a.b.C`; arguments in the middle (`Outer<T>.Inner`) are left out.
    fn scoped_type(&mut self, node: Node<'t>) -> TypeRef {
        let names: Vec<String> = self.types_in(node).into_iter().map(|part| part.name).collect();
        TypeRef::named(names.join("."))
    }

    fn array_type(&mut self, node: Node<'t>) -> TypeRef {
        let mut ty = match node.child_by_field_name("element") {
            Some(element) => self.type_ref(element),
            None => TypeRef::named("?"),
        };
        for _ in 0..node.child_by_field_name("dimensions").map_or(1, dimension_count) {
            ty = TypeRef { name: "[]".to_owned(), args: vec![ty] };
        }
        ty
    }

    pub(super) fn type_arguments(&mut self, node: Node<'t>) -> Vec<TypeRef> {
        let arguments = tree::children(node).into_iter();
        arguments
            .map(|argument| match argument.kind() {
                "wildcard" => self.type_in(argument).unwrap_or_else(|| TypeRef::named("?")),
                _ => self.type_ref(argument),
            })
            .collect()
    }

    /// The modifiers of a declaration. Without any, members of interfaces are public and all else belongs to the package.
    pub(super) fn modifiers(&mut self, node: Node<'t>) -> Modifiers {
        let in_interface = self.build.owner_decl().kind == TypeKind::Interface;
        let visibility = if in_interface { Visibility::Public } else { Visibility::Internal };
        let mut modifiers = Modifiers { annotations: Vec::new(), visibility, is_static: false, is_final: false };
        let Some(list) = tree::child_of_kind(node, "modifiers") else { return modifiers };
        for modifier in tree::all_children(list) {
            match modifier.kind() {
                "public" => modifiers.visibility = Visibility::Public,
                "private" => modifiers.visibility = Visibility::Private,
                "protected" => modifiers.visibility = Visibility::Internal,
                "static" => modifiers.is_static = true,
                "final" => modifiers.is_final = true,
                "annotation" | "marker_annotation" => modifiers.annotations.push(self.annotation(modifier)),
                _ => {}
            }
        }
        modifiers
    }

    fn annotation(&mut self, node: Node<'t>) -> Annotation {
        let name = node.child_by_field_name("name").map_or(String::new(), |name| self.dotted(name));
        let mut args = Vec::new();
        for part in node.child_by_field_name("arguments").map_or(Vec::new(), tree::children) {
            let (label, value) = match (part.kind(), part.child_by_field_name("value")) {
                ("element_value_pair", Some(value)) => (Some(self.name_in(part, "key")), value),
                _ => (None, part),
            };
            let value = self.annotation_value(value);
            args.push(Arg { label, trailing: false, spread: false, value });
        }
        Annotation { name, args, span: tree::span(node) }
    }

    /// An annotation inside an annotation stands for its arguments.
    pub(super) fn annotation_value(&mut self, node: Node<'t>) -> Expr {
        if !matches!(node.kind(), "annotation" | "marker_annotation") {
            return self.expr(node);
        }
        if !self.tree.enter(node, 1) {
            return self.unknown(node);
        }
        let values = self.annotation(node).args.into_iter().map(|arg| arg.value).collect();
        self.tree.leave(1);
        self.tree.at(node, ExprKind::Unknown(values))
    }
}

/// How many `[]` there are.
fn dimension_count(node: Node<'_>) -> usize {
    tree::all_children(node).iter().filter(|token| token.kind() == "[").count()
}
