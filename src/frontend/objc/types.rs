//! Types and declarators.

use tree_sitter::Node;

use super::ObjC;
use crate::frontend::tree;
use crate::ir::{Param, TypeRef};

/// Types nested deeper than this are `?`.
const MAX_TYPE_DEPTH: u32 = 50;

/// What a declarator says: the name that it declares, if any, and how it changes the type.
#[derive(Default)]
pub(super) struct Declarator<'n> {
    pub name: Option<Node<'n>>,
    /// Parameters, when it declares a function, a function pointer or a block.
    pub parameters: Option<Node<'n>>,
    /// A block or function pointer rather than a function.
    pub is_pointer_to_function: bool,
    pub is_array: bool,
    pub is_const: bool,
    pub initial: Option<Node<'n>>,
}

/// Reads a declarator from the outside in.
pub(super) fn declarator<'n>(node: Node<'n>, text: &str) -> Declarator<'n> {
    let mut found = Declarator::default();
    let mut current = Some(node);
    while let Some(node) = current.take() {
        match node.kind() {
            "identifier" | "field_identifier" | "type_identifier" => found.name = Some(node),
            "init_declarator" => {
                found.initial = node.child_by_field_name("value");
                current = node.child_by_field_name("declarator");
            }
            "function_declarator" | "abstract_function_declarator" => {
                found.parameters = node.child_by_field_name("parameters");
                found.is_pointer_to_function = false;
                current = node.child_by_field_name("declarator");
            }
            "array_declarator" | "abstract_array_declarator" => {
                found.is_array = true;
                current = node.child_by_field_name("declarator");
            }
            "pointer_declarator" | "abstract_pointer_declarator" | "block_pointer_declarator" | "abstract_block_pointer_declarator" => {
                let children = tree::children(node);
                found.is_const |= children.iter().any(|child| child.kind() == "type_qualifier" && text.get(child.byte_range()) == Some("const"));
                // `(^name)(…)`: the parameters outside belong to what is pointed to.
                found.is_pointer_to_function |= found.parameters.is_some();
                current = node.child_by_field_name("declarator").or_else(|| children.into_iter().find(|child| is_declarator(*child)));
            }
            _ => current = tree::children(node).into_iter().find(|child| is_declarator(*child)),
        }
    }
    found
}

/// Whether a node is a declarator.
pub(super) fn is_declarator(node: Node<'_>) -> bool {
    node.kind().ends_with("declarator") || matches!(node.kind(), "identifier" | "field_identifier" | "type_identifier")
}

/// Whether a node is a type before its declarators.
pub(super) fn is_specifier(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "type_identifier"
            | "primitive_type"
            | "sized_type_specifier"
            | "typedefed_specifier"
            | "generic_specifier"
            | "struct_specifier"
            | "union_specifier"
            | "enum_specifier"
            | "typeof_specifier"
            | "array_type_specifier"
            | "macro_type_specifier"
    )
}

