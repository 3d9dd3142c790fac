//! Types, modifiers and annotations.

use tree_sitter::Node;

use super::{Kotlin, repairs};
use crate::frontend::tree;
use crate::ir::{Annotation, Param, TypeRef, Visibility};
use crate::source::Span;

/// What modifiers say that matters.
pub(super) struct Modifiers {
    pub annotations: Vec<Annotation>,
    pub visibility: Visibility,
    pub is_override: bool,
    pub is_variadic: bool,
}

impl Modifiers {
    fn add(&mut self, word: &str) {
        match word {
            "private" => self.visibility = Visibility::Private,
            "internal" | "protected" => self.visibility = Visibility::Internal,
            "override" => self.is_override = true,
            "vararg" => self.is_variadic = true,
            _ => {}
        }
    }
}

/// Whether a node is a type.
pub(super) fn is_type(node: Node<'_>) -> bool {
    matches!(node.kind(), "user_type" | "nullable_type" | "function_type" | "parenthesized_type" | "not_nullable_type" | "parenthesized_user_type" | "dynamic")
}

impl<'t> Kotlin<'t> {
    /// The type among the direct children of a node.
    pub(super) fn type_in(&mut self, node: Node<'t>) -> Option<TypeRef> {
        let ty = tree::all_children(node).into_iter().find(|child| is_type(*child))?;
        Some(self.type_ref(ty))
    }

    /// The type that follows a `:` among the direct children of a node.
    pub(super) fn type_after_colon(&mut self, node: Node<'t>) -> Option<TypeRef> {
        let mut after = tree::all_children(node).into_iter().skip_while(|child| child.kind() != ":");
        let ty = after.find(|child| is_type(*child))?;
        Some(self.type_ref(ty))
    }

    pub(super) fn type_ref(&mut self, node: Node<'t>) -> TypeRef {
        if !self.tree.enter(node, 1) {
            return TypeRef::named("?");
        }
        let ty = match node.kind() {
            "user_type" => self.user_type(node),
            "function_type" => self.function_type(node),
            "dynamic" => TypeRef::named("dynamic"),
            _ => self.type_in(node).unwrap_or_else(|| TypeRef::named("?")),
        };
        self.tree.leave(1);
        ty
    }

    fn user_type(&mut self, node: Node<'t>) -> TypeRef {
        let mut ty = TypeRef::named("");
        for child in tree::children(node) {
            match child.kind() {
                "type_identifier" => {
                    if !ty.name.is_empty() {
                        ty.name.push('.');
                    }
                    ty.name.push_str(&self.name(child));
                }
                "type_arguments" => ty.args.extend(self.type_arguments(child)),
                _ => {}
            }
        }
        ty
    }

    pub(super) fn type_arguments(&mut self, node: Node<'t>) -> Vec<TypeRef> {
        let projections = tree::children(node).into_iter().filter(|child| child.kind() == "type_projection");
        projections.map(|projection| self.type_in(projection).unwrap_or_else(|| TypeRef::named("?"))).collect()
    }

    fn function_type(&mut self, node: Node<'t>) -> TypeRef {
        let mut ty = TypeRef::named("->");
        for child in tree::all_children(node) {
            match child.kind() {
                "receiver_type" | "parameter" => ty.args.extend(self.type_in(child)),
                "function_type_parameters" => {
                    for part in tree::all_children(child) {
                        match part.kind() {
                            "parameter" => ty.args.extend(self.type_in(part)),
                            _ if is_type(part) => ty.args.push(self.type_ref(part)),
                            _ => {}
                        }
                    }
                }
                _ if is_type(child) => ty.args.push(self.type_ref(child)),
                _ => {}
            }
        }
        ty
    }

    /// The modifiers of a declaration. Annotations stand in the tree; the words are blanked there and read from the source.
    pub(super) fn modifiers(&mut self, node: Node<'t>) -> Modifiers {
        let mut modifiers = Modifiers { annotations: Vec::new(), visibility: Visibility::Public, is_override: false, is_variadic: false };
        let children = tree::all_children(node);
        for list in children.iter().filter(|child| matches!(child.kind(), "modifiers" | "parameter_modifiers")) {
            self.add_annotations(*list, &mut modifiers);
        }
        let keyword = children.iter().find(|child| child.kind() != "modifiers").map_or(node.start_byte(), |keyword| keyword.start_byte());
        let words = self.tree.text.get(self.declaration_start(node)..keyword).unwrap_or_default();
        words.split_whitespace().for_each(|word| modifiers.add(word));
        modifiers
    }

    /// Where a declaration starts in the source: with the modifiers that are blanked in the tree.
    pub(super) fn declaration_start(&self, node: Node<'t>) -> usize {
        let mut start = node.start_byte();
        while let Some(before) = self.tree.text.get(..start) {
            let word_end = before.trim_end_matches([' ', '\t']).len();
            let word = before[..word_end].rsplit(|character: char| !character.is_alphanumeric() && character != '_').next().unwrap_or_default();
            if word_end == start || !repairs::is_modifier(word.as_bytes()) {
                break;
            }
            start = word_end - word.len();
        }
        start
    }

    /// The span of a declaration with its modifiers.
    pub(super) fn declaration_span(&self, node: Node<'t>) -> Span {
        Span::new(self.declaration_start(node), node.end_byte())
    }

    /// Annotations and words of a list of modifiers.
    pub(super) fn add_modifiers(&mut self, list: Node<'t>, modifiers: &mut Modifiers) {
        self.add_annotations(list, modifiers);
        tree::children(list).into_iter().for_each(|modifier| modifiers.add(self.tree.text_of(modifier)));
    }

    fn add_annotations(&mut self, list: Node<'t>, modifiers: &mut Modifiers) {
        for annotation in tree::children(list).into_iter().filter(|child| child.kind() == "annotation") {
            modifiers.annotations.extend(self.annotation(annotation));
        }
    }

    /// The annotations of one `@…`, which are several for `@[A B]`.
    pub(super) fn annotation(&mut self, node: Node<'t>) -> Vec<Annotation> {
        let mut annotations = Vec::new();
        for part in tree::children(node) {
            let (ty, args) = match part.kind() {
                "user_type" => (part, Vec::new()),
                "constructor_invocation" => {
                    let Some(ty) = tree::child_of_kind(part, "user_type") else { continue };
                    let args = tree::child_of_kind(part, "value_arguments").map_or(Vec::new(), |args| self.value_arguments(args, ""));
                    (ty, args)
                }
                _ => continue,
            };
            annotations.push(Annotation { name: self.user_type(ty).name, args, span: tree::span(node) });
        }
        annotations
    }

    /// A name with an optional type: a local, a lambda parameter, a loop variable.
    pub(super) fn variable(&mut self, node: Node<'t>) -> Param {
        let name = tree::child_of_kind(node, "simple_identifier").unwrap_or(node);
        let text = self.name(name);
        Param {
            label: Some(text.clone()),
            name: text,
            ty: self.type_in(node),
            default: None,
            is_variadic: false,
            annotations: Vec::new(),
            span: tree::span(name),
        }
    }

    /// The names that a `variable_declaration` or `multi_variable_declaration` declares.
    pub(super) fn variables(&mut self, node: Node<'t>) -> Vec<Param> {
        if node.kind() != "multi_variable_declaration" {
            return vec![self.variable(node)];
        }
        let parts = tree::children(node).into_iter().filter(|part| part.kind() == "variable_declaration");
        parts.map(|part| self.variable(part)).collect()
    }
}
