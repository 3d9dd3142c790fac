//! Types as written.

use tree_sitter::Node;

use super::Swift;
use crate::frontend::tree;
use crate::ir::TypeRef;

/// Types nested deeper than this are `?`.
const MAX_TYPE_DEPTH: u32 = 50;

/// Whether the grammar calls a node a type.
pub(super) fn is_type(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "user_type"
            | "tuple_type"
            | "function_type"
            | "array_type"
            | "dictionary_type"
            | "optional_type"
            | "metatype"
            | "bracket_qualified_type"
            | "opaque_type"
            | "existential_type"
            | "protocol_composition_type"
            | "type_parameter_pack"
            | "type_pack_expansion"
            | "suppressed_constraint"
    )
}

impl Swift<'_> {
    /// The type among the nodes, if there is one.
    pub(super) fn type_among(&self, nodes: &[Node<'_>]) -> Option<TypeRef> {
        nodes.iter().find(|node| is_type(**node)).map(|node| self.type_ref(*node))
    }

    /// The type of a `: Type` annotation among the nodes.
    pub(super) fn annotated_type(&self, nodes: &[Node<'_>]) -> Option<TypeRef> {
        let annotation = nodes.iter().find(|node| node.kind() == "type_annotation")?;
        self.type_among(&tree::children(*annotation))
    }

    /// A type.
    pub(super) fn type_ref(&self, node: Node<'_>) -> TypeRef {
        self.type_at(node, 0)
    }

    fn type_at(&self, node: Node<'_>, depth: u32) -> TypeRef {
        if depth > MAX_TYPE_DEPTH {
            return TypeRef::named("?");
        }
        let inner = || tree::children(node).into_iter().filter(|child| is_type(*child));
        let types = || inner().map(|child| self.type_at(child, depth + 1)).collect::<Vec<_>>();
        match node.kind() {
            "user_type" => self.user_type(node, depth),
            "array_type" => TypeRef { name: "[]".to_owned(), args: types() },
            "dictionary_type" => TypeRef { name: "[:]".to_owned(), args: types() },
            "function_type" => TypeRef { name: "->".to_owned(), args: self.function_type(node, depth) },
            "tuple_type" => {
                let mut items = self.tuple_items(node, depth);
                if items.len() == 1 { items.remove(0) } else { TypeRef { name: "()".to_owned(), args: items } }
            }
            "metatype" => {
                let mut ty = types().pop().unwrap_or_else(|| TypeRef::named("?"));
                ty.name.push_str(".Type");
                ty
            }
            "type_identifier" | "simple_identifier" | "identifier" => TypeRef::named(self.name_of(node)),
            _ => inner().next().map_or_else(|| TypeRef::named("?"), |child| self.type_at(child, depth + 1)),
        }
    }

    fn user_type(&self, node: Node<'_>, depth: u32) -> TypeRef {
        let mut name = String::new();
        let mut args = Vec::new();
        for child in tree::children(node) {
            match child.kind() {
                "type_identifier" | "simple_identifier" => {
                    if !name.is_empty() {
                        name.push('.');
                    }
                    name.push_str(&self.name_of(child));
                }
                "type_arguments" => args = tree::children(child).into_iter().filter(|arg| is_type(*arg)).map(|arg| self.type_at(arg, depth + 1)).collect(),
                _ => {}
            }
        }
        // `Optional<T>` is nullability, which types leave out.
        if name == "Optional" && args.len() == 1 { args.remove(0) } else { TypeRef { name, args } }
    }

    fn tuple_items(&self, node: Node<'_>, depth: u32) -> Vec<TypeRef> {
        let items = tree::children(node).into_iter();
        items
            .filter_map(|item| {
                let ty = if is_type(item) { Some(item) } else { tree::children(item).into_iter().find(|child| is_type(*child)) };
                ty.map(|ty| self.type_at(ty, depth + 1))
            })
            .collect()
    }

    /// Parameters, then the result.
    fn function_type(&self, node: Node<'_>, depth: u32) -> Vec<TypeRef> {
        let parts: Vec<_> = tree::children(node).into_iter().filter(|child| is_type(*child)).collect();
        let mut args = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            if index == 0 && part.kind() == "tuple_type" {
                args = self.tuple_items(*part, depth + 1);
            } else {
                args.push(self.type_at(*part, depth + 1));
            }
        }
        args
    }
}