impl ObjC<'_> {
    /// The type that a declaration-like node gives to `declarator`.
    pub(super) fn declared_type(&self, node: Node<'_>, declarator: &Declarator<'_>) -> Option<TypeRef> {
        let base = self.base_type(node, 0)?;
        Some(self.wrapped(base, declarator, 0))
    }

    fn wrapped(&self, base: TypeRef, declarator: &Declarator<'_>, depth: u32) -> TypeRef {
        if let Some(parameters) = declarator.parameters.filter(|_| declarator.is_pointer_to_function) {
            let mut args: Vec<_> = self.parameter_nodes(parameters).into_iter().map(|param| self.parameter_type(param, depth + 1)).collect();
            args.push(base);
            return TypeRef { name: "->".to_owned(), args };
        }
        if declarator.is_array { TypeRef { name: "[]".to_owned(), args: vec![base] } } else { base }
    }

    /// The type that is written before the declarators.
    fn base_type(&self, node: Node<'_>, depth: u32) -> Option<TypeRef> {
        let specifier =
            node.child_by_field_name("type").filter(|ty| is_specifier(*ty)).or_else(|| tree::children(node).into_iter().find(|child| is_specifier(*child)))?;
        // `id<P>` in a cast or a method's type has its protocols beside it.
        if self.text(specifier) == "id"
            && let Some(protocol) = self.protocol_of(node)
        {
            return Some(TypeRef::named(protocol));
        }
        Some(self.specifier(specifier, depth))
    }

    fn protocol_of(&self, node: Node<'_>) -> Option<String> {
        let list = tree::child_of_kind(node, "protocol_reference_list")?;
        tree::child_of_kind(list, "identifier").map(|name| self.text(name).to_owned())
    }

    fn specifier(&self, node: Node<'_>, depth: u32) -> TypeRef {
        if depth > MAX_TYPE_DEPTH {
            return TypeRef::named("?");
        }
        match node.kind() {
            "typedefed_specifier" => TypeRef::named(self.protocol_of(node).unwrap_or_else(|| self.text(node).to_owned())),
            "generic_specifier" => {
                let children = tree::children(node);
                let name = children.first().map_or("?", |name| self.text(*name)).to_owned();
                let args = children.iter().skip(1).filter(|child| child.kind() == "type_name").map(|child| self.type_name_at(*child, depth + 1)).collect();
                TypeRef { name, args }
            }
            "struct_specifier" | "union_specifier" | "enum_specifier" => TypeRef::named(node.child_by_field_name("name").map_or("?", |name| self.text(name))),
            "typeof_specifier" | "macro_type_specifier" => TypeRef::named("?"),
            "array_type_specifier" => {
                TypeRef { name: "[]".to_owned(), args: tree::children(node).first().map(|item| self.specifier(*item, depth + 1)).into_iter().collect() }
            }
            _ => TypeRef::named(self.text(node)),
        }
    }

    /// A `type_name`, `type_descriptor` or `method_type`.
    pub(super) fn type_name(&self, node: Node<'_>) -> TypeRef {
        self.type_name_at(node, 0)
    }

    fn type_name_at(&self, node: Node<'_>, depth: u32) -> TypeRef {
        if depth > MAX_TYPE_DEPTH {
            return TypeRef::named("?");
        }
        if node.kind() == "method_type" {
            return tree::child_of_kind(node, "type_name").map_or_else(|| TypeRef::named("?"), |inner| self.type_name_at(inner, depth + 1));
        }
        let Some(base) = self.base_type(node, depth) else { return TypeRef::named("?") };
        let declarator = tree::children(node).into_iter().find(|child| child.kind().ends_with("declarator"));
        match declarator {
            Some(declarator) => self.wrapped(base, &self::declarator(declarator, self.tree.text), depth),
            None => base,
        }
    }

    fn parameter_nodes<'n>(&self, list: Node<'n>) -> Vec<Node<'n>> {
        let is_void = |node: &Node<'_>| self.text(*node).trim() == "void";
        tree::children(list).into_iter().filter(|child| child.kind() == "parameter_declaration" && !is_void(child)).collect()
    }

    fn parameter_type(&self, node: Node<'_>, depth: u32) -> TypeRef {
        let Some(base) = self.base_type(node, depth) else { return TypeRef::named("?") };
        match tree::children(node).into_iter().find(|child| child.kind().ends_with("declarator")) {
            Some(inner) if depth < MAX_TYPE_DEPTH => self.wrapped(base, &declarator(inner, self.tree.text), depth),
            _ => base,
        }
    }

    /// The parameters of a C function or a block.
    pub(super) fn parameters(&self, list: Node<'_>) -> Vec<Param> {
        let mut params: Vec<Param> = self.parameter_nodes(list).into_iter().map(|node| self.parameter(node)).collect();
        if tree::child_of_kind(list, "variadic_parameter").is_some() {
            params.push(Param {
                name: "_".to_owned(),
                label: None,
                ty: None,
                default: None,
                is_variadic: true,
                annotations: Vec::new(),
                span: tree::span(list),
            });
        }
        params
    }

    fn parameter(&self, node: Node<'_>) -> Param {
        let inner = node.child_by_field_name("declarator").map(|inner| declarator(inner, self.tree.text)).unwrap_or_default();
        let ty = self.declared_type(node, &inner);
        let name = inner.name.map_or("_", |name| self.text(name)).to_owned();
        Param { name, label: None, ty, default: None, is_variadic: false, annotations: Vec::new(), span: inner.name.map_or(tree::span(node), tree::span) }
    }
}
