//! Modifiers and attributes.

use tree_sitter::Node;

use super::Swift;
use crate::frontend::tree;
use crate::ir::{Annotation, Arg, ExprKind, Literal, Visibility};

/// What the modifiers of a declaration say.
#[derive(Default)]
pub(super) struct Modifiers {
    pub annotations: Vec<Annotation>,
    pub visibility: Option<Visibility>,
    pub is_static: bool,
    pub is_override: bool,
    pub is_lazy: bool,
}

impl Swift<'_> {
    /// The modifiers of a declaration, in a `modifiers` node or directly in it.
    pub(super) fn modifiers(&mut self, declaration: Node<'_>) -> Modifiers {
        let mut modifiers = Modifiers::default();
        for child in tree::all_children(declaration) {
            match child.kind() {
                "modifiers" => tree::all_children(child).into_iter().for_each(|inner| self.modifier(inner, &mut modifiers)),
                // What follows belongs to parameters or supertypes.
                "(" | ":" => break,
                "class" if declaration.kind() != "class_declaration" => modifiers.is_static = true,
                _ => self.modifier(child, &mut modifiers),
            }
        }
        modifiers
    }

    fn modifier(&mut self, node: Node<'_>, modifiers: &mut Modifiers) {
        let text = self.text(node);
        match node.kind() {
            "attribute" => {
                let annotation = self.attribute(node);
                modifiers.annotations.push(annotation);
            }
            // `private(set)` speaks of the setter only.
            "visibility_modifier" if !text.ends_with(')') => {
                modifiers.visibility = Some(match text {
                    "private" | "fileprivate" => Visibility::Private,
                    "public" | "open" => Visibility::Public,
                    _ => Visibility::Internal,
                });
            }
            "property_modifier" => modifiers.is_static |= matches!(text, "static" | "class"),
            "member_modifier" => modifiers.is_override |= text == "override",
            "property_behavior_modifier" => modifiers.is_lazy |= text == "lazy",
            _ => {}
        }
    }

    /// An attribute.
    pub(super) fn attribute(&mut self, node: Node<'_>) -> Annotation {
        let children = tree::all_children(node);
        let name = children.iter().find(|child| child.kind() == "user_type").map_or(String::new(), |child| self.type_ref(*child).name);
        let open = children.iter().position(|child| child.kind() == "(").unwrap_or(children.len());
        let arguments = children.get(open + 1..).unwrap_or_default();
        let arguments = arguments.strip_suffix(&children[children.len().saturating_sub(1)..]).unwrap_or(arguments);
        let args = arguments.split(|child| child.kind() == ",").filter(|part| !part.is_empty()).map(|part| self.attribute_argument(part)).collect();
        Annotation { name, args, span: tree::span(node) }
    }

    /// `label: value`, a value, or a platform with its version.
    fn attribute_argument(&mut self, nodes: &[Node<'_>]) -> Arg {
        let colon = nodes.iter().position(|node| node.kind() == ":");
        let is_platform = nodes.len() > 1 && nodes[0].kind() == "simple_identifier" && nodes[1].kind() == "integer_literal";
        let (label, value) = match colon {
            Some(colon) => (nodes.first(), &nodes[colon + 1..]),
            None if is_platform => (nodes.first(), &nodes[1..]),
            None => (None, nodes),
        };
        let label = label.map(|label| self.name_of(*label));
        let is_expression = value.iter().any(|node| node.is_named());
        let value = match value {
            [version, ..] if is_platform => self.version(*version),
            _ if is_expression => self.expression(value),
            _ => self.unknown(super::span_of_all(nodes), Vec::new()),
        };
        Arg { label, trailing: false, spread: false, value }
    }

    fn version(&mut self, node: Node<'_>) -> crate::ir::Expr {
        let literal = self.text(node).parse().map_or(Literal::Other, Literal::Int);
        self.tree.at(node, ExprKind::Literal(literal))
    }
}
