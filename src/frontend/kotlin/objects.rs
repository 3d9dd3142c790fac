//! Object expressions. The grammar reads the body of one on a single line as a lambda that the object is called with, and among
//! arguments it takes the supertypes after the first for further arguments; both are put right here.

use tree_sitter::Node;

use super::Kotlin;
use crate::frontend::errors::children_and_errors;
use crate::frontend::tree;
use crate::ir::{Arg, Expr, ExprKind, TypeKind, TypeRef};

/// What the grammar tore off an object expression.
#[derive(Default)]
pub(super) struct Torn<'t> {
    /// Further supertypes, as expressions.
    supertypes: Vec<Node<'t>>,
    /// Arguments of the superclass, when it is one of these.
    args: Option<Node<'t>>,
    /// The members, as the statements of a lambda.
    lambda: Option<Node<'t>>,
}

impl<'t> Torn<'t> {
    /// Only the body.
    pub(super) fn body(lambda: Node<'t>) -> Self {
        Self { lambda: Some(lambda), ..Self::default() }
    }
}

impl<'t> Kotlin<'t> {
    /// `object : T(args) { … }`
    pub(super) fn object_literal(&mut self, node: Node<'t>, torn: Torn<'t>) -> Expr {
        let mut args = self.super_args(node);
        if let Some(torn_args) = torn.args {
            args.extend(self.value_arguments(torn_args, ""));
        }
        let mut decl = self.build.new_type(TypeKind::Anonymous, String::new(), tree::span(node));
        decl.supertypes = self.supertypes(node);
        decl.supertypes.extend(torn.supertypes.into_iter().map(|ty| self.expression_as_type(ty)));
        let ty = self.build.open_type(decl);
        self.initialize_delegates(node);
        let members = match torn.lambda {
            Some(lambda) => tree::child_of_kind(lambda, "statements"),
            None => tree::child_of_kind(node, "class_body"),
        };
        if let Some(members) = members {
            self.members(&children_and_errors(members));
        }
        self.stray_errors_to_initializer(members.unwrap_or(node));
        self.build.close_type(&mut self.tree, node);
        self.tree.at(node, ExprKind::Object { ty, args })
    }

    /// Arguments of the superclass constructor in the head of a class or object.
    pub(super) fn super_args(&mut self, node: Node<'t>) -> Vec<Arg> {
        let invocation = tree::children(node).into_iter().find_map(|specifier| tree::child_of_kind(specifier, "constructor_invocation"));
        let args = invocation.and_then(|invocation| tree::child_of_kind(invocation, "value_arguments"));
        args.map_or(Vec::new(), |args| self.value_arguments(args, ""))
    }

    /// What belongs to an object expression at the start of `arguments`, and how many of the arguments after it that is.
    pub(super) fn torn_off(&self, arguments: &[Node<'t>]) -> Option<(Torn<'t>, usize)> {
        let (first, rest) = arguments.split_first()?;
        let object = *tree::children(*first).last()?;
        if object.kind() != "object_literal" || tree::child_of_kind(object, "class_body").is_some() {
            return None;
        }
        let mut torn = Torn::default();
        for (index, argument) in rest.iter().enumerate() {
            let [value] = tree::children(*argument)[..] else { return None };
            match value.kind() {
                "simple_identifier" | "navigation_expression" => torn.supertypes.push(value),
                "call_expression" => {
                    let [callee, suffix] = tree::children(value)[..] else { return None };
                    let lambda = tree::child_of_kind(suffix, "annotated_lambda").and_then(|lambda| tree::child_of_kind(lambda, "lambda_literal"))?;
                    torn.supertypes.push(if tree::child_of_kind(suffix, "type_arguments").is_some() { value } else { callee });
                    torn.args = tree::child_of_kind(suffix, "value_arguments");
                    torn.lambda = Some(lambda);
                    return self.holds_members(lambda).then_some((torn, index + 1));
                }
                _ => return None,
            }
        }
        None
    }

    /// Whether what the grammar took for a lambda has only members in it.
    fn holds_members(&self, lambda: Node<'t>) -> bool {
        let is_member = |node: &Node<'t>| match node.kind() {
            "call_expression" => self.tree.text_of(*node).starts_with("init"),
            kind => kind.ends_with("_declaration") || kind == "anonymous_initializer",
        };
        let parts = tree::children(lambda);
        parts.iter().all(|part| part.kind() == "statements" && tree::children(*part).iter().all(is_member))
    }

    /// A type that was read as an expression: `A`, `a.B`, `A<T>` with what follows it.
    fn expression_as_type(&mut self, node: Node<'t>) -> TypeRef {
        let parts = tree::children(node);
        let ("call_expression", [callee, suffix]) = (node.kind(), parts.as_slice()) else {
            return TypeRef::named(self.tree.text_of(node).split_whitespace().collect::<String>());
        };
        let name = self.tree.text_of(*callee).split_whitespace().collect();
        let args = tree::child_of_kind(*suffix, "type_arguments").map_or(Vec::new(), |args| self.type_arguments(args));
        TypeRef { name, args }
    }
}
